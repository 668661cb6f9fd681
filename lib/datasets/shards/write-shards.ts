import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { ArgumentError, DataError } from '../../core/errors.js';
import { sweepPartials, writeFileWhole, writeJsonWhole } from '../../core/files.js';
import { hashOf, sha256 } from '../../core/hash.js';
import type { GrayImage } from '../../imaging/image.js';
import { encodeJpegGray } from '../../imaging/jpeg.js';
import { encodePngGray } from './png-frame.js';
import { SHARD_INDEX, type ShardIndex } from './shard-index.js';
import { hasShardOffsets, writeShardOffsets } from './shard-offsets.js';
import { tarEnd, tarEntry } from './tar.js';

/** One frame on its way into a shard. */
export interface ShardFrame {
  /** Letters, digits, `_` and `-` only. */
  readonly patient: string;
  /** As `patient`. */
  readonly clip: string;
  /** 0-based. */
  readonly frame: number;
  /** The picture, or how to get it: a function is not called for frames that an interrupted run has written. */
  readonly image: GrayImage | (() => GrayImage | Promise<GrayImage>);
}

/** Options of {@link writeShards}. */
export interface WriteShardsOptions {
  /** Default 8192: about 35 MB a shard at 112 px. */
  readonly framesPerShard?: number;
  /** JPEG quality; default 95. `lossless` packs PNG instead; larger. */
  readonly quality?: number | 'lossless';
}

/**
 * Writes square frames as WebDataset shards: `frames-000000.tar` … with `<patient>/<clip>/<frame>.jpg` (or `.png`), their
 * `.offsets` for reading in any order, and `shards.json` as the last file, so that
 * a killed run leaves no index and is seen as unfinished. Called again with the same frames in the same order, an interrupted run goes on after its
 * last whole shard; the result has the bytes of an uninterrupted one. Frames should come shuffled or from many clips in turn: a stream shuffles
 * only as far as its buffer reaches.
 *
 * @returns the index
 * @throws {DataError} if there are no frames, their sizes differ, or they are not those that an interrupted run began with
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
  const settings = hashOf({ framesPerShard, quality });
  const before = unfinishedShards(folder, settings);
  const shards: UnfinishedShard[] = [];
  let entries: Uint8Array[] = [];
  let crcs: number[] = [];
  const suffix = quality === 'lossless' ? 'png' : 'jpg';
  let names: string[] = [];
  let size = 0;
  const flush = (): void => {
    if (names.length === 0) return;
    const written = before[shards.length];
    if (written !== undefined) {
      if (written.names !== hashOf(names)) {
        throw new DataError(
          `writeShards: ${written.file} holds other frames than come now; give the same frames in the same order, or delete ${folder}`,
        );
      }
      size = written.size;
      shards.push(written);
    } else {
      const file = `frames-${String(shards.length).padStart(6, '0')}.tar`;
      const bytes = Buffer.concat([...entries, tarEnd()]);
      writeFileWhole(join(folder, file), bytes);
      let offset = 0;
      const rows = entries.map((entry, n) => {
        const row = { offset, crc: crcs[n]! };
        offset += entry.length;
        return row;
      });
      writeShardOffsets(folder, file, rows);
      const whole = { file, frames: names.length, bytes: bytes.length, sha256: sha256(bytes) };
      shards.push({ ...whole, names: hashOf(names), size });
      writeJsonWhole(join(folder, UNFINISHED), { settings, shards });
    }
    [entries, names, crcs] = [[], [], []];
  };
  for await (const { patient, clip, frame, image } of frames) {
    if (![patient, clip].every((name) => /^[\w-]+$/.test(name))) {
      throw new DataError(
        `writeShards: names must be letters, digits, _ and -, got ${JSON.stringify([patient, clip])}`,
      );
    }
    const name = `${patient}/${clip}/${String(frame).padStart(6, '0')}.${suffix}`;
    names.push(name);
    if (before[shards.length] === undefined) {
      const picture = typeof image === 'function' ? await image() : image;
      size = size === 0 ? picture.width : size;
      if (picture.width !== size || picture.height !== size) {
        throw new DataError(
          `writeShards: frames must all be ${size} x ${size}, got ${picture.width} x ${picture.height} in ${clip}`,
        );
      }
      const packed = quality === 'lossless' ? await encodePngGray(picture) : await encodeJpegGray(picture, quality);
      entries.push(tarEntry(name, packed));
      crcs.push(crc32(packed));
    }
    if (names.length === framesPerShard) flush();
  }
  flush();
  if (shards.length === 0) throw new DataError('writeShards: there are no frames');
  const index: ShardIndex = {
    layout: 'webdataset',
    size,
    frames: shards.reduce((sum, shard) => sum + shard.frames, 0),
    shards: shards.map(({ file, frames: count, bytes, sha256: hash }) => ({
      file,
      frames: count,
      bytes,
      sha256: hash,
    })),
  };
  writeJsonWhole(join(folder, SHARD_INDEX), index);
  rmSync(join(folder, UNFINISHED), { force: true });
  return index;
}

/** Lists the whole shards of a run that has not come to its end. */
const UNFINISHED = 'shards-unfinished.json';

interface UnfinishedShard {
  readonly file: string;
  readonly frames: number;
  readonly bytes: number;
  readonly sha256: string;
  /** Hash of the names in it. */
  readonly names: string;
  /** Side of its frames, pixels. */
  readonly size: number;
}

/** Shards of an interrupted run that stand as it wrote them; those from the first damaged one on are written again. */
function unfinishedShards(folder: string, settings: string): UnfinishedShard[] {
  sweepPartials(folder);
  const path = join(folder, UNFINISHED);
  if (!existsSync(path)) return [];
  const left = JSON.parse(readFileSync(path, 'utf8')) as { settings: string; shards: UnfinishedShard[] };
  if (left.settings !== settings) return [];
  const damaged = left.shards.findIndex(({ file, frames, sha256: hash }) => {
    const shard = join(folder, file);
    return !existsSync(shard) || !hasShardOffsets(folder, file, frames) || sha256(readFileSync(shard)) !== hash;
  });
  return damaged < 0 ? left.shards : left.shards.slice(0, damaged);
}
