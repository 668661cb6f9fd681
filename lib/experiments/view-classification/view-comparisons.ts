import type { CsvRow } from '../../core/csv.js';
import { type RandomStream, stream } from '../../core/random.js';
import type { TextTables } from '../../records/record.js';
import { bootstrapInterval } from '../../statistics/bootstrap.js';
import { bootstrapClassMetrics, columnOf } from '../../statistics/bootstrap-classes.js';
import { compareClassifiers } from '../../statistics/compare-classifiers.js';
import { publishedPermutationTest } from '../../statistics/published-permutation.js';
import type { Interval } from '../../statistics/result.js';
import type { StudyModel } from './view-config.js';

/**
 * The comparison that notebook 02 fixes before the run, the paper's first (2.2.1, Fig. 3c): mean balanced accuracy, one-sided paired
 * permutation test, patients as the unit.
 */
export const PRIMARY_TEST = {
  better: 'EchoApex-S',
  worse: 'ResNet50-IN',
  alpha: 0.01,
  draws: 1000,
  permutations: 9999,
  seed: 1,
} as const;

/** Pairs that the paper compares, then ours: the same network from echo and from generic pictures. */
const PAIRS: readonly (readonly [StudyModel, StudyModel])[] = [
  ['EchoApex-S', 'ResNet50-IN'],
  ['EchoApex-B', 'EchoApex-S'],
  ['EchoApex-AdaB', 'EchoApex-AdaS'],
  ['EchoApex-AdaB', 'EchoApex-S'],
  ['EchoApex-S', 'Generic-S'],
];

/** Views by what two tests say of them. */
export interface TestCounts {
  readonly [name: string]: number;
  /** Called better by the published test, p < 0.01 uncorrected. */
  readonly publishedBetter: number;
  /** Called better by the paired permutation test with sequences as the unit, p < 0.01 after Holm over the views. */
  readonly pairedBetter: number;
  /** Called better by the paired permutation test with patients as the unit, p < 0.01 after Holm over the views. */
  readonly validBetter: number;
  /** Called better by the first and not by the second. */
  readonly publishedOnly: number;
}

/** Two models on one view, or over all of them. */
export interface ViewComparison {
  /** View, or `mean`. */
  readonly name: string;
  /** True sequences of the view. */
  readonly support: number;
  /** Difference of the balanced accuracies, first minus second. */
  readonly difference: number;
  /** Its bootstrap percentile interval: patients drawn whole, both models on the same draws. */
  readonly interval: Interval;
  /** Paired permutation test that swaps the sequences of a patient together. */
  readonly p: number;
  /** `p` after Holm over the views. */
  readonly pHolm: number;
  /** The same test with sequences as the unit, after Holm: valid only if a patient's sequences are independent. */
  readonly pSequences: number;
  /** The paper's test on 1,000 bootstrap draws of sequences, uncorrected. */
  readonly publishedP: number;
}

/** Two models on every view, by the published test and by valid ones. */
export interface PairComparison {
  readonly first: string;
  readonly second: string;
  readonly views: readonly ViewComparison[];
  readonly mean: ViewComparison;
  readonly counts: TestCounts;
}

/** Comparisons cost seconds; metrics, figures and the report of one record share them. */
const known = new WeakMap<readonly CsvRow[], PairComparison[]>();

/** Every pair whose two models stand in the record. */
export function pairComparisons(tables: TextTables): PairComparison[] {
  const { samples = [], counts = [] } = tables;
  const found =
    known.get(samples) ??
    comparePairs(
      samples,
      counts.map(({ view }) => view!),
    );
  known.set(samples, found);
  return found;
}

function comparePairs(samples: readonly CsvRow[], classes: readonly string[]): PairComparison[] {
  const rowsOf = (model: string): CsvRow[] => samples.filter((row) => row.model === model && row.set === 'views');
  return PAIRS.flatMap(([first, second]) => {
    const rows = rowsOf(first);
    const others = new Map(rowsOf(second).map((row) => [row.sample, row.prediction!]));
    if (rows.length === 0 || others.size === 0) return [];
    const codes = (names: readonly (string | undefined)[]): number[] => names.map((name) => classes.indexOf(name!));
    const cases: PairedCalls = {
      truth: codes(rows.map(({ label }) => label)),
      first: codes(rows.map(({ prediction }) => prediction)),
      second: codes(rows.map(({ sample }) => others.get(sample!))),
      patients: rows.map(({ patient }) => patient!),
      classes,
      stream: stream(PRIMARY_TEST.seed, `${first} > ${second}`),
    };
    const compared = compareBothWays(cases);
    const views = compared.slice(0, classes.length);
    return [{ first, second, views, mean: compared[classes.length]!, counts: countsOf(views) }];
  });
}

/** True if the published test calls the first model better on a view. */
export function publishedBetter({ publishedP }: ViewComparison): boolean {
  return publishedP < PRIMARY_TEST.alpha;
}

/** True if the valid test, corrected over the views, calls the first model better on a view. */
export function validBetter({ pHolm }: ViewComparison): boolean {
  return pHolm < PRIMARY_TEST.alpha;
}

function countsOf(views: readonly ViewComparison[]): TestCounts {
  return {
    views: views.length,
    ahead: views.filter(({ difference }) => difference > 0).length,
    publishedBetter: views.filter(publishedBetter).length,
    pairedBetter: views.filter(({ pSequences }) => pSequences < PRIMARY_TEST.alpha).length,
    validBetter: views.filter(validBetter).length,
    publishedOnly: views.filter((view) => publishedBetter(view) && !validBetter(view)).length,
  };
}

/** The calls of two models on the same sequences. */
interface PairedCalls {
  readonly truth: readonly number[];
  readonly first: readonly number[];
  readonly second: readonly number[];
  readonly patients: readonly string[];
  readonly classes: readonly string[];
  readonly stream: RandomStream;
}

/** Rearrangements of the published test; its p stops at 1 / 1000. */
const PUBLISHED_PERMUTATIONS = 999;

function compareBothWays({ truth, first, second, patients, classes, stream: random }: PairedCalls): ViewComparison[] {
  // compareClassifiers bootstraps too, by one unit for all; here the published draws are of sequences and the interval's of patients
  const few = { draws: 2, permutations: PRIMARY_TEST.permutations, stream: random };
  const byPatient = compareClassifiers(truth, first, second, classes, { ...few, clusters: patients });
  const bySequence = compareClassifiers(truth, first, second, classes, few);
  const draws = (calls: readonly number[], label: string, clusters?: readonly string[]): Float64Array[] => {
    const table = bootstrapClassMetrics(truth, calls, classes.length, {
      stream: random.child(label),
      draws: PRIMARY_TEST.draws,
      ...(clusters && { clusters }),
    });
    const columns = classes.map((_class, c) => columnOf(table.balancedAccuracy, classes.length, c));
    return [...columns, table.meanBalancedAccuracy];
  };
  const paired = [draws(first, 'patients', patients), draws(second, 'patients', patients)] as const;
  const apart = [draws(first, 'sequences of the first'), draws(second, 'sequences of the second')] as const;
  return byPatient.map(({ name, support, difference, p, pHolm }, c) => {
    const [a, b] = [apart[0][c]!, apart[1][c]!];
    const shared = Math.min(a.length, b.length); // draws without the view are left out
    return {
      name,
      support,
      difference,
      interval: bootstrapInterval(
        paired[0][c]!.map((value, draw) => value - paired[1][c]![draw]!),
        difference,
      ),
      p,
      pHolm,
      pSequences: bySequence[c]!.pHolm,
      publishedP: publishedPermutationTest(a.subarray(0, shared), b.subarray(0, shared), {
        stream: random.child(`published/${name}`),
        permutations: PUBLISHED_PERMUTATIONS,
      }).p,
    };
  });
}
