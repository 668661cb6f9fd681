import type { CsvRow } from '../../core/csv.js';
import { stream } from '../../core/random.js';
import type { Metrics, TextTables } from '../../records/record.js';
import { bootstrapInterval } from '../../statistics/bootstrap.js';
import { type BootstrapClassTable, bootstrapClassMetrics, columnOf } from '../../statistics/bootstrap-classes.js';
import { type Calibration, calibrationError } from '../../statistics/calibration-error.js';
import { type ClassMetrics, classMetrics, macroMetrics } from '../../statistics/class-metrics.js';
import { confusionMatrix } from '../../statistics/confusion.js';
import { type PairComparison, PRIMARY_TEST, pairComparisons } from './view-comparisons.js';

/** Bootstrap draws, as in the paper (A.6). */
const DRAWS = 1000;

/** Bins of the reliability diagram. */
const CALIBRATION_BINS = 10;

/** Rows of samples.csv of one model on the test set of the view study. */
export function testRows(samples: readonly CsvRow[], model: string): CsvRow[] {
  return samples.filter((row) => row.model === model && row.set === 'views');
}

/** Models in the order in which they stand. */
export function modelsOf(samples: readonly CsvRow[]): string[] {
  return [...new Set(samples.map(({ model }) => model!))];
}

/** The classes, in the paper's order. */
export function classesOf(tables: TextTables): string[] {
  return (tables.counts ?? []).map(({ view }) => view!);
}

/** One-against-rest metrics of each view, with the deviation of the balanced accuracy over bootstrap draws. */
export interface ViewScore extends ClassMetrics {
  /** Standard deviation over 1,000 resamples of sequences, as the paper draws it (A.6). */
  readonly deviation: number;
}

/** Metrics of each view of one model. */
export function viewScores(tables: TextTables, model: string): ViewScore[] {
  const classes = classesOf(tables);
  const rows = testRows(tables.samples ?? [], model);
  const table = bootstrapOf(rows, classes, model);
  return classMetrics(matrixOf(rows, classes)).map((metrics, c) => ({
    ...metrics,
    deviation: deviationOf(columnOf(table.balancedAccuracy, classes.length, c)),
  }));
}

/** Calibration of the sequences' mean probability of the view that won. */
export function calibrationOf(rows: readonly CsvRow[]): Calibration {
  return calibrationError(
    rows.map(({ score }) => Number(score)),
    rows.map(({ label, prediction }) => label === prediction),
    CALIBRATION_BINS,
  );
}

/** Every number of notebook 02, from its tables alone. */
export function viewMetrics(tables: TextTables): Metrics {
  const samples = tables.samples ?? [];
  const models = modelsOf(samples);
  const scores = Object.fromEntries(models.map((model) => [model, modelScore(tables, model)]));
  const pairs = pairComparisons(tables);
  const primary = pairs.find(({ first, second }) => first === PRIMARY_TEST.better && second === PRIMARY_TEST.worse);
  return {
    headline: {
      ...Object.fromEntries(models.map((model) => [`BACC, ${model}`, scores[model]!.balancedAccuracy!])),
      ...(primary && { [`p, ${primary.first} > ${primary.second}`]: primary.mean.p }),
    },
    models: scores,
    views: Object.fromEntries(models.map((model) => [model, viewGroup(tables, model)])),
    unseen: unseenScores(samples, classesOf(tables)),
    comparisons: Object.fromEntries(pairs.map((pair) => [`${pair.first} > ${pair.second}`, pairGroup(pair)])),
    calibration: Object.fromEntries(
      models.map((model) => {
        const { expectedError, maximumError } = calibrationOf(testRows(samples, model));
        return [model, { expectedError, maximumError }];
      }),
    ),
    efficiency: Object.fromEntries(
      efficiencyCurves(tables).map(({ start, points }) => [
        start,
        Object.fromEntries(points.map(({ percent, ...point }) => [`${percent} %`, { ...point }])),
      ]),
    ),
  };
}

/** Table 3 of one model: means over the views, the balanced accuracy with an interval over patients. */
function modelScore(tables: TextTables, model: string): Record<string, number> {
  const rows = testRows(tables.samples ?? [], model);
  const classes = classesOf(tables);
  const { accuracy, meanRecall, f1, balancedAccuracy } = macroMetrics(matrixOf(rows, classes));
  const patients = rows.map(({ patient }) => patient!);
  const { meanBalancedAccuracy } = bootstrapOf(rows, classes, model, patients);
  const { low, high } = bootstrapInterval(meanBalancedAccuracy, balancedAccuracy);
  return {
    meanRecall,
    f1,
    balancedAccuracy,
    low,
    high,
    accuracy,
    sequences: rows.length,
    patients: new Set(patients).size,
  };
}

function viewGroup(tables: TextTables, model: string): Metrics {
  return Object.fromEntries(
    viewScores(tables, model).map(({ name, support, recall, f1, balancedAccuracy, deviation }) => [
      name,
      { support, recall, f1, balancedAccuracy, deviation },
    ]),
  );
}

/** Table 4: each unseen set, each model. F1 and balanced accuracy are means over the views that occur, where there are two or more. */
function unseenScores(samples: readonly CsvRow[], classes: readonly string[]): Metrics {
  const unseen = samples.filter(({ split }) => split === 'unseen');
  const sets = [...new Set(unseen.map(({ set, origin }) => `${set} (${origin})`))];
  return Object.fromEntries(
    sets.map((name) => {
      const own = unseen.filter(({ set, origin }) => `${set} (${origin})` === name);
      return [
        name,
        Object.fromEntries(
          modelsOf(own).map((model) => {
            const rows = own.filter((row) => row.model === model);
            const { accuracy, f1, balancedAccuracy } = macroMetrics(matrixOf(rows, classes));
            const several = new Set(rows.map(({ label }) => label)).size > 1;
            return [model, { accuracy, ...(several && { f1, balancedAccuracy }), sequences: rows.length }];
          }),
        ),
      ];
    }),
  );
}

function pairGroup({ first, second, views, mean, counts }: PairComparison): Metrics {
  return {
    first,
    second,
    difference: mean.difference,
    low: mean.interval.low,
    high: mean.interval.high,
    p: mean.p,
    publishedP: mean.publishedP,
    ...counts,
    views: Object.fromEntries(
      views.map(({ name, difference, p, pHolm, pSequences, publishedP }) => [
        name,
        { difference, p, pHolm, pSequences, publishedP },
      ]),
    ),
  };
}

/** Label efficiency of one start. */
export interface EfficiencyCurve {
  readonly start: string;
  readonly points: readonly {
    readonly percent: number;
    /** Of the balanced accuracy, averaged over the views, over the seeds. */
    readonly mean: number;
    readonly deviation: number;
    /** Whose labels are used. */
    readonly patients: number;
    /** Mean over the seeds. */
    readonly sequences: number;
  }[];
}

/** Balanced accuracy against the share of labels. */
export function efficiencyCurves(tables: TextTables): EfficiencyCurve[] {
  const rows = tables.efficiency ?? [];
  const classes = classesOf(tables);
  const labels = new Map(
    (tables.samples ?? []).filter(({ set }) => set === 'views').map((row) => [row.sample, row.label!]),
  );
  const distinct = (column: string, own: readonly CsvRow[]): string[] => [...new Set(own.map((row) => row[column]!))];
  return distinct('start', rows).map((start) => {
    const ofStart = rows.filter((row) => row.start === start);
    return {
      start,
      points: distinct('percent', ofStart).map((percent) => {
        const cells = distinct('seed', ofStart).map((seed) =>
          ofStart.filter((row) => row.percent === percent && row.seed === seed),
        );
        const values = cells.map(
          (cell) =>
            macroMetrics(
              confusionMatrix(
                cell.map(({ sample }) => labels.get(sample)!),
                cell.map(({ prediction }) => prediction!),
                classes,
              ),
            ).balancedAccuracy,
        );
        return {
          percent: Number(percent),
          mean: meanOf(values),
          deviation: deviationOf(values),
          patients: Number(cells[0]![0]!.patients),
          sequences: meanOf(cells.map((cell) => Number(cell[0]!.sequences))),
        };
      }),
    };
  });
}

function matrixOf(rows: readonly CsvRow[], classes: readonly string[]): ReturnType<typeof confusionMatrix> {
  return confusionMatrix(
    rows.map(({ label }) => label!),
    rows.map(({ prediction }) => prediction!),
    classes,
  );
}

function bootstrapOf(
  rows: readonly CsvRow[],
  classes: readonly string[],
  model: string,
  clusters?: readonly string[],
): BootstrapClassTable {
  const code = (name: string | undefined): number => classes.indexOf(name!);
  return bootstrapClassMetrics(
    rows.map(({ label }) => code(label)),
    rows.map(({ prediction }) => code(prediction)),
    classes.length,
    {
      stream: stream(PRIMARY_TEST.seed, `${model}/${clusters ? 'patients' : 'sequences'}`),
      draws: DRAWS,
      ...(clusters && { clusters }),
    },
  );
}

function meanOf(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]!;
  return sum / values.length;
}

function deviationOf(values: ArrayLike<number>): number {
  if (values.length < 2) return 0;
  const mean = meanOf(values);
  let squares = 0;
  for (let i = 0; i < values.length; i++) squares += (values[i]! - mean) ** 2;
  return Math.sqrt(squares / (values.length - 1));
}
