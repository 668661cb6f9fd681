import { DataError } from '../core/errors.js';
import type { RandomStream } from '../core/random.js';
import { clustersOf } from './clusters.js';
import { logChoose } from './log-binomial.js';
import { ExtremeCount } from './monte-carlo-p.js';
import { DEFAULT_PERMUTATIONS, type PermutationOptions } from './paired-permutation.js';
import { sides } from './paired-t.js';
import type { TestResult } from './result.js';
import { expectCount, expectSample } from './sample-checks.js';

/**
 * Permutation test of the difference of two means, for independent samples of any two sizes.
 *
 * `options.clusters` labels the values of `a` followed by those of `b`; whole clusters are reassigned, keeping the
 * number of clusters a side. A cluster on both sides is an error: that design is paired.
 *
 * Exact where there are no more arrangements than draws. Own code because simple-statistics' permutationTest splits the
 * pool in the middle whatever the sizes.
 *
 * Source: Good 2005, section 3.2; Phipson and Smyth 2010 (p). Values as
 * scipy.stats.permutation_test(permutation_type='independent').
 *
 * @param a first sample
 * @param b second sample
 * @returns statistic and estimate: mean(a) - mean(b); n: units on both sides
 * @throws {ShapeError} if a sample is empty or labels do not match
 * @throws {DataError} if a cluster lies on both sides
 * @throws {NumericalError} on NaN or infinite values
 */
export function twoSamplePermutationTest(
  a: ArrayLike<number>,
  b: ArrayLike<number>,
  options: PermutationOptions,
): TestResult {
  const who = 'twoSamplePermutationTest';
  expectSample(who, 'a', a);
  expectSample(who, 'b', b);
  const draws = options.draws ?? DEFAULT_PERMUTATIONS;
  expectCount(who, 'draws', draws);
  const alternative = options.alternative ?? 'two-sided';
  const values = [...Array.from(a), ...Array.from(b)];
  const clusters = clustersOf(values.length, options.clusters);
  const torn = clusters.members.findIndex((list) => list[0]! < a.length && list[list.length - 1]! >= a.length);
  if (torn >= 0) {
    throw new DataError(
      `${who}: a cluster must lie in one sample, ${clusters.names[torn]} lies in both; use pairedPermutationTest`,
    );
  }
  const pool: Pool = {
    sums: Float64Array.from(clusters.members, (list) => list.reduce((sum, i) => sum + values[i]!, 0)),
    sizes: Float64Array.from(clusters.members, (list) => list.length),
    total: values.reduce((sum, value) => sum + value, 0),
    count: values.length,
  };
  const units = pool.sums.length;
  const left = clusters.members.filter((list) => list[0]! < a.length).length;
  const order = Int32Array.from({ length: units }, (_, c) => c);
  const observed = differenceOf(pool, order, left);
  const extremes = new ExtremeCount(observed, values.reduce((sum, value) => sum + Math.abs(value), 0) / values.length);
  const logArrangements = logChoose(units, left);
  const exact = logArrangements <= Math.log(draws) + 1e-9;
  if (exact) eachChoice(units, left, (chosen) => extremes.add(differenceOf(pool, chosen, left)));
  else drawChoices(pool, order, left, draws, options.stream, extremes);
  const p = exact ? extremes.exactP(alternative) : extremes.monteCarloP(alternative);
  const how = exact ? `all ${Math.round(Math.exp(logArrangements))} arrangements` : `${draws} random arrangements`;
  return {
    statistic: observed,
    estimate: observed,
    p,
    logP: Math.log(p),
    alternative,
    n: units,
    method: `${sides(alternative)} permutation test of the difference of two means, ${how} of ${options.clusters === undefined ? 'cases' : 'clusters'}`,
    citation: options.clusters === undefined ? 'good-2005' : 'winkler-2015',
  };
}

interface Pool {
  readonly sums: Float64Array;
  readonly sizes: Float64Array;
  readonly total: number;
  readonly count: number;
}

/** Mean over the first `left` units of `order` minus the mean over the rest. */
function differenceOf(pool: Pool, order: Int32Array, left: number): number {
  let sum = 0;
  let size = 0;
  for (let k = 0; k < left; k++) {
    sum += pool.sums[order[k]!]!;
    size += pool.sizes[order[k]!]!;
  }
  return sum / size - (pool.total - sum) / (pool.count - size);
}

/** Visits every choice of `left` of `units` in lexicographic order; the visited array holds the choice first. */
function eachChoice(units: number, left: number, visit: (chosen: Int32Array) => void): void {
  const chosen = Int32Array.from({ length: left }, (_, k) => k);
  for (;;) {
    visit(chosen);
    let k = left - 1;
    while (k >= 0 && chosen[k] === units - left + k) k--;
    if (k < 0) return;
    chosen[k]!++;
    for (let j = k + 1; j < left; j++) chosen[j] = chosen[j - 1]! + 1;
  }
}

function drawChoices(
  pool: Pool,
  order: Int32Array,
  left: number,
  draws: number,
  stream: RandomStream,
  extremes: ExtremeCount,
): void {
  for (let draw = 0; draw < draws; draw++) {
    for (let k = 0; k < left; k++) {
      const other = k + stream.integer(order.length - k);
      const unit = order[k]!;
      order[k] = order[other]!;
      order[other] = unit;
    }
    extremes.add(differenceOf(pool, order, left));
  }
}
