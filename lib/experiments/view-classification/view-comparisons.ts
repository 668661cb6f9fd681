import type { CsvRow } from '../../core/csv.js';
import { stream } from '../../core/random.js';
import type { TextTables } from '../../records/record.js';
import { type ClassComparison, compareClassifiers } from '../../statistics/compare-classifiers.js';
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

/**
 * Two models on one view or over all, patients as the unit: clustered bootstrap interval, clustered paired permutation test. The published
 * test is that of the paper, which resamples sequences as if each were another patient.
 */
export interface ViewComparison extends ClassComparison {
  /** The paired permutation test with sequences as the unit, Holm over the views: valid only if a patient's sequences are independent. */
  readonly pSequences: number;
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
    const compare = (clusters?: readonly string[]): ClassComparison[] =>
      compareClassifiers(
        codes(rows.map(({ label }) => label)),
        codes(rows.map(({ prediction }) => prediction)),
        codes(rows.map(({ sample }) => others.get(sample!))),
        classes,
        {
          stream: stream(PRIMARY_TEST.seed, `${first} > ${second}`),
          draws: PRIMARY_TEST.draws,
          permutations: PRIMARY_TEST.permutations,
          ...(clusters && { clusters }),
        },
      );
    const bySequence = compare();
    const compared = compare(rows.map(({ patient }) => patient!)).map((row, n): ViewComparison => {
      const { publishedP, publishedLimitLogP, pHolm } = bySequence[n]!;
      return { ...row, publishedP, publishedLimitLogP, pSequences: pHolm };
    });
    const views = compared.slice(0, classes.length);
    return [{ first, second, views, mean: compared[classes.length]!, counts: countsOf(views) }];
  });
}

/** True if the published test calls the first model better on a view. */
export function publishedBetter({ publishedP }: ClassComparison): boolean {
  return publishedP < PRIMARY_TEST.alpha;
}

/** True if the valid test, corrected over the views, calls the first model better on a view. */
export function validBetter({ pHolm }: ClassComparison): boolean {
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
