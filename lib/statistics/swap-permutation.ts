import { NumericalError } from '../core/errors.js';
import { clustersOf } from './clusters.js';
import { ExtremeCount } from './monte-carlo-p.js';
import { DEFAULT_PERMUTATIONS, type PermutationOptions } from './paired-permutation.js';
import type { TestResult } from './result.js';
import { expectCount } from './sample-checks.js';

/**
 * Difference of a metric between two models whose predictions were swapped on some cases.
 *
 * @param swapped one byte per case; 1: the first model gets the second's prediction, and the other way round
 */
export type SwappedDifference = (swapped: Uint8Array) => number;

/**
 * Paired permutation test for metrics that are not means of cases (balanced accuracy, F1, AUC, kappa, R2): under the
 * null hypothesis the two models' predictions on a case may be swapped. Clusters are swapped whole.
 *
 * Exact where 2^clusters <= draws.
 *
 * Source: Good 2005, section 3.3; Winkler et al. 2015 (whole-block exchange); Phipson and Smyth 2010 (p).
 *
 * @param count number of cases
 * @param difference metric of the first model minus metric of the second
 * @returns statistic and estimate: the difference without swaps
 * @throws {NumericalError} if the difference is not finite on some arrangement
 * @throws {ShapeError} if there is not one cluster label per case
 */
export function swapPermutationTest(
  count: number,
  difference: SwappedDifference,
  options: PermutationOptions,
): TestResult {
  const who = 'swapPermutationTest';
  const draws = options.draws ?? DEFAULT_PERMUTATIONS;
  expectCount(who, 'draws', draws);
  const alternative = options.alternative ?? 'two-sided';
  const clusters = clustersOf(count, options.clusters);
  const units = clusters.names.length;
  const swapped = new Uint8Array(count);
  const valueNow = (): number => {
    const value = difference(swapped);
    if (!Number.isFinite(value)) {
      throw new NumericalError(`${who}: the difference must be finite on every arrangement, got ${value}`);
    }
    return value;
  };
  const observed = valueNow();
  const extremes = new ExtremeCount(observed, 1);
  const exact = units <= 30 && 2 ** units <= draws;
  const rounds = exact ? 2 ** units : draws;
  const choice = new Uint8Array(units);
  for (let round = 0; round < rounds; round++) {
    for (let c = 0, bits = 0; c < units; c++) {
      if (c % 32 === 0) bits = exact ? round : options.stream.integer(2 ** 32);
      choice[c] = bits & 1;
      bits >>>= 1;
    }
    for (let i = 0; i < count; i++) swapped[i] = choice[clusters.of[i]!]!;
    extremes.add(valueNow());
  }
  const p = exact ? extremes.exactP(alternative) : extremes.monteCarloP(alternative);
  const unit = options.clusters === undefined ? 'cases' : 'clusters';
  return {
    statistic: observed,
    estimate: observed,
    p,
    logP: Math.log(p),
    alternative,
    n: units,
    method: `${alternative === 'two-sided' ? 'two-sided' : 'one-sided'} paired permutation test, ${exact ? 'all' : 'random'} swaps of the two models' predictions on whole ${unit} (${rounds})`,
    citation: options.clusters === undefined ? 'good-2005' : 'winkler-2015',
  };
}
