import type { GrayImage } from '../../imaging/image.js';
import type { Point } from '../../imaging/polygon-fill.js';
import { resizeImage } from '../../imaging/resample.js';
import type { LandmarkFrame } from './landmark-frames.js';

/** A frame padded to a square and resized, with the way of its points there and back. */
export interface SquarePicture {
  /** `size` pixels a side. */
  readonly image: GrayImage;
  toSquare(point: Point): Point;
  toFrame(point: Point): Point;
}

/**
 * Pads with black around the middle to a square and resizes (paper A.4), bicubic with antialias. Where the padding goes is ours.
 *
 * Pixel centres are integers on both sides.
 */
export function squarePicture(frame: GrayImage, size: number): SquarePicture {
  const side = Math.max(frame.width, frame.height);
  const left = Math.floor((side - frame.width) / 2);
  const top = Math.floor((side - frame.height) / 2);
  const scale = size / side;
  return {
    image: resized(padded(frame, side, left, top), size),
    toSquare: ({ x, y }) => ({ x: (x + left + 0.5) * scale - 0.5, y: (y + top + 0.5) * scale - 0.5 }),
    toFrame: ({ x, y }) => ({ x: (x + 0.5) / scale - 0.5 - left, y: (y + 0.5) / scale - 0.5 - top }),
  };
}

function padded(frame: GrayImage, side: number, left: number, top: number): GrayImage {
  if (frame.width === side && frame.height === side) return frame;
  const data = new Uint8Array(side * side);
  for (let y = 0; y < frame.height; y++) {
    data.set(frame.data.subarray(y * frame.width, (y + 1) * frame.width), (y + top) * side + left);
  }
  return { width: side, height: side, data };
}

function resized(square: GrayImage, size: number): GrayImage {
  if (square.width === size) return square;
  return resizeImage(square, size, size, 'bicubic');
}

/** Bytes of pictures that a reader keeps in memory: the phantoms whole, a large data set in part. */
const KEPT_BYTES = 2 ** 31;

/** Reads frames as squares of one size. Pictures stay in memory up to 2 GiB; beyond that they are read again when asked for. */
export function squareReader(size: number): (frame: LandmarkFrame) => Promise<SquarePicture> {
  const kept = new Map<LandmarkFrame, SquarePicture>();
  return async (frame) => {
    const known = kept.get(frame);
    if (known) return known;
    const picture = squarePicture(await frame.read(), size);
    if ((kept.size + 1) * size * size <= KEPT_BYTES) kept.set(frame, picture);
    return picture;
  };
}
