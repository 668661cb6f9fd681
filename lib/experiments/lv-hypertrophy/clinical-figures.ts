import type { CsvRow } from '../../core/csv.js';
import { WALL_MEASUREMENTS } from '../../evaluation/wall-measurements.js';
import { blandAltman as blandAltmanFigure } from '../../figures/bland-altman.js';
import { boxDistribution } from '../../figures/box-distribution.js';
import { confusionMatrix as confusionFigure } from '../../figures/confusion-matrix.js';
import type { Figure } from '../../figures/figure.js';
import type { DataKind } from '../../records/record.js';
import { type BlandAltman, blandAltman } from '../../statistics/bland-altman.js';
import { observerErrors, PRIMARY_TEST } from './hypertrophy-metrics.js';
import { casesOf, isComplete, type MeasuredCase } from './measured-cases.js';
import { bodySurfaces, massCases, SEVERITIES, severityPairs } from './severity-agreement.js';

/** What a figure is drawn from. */
export interface FigureSource {
  readonly cases: readonly MeasuredCase[];
  readonly data: DataKind;
}

/** Bias and limits of agreement with their intervals, as the figure takes them. */
export function agreementLevels(
  agreement: BlandAltman,
): Record<'bias' | 'lower' | 'upper', { value: number; interval: [number, number] }> {
  const level = (
    value: number,
    { low, high }: { low: number; high: number },
  ): { value: number; interval: [number, number] } => ({
    value,
    interval: [low, high],
  });
  return {
    bias: level(agreement.bias, agreement.biasInterval),
    lower: level(agreement.lowerLimit, agreement.lowerLimitInterval),
    upper: level(agreement.upperLimit, agreement.upperLimitInterval),
  };
}

/** Bland-Altman plot of the mass. */
export function massFigure({ cases, data }: FigureSource): Figure | null {
  const measured = massCases(cases, PRIMARY_TEST.better).filter(({ predictedGrams }) => predictedGrams !== null);
  if (measured.length < 2) return null;
  const truth = measured.map(({ truthGrams }) => truthGrams);
  const predicted = measured.map(({ predictedGrams }) => predictedGrams!);
  return blandAltmanFigure({
    name: 'bland-altman-mass',
    title: `Left-ventricular mass by ${PRIMARY_TEST.better} against that of the labels' calipers`,
    dataOrigin: data,
    predicted,
    truth,
    ...agreementLevels(blandAltman(predicted, truth)),
    quantity: 'mass',
    unit: 'g',
    samples: measured.map(({ sample }) => sample),
  });
}

/** Severity by the model against that by the labels' calipers. */
export function severityFigure(
  { cases, data }: FigureSource,
  bodies: readonly CsvRow[],
  sex: 'female' | 'male',
): Figure | null {
  const masses = massCases(cases, PRIMARY_TEST.better);
  if (bodies.length === 0 || masses.every(({ predictedGrams }) => predictedGrams === null)) return null;
  const squareMetres = bodySurfaces(bodies)[sex];
  const { truth, predicted } = severityPairs(masses, sex, squareMetres);
  return confusionFigure({
    name: `severity-${sex}`,
    title: `Hypertrophy by mass index, every patient graded as a ${sex === 'female' ? 'woman' : 'man'} of ${squareMetres.toFixed(2)} m²`,
    dataOrigin: data,
    classes: SEVERITIES,
    counts: SEVERITIES.map((row) =>
      SEVERITIES.map((column) => truth.filter((grade, n) => grade === row && predicted[n] === column).length),
    ),
    cells: 'count',
    caption: `Rows: class by the labels' calipers; columns: by ${PRIMARY_TEST.better}. Numbers: patients, n = ${truth.length}; ${masses.length - truth.length} without a measurement.`,
  });
}

/** What agreement can be expected: simulated observers against the exact length and against each other, and the model against both. */
export function ceilingFigure({ cases, data }: FigureSource, rows: readonly CsvRow[]): Figure | null {
  const model = casesOf(cases, PRIMARY_TEST.better, PRIMARY_TEST.set).filter(isComplete);
  if (rows.length === 0 || WALL_MEASUREMENTS.some((name) => !model.some((one) => one.measurement === name)))
    return null;
  const errors = WALL_MEASUREMENTS.map((name) => observerErrors(rows, model, name));
  return boxDistribution({
    name: 'ceiling-of-agreement',
    title: `How well can anything agree with a human label? ${PRIMARY_TEST.better} beside simulated observers`,
    dataOrigin: data,
    groups: WALL_MEASUREMENTS.map((name) => name.toUpperCase()),
    series: [
      { name: 'two observers', values: errors.map(({ observerAgainstObserver }) => observerAgainstObserver) },
      {
        name: 'an observer and the exact length',
        values: errors.map(({ observerAgainstTruth }) => observerAgainstTruth),
      },
      { name: 'the model and the exact length', values: errors.map(({ modelAgainstTruth }) => modelAgainstTruth) },
      { name: 'the model and an observer', values: errors.map(({ modelAgainstObserver }) => modelAgainstObserver) },
    ],
    quantity: 'Absolute difference (mm)',
    caption:
      'Observers are simulated: normal errors as large as published interobserver differences (J Am Soc Echocardiogr 2021;34:443-445).',
  });
}
