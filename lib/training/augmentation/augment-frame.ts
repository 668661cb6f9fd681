import type { RandomStream } from '../../core/random.js';
import { type GrayImage, toBytes } from '../../imaging/image.js';
import { augmentEcho } from './echo-augmentation.js';
import { randomWarp, renderWarp, type WarpRange } from './warp.js';

/** How far a training frame without labels of pixels may stray. */
export interface FrameAugmentation {
  readonly warp: WarpRange;
  /** Strength of {@link augmentEcho}. */
  readonly echo: number;
}

/**
 * A random view of a square frame, as another hand and another scanner might have made it.
 *
 * @param frame `[side, side]`
 * @returns the same size
 */
export function augmentFrame(
  { width: side, data }: GrayImage,
  { warp, echo }: FrameAugmentation,
  random: RandomStream,
): GrayImage {
  const square = { side, image: data, labels: new Uint8Array(side * side) };
  const { image } = renderWarp(square, 1, randomWarp(side, side, warp, random), side);
  augmentEcho(image, side, echo, random);
  return { width: side, height: side, data: toBytes(image) };
}
