import { closeSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { FormatError, messageOf, ShapeError } from '../../core/errors.js';
import type { GrayImage } from '../../imaging/image.js';
import { decodeJpegLuma } from '../../imaging/jpeg.js';
import { decodePngGray, isPng } from './png-frame.js';
import { readShardIndex } from './shard-index.js';
import { readShardOffsets } from './shard-offsets.js';
import { BLOCK, parseTarHeader } from './tar.js';

/**
 * Grey frames of one size on disk, read by number in any order. Plain data: post it to worker threads, which read for themselves.
 * Memory is 8 bytes a frame, shared by all threads.
 */
export interface ShardedFrames {
  readonly kind: 'shards';
  readonly folder: string;
  readonly count: number;
  readonly width: number;
  readonly height: number;
  readonly shards: readonly {
    readonly file: string;
    readonly bytes: number;
    /** Number of its first frame. */
    readonly first: number;
  }[];
  /** `[count]` uint32: byte of each frame's header in its shard. */
  readonly offsets: SharedArrayBuffer;
  /** `[count]` uint32: CRC-32 of each packed frame. */
  readonly crcs: SharedArrayBuffer;
}

/**
 * Opens the frames of a folder of shards; nothing of them is read yet.
 *
 * @throws {DataError} if the index or a shard's offsets are missing or malformed
 */
export function openShardedFrames(folder: string): ShardedFrames {
  const index = readShardIndex(folder);
  const offsets = new SharedArrayBuffer(4 * index.frames);
  const crcs = new SharedArrayBuffer(4 * index.frames);
  const into = { offsets: new Uint32Array(offsets), crcs: new Uint32Array(crcs) };
  let first = 0;
  const shards = index.shards.map((shard) => {
    const start = first;
    readShardOffsets(folder, shard, start, into);
    first += shard.frames;
    return { file: shard.file, bytes: shard.bytes, first: start };
  });
  return { kind: 'shards', folder, count: index.frames, width: index.size, height: index.size, shards, offsets, crcs };
}

/** Files that a reader keeps open. */
const OPEN_FILES = 64;

/** Reads frames of shards by number; a few files stay open. Close it. */
export class ShardedFrameReader {
  readonly #frames: ShardedFrames;
  readonly #offsets: Uint32Array;
  readonly #crcs: Uint32Array;
  /** File descriptors by shard, the one used longest ago first. */
  readonly #open = new Map<number, number>();

  constructor(frames: ShardedFrames) {
    this.#frames = frames;
    this.#offsets = new Uint32Array(frames.offsets);
    this.#crcs = new Uint32Array(frames.crcs);
  }

  /**
   * One frame.
   *
   * @throws {ShapeError} if there is no such frame
   * @throws {FormatError} naming shard and member, if it is not whole
   */
  async read(index: number): Promise<GrayImage> {
    const { count, width, height, shards } = this.#frames;
    if (!Number.isInteger(index) || index < 0 || index >= count) {
      throw new ShapeError(`ShardedFrameReader: index must be in [0, ${count - 1}], got ${index}`);
    }
    const number = shardOf(shards, index);
    const { name, packed } = this.#packed(number, index);
    const origin = `${shards[number]!.file}: ${name}`;
    if (crc32(packed) !== this.#crcs[index]) {
      throw new FormatError(`ShardedFrameReader: ${origin} (frame ${index}) is damaged: its checksum differs`);
    }
    const image = isPng(packed) ? await decodePngGray(packed, origin) : await decodeJpegLuma(packed, origin);
    if (image.width === width && image.height === height) return image;
    throw new FormatError(
      `ShardedFrameReader: ${origin} is ${image.width} x ${image.height}, the index says ${width} x ${height}`,
    );
  }

  /** Closes all files. */
  close(): void {
    for (const file of this.#open.values()) closeSync(file);
    this.#open.clear();
  }

  /** Header and content in one read: up to the next frame, or to the end of the shard. */
  #packed(number: number, index: number): { readonly name: string; readonly packed: Uint8Array } {
    const { folder, shards, count } = this.#frames;
    const shard = shards[number]!;
    const offset = this.#offsets[index]!;
    const isLast = index + 1 >= (shards[number + 1]?.first ?? count);
    const end = isLast ? shard.bytes : this.#offsets[index + 1]!;
    const where = `${join(folder, shard.file)}: frame ${index}, byte ${offset}`;
    if (end <= offset || end > shard.bytes)
      throw new FormatError(`ShardedFrameReader: ${where}: the offsets are damaged`);
    const bytes = Buffer.allocUnsafe(end - offset);
    const file = this.#fileOf(number, where);
    let filled = 0;
    while (filled < bytes.length) {
      const read = readSync(file, bytes, filled, bytes.length - filled, offset + filled);
      if (read === 0) throw new FormatError(`ShardedFrameReader: ${where}: the shard is cut short`);
      filled += read;
    }
    const header = parseTarHeader(bytes.subarray(0, BLOCK), where);
    if (header === null || BLOCK + header.size > bytes.length) {
      throw new FormatError(`ShardedFrameReader: ${where}: there is no whole member; the shard changed`);
    }
    return { name: header.name, packed: bytes.subarray(BLOCK, BLOCK + header.size) };
  }

  #fileOf(number: number, where: string): number {
    let file = this.#open.get(number);
    this.#open.delete(number);
    if (file === undefined) {
      const [oldest] = this.#open;
      if (oldest !== undefined && this.#open.size >= OPEN_FILES) {
        closeSync(oldest[1]);
        this.#open.delete(oldest[0]);
      }
      try {
        file = openSync(join(this.#frames.folder, this.#frames.shards[number]!.file), 'r');
      } catch (error) {
        throw new FormatError(`ShardedFrameReader: ${where}: ${messageOf(error)}`);
      }
    }
    this.#open.set(number, file);
    return file;
  }
}

/** The shard that holds a frame: the last whose first frame is not after it. */
function shardOf(shards: ShardedFrames['shards'], index: number): number {
  let low = 0;
  let high = shards.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (shards[middle]!.first <= index) low = middle;
    else high = middle - 1;
  }
  return low;
}
