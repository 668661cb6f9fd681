import { mean, sampleStandardDeviation } from 'simple-statistics';
import type { CsvRow } from '../../core/csv.js';
import { WALL_MEASUREMENTS } from '../../evaluation/wall-measurements.js';
import type { Metrics, TextTables } from '../../records/record.js';
import { blandAltman } from '../../statistics/bland-altman.js';
import { rSquared } from '../../statistics/regression-errors.js';
import { compareValues, comparisonMetrics, frameErrors } from './compare-models.js';
import { LVH_SETS, type LvhSet } from './landmark-frames.js';
import {
  type CompleteCase,
  casesOf,
  errorOf,
  isComplete,
  type MeasuredCase,
  measuredCases,
  modelsOf,
} from './measured-cases.js';
import { bodySurfaces, massCases, severityMetrics } from './severity-agreement.js';

/** The comparison that notebook 04 fixes before the run: mean landmark error of a frame, test split of EchoNet-LVH. */
export const PRIMARY_TEST = { better: 'EchoApex-S', worse: 'DeepLabV3', set: 'EchoNet-LVH', alpha: 0.01 } as const;

/** Every number of notebook 04, from the record's tables alone. */
export function hypertrophyMetrics(tables: TextTables): Metrics {
  const cases = measuredCases(tables.samples ?? []);
  const models = modelsOf(cases);
  const primary = primaryTest(cases);
  const surfaces = bodySurfaces(tables.bodies ?? []);
  const errors = Object.fromEntries(
    models.map((model) => [model, Object.fromEntries(LVH_SETS.map((set) => [set, setMetrics(cases, model, set)]))]),
  );
  const severity = Object.fromEntries(
    models.map((model) => [model, severityMetrics(massCases(cases, model), surfaces, model)]),
  );
  return {
    headline: {
      ...Object.fromEntries(
        [PRIMARY_TEST.better, PRIMARY_TEST.worse]
          .filter((model) => models.includes(model))
          .map((model) => [`MAE LVID (mm), ${model}`, maeOf(cases, model)]),
      ),
      [`p, ${PRIMARY_TEST.better} < ${PRIMARY_TEST.worse}`]: primary.patientP as number | null,
    },
    primaryTest: primary,
    errors,
    comparisons: comparisonMetrics(cases),
    severity,
    observers: observerMetrics(tables.observers ?? [], cases),
  };
}

function maeOf(cases: readonly MeasuredCase[], model: string): number | null {
  const complete = casesOf(cases, model, 'EchoNet-LVH', 'lvid').filter(isComplete);
  return meanOrNull(complete.map((one) => errorOf(one, 'absolute error')));
}

function primaryTest(cases: readonly MeasuredCase[]): Metrics {
  const { better, worse, set } = PRIMARY_TEST;
  const pairs = frameErrors(cases, PRIMARY_TEST, set);
  const result = compareValues(pairs.better, pairs.worse, pairs.patients, 'primary');
  return {
    better,
    worse,
    set,
    meanBetter: meanOrNull(pairs.better),
    meanWorse: meanOrNull(pairs.worse),
    ...result,
    framesLeftOut: pairs.left,
  };
}

/** Errors of a model in one set: by measurement, and R2 over all lengths together as in the paper's tables. */
function setMetrics(cases: readonly MeasuredCase[], model: string, set: LvhSet): Metrics {
  const complete = casesOf(cases, model, set).filter(isComplete);
  return {
    r2: r2Of(complete),
    ...Object.fromEntries(
      WALL_MEASUREMENTS.map((name) => [name, measurementMetrics(casesOf(cases, model, set, name))]),
    ),
  };
}

function measurementMetrics(cases: readonly MeasuredCase[]): Metrics {
  const complete = cases.filter(isComplete);
  const absolute = complete.map((one) => errorOf(one, 'absolute error'));
  const landmark = complete.map((one) => errorOf(one, 'landmark error'));
  const agreement =
    complete.length < 2
      ? null
      : blandAltman(
          complete.map(({ predicted }) => predicted),
          complete.map(({ truth }) => truth),
        );
  const squared = meanOrNull(absolute.map((error) => error ** 2));
  return {
    n: cases.length,
    withoutMeasurement: cases.length - complete.length,
    mae: meanOrNull(absolute),
    maeDeviation: deviationOrNull(absolute),
    landmarkError: meanOrNull(landmark),
    landmarkErrorDeviation: deviationOrNull(landmark),
    r2: r2Of(complete),
    bias: agreement?.bias ?? null,
    biasLow: agreement?.biasInterval.low ?? null,
    biasHigh: agreement?.biasInterval.high ?? null,
    deviation: agreement?.standardDeviation ?? null,
    lowerLimit: agreement?.lowerLimit ?? null,
    upperLimit: agreement?.upperLimit ?? null,
    biasShareOfSquaredError: agreement === null || !squared ? null : agreement.bias ** 2 / squared,
  };
}

/** How far simulated observers are from the exact length and from each other, and the model from both. */
function observerMetrics(rows: readonly CsvRow[], cases: readonly MeasuredCase[]): Metrics {
  if (rows.length === 0) return {};
  const model = casesOf(cases, PRIMARY_TEST.better, PRIMARY_TEST.set).filter(isComplete);
  return Object.fromEntries(
    WALL_MEASUREMENTS.map((name) => {
      const read = observerErrors(rows, model, name);
      return [name, Object.fromEntries(Object.entries(read).map(([what, values]) => [what, meanOrNull(values)]))];
    }),
  );
}

/** Absolute differences in mm, by what is compared. */
export interface ObserverErrors {
  readonly observerAgainstTruth: readonly number[];
  readonly observerAgainstObserver: readonly number[];
  readonly modelAgainstTruth: readonly number[];
  readonly modelAgainstObserver: readonly number[];
}

/** The differences behind the ceiling of agreement, of one measurement. */
export function observerErrors(
  rows: readonly CsvRow[],
  model: readonly CompleteCase[],
  measurement: string,
): ObserverErrors {
  const own = rows.filter((row) => row.measurement === measurement);
  const bySample = new Map(own.map((row) => [row.sample!, row]));
  const measured = model.filter((one) => one.measurement === measurement);
  const apart = (row: CsvRow, a: string, b: string): number => Math.abs(Number(row[a]) - Number(row[b]));
  return {
    observerAgainstTruth: own.map((row) => apart(row, 'first', 'truth')),
    observerAgainstObserver: own.map((row) => apart(row, 'first', 'second')),
    modelAgainstTruth: measured.map(({ predicted, truth }) => Math.abs(predicted - truth)),
    modelAgainstObserver: measured.flatMap(({ sample, predicted }) => {
      const row = bySample.get(sample);
      return row === undefined ? [] : [Math.abs(predicted - Number(row.first))];
    }),
  };
}

function r2Of(complete: readonly CompleteCase[]): number | null {
  const truth = complete.map((one) => one.truth);
  if (new Set(truth).size < 2) return null;
  return rSquared(
    truth,
    complete.map(({ predicted }) => predicted),
  );
}

function meanOrNull(values: readonly number[]): number | null {
  return values.length === 0 ? null : mean([...values]);
}

function deviationOrNull(values: readonly number[]): number | null {
  return values.length < 2 ? null : sampleStandardDeviation([...values]);
}
