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
  /** Called better by the paired permutation test with patients as the unit, p < 0.01 after Holm over the views. */
  readonly validBetter: number;
  /** Called better by the first and not by the second. */
  readonly publishedOnly: number;
}

/** Two models on every view, by the published test and by a valid one. */
export interface PairComparison {
  readonly first: string;
  readonly second: string;
  readonly views: readonly ClassComparison[];
  readonly mean: ClassComparison;
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
    const code = (name: string | undefined): number => classes.indexOf(name!);
    const compared = compareClassifiers(
      rows.map(({ label }) => code(label)),
      rows.map(({ prediction }) => code(prediction)),
      rows.map(({ sample }) => code(others.get(sample!))),
      classes,
      {
        stream: stream(PRIMARY_TEST.seed, `${first} > ${second}`),
        clusters: rows.map(({ patient }) => patient!),
        draws: PRIMARY_TEST.draws,
        permutations: PRIMARY_TEST.permutations,
      },
    );
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

function countsOf(views: readonly ClassComparison[]): TestCounts {
  return {
    views: views.length,
    ahead: views.filter(({ difference }) => difference > 0).length,
    publishedBetter: views.filter(publishedBetter).length,
    validBetter: views.filter(validBetter).length,
    publishedOnly: views.filter((view) => publishedBetter(view) && !validBetter(view)).length,
  };
}
