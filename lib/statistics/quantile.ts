import { ArgumentError } from '../core/errors.js';

/**
 * Quantile with linear interpolation between order statistics (numpy's default, R type 7).
 * Own code because simple-statistics averages two neighbours instead (R type 2).
 *
 * @param sorted ascending values, at least one
 * @param probability in [0, 1]
 * @throws {ArgumentError} if there is no value or the probability is outside [0, 1]
 * @example quantileOfSorted([1, 2, 4], 0.75) // 3
 */
export function quantileOfSorted(sorted: ArrayLike<number>, probability: number): number {
  if (sorted.length === 0 || !(probability >= 0 && probability <= 1)) {
    throw new ArgumentError(
      `quantileOfSorted: needs a value and a probability in [0, 1], got ${sorted.length} values and ${probability}`,
    );
  }
  const position = probability * (sorted.length - 1);
  const below = Math.floor(position);
  const low = sorted[below]!;
  const high = sorted[Math.min(below + 1, sorted.length - 1)]!;
  return low + (high - low) * (position - below);
}

/** As {@link quantileOfSorted}, of values in any order. */
export function quantile(values: ArrayLike<number>, probability: number): number {
  return quantileOfSorted(Float64Array.from(values).sort(), probability);
}
