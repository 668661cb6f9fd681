import { FormatError } from '../../core/errors.js';
import { MAXIMUM_PIXELS } from '../jpeg.js';
import type { Chunk, RiffSource } from './riff.js';

/** Where one frame's JPEG lies in the file. */
export interface FramePlace {
  readonly start: number;
  readonly size: number;
}

/** What an AVI's headers and index say, checked against the file. */
export interface AviLayout {
  readonly width: number;
  readonly height: number;
  readonly framesPerSecond: number | null;
  readonly frames: readonly FramePlace[];
}

interface VideoStream {
  readonly number: number;
  readonly width: number;
  readonly height: number;
  readonly framesPerSecond: number | null;
}

/** 1,000,000 frames: nine hours at 30 a second. */
const MAXIMUM_FRAMES = 1_000_000;
const MOTION_JPEG = new Set(['MJPG', 'JPEG', 'AVRN', 'DMB1', 'IJPG']);

/**
 * Reads headers and index of an AVI. Every place it returns lies inside the file.
 *
 * @throws {FormatError} naming the file and what is wrong
 */
export async function readAviLayout(source: RiffSource): Promise<AviLayout> {
  const { origin } = source;
  if (source.size < 12) throw new FormatError(`openAvi: ${origin} has ${source.size} bytes; not an AVI`);
  const riff = await source.chunkAt(0, Number.POSITIVE_INFINITY);
  if (riff.tag !== 'RIFF' || riff.form !== 'AVI ') {
    throw new FormatError(`openAvi: ${origin} does not start with RIFF … AVI; got ${JSON.stringify(riff.tag)}`);
  }
  if (riff.start + riff.size > source.size) {
    throw new FormatError(
      `openAvi: ${origin} is truncated: its header claims ${riff.start + riff.size} bytes, the file has ${source.size}`,
    );
  }
  let stream: VideoStream | undefined;
  let index: Chunk | undefined;
  const movies: Chunk[] = [];
  for await (const chunk of source.chunks(riff.start + 4, riff.start + riff.size)) {
    if (chunk.form === 'hdrl') stream ??= await videoStream(source, chunk);
    else if (chunk.form === 'movi') movies.push(chunk);
    else if (chunk.tag === 'idx1') index = chunk;
  }
  if (stream === undefined) throw new FormatError(`openAvi: ${origin} has no video stream header`);
  for await (const segment of source.chunks(riff.start + riff.size + (riff.size % 2), source.size)) {
    if (segment.form !== 'AVIX') break;
    for await (const chunk of source.chunks(segment.start + 4, segment.start + segment.size)) {
      if (chunk.form === 'movi') movies.push(chunk);
    }
  }
  const movie = movies[0];
  if (movie === undefined) throw new FormatError(`openAvi: ${origin} has no movi list; it holds no frames`);
  const frames =
    index !== undefined && movies.length === 1
      ? await indexedFrames(source, movie, index, stream.number)
      : await walkedFrames(source, movies, stream.number);
  return {
    width: stream.width,
    height: stream.height,
    framesPerSecond: stream.framesPerSecond,
    frames: withoutEmpty(frames, origin),
  };
}

/** The first video stream of `hdrl`; it must be Motion JPEG of a sane size. */
async function videoStream(source: RiffSource, header: Chunk): Promise<VideoStream | undefined> {
  let number = -1;
  for await (const list of source.chunks(header.start + 4, header.start + header.size)) {
    if (list.form !== 'strl') continue;
    number++;
    let rate: Buffer | undefined;
    let format: Buffer | undefined;
    for await (const chunk of source.chunks(list.start + 4, list.start + list.size)) {
      if (chunk.tag === 'strh') rate = await source.bytes(chunk.start, Math.min(chunk.size, 56));
      if (chunk.tag === 'strf') format = await source.bytes(chunk.start, Math.min(chunk.size, 40));
    }
    if (rate === undefined || rate.length < 28 || rate.toString('latin1', 0, 4) !== 'vids') continue;
    if (format === undefined || format.length < 20) {
      throw new FormatError(`openAvi: ${source.origin} has a video stream without a format`);
    }
    const codec = format.toString('latin1', 16, 20).toUpperCase();
    if (!MOTION_JPEG.has(codec)) {
      throw new FormatError(
        `openAvi: ${source.origin} is coded as ${JSON.stringify(codec)}; Motion JPEG is read: ffmpeg -i in.avi -c:v mjpeg -q:v 2 out.avi`,
      );
    }
    const width = format.readInt32LE(4);
    const height = Math.abs(format.readInt32LE(8));
    if (width < 1 || height < 1 || width * height > MAXIMUM_PIXELS) {
      throw new FormatError(
        `openAvi: ${source.origin} must have 1 to ${MAXIMUM_PIXELS} pixels a frame, says ${width} x ${height}`,
      );
    }
    const perSecond = rate.readUInt32LE(24) / rate.readUInt32LE(20);
    return { number, width, height, framesPerSecond: perSecond > 0 && perSecond <= 10_000 ? perSecond : null };
  }
  return undefined;
}

/** True for `NNdc` or `NNdb` of stream NN. */
function isFrameOf(tag: string, stream: number): boolean {
  return tag.slice(0, 2) === String(stream).padStart(2, '0') && (tag.endsWith('dc') || tag.endsWith('db'));
}

/**
 * Frames from `idx1`. Offsets count from the `movi` tag or from the start of the file; the first entry whose chunk header
 * stands where it says decides which.
 */
async function indexedFrames(source: RiffSource, movie: Chunk, index: Chunk, stream: number): Promise<FramePlace[]> {
  const entries = Math.floor(index.size / 16);
  checkCount(source, entries);
  const bytes = await source.bytes(index.start, entries * 16);
  const end = movie.start + movie.size;
  const frames: FramePlace[] = [];
  let base: number | undefined;
  for (let entry = 0; entry < entries; entry++) {
    const tag = bytes.toString('latin1', entry * 16, entry * 16 + 4);
    if (!isFrameOf(tag, stream)) continue;
    const offset = bytes.readUInt32LE(entry * 16 + 8);
    const size = bytes.readUInt32LE(entry * 16 + 12);
    base ??= await indexBase(source, movie, tag, offset, size);
    const start = base + offset + 8;
    if (start < movie.start + 4 || start + size > end) {
      throw new FormatError(
        `openAvi: index entry ${entry} of ${source.origin} points to bytes ${start} to ${start + size}, outside its frames (${movie.start} to ${end})`,
      );
    }
    frames.push({ start, size });
  }
  return frames;
}

async function indexBase(source: RiffSource, movie: Chunk, tag: string, offset: number, size: number): Promise<number> {
  for (const base of [movie.start, 0]) {
    if (base + offset + 8 + size > source.size) continue;
    const head = await source.bytes(base + offset, 8);
    if (head.toString('latin1', 0, 4) === tag && head.readUInt32LE(4) === size) return base;
  }
  throw new FormatError(`openAvi: the index of ${source.origin} does not point to its first frame`);
}

/** Frames in file order, for files without an index and for OpenDML segments; `rec ` lists are entered. */
async function walkedFrames(source: RiffSource, movies: readonly Chunk[], stream: number): Promise<FramePlace[]> {
  const frames: FramePlace[] = [];
  const walk = async (list: Chunk, depth: number): Promise<void> => {
    for await (const chunk of source.chunks(list.start + 4, list.start + list.size)) {
      if (chunk.form === 'rec ' && depth === 0) await walk(chunk, 1);
      else if (isFrameOf(chunk.tag, stream)) {
        frames.push({ start: chunk.start, size: chunk.size });
        checkCount(source, frames.length);
      }
    }
  };
  for (const movie of movies) await walk(movie, 0);
  return frames;
}

function checkCount(source: RiffSource, count: number): void {
  if (count > MAXIMUM_FRAMES) {
    throw new FormatError(`openAvi: ${source.origin} claims ${count} frames; at most ${MAXIMUM_FRAMES} are read`);
  }
}

/** An empty chunk repeats the frame before it. */
function withoutEmpty(frames: readonly FramePlace[], origin: string): FramePlace[] {
  if (frames.length === 0 || frames[0]!.size === 0) {
    throw new FormatError(`openAvi: ${origin} holds no frames`);
  }
  const places: FramePlace[] = [];
  for (const frame of frames) places.push(frame.size > 0 ? frame : places[places.length - 1]!);
  return places;
}
