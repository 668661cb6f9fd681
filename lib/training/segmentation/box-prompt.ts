import { NumericalError } from '../../core/errors.js';
import type { RandomStream } from '../../core/random.js';

/** A box in pixels: corners are pixel centres, both inside the structure. */
export interface PromptBox {
  readonly x0: number;
  readonly y0: number;
  readonly x1: number;
  readonly y1: number;
}

/**
 * The tight box of a mask.
 *
 * @param mask `[height, width]`; foreground is above `threshold`
 * @throws {NumericalError} if the mask is empty
 */
export function boxOfMask(mask: ArrayLike<number>, width: number, height: number, threshold = 0): PromptBox {
  let [x0, y0, x1, y1] = [width, height, -1, -1];
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      if (mask[y * width + x]! <= threshold) continue;
      if (x < x0) x0 = x;
      if (x > x1) x1 = x;
      if (y < y0) y0 = y;
      y1 = y;
    }
  }
  if (x1 < 0) throw new NumericalError('boxOfMask: the mask is empty and has no box; leave the image out');
  return { x0, y0, x1, y1 };
}

/**
 * Moves each corner by up to a share of the box's own sides, across and down apart (paper A.3: "up to 15% translation at each corner").
 *
 * @param share 0.15 in the paper; 0 leaves the box exact
 * @param limit corners stay in `[0, limit]`
 */
export function jitterBox(box: PromptBox, share: number, random: RandomStream, limit: number): PromptBox {
  const [across, down] = [share * (box.x1 - box.x0 + 1), share * (box.y1 - box.y0 + 1)];
  const moved = (value: number, reach: number): number =>
    Math.min(limit, Math.max(0, value + random.between(-reach, reach)));
  return { x0: moved(box.x0, across), y0: moved(box.y0, down), x1: moved(box.x1, across), y1: moved(box.y1, down) };
}
