import type { CsvRow } from '../../core/csv.js';
import { stream } from '../../core/random.js';
import { bootstrap, meanOf } from '../../statistics/bootstrap.js';
import { pooledDice } from '../../statistics/dice.js';
import { pairedPermutationTest } from '../../statistics/paired-permutation.js';
import { pairedTTest } from '../../statistics/paired-t.js';

/** Dice of a group of cases. */
export interface DiceSummary {
  readonly [name: string]: number;
  /** Mean over images. */
  readonly dice: number;
  /** 95 % interval, the patient as the unit. */
  readonly low: number;
  readonly high: number;
  /** Standard deviation over images, as the paper prints it. */
  readonly deviation: number;
  readonly images: number;
  readonly patients: number;
}

/** Everything that is reported of a target. */
export interface TargetSummary {
  readonly [name: string]: number | string | null;
  readonly dice: number;
  readonly low: number;
  readonly high: number;
  readonly images: number;
  /** As EchoNet's code reports it: overlaps added before dividing. */
  readonly pooledDice: number;
  /** Means over the images with a predicted mask. */
  readonly hausdorff: number | null;
  readonly averageSurfaceDistance: number | null;
  /** `mm`, or `px` of the set's pictures. */
  readonly unit: string;
  /** Images without a predicted mask. */
  readonly empty: number;
  /** Percent of the truth: mean of the error and of its size. */
  readonly areaBias: number;
  readonly areaError: number;
  readonly volumeBias: number | null;
  readonly volumeError: number | null;
}

/** Mean Dice with an interval over patients. `column` holds the Dice. */
export function summariseDice(rows: readonly CsvRow[], label: string, column = 'score'): DiceSummary {
  const values = rows.map((row) => Number(row[column]));
  const patients = rows.map(({ patient }) => patient!);
  const { estimate, interval } = bootstrap(values.length, (cases) => meanOf(values, cases), {
    stream: stream(1, `dice/${label}`),
    clusters: patients,
    draws: 1000,
  });
  return {
    dice: estimate,
    low: interval.low,
    high: interval.high,
    deviation: deviationOf(values),
    images: values.length,
    patients: new Set(patients).size,
  };
}

/** All measurements of a target. */
export function summariseTarget(rows: readonly CsvRow[], label: string): TargetSummary {
  const present = (column: string): number[] =>
    rows.flatMap((row) => (row[column] === undefined || row[column] === '' ? [] : [Number(row[column])]));
  const overlaps = rows.map((row) => ({ both: Number(row.overlap), a: Number(row.prediction), b: Number(row.label) }));
  const volume = present('volumeError');
  return {
    ...summariseDice(rows, label),
    pooledDice: pooledDice(overlaps),
    hausdorff: meanOrNull(present('hausdorff')),
    averageSurfaceDistance: meanOrNull(present('averageSurfaceDistance')),
    unit: [...new Set(rows.map(({ unit }) => unit!))].join(' and '),
    empty: overlaps.filter(({ a }) => a === 0).length,
    areaBias: averageOf(present('areaError')),
    areaError: averageOf(present('areaError').map(Math.abs)),
    volumeBias: meanOrNull(volume),
    volumeError: meanOrNull(volume.map(Math.abs)),
  };
}

/** A comparison of two models on the same cases. */
export interface DiceTest {
  readonly [name: string]: number | string | null;
  /** Mean of the first minus the second. */
  readonly difference: number;
  /** One-sided paired permutation test that swaps whole patients. */
  readonly p: number;
  readonly patients: number;
  /** The paper's test: one-sided paired t-test over images as if they were independent; null where all differences are equal. */
  readonly publishedP: number | null;
  readonly images: number;
  readonly method: string;
}

/**
 * Is the first model's Dice higher? Cases are paired by `sample`; those that only one model has are left out.
 *
 * @throws {RangeError} if no case is shared
 */
export function compareDice(
  better: readonly CsvRow[],
  worse: readonly CsvRow[],
  label: string,
  column = 'score',
): DiceTest {
  const other = new Map(worse.map((row) => [row.sample, row]));
  const pairs = better.flatMap((row) => {
    const match = other.get(row.sample!);
    return match ? [{ patient: row.patient!, a: Number(row[column]), b: Number(match[column]) }] : [];
  });
  if (pairs.length === 0) throw new RangeError(`compareDice: ${label}: the models share no case`);
  const [a, b] = [pairs.map((pair) => pair.a), pairs.map((pair) => pair.b)];
  const test = pairedPermutationTest(a, b, {
    stream: stream(1, `test/${label}`),
    draws: 9999,
    alternative: 'greater',
    clusters: pairs.map(({ patient }) => patient),
  });
  const gains = a.map((value, i) => value - b[i]!);
  const varies = Math.max(...gains) - Math.min(...gains) > 1e-12; // the t-test needs differences that vary
  return {
    difference: test.estimate,
    p: test.p,
    patients: test.n,
    publishedP: varies ? pairedTTest(a, b, { alternative: 'greater' }).p : null,
    images: pairs.length,
    method: test.method,
  };
}

/** Sample standard deviation; 0 for a single value. */
export function deviationOf(values: readonly number[]): number {
  if (values.length < 2) return 0;
  const mean = averageOf(values);
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1));
}

/** Arithmetic mean. */
export function averageOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function meanOrNull(values: readonly number[]): number | null {
  return values.length === 0 ? null : averageOf(values);
}
