import { normalLogP } from './normal.js';
import { sides } from './paired-t.js';
import { ranksOf } from './ranks.js';
import type { Alternative, TestResult } from './result.js';
import { differences, expectPairs } from './sample-checks.js';

/** Pairs up to which the exact distribution is used, as in scipy. */
const EXACT_LIMIT = 50;

/**
 * Wilcoxon's signed-rank test of paired samples.
 *
 * Zero differences are dropped. Exact up to 50 remaining pairs without ties; else the normal limit with the variance
 * corrected for ties and no continuity correction. All-zero differences give p = 1.
 *
 * Source: Wilcoxon 1945. Values as scipy.stats.wilcoxon(zero_method='wilcox', correction=False, method='exact' or
 * 'approx'); scipy's method='auto' permutes small samples with ties, which {@link pairedPermutationTest} does here.
 *
 * @param a one value per case of the first model
 * @param b the same cases of the second model
 * @returns statistic: sum of the ranks of positive differences; estimate: median of the Walsh averages
 *   (Hodges-Lehmann); n: pairs that differ
 * @throws {ShapeError} on unequal lengths or no pair
 * @throws {NumericalError} on NaN or infinite values
 */
export function wilcoxonSignedRankTest(
  a: ArrayLike<number>,
  b: ArrayLike<number>,
  options: { readonly alternative?: Alternative } = {},
): TestResult {
  expectPairs('wilcoxonSignedRankTest', ['a', 'b'], a, b);
  const alternative = options.alternative ?? 'two-sided';
  const moved = differences(a, b).filter((value) => value !== 0);
  const n = moved.length;
  const { ranks, tieCorrection } = ranksOf(moved.map(Math.abs));
  const statistic = moved.reduce((sum, value, i) => sum + (value > 0 ? ranks[i]! : 0), 0);
  const exact = n <= EXACT_LIMIT && tieCorrection === 0;
  const logP =
    n === 0 ? 0 : exact ? exactLogP(statistic, n, alternative) : limitLogP(statistic, n, tieCorrection, alternative);
  return {
    statistic,
    estimate: n === 0 ? 0 : walshMedian(differences(a, b)),
    p: Math.exp(logP),
    logP,
    alternative,
    n,
    method: `${sides(alternative)} Wilcoxon signed-rank test, ${exact ? 'exact' : 'normal limit with tie correction'}`,
    citation: 'wilcoxon-1945',
  };
}

function exactLogP(statistic: number, n: number, alternative: Alternative): number {
  const counts = rankSumCounts(n);
  const total = 2 ** n;
  let above = 0;
  let below = 0;
  for (let sum = 0; sum < counts.length; sum++) {
    if (sum >= statistic) above += counts[sum]! / total;
    if (sum <= statistic) below += counts[sum]! / total;
  }
  const p =
    alternative === 'greater' ? above : alternative === 'less' ? below : Math.min(1, 2 * Math.min(above, below));
  return Math.log(p);
}

/** Number of subsets of the ranks 1..n with each sum. Exact in double precision up to n = 50. */
function rankSumCounts(n: number): Float64Array {
  const counts = new Float64Array((n * (n + 1)) / 2 + 1);
  counts[0] = 1;
  for (let rank = 1; rank <= n; rank++) {
    for (let sum = counts.length - 1; sum >= rank; sum--) counts[sum]! += counts[sum - rank]!;
  }
  return counts;
}

function limitLogP(statistic: number, n: number, tieCorrection: number, alternative: Alternative): number {
  const expected = (n * (n + 1)) / 4;
  const variance = (n * (n + 1) * (2 * n + 1)) / 24 - tieCorrection / 48;
  return normalLogP((statistic - expected) / Math.sqrt(variance), alternative);
}

/** Median of all pairwise means; above 2,000 pairs the median of the differences, to bound the cost. */
function walshMedian(values: readonly number[]): number {
  if (values.length > 2000) return middle(Float64Array.from(values).sort());
  const averages = new Float64Array((values.length * (values.length + 1)) / 2);
  let next = 0;
  for (let i = 0; i < values.length; i++) {
    for (let j = i; j < values.length; j++) averages[next++] = (values[i]! + values[j]!) / 2;
  }
  return middle(averages.sort());
}

function middle(sorted: Float64Array): number {
  const half = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2;
}
