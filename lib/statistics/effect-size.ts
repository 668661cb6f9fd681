import { mean, sampleStandardDeviation, sampleVariance } from 'simple-statistics';
import { NumericalError } from '../core/errors.js';
import { differences, expectPairs, expectSample } from './sample-checks.js';

/**
 * Cohen's d of two independent samples: difference of means over the pooled standard deviation.
 *
 * Source: Cohen 1988, equation 2.5.1.
 *
 * @param a first sample, n >= 2
 * @param b second sample, n >= 2
 * @throws {ShapeError} if a sample has fewer than 2 values
 * @throws {NumericalError} if both samples are constant
 */
export function cohenD(a: ArrayLike<number>, b: ArrayLike<number>): number {
  expectSample('cohenD', 'a', a, 2);
  expectSample('cohenD', 'b', b, 2);
  const [first, second] = [Array.from(a), Array.from(b)];
  const df = first.length + second.length - 2;
  const pooled = ((first.length - 1) * sampleVariance(first) + (second.length - 1) * sampleVariance(second)) / df;
  return (mean(first) - mean(second)) / Math.sqrt(varying('cohenD', pooled));
}

/**
 * Hedges' g: Cohen's d without its bias in small samples (factor 1 - 3 / (4 df - 1)).
 *
 * Source: Hedges 1981. Throws as {@link cohenD}.
 */
export function hedgesG(a: ArrayLike<number>, b: ArrayLike<number>): number {
  return cohenD(a, b) * (1 - 3 / (4 * (a.length + b.length - 2) - 1));
}

/**
 * Standardised mean difference of pairs (Cohen's d_z): mean over standard deviation of the differences.
 *
 * Source: Cohen 1988, section 2.3.5.
 *
 * @throws {ShapeError} on unequal lengths or n < 2
 * @throws {NumericalError} if the differences are constant
 */
export function cohenDz(a: ArrayLike<number>, b: ArrayLike<number>): number {
  expectPairs('cohenDz', ['a', 'b'], a, b, 2);
  const values = differences(a, b);
  return mean(values) / varying('cohenDz', sampleStandardDeviation(values));
}

/**
 * Cliff's delta: P(a > b) - P(a < b) over all pairs of two independent samples, in [-1, 1].
 *
 * Source: Cliff 1993. Cost: n log n.
 *
 * @throws {ShapeError} if a sample is empty
 */
export function cliffDelta(a: ArrayLike<number>, b: ArrayLike<number>): number {
  expectSample('cliffDelta', 'a', a);
  expectSample('cliffDelta', 'b', b);
  const sorted = Float64Array.from(b).sort();
  let sum = 0;
  for (let i = 0; i < a.length; i++) {
    sum += countBelow(sorted, a[i]!, false) + countBelow(sorted, a[i]!, true) - sorted.length;
  }
  return sum / (a.length * sorted.length);
}

/** How many values lie below (or at, if `orEqual`) a limit. */
function countBelow(sorted: Float64Array, limit: number, orEqual: boolean): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle]! < limit || (orEqual && sorted[middle] === limit)) low = middle + 1;
    else high = middle;
  }
  return low;
}

function varying(who: string, spread: number): number {
  if (!(spread > 0)) throw new NumericalError(`${who}: values must vary, all are equal; the effect size is undefined`);
  return spread;
}
