import type { CsvRow } from '../../core/csv.js';
import { NumericalError, ShapeError } from '../../core/errors.js';
import { stream } from '../../core/random.js';
import type { Metrics, TextTables } from '../../records/record.js';
import { blandAltman } from '../../statistics/bland-altman.js';
import { bootstrap, meanOf } from '../../statistics/bootstrap.js';
import { delongAuc, delongTest } from '../../statistics/delong.js';
import { holm } from '../../statistics/multiple-comparisons.js';
import { pairedPermutationTest } from '../../statistics/paired-permutation.js';
import { pairedTTest } from '../../statistics/paired-t.js';
import {
  bias,
  meanAbsoluteError,
  rootMeanSquaredError,
  rSquared,
  squaredCorrelation,
} from '../../statistics/regression-errors.js';
import { rocAuc } from '../../statistics/roc.js';
import { wilsonInterval } from '../../statistics/wilson-interval.js';
import { conformalReach, INTERVAL_LEVEL } from './conformal.js';
import { EF_SETS, type EfSetName } from './ef-data.js';

/**
 * The comparison that notebook 05 fixes before the run: absolute errors of the learned arm on EchoNet-Dynamic's test patients, each averaged over
 * the decoder's seeds; one clip a patient, so clips are independent.
 */
export const PRIMARY_TEST = {
  better: 'EchoApex-ST',
  worse: 'Generic-ST',
  set: 'EchoNet-Dynamic',
  alpha: 0.01,
  draws: 9999,
  seed: 5,
} as const;

/** Below it the ejection fraction is called cardiomyopathy (paper 2.5). */
export const THRESHOLD_PERCENT = 50;

/** Bands of the true ejection fraction, per cent: lower bound, name. */
export const EF_BANDS = [
  { from: Number.NEGATIVE_INFINITY, to: 40, name: 'below 40' },
  { from: 40, to: 50, name: '40 to 50' },
  { from: 50, to: 60, name: '50 to 60' },
  { from: 60, to: Number.POSITIVE_INFINITY, name: '60 and more' },
] as const;

/** Names of CAMUS's grades, best first. */
export const QUALITIES = ['Good', 'Medium', 'Poor'] as const;

/** True and predicted fractions of one arm on one set, one a patient. */
export interface ArmRows {
  readonly arm: string;
  readonly set: EfSetName;
  readonly samples: readonly string[];
  readonly patients: readonly string[];
  readonly truth: readonly number[];
  readonly predicted: readonly number[];
  readonly quality: readonly string[];
}

/** Seeds of the record's decoders, in order. */
export function seedsOf(tables: TextTables): string[] {
  return [...new Set((tables.samples ?? []).map(({ seed }) => seed!))];
}

/** Arms in the order of the samples. */
export function armsOf(tables: TextTables): string[] {
  return [...new Set((tables.samples ?? []).map(({ arm }) => arm!))];
}

/** Rows of one arm on the four-chamber clips of one set; the first seed unless another is named. */
export function rowsOf(tables: TextTables, arm: string, set: EfSetName, seed?: string): ArmRows {
  const own = (tables.samples ?? []).filter((row) => row.arm === arm && row.set === set && row.view === 'A4C');
  const wanted = seed ?? own[0]?.seed;
  const rows = own.filter((row) => row.seed === wanted);
  const column = (name: string): string[] => rows.map((row) => row[name]!);
  return {
    arm,
    set,
    samples: column('sample'),
    patients: column('patient'),
    truth: column('label').map(Number),
    predicted: column('prediction').map(Number),
    quality: column('quality'),
  };
}

/** True where the fraction is below the threshold. */
export function impaired(values: readonly number[]): boolean[] {
  return values.map((value) => value < THRESHOLD_PERCENT);
}

/** Every number of notebook 05, from the record's tables alone. */
export function efMetrics(tables: TextTables): Metrics {
  const arms = armsOf(tables);
  const bySet = Object.fromEntries(
    EF_SETS.map((set) => [
      set,
      Object.fromEntries(
        arms.flatMap((arm) => {
          const rows = rowsOf(tables, arm, set);
          return rows.truth.length === 0 ? [] : [[arm, armMetrics(rows)] as const];
        }),
      ),
    ]),
  );
  const tests = testsOf(tables);
  const mae = (set: EfSetName, arm: string): number | null =>
    (bySet[set]?.[arm] as unknown as { mae: number } | undefined)?.mae ?? null;
  const { better, worse } = PRIMARY_TEST;
  return {
    headline: {
      [`MAE, ${better}, EchoNet-Dynamic`]: mae('EchoNet-Dynamic', better),
      [`MAE, ${worse}, EchoNet-Dynamic`]: mae('EchoNet-Dynamic', worse),
      'MAE, Geometric, EchoNet-Dynamic': mae('EchoNet-Dynamic', 'Geometric'),
      [`MAE, ${better}, CAMUS`]: mae('CAMUS', better),
      'p, primary test': (tests.primary as unknown as { p: number }).p,
    },
    ...bySet,
    tests,
    seeds: seedMetrics(tables, arms),
    bands: groupMetrics(tables, arms, 'EchoNet-Dynamic', bandOf),
    quality: groupMetrics(tables, arms, 'CAMUS', (rows, i) => rows.quality[i]!),
    stageOne: stageOneMetrics(tables.stageOne ?? []),
    biplane: biplaneMetrics(tables.biplane ?? []),
    intervals: intervalMetrics(tables),
    readers: readerMetrics(tables),
  };
}

function armMetrics(rows: ArmRows): Metrics {
  const { truth, predicted, patients, arm, set } = rows;
  const errors = absoluteErrors(rows);
  const interval = bootstrap(errors.length, (cases) => meanOf(errors, cases), {
    stream: stream(PRIMARY_TEST.seed, `mae/${arm}/${set}`),
    clusters: [...patients],
  }).interval;
  const positive = impaired(truth);
  const called = impaired(predicted);
  const count = (wanted: boolean, right: boolean): number =>
    positive.filter((is, i) => is === wanted && (called[i] === is) === right).length;
  const varies = new Set(predicted).size > 1;
  const agreement = truth.length > 1 ? blandAltman(predicted, truth) : null;
  return {
    n: truth.length,
    mae: meanAbsoluteError(truth, predicted),
    maeLow: interval.low,
    maeHigh: interval.high,
    rmse: rootMeanSquaredError(truth, predicted),
    bias: agreement?.bias ?? null,
    lowerLimit: agreement?.lowerLimit ?? null,
    upperLimit: agreement?.upperLimit ?? null,
    r2: truth.length > 1 ? rSquared(truth, predicted) : null,
    squaredCorrelation: varies && truth.length > 1 ? squaredCorrelation(truth, predicted) : null,
    ...aucOf(positive, predicted),
    impaired: positive.filter(Boolean).length,
    ...shareOf('sensitivity', count(true, true), count(true, true) + count(true, false)),
    ...shareOf('specificity', count(false, true), count(false, true) + count(false, false)),
  };
}

/** AUC of detecting an impaired fraction; DeLong's interval where both kinds occur twice. */
function aucOf(positive: readonly boolean[], predicted: readonly number[]): Metrics {
  const scores = predicted.map((value) => -value);
  const positives = positive.filter(Boolean).length;
  const least = Math.min(positives, positive.length - positives);
  if (least === 0) return { auc: null, aucLow: null, aucHigh: null };
  if (least === 1) return { auc: rocAuc(positive, scores), aucLow: null, aucHigh: null };
  const { estimate, interval } = delongAuc(positive, scores);
  return { auc: estimate, aucLow: interval.low, aucHigh: interval.high };
}

function shareOf(name: string, right: number, all: number): Metrics {
  if (all === 0) return { [name]: null, [`${name}Low`]: null, [`${name}High`]: null };
  const { estimate, interval } = wilsonInterval(right, all);
  return { [name]: estimate, [`${name}Low`]: interval.low, [`${name}High`]: interval.high };
}

/** Absolute error of each patient, points. */
export function absoluteErrors({ truth, predicted }: Pick<ArmRows, 'truth' | 'predicted'>): number[] {
  return truth.map((value, i) => Math.abs(predicted[i]! - value));
}

/** Absolute error of each patient, averaged over the seeds. */
function seedErrors(
  tables: TextTables,
  arm: string,
  set: EfSetName,
): { patients: readonly string[]; errors: number[] } {
  const runs = seedsOf(tables)
    .map((seed) => rowsOf(tables, arm, set, seed))
    .filter(({ truth }) => truth.length > 0);
  const errors = runs.map(absoluteErrors);
  return {
    patients: runs[0]?.patients ?? [],
    errors: (errors[0] ?? []).map((_, i) => errors.reduce((sum, run) => sum + run[i]!, 0) / errors.length),
  };
}

/** The primary test and, held to Holm's correction among themselves, the further ones that the paper reports. */
function testsOf(tables: TextTables): Metrics {
  const primary = errorTest(tables, PRIMARY_TEST.set);
  const zeroShot = errorTest(tables, 'CAMUS');
  const further = {
    'CAMUS, absolute error': zeroShot.p,
    'EchoNet-Dynamic, AUC': aucTest(tables, 'EchoNet-Dynamic'),
    'CAMUS, AUC': aucTest(tables, 'CAMUS'),
  };
  const names = Object.keys(further) as (keyof typeof further)[];
  const known = names.filter((name) => further[name] !== null);
  const corrected = holm(known.map((name) => further[name]!));
  return {
    primary,
    zeroShot,
    further: Object.fromEntries(
      names.map((name) => [
        name,
        { p: further[name], holm: known.includes(name) ? corrected[known.indexOf(name)]! : null },
      ]),
    ),
  };
}

/** One-sided: the generic encoder's error is larger. As published (t), and by swapping patients. */
function errorTest(tables: TextTables, set: EfSetName): Metrics & { readonly p: number | null } {
  const worse = seedErrors(tables, PRIMARY_TEST.worse, set);
  const better = seedErrors(tables, PRIMARY_TEST.better, set);
  if (better.errors.length < 2 || worse.errors.length !== better.errors.length) {
    return { p: null, difference: null, permutationP: null, patients: better.errors.length };
  }
  const swapped = pairedPermutationTest(worse.errors, better.errors, {
    stream: stream(PRIMARY_TEST.seed, `error/${set}`),
    draws: PRIMARY_TEST.draws,
    alternative: 'greater',
    clusters: [...better.patients],
  });
  const t = orNull(() => pairedTTest(worse.errors, better.errors, { alternative: 'greater' }));
  return {
    difference: swapped.estimate,
    p: t?.p ?? null,
    t: t?.statistic ?? null,
    permutationP: swapped.p,
    patients: swapped.n,
  };
}

/** DeLong's test, one-sided, that the first arm ranks impaired patients better. */
function aucTest(tables: TextTables, set: EfSetName): number | null {
  const better = rowsOf(tables, PRIMARY_TEST.better, set);
  const worse = rowsOf(tables, PRIMARY_TEST.worse, set);
  const test = orNull(() =>
    delongTest(
      impaired(better.truth),
      better.predicted.map((value) => -value),
      worse.predicted.map((value) => -value),
      { alternative: 'greater' },
    ),
  );
  return test?.p ?? null;
}

/** `null` where a statistic is undefined on these data: too few impaired patients, equal rankings. */
function orNull<T>(compute: () => T): T | null {
  try {
    return compute();
  } catch (error) {
    if (error instanceof NumericalError || error instanceof ShapeError) return null;
    throw error;
  }
}

function seedMetrics(tables: TextTables, arms: readonly string[]): Metrics {
  const seeds = seedsOf(tables);
  return Object.fromEntries(
    arms.flatMap((arm) => {
      const values = EF_SETS.map((set) =>
        seeds
          .map((seed) => rowsOf(tables, arm, set, seed))
          .filter(({ truth }) => truth.length > 0)
          .map(({ truth, predicted }) => meanAbsoluteError(truth, predicted)),
      );
      return values[0]!.length < 2 ? [] : [[arm, Object.fromEntries(EF_SETS.map((set, i) => [set, values[i]!]))]];
    }),
  );
}

/** Band of a patient's true fraction. */
export function bandOf({ truth }: ArmRows, i: number): string {
  return EF_BANDS.find(({ from, to }) => truth[i]! >= from && truth[i]! < to)!.name;
}

function groupMetrics(
  tables: TextTables,
  arms: readonly string[],
  set: EfSetName,
  groupOf: (rows: ArmRows, i: number) => string,
): Metrics {
  return Object.fromEntries(
    arms.map((arm) => {
      const rows = rowsOf(tables, arm, set);
      const errors = absoluteErrors(rows);
      const groups = new Map<string, number[]>();
      errors.forEach((error, i) => {
        const name = groupOf(rows, i);
        groups.set(name, [...(groups.get(name) ?? []), error]);
      });
      return [
        arm,
        Object.fromEntries(
          [...groups].map(([name, list]) => [
            name,
            { n: list.length, mae: list.reduce((sum, error) => sum + error, 0) / list.length },
          ]),
        ),
      ];
    }),
  );
}

/** How well stage 1 outlines and finds its two frames, and what each way of reading the masks gives. Clips of test only. */
function stageOneMetrics(all: readonly CsvRow[]): Metrics {
  return Object.fromEntries(
    EF_SETS.flatMap((set) => {
      const rows = all.filter((row) => row.set === set && row.split === 'test' && row.view === 'A4C');
      if (rows.length === 0) return [];
      const numbers = (name: string): number[] => rows.flatMap((row) => (row[name] === '' ? [] : [Number(row[name])]));
      const off = (found: string, truth: string): number | null =>
        average(
          rows.flatMap((row) =>
            row[found] === '' || row[truth] === '' ? [] : [Math.abs(Number(row[found]) - Number(row[truth]))],
          ),
        );
      const error = (name: string): number | null =>
        average(rows.flatMap((row) => (row[name] === '' ? [] : [Math.abs(Number(row[name]) - Number(row.label))])));
      const share = (column: string, word: string): number =>
        rows.filter((row) => row[column] === word).length / rows.length;
      return [
        [
          set,
          {
            clips: rows.length,
            diceED: average(numbers('diceED')),
            diceES: average(numbers('diceES')),
            framesOffED: off('foundED', 'trueED'),
            framesOffES: off('foundES', 'trueES'),
            releasedFramesOffED: off('releasedED', 'trueED'),
            releasedFramesOffES: off('releasedES', 'trueES'),
            innerSystoles: share('found', 'beats'),
            releasedInnerSystoles: share('releasedFound', 'beats'),
            noContraction: share('found', 'whole-clip'),
            maeSimpson: error('simpson'),
            maeAreaLength: error('areaLength'),
            maeReleasedPixels: error('releasedPixels'),
            maeAtTrueFrames: error('atTrueFrames'),
            maeTrueOutlines: error('trueOutlines'),
          },
        ] as const,
      ];
    }),
  );
}

function biplaneMetrics(rows: readonly CsvRow[]): Metrics {
  if (rows.length === 0) return {};
  const truth = rows.map(({ label }) => Number(label));
  const predicted = rows.map(({ biplane }) => Number(biplane));
  return { patients: rows.length, mae: meanAbsoluteError(truth, predicted), bias: bias(truth, predicted) };
}

/** Coverage on test patients of the interval that validation patients set. */
function intervalMetrics(tables: TextTables): Metrics {
  const known = (tables.calibration ?? []).map(({ label, learned }) => Math.abs(Number(learned) - Number(label)));
  if (known.length === 0) return {};
  const reach = conformalReach(
    [...known].sort((a, b) => a - b),
    INTERVAL_LEVEL,
  );
  return {
    level: INTERVAL_LEVEL,
    validationPatients: known.length,
    halfWidth: reach,
    ...Object.fromEntries(
      EF_SETS.map((set) => {
        const errors = absoluteErrors(rowsOf(tables, PRIMARY_TEST.better, set));
        return [`coverage, ${set}`, errors.filter((error) => error <= reach).length / Math.max(1, errors.length)];
      }),
    ),
  };
}

/** What the best possible model would score against one reader, and a second reader too. */
function readerMetrics(tables: TextTables): Metrics {
  return Object.fromEntries(
    EF_SETS.flatMap((set) => {
      const rows = (tables.readers ?? []).filter((row) => row.set === set);
      if (rows.length < 2) return [];
      const column = (name: string): number[] => rows.map((row) => Number(row[name]));
      const [truth, first, second] = [column('truth'), column('reader1'), column('reader2')];
      return [
        [
          set,
          {
            patients: rows.length,
            'MAE, the truth': meanAbsoluteError(first, truth),
            'MAE, a second reader': meanAbsoluteError(first, second),
            'R2, the truth': rSquared(first, truth),
            'R2, a second reader': rSquared(first, second),
            ...againstReader(tables, set, rows, first),
          },
        ] as const,
      ];
    }),
  );
}

function againstReader(
  tables: TextTables,
  set: EfSetName,
  rows: readonly CsvRow[],
  labels: readonly number[],
): Metrics {
  return Object.fromEntries(
    [PRIMARY_TEST.better, 'Geometric'].flatMap((arm) => {
      const { samples, predicted } = rowsOf(tables, arm, set);
      const at = new Map(samples.map((sample, i) => [sample, predicted[i]!]));
      const pairs = rows.flatMap(({ sample }, i) => (at.has(sample!) ? [[labels[i]!, at.get(sample!)!] as const] : []));
      return pairs.length === 0
        ? []
        : [
            [
              `MAE, ${arm}`,
              meanAbsoluteError(
                pairs.map(([label]) => label),
                pairs.map(([, value]) => value),
              ),
            ] as const,
          ];
    }),
  );
}

function average(values: readonly number[]): number | null {
  return values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length;
}
