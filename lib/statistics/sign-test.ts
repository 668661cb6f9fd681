import { median } from 'simple-statistics';
import { fairCoinLogTail } from './log-binomial.js';
import { sides } from './paired-t.js';
import type { Alternative, TestResult } from './result.js';
import { differences, expectPairs } from './sample-checks.js';

/**
 * Exact sign test of paired samples: only the direction of each difference counts. Ties are dropped; nothing but ties
 * gives p = 1.
 *
 * Source: Dixon and Mood 1946. Values as scipy.stats.binomtest(positive, differing).
 *
 * @param a one value per case of the first model
 * @param b the same cases of the second model
 * @returns statistic: number of positive differences; estimate: median difference; n: pairs that differ
 * @throws {ShapeError} on unequal lengths or no pair
 * @throws {NumericalError} on NaN or infinite values
 */
export function signTest(
  a: ArrayLike<number>,
  b: ArrayLike<number>,
  options: { readonly alternative?: Alternative } = {},
): TestResult {
  expectPairs('signTest', ['a', 'b'], a, b);
  const alternative = options.alternative ?? 'two-sided';
  const all = differences(a, b);
  const positive = all.filter((value) => value > 0).length;
  const n = all.filter((value) => value !== 0).length;
  const logP = coinLogP(positive, n, alternative);
  return {
    statistic: positive,
    estimate: median(all),
    p: Math.exp(logP),
    logP,
    alternative,
    n,
    method: `${sides(alternative)} exact sign test of paired samples`,
    citation: 'dixon-1946',
  };
}

/** ln p of `heads` in n fair tosses; `greater`: many heads. Two-sided doubles the smaller tail, at most 1. */
export function coinLogP(heads: number, n: number, alternative: Alternative): number {
  if (alternative === 'greater') return fairCoinLogTail(heads, n);
  if (alternative === 'less') return fairCoinLogTail(n - heads, n);
  return Math.min(0, Math.LN2 + fairCoinLogTail(Math.max(heads, n - heads), n));
}
