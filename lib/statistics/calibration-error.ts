import { ArgumentError } from '../core/errors.js';
import { expectCount, expectSameLength, expectSample } from './sample-checks.js';

/** One bin of a reliability diagram. */
export interface CalibrationBin {
  /** Confidences in (low, high]; the first bin also holds 0. */
  readonly low: number;
  readonly high: number;
  readonly count: number;
  /** Mean confidence; NaN if the bin is empty. */
  readonly confidence: number;
  /** Share that was right; NaN if the bin is empty. */
  readonly accuracy: number;
}

/** Expected calibration error and the bins behind it. */
export interface Calibration {
  /** Mean over cases of |accuracy - confidence| of their bin, in [0, 1]. */
  readonly expectedError: number;
  /** Largest |accuracy - confidence| of a bin. */
  readonly maximumError: number;
  readonly bins: readonly CalibrationBin[];
}

/**
 * Expected calibration error with bins of equal width.
 *
 * Source: Guo et al. 2017, equation 3 (15 bins).
 *
 * @param confidence probability of the predicted class, in [0, 1], one per case
 * @param right whether the prediction is right
 * @param binCount default 15
 * @throws {ShapeError} on unequal lengths or no case
 * @throws {ArgumentError} on a confidence outside [0, 1]
 */
export function calibrationError(confidence: ArrayLike<number>, right: readonly boolean[], binCount = 15): Calibration {
  const who = 'calibrationError';
  expectSameLength(who, ['confidence', 'right'], confidence, right);
  expectSample(who, 'confidence', confidence);
  expectCount(who, 'binCount', binCount);
  const counts = new Float64Array(binCount);
  const sums = new Float64Array(binCount);
  const hits = new Float64Array(binCount);
  for (let i = 0; i < right.length; i++) {
    const value = confidence[i]!;
    if (value < 0 || value > 1) {
      throw new ArgumentError(
        `${who}: confidence must lie in [0, 1], got ${value} at index ${i}; apply the softmax first`,
      );
    }
    const bin = Math.max(0, Math.ceil(value * binCount) - 1);
    counts[bin]!++;
    sums[bin]! += value;
    if (right[i]) hits[bin]!++;
  }
  const bins = Array.from(counts, (count, b) => ({
    low: b / binCount,
    high: (b + 1) / binCount,
    count,
    confidence: sums[b]! / count,
    accuracy: hits[b]! / count,
  }));
  const gaps = bins.filter((bin) => bin.count > 0);
  return {
    expectedError:
      gaps.reduce((sum, bin) => sum + bin.count * Math.abs(bin.accuracy - bin.confidence), 0) / right.length,
    maximumError: gaps.reduce((most, bin) => Math.max(most, Math.abs(bin.accuracy - bin.confidence)), 0),
    bins,
  };
}
