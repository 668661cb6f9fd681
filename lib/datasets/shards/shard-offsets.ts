import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DataError } from '../../core/errors.js';
import { writeFileWhole } from '../../core/files.js';

/** Bytes of a row: two unsigned 32-bit numbers, little-endian. */
const ROW = 8;

/** Where the frames of one shard lie, for reading them in any order. */
export interface ShardOffset {
  /** Byte of the frame's tar header. */
  readonly offset: number;
  /** CRC-32 of the packed frame. */
  readonly crc: number;
}

/** `frames-000000.offsets` beside `frames-000000.tar`. */
export function offsetsFile(shard: string): string {
  return shard.replace(/\.tar$/, '.offsets');
}

/** Writes the offsets of a shard, whole or not at all. */
export function writeShardOffsets(folder: string, shard: string, rows: readonly ShardOffset[]): void {
  const bytes = Buffer.alloc(ROW * rows.length);
  rows.forEach(({ offset, crc }, row) => {
    bytes.writeUInt32LE(offset, ROW * row);
    bytes.writeUInt32LE(crc, ROW * row + 4);
  });
  writeFileWhole(join(folder, offsetsFile(shard)), bytes);
}

/** True if the offsets of a shard are there and as many as its frames. */
export function hasShardOffsets(folder: string, shard: string, frames: number): boolean {
  const path = join(folder, offsetsFile(shard));
  return existsSync(path) && readFileSync(path).length === ROW * frames;
}

/**
 * Reads the offsets of a shard into two arrays, from their row `first` on.
 *
 * @throws {DataError} if they are missing or not as many as the shard's frames
 */
export function readShardOffsets(
  folder: string,
  shard: { readonly file: string; readonly frames: number },
  first: number,
  into: { readonly offsets: Uint32Array; readonly crcs: Uint32Array },
): void {
  const path = join(folder, offsetsFile(shard.file));
  if (!existsSync(path)) {
    throw new DataError(`readShardOffsets: ${offsetsFile(shard.file)} is not in ${folder}; write the shards again`);
  }
  const bytes = readFileSync(path);
  if (bytes.length !== ROW * shard.frames) {
    throw new DataError(
      `readShardOffsets: ${path} must have ${ROW * shard.frames} bytes for ${shard.frames} frames, got ${bytes.length}; write the shards again`,
    );
  }
  for (let row = 0; row < shard.frames; row++) {
    into.offsets[first + row] = bytes.readUInt32LE(ROW * row);
    into.crcs[first + row] = bytes.readUInt32LE(ROW * row + 4);
  }
}
