import { ShapeError } from '../core/errors.js';

/** One grey frame, 8 bits, row-major. */
export interface GrayImage {
  readonly width: number;
  readonly height: number;
  /** `[height, width]`, 0 black to 255 white. */
  readonly data: Uint8Array;
}

/** A grey cine. */
export interface GrayClip {
  readonly width: number;
  readonly height: number;
  readonly frameCount: number;
  /** `null` where the file does not say. */
  readonly framesPerSecond: number | null;
  /** `[frameCount, height, width]`. */
  readonly data: Uint8Array;
}

/** Physical size of one pixel; x and y may differ before a resize. */
export interface PixelSpacing {
  readonly xMillimetres: number;
  readonly yMillimetres: number;
}

/** Grey levels as bytes: rounded half up, black below 0 and white above 255. */
export function toBytes(values: ArrayLike<number>): Uint8Array {
  return Uint8Array.from(values, (value) => Math.min(255, Math.max(0, Math.round(value))));
}

/** One frame of a clip, sharing its memory. */
export function frameOf(clip: GrayClip, index: number): GrayImage {
  if (!Number.isInteger(index) || index < 0 || index >= clip.frameCount) {
    throw new ShapeError(`frameOf: index must be in [0, ${clip.frameCount - 1}], got ${index}`);
  }
  const size = clip.width * clip.height;
  return { width: clip.width, height: clip.height, data: clip.data.subarray(index * size, (index + 1) * size) };
}
