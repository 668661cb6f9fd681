import { ShapeError } from '../core/errors.js';
import type { RandomStream } from '../core/random.js';
import { bootstrapInterval } from './bootstrap.js';
import { type BootstrapClassTable, bootstrapClassMetrics, columnOf } from './bootstrap-classes.js';
import { classMetrics, macroMetrics } from './class-metrics.js';
import { type ClusterLabel, clustersOf } from './clusters.js';
import { confusionOfCodes } from './confusion.js';
import { ExtremeCount } from './monte-carlo-p.js';
import { holm } from './multiple-comparisons.js';
import { DEFAULT_PERMUTATIONS } from './paired-permutation.js';
import { publishedPermutationTest } from './published-permutation.js';
import { DEFAULT_DRAWS } from './resampling.js';
import type { Alternative, Interval } from './result.js';
import { expectCount } from './sample-checks.js';

/** Options of {@link compareClassifiers}. */
export interface CompareClassifiersOptions {
  readonly stream: RandomStream;
  /** One label per case, e.g. the patient. Default: cases are independent. */
  readonly clusters?: readonly ClusterLabel[];
  /** Default `greater`, the paper's: the first is better. The published test is one-sided whatever stands here. */
  readonly alternative?: Alternative;
  /** Bootstrap draws; default 1000, as in the paper. */
  readonly draws?: number;
  /** Swaps of both permutation tests; default 9999. */
  readonly permutations?: number;
  /** Coverage; default 0.95. */
  readonly level?: number;
}

/** Two classifiers compared on one class, or over all of them. */
export interface ClassComparison {
  /** Class, or `mean` over the classes. */
  readonly name: string;
  /** True cases of the class; all cases for the mean. */
  readonly support: number;
  /** Balanced accuracies, one against rest. */
  readonly first: number;
  readonly second: number;
  readonly difference: number;
  /** Bootstrap percentile interval of the difference, both models on the same resamples, clusters drawn whole. */
  readonly interval: Interval;
  /** Paired permutation test on the cases, whole clusters swapped. */
  readonly p: number;
  /** `p` adjusted by Holm over the classes; the mean stands alone and keeps its p. */
  readonly pHolm: number;
  /** The paper's test on bootstrap values, for comparison only. */
  readonly publishedP: number;
  /** Logarithm of the p that the published test approaches with more permutations. */
  readonly publishedLimitLogP: number;
}

/**
 * Compares two classifiers class by class and over all classes, as published and as it should be.
 *
 * The difference of two balanced accuracies is a sum of case contributions (class counts are fixed), so the paired
 * permutation test needs their signs only; cases on which both models say the same cost nothing.
 *
 * Source: EchoApex A.6 and Fig. 3c (published); {@link swapPermutationTest} is the same valid test for any metric.
 *
 * @param truth class numbers in [0, C), one per case
 * @param first class numbers called by the first model
 * @param second class numbers called by the second model
 * @param classes names; every class must have a true case
 * @returns one row a class in the order of `classes`, then the row `mean`
 * @throws {ShapeError} on unequal lengths, labels that do not match, or a class without a true case
 * @throws {ArgumentError} on a class number outside [0, C)
 */
export function compareClassifiers(
  truth: ArrayLike<number>,
  first: ArrayLike<number>,
  second: ArrayLike<number>,
  classes: readonly string[],
  options: CompareClassifiersOptions,
): ClassComparison[] {
  const { stream, alternative = 'greater', level = 0.95 } = options;
  const { draws = DEFAULT_DRAWS, permutations = DEFAULT_PERMUTATIONS } = options;
  expectCount('compareClassifiers', 'permutations', permutations);
  const matrices = [confusionOfCodes(truth, first, classes), confusionOfCodes(truth, second, classes)] as const;
  const [rowsA, rowsB] = matrices.map(classMetrics) as [
    ReturnType<typeof classMetrics>,
    ReturnType<typeof classMetrics>,
  ];
  const empty = rowsA.find(({ support }) => support === 0);
  if (empty !== undefined) {
    throw new ShapeError(`compareClassifiers: class ${empty.name} must have a true case; leave it out of classes`);
  }
  const labels = options.clusters === undefined ? {} : { clusters: options.clusters };
  const table = (calls: ArrayLike<number>, label: string): BootstrapClassTable =>
    bootstrapClassMetrics(truth, calls, classes.length, { stream: stream.child(label), draws, ...labels });
  const paired = [table(first, 'paired'), table(second, 'paired')] as const;
  const apart = [table(first, 'first'), table(second, 'second')] as const;
  const p = permutationPs(truth, first, second, classes.length, { alternative, permutations, stream, ...labels });
  const adjusted = holm(p.slice(0, classes.length));
  const values = (of: BootstrapClassTable, c: number): Float64Array =>
    c < classes.length ? columnOf(of.balancedAccuracy, classes.length, c) : of.meanBalancedAccuracy;
  const macro = matrices.map((matrix) => macroMetrics(matrix).balancedAccuracy) as [number, number];
  return [...classes, 'mean'].map((name, c) => {
    const isMean = c === classes.length;
    const a = isMean ? macro[0] : rowsA[c]!.balancedAccuracy;
    const b = isMean ? macro[1] : rowsB[c]!.balancedAccuracy;
    const [pairedA, pairedB] = [values(paired[0], c), values(paired[1], c)];
    const [apartA, apartB] = [values(apart[0], c), values(apart[1], c)];
    const shared = Math.min(apartA.length, apartB.length);
    const published = publishedPermutationTest(apartA.subarray(0, shared), apartB.subarray(0, shared), {
      stream: stream.child(`published/${name}`),
      permutations,
    });
    return {
      name,
      support: isMean ? truth.length : rowsA[c]!.support,
      first: a,
      second: b,
      difference: a - b,
      interval: bootstrapInterval(
        pairedA.map((value, i) => value - pairedB[i]!),
        a - b,
        { level },
      ),
      p: p[c]!,
      pHolm: isMean ? p[c]! : adjusted[c]!,
      publishedP: published.p,
      publishedLimitLogP: published.limitLogP,
    };
  });
}

/** Permutation p of every class and, last, of the mean. */
function permutationPs(
  truth: ArrayLike<number>,
  first: ArrayLike<number>,
  second: ArrayLike<number>,
  size: number,
  options: {
    alternative: Alternative;
    permutations: number;
    stream: RandomStream;
    clusters?: readonly ClusterLabel[];
  },
): number[] {
  const units = contributions(truth, first, second, size, options.clusters);
  const random = options.stream.child('permutation');
  const observed = new Float64Array(size + 1);
  for (const unit of units) for (let c = 0; c <= size; c++) observed[c]! += unit[c]!;
  const scale = Float64Array.from(observed, (_, c) => units.reduce((sum, unit) => sum + Math.abs(unit[c]!), 0));
  const counts = Array.from(observed, (value, c) => new ExtremeCount(value, scale[c]!));
  const exact = units.length <= 30 && 2 ** units.length <= options.permutations;
  const rounds = exact ? 2 ** units.length : options.permutations;
  const sums = new Float64Array(size + 1);
  for (let round = 0; round < rounds; round++) {
    sums.fill(0);
    for (let u = 0, bits = 0; u < units.length; u++) {
      if (u % 32 === 0) bits = exact ? round : random.integer(2 ** 32);
      const unit = units[u]!;
      if (bits & 1) for (let c = 0; c <= size; c++) sums[c]! -= unit[c]!;
      else for (let c = 0; c <= size; c++) sums[c]! += unit[c]!;
      bits >>>= 1;
    }
    for (let c = 0; c <= size; c++) counts[c]!.add(sums[c]!);
  }
  return counts.map((count) => (exact ? count.exactP(options.alternative) : count.monteCarloP(options.alternative)));
}

/** What each cluster adds to the difference of balanced accuracy of each class and of the mean; all-zero clusters left out. */
function contributions(
  truth: ArrayLike<number>,
  first: ArrayLike<number>,
  second: ArrayLike<number>,
  size: number,
  labels?: readonly ClusterLabel[],
): Float64Array[] {
  const support = new Float64Array(size);
  for (let i = 0; i < truth.length; i++) support[truth[i]!]!++;
  const present = support.filter((count) => count > 0).length;
  const clusters = clustersOf(truth.length, labels);
  const rows = clusters.members.map((members) => {
    const row = new Float64Array(size + 1);
    const add = (call: number, label: number, sign: number): void => {
      const share = call === label ? 0.5 / support[call]! : -0.5 / (truth.length - support[call]!);
      row[call]! += sign * share;
      if (support[call]! > 0) row[size]! += (sign * share) / present;
    };
    for (const i of members) {
      if (first[i] === second[i]) continue;
      add(first[i]!, truth[i]!, 1);
      add(second[i]!, truth[i]!, -1);
    }
    return row;
  });
  return rows.filter((row) => row.some((value) => value !== 0));
}
