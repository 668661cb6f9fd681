import { ArgumentError } from '../core/errors.js';
import { type PowerOptions, planned, plannedQuantiles } from './power-options.js';

/**
 * Variance of an area under the ROC from the area alone (negative exponential model).
 *
 * Source: Hanley and McNeil 1982, equation 1.
 *
 * @param auc in (0, 1)
 * @param positives cases of one kind
 * @param negatives cases of the other
 */
export function hanleyVariance(auc: number, positives: number, negatives: number): number {
  const q1 = auc / (2 - auc);
  const q2 = (2 * auc * auc) / (1 + auc);
  const square = auc * auc;
  return (
    (auc * (1 - auc) + (positives - 1) * (q1 - square) + (negatives - 1) * (q2 - square)) / (positives * negatives)
  );
}

/**
 * Fewest cases with which two areas under the ROC on the same cases differ significantly.
 *
 * Source: Hanley and McNeil 1983, with the variance of {@link hanleyVariance}.
 *
 * @param first area of the first model, in (0, 1)
 * @param second area of the second model
 * @param prevalence share of positive cases, in (0, 1)
 * @param correlation of the two areas, in [0, 1)
 * @throws {ArgumentError} on values outside these ranges or equal areas
 */
export function aucSampleSize(
  first: number,
  second: number,
  prevalence: number,
  correlation: number,
  options: PowerOptions = {},
): number {
  const who = 'aucSampleSize';
  for (const value of [first, second, prevalence]) {
    if (!(value > 0 && value < 1)) {
      throw new ArgumentError(`${who}: areas and prevalence must lie inside (0, 1), got ${value}`);
    }
  }
  if (!(correlation >= 0 && correlation < 1) || first === second) {
    throw new ArgumentError(`${who}: needs a correlation in [0, 1) and two different areas, got ${correlation}`);
  }
  const [forAlpha, forPower] = plannedQuantiles(planned(who, options));
  const enough = (cases: number): boolean => {
    const positives = prevalence * cases;
    const a = hanleyVariance(first, positives, cases - positives);
    const b = hanleyVariance(second, positives, cases - positives);
    const error = Math.sqrt(a + b - 2 * correlation * Math.sqrt(a * b));
    return Math.abs(first - second) >= (forAlpha + forPower) * error;
  };
  let high = 4;
  while (!enough(high)) high *= 2;
  let low = high / 2;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (enough(middle)) high = middle;
    else low = middle;
  }
  return high;
}
