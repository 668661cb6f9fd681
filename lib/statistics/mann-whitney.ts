import { normalLogTail } from './normal.js';
import { sides } from './paired-t.js';
import { ranksOf } from './ranks.js';
import type { Alternative, TestResult } from './result.js';
import { expectSample } from './sample-checks.js';

/** Pairs of values up to which the arrangements are counted. */
const EXACT_PAIRS = 4000;

/**
 * Mann-Whitney U test of two independent samples.
 *
 * Exact without ties where the smaller sample has at most 8 values and n m <= 4,000; else the normal limit with tie and
 * continuity correction. Samples that are all one value give p = 1.
 *
 * Source: Mann and Whitney 1947. Values as scipy.stats.mannwhitneyu(method='auto').
 *
 * @param a first sample
 * @param b second sample, of any length
 * @returns statistic: U of the first sample; estimate: U / (n m), the probability that a value of `a` is larger than
 *   one of `b`, ties half
 * @throws {ShapeError} if a sample is empty
 * @throws {NumericalError} on NaN or infinite values
 */
export function mannWhitneyTest(
  a: ArrayLike<number>,
  b: ArrayLike<number>,
  options: { readonly alternative?: Alternative } = {},
): TestResult {
  const who = 'mannWhitneyTest';
  expectSample(who, 'a', a);
  expectSample(who, 'b', b);
  const alternative = options.alternative ?? 'two-sided';
  const [n, m] = [a.length, b.length];
  const { ranks, tieCorrection } = ranksOf([...Array.from(a), ...Array.from(b)]);
  let rankSum = 0;
  for (let i = 0; i < n; i++) rankSum += ranks[i]!;
  const statistic = rankSum - (n * (n + 1)) / 2;
  const exact = tieCorrection === 0 && Math.min(n, m) <= 8 && n * m <= EXACT_PAIRS;
  const logTail = exact
    ? (u: number): number => exactLogTail(u, n, m)
    : (u: number): number => limitLogTail(u, n, m, tieCorrection);
  const above = logTail(statistic);
  const below = logTail(n * m - statistic);
  const logP =
    alternative === 'greater' ? above : alternative === 'less' ? below : Math.min(0, Math.LN2 + Math.min(above, below));
  return {
    statistic,
    estimate: statistic / (n * m),
    p: Math.exp(logP),
    logP,
    alternative,
    n: n + m,
    method: `${sides(alternative)} Mann-Whitney U test, ${exact ? 'exact' : 'normal limit with tie and continuity correction'}`,
    citation: 'mann-1947',
  };
}

/** ln P(U >= u) by counting which ranks the smaller sample can hold; only additions, so small tails keep their digits. */
function exactLogTail(u: number, n: number, m: number): number {
  const few = Math.min(n, m);
  const size = n * m;
  // counts[k * (size + 1) + s]: ways to choose k ranks whose sum exceeds the smallest possible by s.
  const counts = new Float64Array((few + 1) * (size + 1));
  counts[0] = 1;
  for (let rank = 1; rank <= n + m; rank++) {
    for (let k = Math.min(few, rank); k >= 1; k--) {
      const shift = rank - k;
      for (let s = shift; s <= size; s++) counts[k * (size + 1) + s]! += counts[(k - 1) * (size + 1) + s - shift]!;
    }
  }
  const last = counts.subarray(few * (size + 1));
  const total = last.reduce((sum, count) => sum + count, 0);
  let tail = 0;
  for (let s = size; s >= u; s--) tail += last[s]!;
  return Math.log(tail / total);
}

function limitLogTail(u: number, n: number, m: number, tieCorrection: number): number {
  const total = n + m;
  const variance = ((n * m) / 12) * (total + 1 - tieCorrection / (total * (total - 1)));
  if (!(variance > 0)) return 0;
  return normalLogTail((u - (n * m) / 2 - 0.5) / Math.sqrt(variance));
}
