import { type FileHandle, open } from 'node:fs/promises';
import { basename } from 'node:path';
import { EchoLabError, FormatError, messageOf, ShapeError } from '../../core/errors.js';
import type { GrayClip, GrayImage } from '../image.js';
import { decodeJpegLuma } from '../jpeg.js';
import { type AviLayout, readAviLayout } from './avi-layout.js';
import { RiffSource } from './riff.js';

/** Clips above this are read frame by frame, not whole. */
const MAXIMUM_CLIP_BYTES = 2 ** 31;

/** Clips up to this are read from disk at once. */
const ONE_READ = 2 ** 26;

/** An open Motion-JPEG AVI. Close it. */
export interface AviReader {
  readonly width: number;
  readonly height: number;
  readonly frameCount: number;
  /** `null` where the header holds no usable rate. */
  readonly framesPerSecond: number | null;
  /** Frame `index` (0-based) as grey; exact: found by the index, never by counting from a key frame. */
  readFrame(index: number): Promise<GrayImage>;
  /** All frames. */
  readClip(): Promise<GrayClip>;
  close(): Promise<void>;
}

/**
 * Opens a Motion-JPEG AVI and finds every frame: by `idx1`, or by a walk through `movi` where there is no index or
 * the file has several segments (OpenDML). Nothing is decoded yet, and no size in the file is believed before it
 * was held against the file's own length.
 *
 * A frame of no bytes repeats the one before it, as AVI writers mean it.
 *
 * @throws {FormatError} naming the file, if it is empty, truncated, not an AVI, not Motion JPEG, or contradicts itself
 */
export async function openAvi(path: string): Promise<AviReader> {
  const origin = basename(path);
  let file: FileHandle;
  try {
    file = await open(path, 'r');
  } catch (error) {
    throw new FormatError(`openAvi: cannot open ${path}: ${messageOf(error)}`);
  }
  try {
    const { size } = await file.stat();
    const source = new RiffSource(file, origin, size);
    return readerOf(file, source, await readAviLayout(source));
  } catch (error) {
    await file.close();
    if (error instanceof EchoLabError) throw error;
    throw new FormatError(`openAvi: cannot read ${path}: ${messageOf(error)}`);
  }
}

function readerOf(file: FileHandle, source: RiffSource, layout: AviLayout): AviReader {
  const { width, height, frames, framesPerSecond } = layout;
  const frameCount = frames.length;

  const decode = async (index: number, jpeg: Uint8Array): Promise<GrayImage> => {
    const image = await decodeJpegLuma(jpeg, `${source.origin} frame ${index}`);
    if (image.width !== width || image.height !== height) {
      throw new FormatError(
        `openAvi: frame ${index} of ${source.origin} is ${image.width} x ${image.height}, the header says ${width} x ${height}`,
      );
    }
    return image;
  };
  const readFrame = async (index: number): Promise<GrayImage> => {
    if (!Number.isInteger(index) || index < 0 || index >= frameCount) {
      throw new ShapeError(`openAvi: frame must be in [0, ${frameCount - 1}] of ${source.origin}, got ${index}`);
    }
    const frame = frames[index]!;
    return decode(index, await source.bytes(frame.start, frame.size));
  };

  return {
    width,
    height,
    frameCount,
    framesPerSecond,
    readFrame,
    async readClip() {
      const size = width * height;
      if (size * frameCount > MAXIMUM_CLIP_BYTES) {
        throw new FormatError(
          `openAvi: ${source.origin} would take ${size * frameCount} bytes whole; read it frame by frame`,
        );
      }
      const data = new Uint8Array(size * frameCount);
      const start = frames.reduce((least, frame) => Math.min(least, frame.start), Number.POSITIVE_INFINITY);
      const end = frames.reduce((most, frame) => Math.max(most, frame.start + frame.size), 0);
      // Small files in one read: a read a frame costs more than decoding it.
      const block = end - start <= ONE_READ ? await source.bytes(start, end - start) : null;
      for (let index = 0; index < frameCount; index++) {
        const frame = frames[index]!;
        const jpeg = block?.subarray(frame.start - start, frame.start - start + frame.size);
        const image = jpeg === undefined ? await readFrame(index) : await decode(index, jpeg);
        data.set(image.data, index * size);
      }
      return { width, height, frameCount, framesPerSecond, data };
    },
    close: () => file.close(),
  };
}
