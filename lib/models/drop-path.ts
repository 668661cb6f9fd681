import { ArgumentError } from '../core/errors.js';
import type { RandomStream } from '../core/random.js';

/**
 * Factors of stochastic depth for one step: 0 drops a branch for an image, otherwise the branch is scaled so that its mean stays.
 * They are an input of the compiled step, drawn on the host.
 *
 * - `per-image` (DINOv1): each image's branch is kept with probability 1 - rate and scaled by 1 / (1 - rate).
 * - `subset` (DINOv2, above a rate of 0.1): exactly max(floor(B (1 - rate)), 1) images keep the branch, scaled by B / kept. The released code saves the
 *   work of the dropped images; here they are computed and multiplied by 0.
 *
 * @param rates one a block, e.g. {@link linearRates}
 * @returns `[2 * depth, B]`, row-major: attention and feed-forward branch of each block
 * @throws {ArgumentError} if a rate is outside [0, 1)
 */
export function dropPathFactors(
  rates: readonly number[],
  images: number,
  mode: 'per-image' | 'subset',
  random: RandomStream,
): Float32Array {
  const factors = new Float32Array(2 * rates.length * images);
  for (let row = 0; row < 2 * rates.length; row++) {
    const rate = rates[row >> 1]!;
    if (!(rate >= 0 && rate < 1)) throw new ArgumentError(`dropPathFactors: rates must be in [0, 1), got ${rate}`);
    const cells = factors.subarray(row * images, (row + 1) * images);
    if (mode === 'subset' && rate > 0.1) {
      const kept = Math.max(Math.floor(images * (1 - rate)), 1);
      const order = random.shuffled(Array.from({ length: images }, (_, i) => i));
      for (const image of order.slice(0, kept)) cells[image] = images / kept;
    } else {
      for (let image = 0; image < images; image++) cells[image] = random.chance(1 - rate) ? 1 / (1 - rate) : 0;
    }
  }
  return factors;
}

/** Rates rising linearly from 0 in the first block to `last` in the last one (DINOv1). */
export function linearRates(depth: number, last: number): number[] {
  return Array.from({ length: depth }, (_, block) => (depth === 1 ? 0 : (last * block) / (depth - 1)));
}

/** The same rate in every block (DINOv2's `drop_path_uniform`). */
export function uniformRates(depth: number, rate: number): number[] {
  return Array.from({ length: depth }, () => rate);
}
