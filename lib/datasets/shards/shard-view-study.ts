import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { readCsv, writeCsv } from '../../core/csv.js';
import { DataError } from '../../core/errors.js';
import type { Progress } from '../../core/progress.js';
import { spreadPlace } from '../../core/spread.js';
import { frameOf, type GrayImage } from '../../imaging/image.js';
import { resizeImage } from '../../imaging/resample.js';
import type { ViewSample, ViewStudy } from '../view-study.js';
import { readShardIndex, type ShardIndex } from './shard-index.js';
import { type ShardFrame, type WriteShardsOptions, writeShards } from './write-shards.js';

/** Options of {@link shardViewStudy}. */
export interface ShardViewStudyOptions extends WriteShardsOptions {
  /** Frames are written as squares of this many pixels; the paper's: 112. */
  readonly size: number;
  /** Frames of each clip, spread evenly over it; all if left out. */
  readonly framesPerClip?: number;
  /** Counts clips. */
  readonly progress?: Progress;
}

/** A clip whose frames stand one after the other in shards. */
export interface ShardClip {
  readonly path: string;
  readonly patient: string;
  /** Number of its first frame, and how many there are. */
  readonly first: number;
  readonly frames: number;
  /** The other columns of the study's row, e.g. `vendor`, `echo3m`. */
  readonly extra: Readonly<Record<string, string>>;
}

/** Name of the table of clips beside the shards. */
const CLIPS = 'clips.csv';
const COLUMNS = ['path', 'patient', 'frames'];

/**
 * Writes the frames of a view study into shards, clip by clip in the study's order, resized once, with `clips.csv`: the study's columns and each clip's count
 * of frames. Resumable, see {@link writeShards}: called again, clips whose frames are written are opened for their length alone.
 *
 * Frames of a clip stand together, for reading by number; the shuffle buffer of {@link ShardStream} would mix too little.
 */
export async function shardViewStudy(
  study: ViewStudy,
  folder: string,
  options: ShardViewStudyOptions,
): Promise<ShardIndex> {
  const { size, framesPerClip, progress, ...write } = options;
  const rows: Record<string, string | number>[] = [];
  async function* frames(): AsyncGenerator<ShardFrame> {
    for (const [number, sample] of study.samples.entries()) {
      const { frameCount } = await lengthOf(sample);
      const wanted = Math.min(frameCount, framesPerClip ?? frameCount);
      rows.push({ ...columnsOf(sample), frames: wanted });
      yield* framesOf(sample, number, { wanted, frameCount }, size);
      progress?.update(number + 1);
    }
    // before the index, which says that all is there
    if (rows.length > 0) writeCsv(join(folder, CLIPS), rows, Object.keys(rows[0]!));
  }
  const index = await writeShards(folder, frames(), write);
  progress?.finish();
  return index;
}

async function lengthOf(sample: ViewSample): Promise<{ readonly frameCount: number }> {
  const clip = await sample.open();
  await clip.close();
  return { frameCount: clip.frameCount };
}

function columnsOf({ id, patient, view, vendor, site, split, extra }: ViewSample): Record<string, string> {
  return { path: id, patient, view: view ?? '', vendor, site, split: split ?? '', ...extra };
}

/** Frames of one clip; it is decoded when the first of them is asked for. */
function* framesOf(
  sample: ViewSample,
  number: number,
  { wanted, frameCount }: { readonly wanted: number; readonly frameCount: number },
  size: number,
): Generator<ShardFrame> {
  let decoded: ReturnType<ViewSample['readClip']> | undefined;
  const image = async (frame: number): Promise<GrayImage> => {
    decoded ??= sample.readClip();
    return squareFrame(frameOf(await decoded, frame), size);
  };
  const patient = sample.patient.replace(/[^\w-]/g, '-').slice(0, 60);
  const clip = String(number).padStart(7, '0');
  for (let n = 0; n < wanted; n++) {
    const frame = spreadPlace(n, wanted, frameCount);
    yield { patient, clip, frame, image: () => image(frame) };
  }
}

/** A frame as a square of `size` pixels, bicubic. */
export function squareFrame(image: GrayImage, size: number): GrayImage {
  if (image.width === size && image.height === size) return image;
  return resizeImage(image, size, size, 'bicubic');
}

/**
 * The clips of shards that {@link shardViewStudy} wrote.
 *
 * @throws {DataError} if their table is missing or counts other frames than the index
 */
export function readShardClips(folder: string): ShardClip[] {
  const { frames } = readShardIndex(folder);
  if (!existsSync(join(folder, CLIPS))) {
    throw new DataError(`readShardClips: ${CLIPS} is not in ${folder}; write shards with "echolab data shard"`);
  }
  let first = 0;
  const clips = readCsv(join(folder, CLIPS), COLUMNS).map((row) => {
    const { path, patient, frames: text, ...extra } = row as Record<string, string>;
    const clip = { path: path!, patient: patient!, first, frames: Number(text), extra };
    if (!Number.isInteger(clip.frames) || clip.frames < 0) {
      throw new DataError(`readShardClips: ${folder}/${CLIPS}: frames of ${path} must be a count, got "${text}"`);
    }
    first += clip.frames;
    return clip;
  });
  if (first !== frames) {
    throw new DataError(
      `readShardClips: ${folder}/${CLIPS} counts ${first} frames, the index ${frames}; write the shards again`,
    );
  }
  return clips;
}

/** Numbers of the frames whose clip has 1 in a column, ascending. */
export function framesWhere(clips: readonly ShardClip[], column: string): Uint32Array {
  const chosen = clips.filter(({ extra }) => extra[column] === '1');
  const members = new Uint32Array(chosen.reduce((sum, { frames }) => sum + frames, 0));
  let next = 0;
  for (const { first, frames } of chosen) for (let n = 0; n < frames; n++) members[next++] = first + n;
  return members;
}
