import { ShapeError } from '../core/errors.js';
import { expectSameLength } from './sample-checks.js';

/** A mask of any size, row-major; nonzero is foreground. */
export type Mask = ArrayLike<number>;

/** Foreground counts of two masks. */
export interface Overlap {
  readonly both: number;
  readonly a: number;
  readonly b: number;
}

/**
 * Foreground counts of two masks of one size.
 *
 * @throws {ShapeError} on unequal sizes or empty arrays
 */
export function overlapOf(a: Mask, b: Mask): Overlap {
  expectSameLength('overlapOf', ['a', 'b'], a, b);
  if (a.length === 0) throw new ShapeError('overlapOf: masks must hold pixels, got none');
  let both = 0;
  let inA = 0;
  let inB = 0;
  for (let i = 0; i < a.length; i++) {
    const first = a[i] !== 0;
    const second = b[i] !== 0;
    if (first) inA++;
    if (second) inB++;
    if (first && second) both++;
  }
  return { both, a: inA, b: inB };
}

/**
 * Dice similarity coefficient 2 |A and B| / (|A| + |B|), in [0, 1]. Two empty masks agree: 1.
 *
 * Source: Dice 1945; the paper's segmentation metric (2.3).
 *
 * @throws {ShapeError} on unequal sizes
 */
export function dice(a: Mask, b: Mask): number {
  return diceOf(overlapOf(a, b));
}

/** Dice of counts; 1 if both masks are empty. */
export function diceOf(overlap: Overlap): number {
  const size = overlap.a + overlap.b;
  return size === 0 ? 1 : (2 * overlap.both) / size;
}

/**
 * Dice pooled over images: counts are added before dividing, so large structures weigh more. This is what EchoNet's
 * released code reports; the mean of {@link dice} over images is usually lower.
 *
 * Source: Ouyang et al. 2020, echonet/utils/segmentation.py: 2 sum(I) / (sum(U) + sum(I)).
 *
 * @throws {ShapeError} if there is no image
 */
export function pooledDice(overlaps: readonly Overlap[]): number {
  if (overlaps.length === 0) throw new ShapeError('pooledDice: needs at least 1 image, got none');
  return diceOf({
    both: overlaps.reduce((sum, overlap) => sum + overlap.both, 0),
    a: overlaps.reduce((sum, overlap) => sum + overlap.a, 0),
    b: overlaps.reduce((sum, overlap) => sum + overlap.b, 0),
  });
}

/** Jaccard index (intersection over union); 1 if both masks are empty. */
export function jaccard(a: Mask, b: Mask): number {
  const overlap = overlapOf(a, b);
  const union = overlap.a + overlap.b - overlap.both;
  return union === 0 ? 1 : overlap.both / union;
}
