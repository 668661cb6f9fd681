import { ShapeError } from '../core/errors.js';
import type { RandomStream } from '../core/random.js';
import { type BootstrapEstimate, bootstrap, meanOf } from './bootstrap.js';
import { type ClusterLabel, clustersOf } from './clusters.js';
import { pairedPermutationTest } from './paired-permutation.js';
import { pairedTTest } from './paired-t.js';
import type { Alternative, TestResult } from './result.js';
import { differences } from './sample-checks.js';
import { wilcoxonSignedRankTest } from './wilcoxon-signed-rank.js';

/** Options of {@link compareSamples}. */
export interface CompareOptions {
  readonly stream: RandomStream;
  /** One label per case, e.g. the patient. Default: cases are independent. */
  readonly clusters?: readonly ClusterLabel[];
  /** Default `two-sided`. `greater`: the first is larger. */
  readonly alternative?: Alternative;
  /** Bootstrap draws of the interval; default 1000. */
  readonly draws?: number;
  /** Swaps of the permutation test; default 9999. */
  readonly permutations?: number;
  /** Coverage; default 0.95. */
  readonly level?: number;
}

/** Two models compared on one metric, as published and as it should be. */
export interface SampleComparison {
  readonly meanFirst: number;
  readonly meanSecond: number;
  /** Cases. */
  readonly cases: number;
  /** Independent units: clusters, or cases without labels. */
  readonly units: number;
  /** Paired t-test that counts every case, as the paper's A.6. */
  readonly published: TestResult;
  /** Paired permutation test that swaps whole clusters. */
  readonly valid: TestResult;
  /** Wilcoxon's test on the cluster means, for metrics with outliers. */
  readonly ranks: TestResult;
  /** Mean difference with its interval, clusters resampled whole. */
  readonly difference: BootstrapEstimate;
}

/**
 * Compares two models on a metric that is a number per case (Dice, absolute error).
 *
 * Source: EchoApex A.6 for the published test; see the tests for the others.
 *
 * @param first metric of the first model, one per case
 * @param second the same cases of the second model
 * @throws {ShapeError} on unequal lengths, fewer than 2 cases, or labels that do not match
 * @throws {NumericalError} on NaN, infinite values, or differences that are all equal
 */
export function compareSamples(
  first: ArrayLike<number>,
  second: ArrayLike<number>,
  options: CompareOptions,
): SampleComparison {
  const { stream, alternative = 'two-sided', level = 0.95 } = options;
  const published = pairedTTest(first, second, { alternative, level });
  const clusters = clustersOf(first.length, options.clusters);
  if (clusters.names.length < 2) {
    throw new ShapeError(`compareSamples: needs at least 2 clusters, got ${clusters.names.length}`);
  }
  const gaps = differences(first, second);
  const clusterMeans = clusters.members.map((members) => meanOf(gaps, members));
  const labels = options.clusters === undefined ? {} : { clusters: options.clusters };
  return {
    meanFirst: meanOf(first, allCases(first.length)),
    meanSecond: meanOf(second, allCases(second.length)),
    cases: first.length,
    units: clusters.names.length,
    published,
    valid: pairedPermutationTest(first, second, {
      stream: stream.child('permutation'),
      alternative,
      ...(options.permutations !== undefined && { draws: options.permutations }),
      ...labels,
    }),
    ranks: wilcoxonSignedRankTest(clusterMeans, new Float64Array(clusterMeans.length), { alternative }),
    difference: bootstrap(first.length, (cases) => meanOf(gaps, cases), {
      stream: stream.child('bootstrap'),
      level,
      ...(options.draws !== undefined && { draws: options.draws }),
      ...labels,
    }),
  };
}

function allCases(count: number): Int32Array {
  return Int32Array.from({ length: count }, (_, i) => i);
}
