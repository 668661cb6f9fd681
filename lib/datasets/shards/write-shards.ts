import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { ArgumentError, DataError } from '../../core/errors.js';
import { writeFileWhole, writeJsonWhole } from '../../core/files.js';
import { sha256 } from '../../core/hash.js';
import type { GrayImage } from '../../imaging/image.js';
import { encodeJpegGray } from '../../imaging/jpeg.js';
import { SHARD_INDEX, type ShardIndex } from './shard-index.js';
import { tarEnd, tarEntry } from './tar.js';

/** One frame on its way into a shard. */
export interface ShardFrame {
  /** Letters, digits, `_` and `-` only. */
  readonly patient: string;
  /** As `patient`. */
  readonly clip: string;
  /** 0-based. */
  readonly frame: number;
  readonly image: GrayImage;
}

/** Options of {@link writeShards}. */
export interface WriteShardsOptions {
  /** Default 8192: about 35 MB a shard at 112 px. */
  readonly framesPerShard?: number;
  /** JPEG quality; default 95. */
  readonly quality?: number;
}

/**
 * Writes square frames as WebDataset shards: `frames-000000.tar` … with `<patient>/<clip>/<frame>.jpg`, and `shards.json` as the last file, so that
 * a killed run leaves no index and is seen as unfinished. Frames should come shuffled or from many clips in turn: a stream shuffles only as
 * far as its buffer reaches.
 *
 * @returns the index
 * @throws {DataError} if there are no frames or their sizes differ
 */
export async function writeShards(
  folder: string,
  frames: AsyncIterable<ShardFrame> | Iterable<ShardFrame>,
  options: WriteShardsOptions = {},
): Promise<ShardIndex> {
  const { framesPerShard = 8192, quality = 95 } = options;
  if (!Number.isInteger(framesPerShard) || framesPerShard < 1) {
    throw new ArgumentError(`writeShards: framesPerShard must be a positive integer, got ${framesPerShard}`);
  }
  mkdirSync(folder, { recursive: true });
  const shards: ShardIndex['shards'][number][] = [];
  let entries: Uint8Array[] = [];
  let size = 0;
  const flush = (): void => {
    if (entries.length === 0) return;
    const file = `frames-${String(shards.length).padStart(6, '0')}.tar`;
    const bytes = Buffer.concat([...entries, tarEnd()]);
    writeFileWhole(join(folder, file), bytes);
    shards.push({ file, frames: entries.length, bytes: bytes.length, sha256: sha256(bytes) });
    entries = [];
  };
  for await (const { patient, clip, frame, image } of frames) {
    size = size === 0 ? image.width : size;
    if (image.width !== size || image.height !== size) {
      throw new DataError(
        `writeShards: frames must all be ${size} x ${size}, got ${image.width} x ${image.height} in ${clip}`,
      );
    }
    if (![patient, clip].every((name) => /^[\w-]+$/.test(name))) {
      throw new DataError(
        `writeShards: names must be letters, digits, _ and -, got ${JSON.stringify([patient, clip])}`,
      );
    }
    const name = `${patient}/${clip}/${String(frame).padStart(6, '0')}.jpg`;
    entries.push(tarEntry(name, await encodeJpegGray(image, quality)));
    if (entries.length === framesPerShard) flush();
  }
  flush();
  if (shards.length === 0) throw new DataError('writeShards: there are no frames');
  const index: ShardIndex = {
    layout: 'webdataset',
    size,
    frames: shards.reduce((sum, shard) => sum + shard.frames, 0),
    shards,
  };
  writeJsonWhole(join(folder, SHARD_INDEX), index);
  return index;
}
