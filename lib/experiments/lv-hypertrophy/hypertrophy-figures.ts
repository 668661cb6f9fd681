import type { CsvRow } from '../../core/csv.js';
import { WALL_MEASUREMENTS } from '../../evaluation/wall-measurements.js';
import { blandAltman as blandAltmanFigure } from '../../figures/bland-altman.js';
import { boxDistribution } from '../../figures/box-distribution.js';
import { distributionPanels } from '../../figures/distribution-panels.js';
import type { Figure } from '../../figures/figure.js';
import { scatterAgreement } from '../../figures/scatter-agreement.js';
import { trainingCurves } from '../../figures/training-curves.js';
import type { DataKind, TextTables } from '../../records/record.js';
import { blandAltman } from '../../statistics/bland-altman.js';
import { rSquared } from '../../statistics/regression-errors.js';
import { attentionFigure } from './attention-figure.js';
import { agreementLevels, ceilingFigure, type FigureSource, massFigure, severityFigure } from './clinical-figures.js';
import { compareIn } from './compare-models.js';
import { PRIMARY_TEST } from './hypertrophy-metrics.js';
import { LVH_SETS, type LvhSet } from './landmark-frames.js';
import {
  type CompleteCase,
  casesOf,
  type ErrorKind,
  errorOf,
  isComplete,
  type MeasuredCase,
  measuredCases,
  modelsOf,
} from './measured-cases.js';
import { SEXES } from './severity-agreement.js';

/**
 * Every figure of notebook 04, from the record's tables and pictures. A figure that would be empty because nothing was measured is left
 * out; the tables say how many measurements are missing.
 */
export async function hypertrophyFigures(
  tables: TextTables,
  assets: Readonly<Record<string, Uint8Array>>,
  data: DataKind,
): Promise<Figure[]> {
  const source = { cases: measuredCases(tables.samples ?? []), data };
  const shown = tables.shown ?? [];
  const figures = [
    ...LVH_SETS.map((set) => lengthsFigure(source, set)),
    ...LVH_SETS.map((set) => errorFigure(source, set, 'landmark error')),
    ...LVH_SETS.map((set) => errorFigure(source, set, 'absolute error')),
    agreementFigure(source),
    ...WALL_MEASUREMENTS.map((name) => differenceFigure(source, name)),
    massFigure(source),
    ...SEXES.map((sex) => severityFigure(source, tables.bodies ?? [], sex)),
    ceilingFigure(source, tables.observers ?? []),
    trainingFigure(tables.training ?? [], data),
    ...(await Promise.all(LVH_SETS.map((set) => attentionFigure(shown, assets, set, data)))),
  ];
  return figures.filter((figure) => figure !== null);
}

/** Letters for files: `internal` is the test split of the training set, `external` the other domain. */
function side(set: LvhSet): 'internal' | 'external' {
  return set === 'EchoNet-LVH' ? 'internal' : 'external';
}

function unitOf(cases: readonly MeasuredCase[]): string {
  return cases[0]?.unit ?? 'mm';
}

/** Fig. 5b: lengths by the labels. */
function lengthsFigure({ cases, data }: FigureSource, set: LvhSet): Figure | null {
  const model = modelsOf(cases)[0];
  const own = model === undefined ? [] : casesOf(cases, model, set);
  const phases = [...new Set(own.map(({ phase }) => phase))];
  const unit = unitOf(own);
  const lists = WALL_MEASUREMENTS.map((name) =>
    phases.map((phase) =>
      own.filter((one) => one.measurement === name && one.phase === phase).map(({ truth }) => truth),
    ),
  );
  if (lists.flat().length === 0 || lists.flat().some((list) => list.length === 0)) return null;
  return distributionPanels({
    name: `lengths-${side(set)}`,
    title: `Lengths by the labels of ${set}, test frames${unit === 'px' ? ' (no scale is given: pixels)' : ''}`,
    dataOrigin: data,
    groups: phases.map((phase) => (phase === '' ? 'phase not given' : phase)),
    panels: WALL_MEASUREMENTS.map((name, index) => ({
      quantity: `${name.toUpperCase()} (${unit})`,
      binWidth: name === 'lvid' ? 5 : 1,
      values: lists[index]!,
    })),
  });
}

/** Figs 5c to 5f: errors by measurement and model. */
function errorFigure({ cases, data }: FigureSource, set: LvhSet, kind: ErrorKind): Figure | null {
  const series = modelsOf(cases).map((model) => ({
    name: model,
    values: WALL_MEASUREMENTS.map((name) =>
      casesOf(cases, model, set, name)
        .filter(isComplete)
        .map((one) => errorOf(one, kind)),
    ),
  }));
  const measured = series.filter(({ values }) => values.every((list) => list.length > 0));
  if (measured.length === 0) return null;
  const both = [PRIMARY_TEST.better, PRIMARY_TEST.worse].every((model) => measured.some(({ name }) => name === model));
  const unit = unitOf(cases.filter((one) => one.set === set));
  return boxDistribution({
    name: `${kind.replace(' ', '-')}-${side(set)}`,
    title: `${kind === 'landmark error' ? 'Landmark error' : 'Absolute error of the length'}, ${set}${set === 'Unity' ? ' (another domain)' : ''}`,
    dataOrigin: data,
    groups: WALL_MEASUREMENTS.map((name) => name.toUpperCase()),
    series: measured,
    quantity: `${kind === 'landmark error' ? 'Landmark error' : 'Absolute error'} (${unit})`,
    ...(both && {
      tests: WALL_MEASUREMENTS.map((name) => testText(compareIn(cases, PRIMARY_TEST, set, kind, name))),
      testsMean: `${PRIMARY_TEST.better} less than ${PRIMARY_TEST.worse}, one-sided; t: paired t-test over frames, as published; unit patient: paired permutation`,
    }),
  });
}

function testText({ publishedP, patientP }: { publishedP: number | null; patientP: number | null }): string {
  if (publishedP === null || patientP === null) return '';
  return `t ${pText(publishedP)}<br>patient ${pText(patientP)}`;
}

function pText(p: number): string {
  return p < 0.001 ? 'p < 0.001' : `p = ${p.toPrecision(2)}`;
}

function agreementFigure({ cases, data }: FigureSource): Figure | null {
  const series = [PRIMARY_TEST.better, PRIMARY_TEST.worse].flatMap((model) => {
    const complete = casesOf(cases, model, PRIMARY_TEST.set).filter(isComplete);
    if (complete.length < 2) return [];
    const [truth, predicted] = lengthsOf(complete);
    return [
      {
        name: model,
        truth,
        predicted,
        summary: `R² ${rSquared(truth, predicted).toFixed(2)}, n = ${complete.length}`,
        samples: complete.map(({ sample, measurement }) => `${sample} ${measurement.toUpperCase()}`),
      },
    ];
  });
  if (series.length === 0) return null;
  return scatterAgreement({
    name: 'agreement',
    title:
      'Septum, cavity and posterior wall together: R² over all lengths is mostly the difference between cavity and walls',
    dataOrigin: data,
    series,
    quantity: 'length',
    unit: 'mm',
  });
}

function lengthsOf(complete: readonly CompleteCase[]): [number[], number[]] {
  return [complete.map(({ truth }) => truth), complete.map(({ predicted }) => predicted)];
}

function differenceFigure({ cases, data }: FigureSource, name: (typeof WALL_MEASUREMENTS)[number]): Figure | null {
  const complete = casesOf(cases, PRIMARY_TEST.better, PRIMARY_TEST.set, name).filter(isComplete);
  if (complete.length < 2) return null;
  const [truth, predicted] = lengthsOf(complete);
  return blandAltmanFigure({
    name: `bland-altman-${name}`,
    title: `${name.toUpperCase()} by ${PRIMARY_TEST.better} against the labels, ${PRIMARY_TEST.set}`,
    dataOrigin: data,
    predicted,
    truth,
    ...agreementLevels(blandAltman(predicted, truth)),
    quantity: name.toUpperCase(),
    unit: 'mm',
    samples: complete.map(({ sample }) => sample),
  });
}

function trainingFigure(rows: readonly CsvRow[], data: DataKind): Figure | null {
  const models = [...new Set(rows.map(({ model }) => model!))];
  if (models.length === 0) return null;
  const curves = (chosen: readonly string[], column: string): { name: string; at: number[]; values: number[] }[] =>
    chosen.map((model) => {
      const own = rows.filter((row) => row.model === model);
      return { name: model, at: own.map(({ epoch }) => Number(epoch)), values: own.map((row) => Number(row[column])) };
    });
  const encoders = models.filter((model) => model !== PRIMARY_TEST.worse);
  const baseline = models.filter((model) => model === PRIMARY_TEST.worse);
  return trainingCurves({
    name: 'training',
    title: 'Training: the epoch with the lowest validation loss counts',
    dataOrigin: data,
    abscissa: 'Epoch',
    panels: [
      { title: 'Dice + focal', series: curves(encoders, 'loss') },
      { title: 'Validation', series: curves(encoders, 'validationLoss') },
      ...(baseline.length === 0
        ? []
        : [
            { title: 'Weighted MSE', series: curves(baseline, 'loss') },
            { title: 'Validation', series: curves(baseline, 'validationLoss') },
          ]),
    ],
  });
}
