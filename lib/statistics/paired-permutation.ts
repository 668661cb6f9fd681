import type { RandomStream } from '../core/random.js';
import { type ClusterLabel, clustersOf } from './clusters.js';
import { ExtremeCount } from './monte-carlo-p.js';
import type { Alternative, TestResult } from './result.js';
import { expectCount, expectPairs } from './sample-checks.js';

/** Options of a randomisation test. */
export interface PermutationOptions {
  readonly stream: RandomStream;
  /** Random rearrangements; default 9999. All of them are enumerated instead where there are no more than that. */
  readonly draws?: number;
  /** Default `two-sided`. */
  readonly alternative?: Alternative;
  /** One label per case: whole clusters are rearranged. Default: every case is independent. */
  readonly clusters?: readonly ClusterLabel[];
}

/** Rearrangements drawn when nothing else is asked for. */
export const DEFAULT_PERMUTATIONS = 9999;

/**
 * Paired permutation test of the mean difference: under the null hypothesis each pair may be swapped.
 *
 * With clusters all pairs of one cluster (e.g. the frames of a patient) are swapped together, so correlation inside a
 * cluster cannot make p too small. Exact where 2^clusters <= draws. Constant differences are allowed; all-zero
 * differences give p = 1.
 *
 * Source: Good 2005, section 3.3; Winkler et al. 2015 (whole-block exchange); Phipson and Smyth 2010 (p).
 *
 * @param a one value per case of the first model
 * @param b the same cases of the second model
 * @returns statistic and estimate: mean of a - b
 * @throws {ShapeError} on unequal lengths or no case
 * @throws {NumericalError} on NaN or infinite values
 */
export function pairedPermutationTest(
  a: ArrayLike<number>,
  b: ArrayLike<number>,
  options: PermutationOptions,
): TestResult {
  const who = 'pairedPermutationTest';
  expectPairs(who, ['a', 'b'], a, b);
  const draws = options.draws ?? DEFAULT_PERMUTATIONS;
  expectCount(who, 'draws', draws);
  const alternative = options.alternative ?? 'two-sided';
  const clusters = clustersOf(a.length, options.clusters);
  const sums = Float64Array.from(clusters.members, (members) => members.reduce((sum, i) => sum + a[i]! - b[i]!, 0));
  const observed = sums.reduce((sum, value) => sum + value, 0);
  const scale = sums.reduce((sum, value) => sum + Math.abs(value), 0);
  const count = new ExtremeCount(observed, scale);
  const exact = sums.length <= 30 && 2 ** sums.length <= draws;
  if (exact) enumerateSigns(sums, count);
  else drawSigns(sums, draws, options.stream, count);
  const p = exact ? count.exactP(alternative) : count.monteCarloP(alternative);
  const unit = options.clusters === undefined ? 'pairs' : 'clusters of pairs';
  const how = exact ? `all ${2 ** sums.length} swaps` : `${draws} random swaps`;
  return {
    statistic: observed / a.length,
    estimate: observed / a.length,
    p,
    logP: Math.log(p),
    alternative,
    n: sums.length,
    method: `${alternative === 'two-sided' ? 'two-sided' : 'one-sided'} paired permutation test of the mean difference, ${how} of ${unit}`,
    citation: options.clusters === undefined ? 'good-2005' : 'winkler-2015',
  };
}

function enumerateSigns(sums: Float64Array, count: ExtremeCount): void {
  for (let pattern = 0; pattern < 2 ** sums.length; pattern++) {
    let total = 0;
    for (let c = 0; c < sums.length; c++) total += (pattern >>> c) & 1 ? -sums[c]! : sums[c]!;
    count.add(total);
  }
}

function drawSigns(sums: Float64Array, draws: number, stream: RandomStream, count: ExtremeCount): void {
  for (let draw = 0; draw < draws; draw++) {
    let total = 0;
    let bits = 0;
    for (let c = 0; c < sums.length; c++) {
      if (c % 32 === 0) bits = stream.integer(2 ** 32);
      total += bits & 1 ? -sums[c]! : sums[c]!;
      bits >>>= 1;
    }
    count.add(total);
  }
}
