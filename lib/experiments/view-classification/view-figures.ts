import type { CsvRow } from '../../core/csv.js';
import { type AttentionFrame, attentionGrid } from '../../figures/attention-grid.js';
import { type ClassScores, classBars } from '../../figures/class-bars.js';
import { confusionMatrix } from '../../figures/confusion-matrix.js';
import { fewShotCurve } from '../../figures/few-shot-curve.js';
import type { DataOrigin, Figure } from '../../figures/figure.js';
import { frameGrid } from '../../figures/frame-grid.js';
import { pValuePairs } from '../../figures/p-value-pairs.js';
import { reliabilityDiagram } from '../../figures/reliability-diagram.js';
import { trainingCurves } from '../../figures/training-curves.js';
import type { DataKind, TextTables } from '../../records/record.js';
import { readFrames } from '../scaling-study/frame-strip.js';
import { type PairComparison, PRIMARY_TEST, pairComparisons, validBetter } from './view-comparisons.js';
import { calibrationOf, classesOf, efficiencyCurves, modelsOf, testRows, viewScores } from './view-metrics.js';

/** The model of Fig. 3b. */
const SHOWN = 'EchoApex-B';

/** How a start is called in figures. */
const START_NAMES: Readonly<Record<string, string>> = {
  echo: 'pretrained on echo',
  generic: 'pretrained on generic pictures',
  random: 'random start',
};

/** Every figure of notebook 02, from the record's tables and pictures. */
export async function viewFigures(
  tables: TextTables,
  assets: Readonly<Record<string, Uint8Array>>,
  data: DataKind,
): Promise<Figure[]> {
  const pairs = pairComparisons(tables);
  const primary = pairs.find(({ first, second }) => first === PRIMARY_TEST.better && second === PRIMARY_TEST.worse);
  return [
    confusionFigure(tables, data),
    ...(primary ? [baselineFigure(tables, primary, data), testsFigure(primary, data)] : []),
    variantsFigure(tables, data),
    efficiencyFigure(tables, data),
    reliabilityFigure(tables, data),
    ...(await mistakesFigure(tables.mistakes ?? [], assets, data)),
    ...(await casesFigure(tables.realClip ?? [], assets, 'realClip', 'real-clip', 'A real apical four-chamber clip')),
    ...(await casesFigure(
      tables.realCamus ?? [],
      assets,
      'realCamus',
      'real-camus',
      'Real patients of CAMUS, ED and ES',
    )),
    trainingFigure(tables.training ?? [], data),
  ];
}

function confusionFigure(tables: TextTables, data: DataKind): Figure {
  const classes = classesOf(tables);
  const rows = testRows(tables.samples ?? [], SHOWN);
  return confusionMatrix({
    name: 'confusion',
    title: `Which views ${SHOWN} confuses (Fig. 3b)`,
    dataOrigin: data,
    classes,
    counts: classes.map((truth) =>
      classes.map((vote) => rows.filter(({ label, prediction }) => label === truth && prediction === vote).length),
    ),
    caption: `Rows: true view; columns: the view that five frames voted for. Percent of the row; under 0.5 % blank. n = ${rows.length} sequences.`,
  });
}

function scoresOf(tables: TextTables, model: string): ClassScores {
  const scores = viewScores(tables, model);
  return {
    model,
    scores: scores.map(({ balancedAccuracy }) => balancedAccuracy),
    deviations: scores.map(({ deviation }) => deviation),
  };
}

/** Where the axis of balanced accuracies starts: 0.5 is a coin. */
const COIN = 0.45;

function baselineFigure(tables: TextTables, primary: PairComparison, data: DataKind): Figure {
  return classBars({
    name: 'bacc-baseline',
    title: `Balanced accuracy by view: ${primary.first} and the convolutional baseline (Fig. 3c)`,
    dataOrigin: data,
    classes: classesOf(tables),
    models: [primary.second, primary.first].map((model) => scoresOf(tables, model)),
    score: 'Balanced accuracy',
    abscissa: 'View',
    from: COIN,
    marks: primary.views.map((view) => (validBetter(view) ? '*' : '')),
    marksMean: `Stars: p < ${PRIMARY_TEST.alpha} by the paired permutation test with patients as the unit, Holm over the views`,
    caption:
      'One view against the rest. Whiskers: standard deviation of 1,000 bootstrap draws of sequences, as in the paper.',
  });
}

function variantsFigure(tables: TextTables, data: DataKind): Figure {
  const models = modelsOf(tables.samples ?? []).filter((model) => /^EchoApex-(Ada)?[SB]$/.test(model));
  return classBars({
    name: 'bacc-variants',
    title: 'Balanced accuracy by view: sizes, fine-tuned and with adapters (Fig. 3d)',
    dataOrigin: data,
    classes: classesOf(tables),
    models: models.map((model) => scoresOf(tables, model)),
    score: 'Balanced accuracy',
    abscissa: 'View',
    from: COIN,
    caption:
      'One view against the rest. Whiskers: standard deviation of 1,000 bootstrap draws of sequences, as in the paper.',
  });
}

function testsFigure({ first, second, views }: PairComparison, data: DataKind): Figure {
  return pValuePairs({
    name: 'two-tests',
    title: `${first} better than ${second}? The published test and a valid one, by view`,
    dataOrigin: data,
    classes: views.map(({ name, publishedP, pHolm }) => ({ name, p: [publishedP, pHolm] as const })),
    tests: ['published: permutation of bootstrap draws', 'valid: paired, by patient, Holm'],
    alpha: PRIMARY_TEST.alpha,
    abscissa: 'View',
  });
}

function efficiencyFigure(tables: TextTables, data: DataKind): Figure {
  const curves = efficiencyCurves(tables);
  const seeds = new Set((tables.efficiency ?? []).map(({ seed }) => seed)).size;
  return fewShotCurve({
    name: 'label-efficiency',
    title: 'A linear probe on frozen ViT-S features with part of the labels',
    dataOrigin: data,
    series: curves.map(({ start, points }) => ({
      name: START_NAMES[start] ?? start,
      samples: points.map(({ percent }) => percent),
      mean: points.map(({ mean }) => mean),
      deviation: points.map(({ deviation }) => deviation),
    })),
    score: 'Mean balanced accuracy',
    abscissa: 'Training patients whose labels are used (%)',
    spread: `one standard deviation over ${seeds} draws of nested patient subsets`,
    caption: `Mean over the views and over ${seeds} draws of nested subsets of patients (${curves[0]?.points
      .map(({ percent, patients }) => `${percent} %: ${patients}`)
      .join(
        ', ',
      )} patients); band: one standard deviation, 0 where all labels and one encoder leave nothing to draw. Nothing of the encoder is trained; a random encoder is drawn anew each time.`,
  });
}

function reliabilityFigure(tables: TextTables, data: DataKind): Figure {
  const rows = testRows(tables.samples ?? [], SHOWN);
  const { bins, expectedError } = calibrationOf(rows);
  return reliabilityDiagram({
    name: 'reliability',
    title: `Is ${SHOWN} as often right as it says?`,
    dataOrigin: data,
    bins: bins.map(({ low, high, ...bin }) => ({ from: low, to: high, ...bin })),
    calibrationError: expectedError,
    caption: `Confidence: mean probability of the winning view over the voting frames. Expected calibration error ${(100 * expectedError).toFixed(1)} %, n = ${rows.length} sequences. A calibrated model's bars end on the diagonal.`,
  });
}

async function mistakesFigure(
  rows: readonly CsvRow[],
  assets: Readonly<Record<string, Uint8Array>>,
  data: DataKind,
): Promise<Figure[]> {
  if (rows.length === 0) return [];
  const pictures = await readFrames(assets['mistakes.png']);
  const frames = rows.map((row, n): AttentionFrame => {
    const values = row.attention!.split(' ').map(Number);
    return {
      image: pictures[n]!,
      attention: { rows: Number(row.rows), columns: Number(row.columns), values },
      lines: [row.label!, `called ${row.prediction}`, `${Number(row.score).toFixed(2)}, ${row.votes} frames`],
      hover: `${row.sample}, frame ${row.frame}`,
    };
  });
  return [
    attentionGrid({
      name: 'mistakes',
      title: `The most confident mistake of ${SHOWN} on each view, and where it looked`,
      dataOrigin: data,
      frames,
      columns: 6,
      caption: `For every view with a mistake, the sequence whose wrong view has the highest mean probability, at its most convincing frame. Right: attention of CLS in the last block, heads averaged, each map scaled to its own range.`,
    }),
  ];
}

async function casesFigure(
  rows: readonly CsvRow[],
  assets: Readonly<Record<string, Uint8Array>>,
  asset: string,
  name: string,
  what: string,
): Promise<Figure[]> {
  if (rows.length === 0) return [];
  const pictures = await readFrames(assets[`${asset}.png`]);
  let next = 0;
  return [
    frameGrid({
      name,
      title: `${what}, curated, with the view that EchoApex-S gives each frame`,
      dataOrigin: 'real' satisfies DataOrigin,
      columns: rows.length === 1 ? 5 : 6,
      frames: rows.flatMap((row) =>
        row.frames!.split('; ').map((text) => {
          const [frame, view, probability] = text.split(' ');
          return {
            image: pictures[next++]!,
            lines: [...(rows.length > 1 ? [row.sample!] : []), `frame ${frame}: ${view}`, `probability ${probability}`],
            ...(row.reasons !== '' && { hover: row.reasons! }),
          };
        }),
      ),
      caption: rows
        .map(
          ({ sample, label, prediction, score, noveltyP }) =>
            `${sample} is ${label}, called ${prediction} (mean probability ${Number(score).toFixed(2)}, novelty p ${Number(noveltyP).toFixed(3)})`,
        )
        .join('; ')
        .concat('. Frames before the resize to the classifier.'),
    }),
  ];
}

function trainingFigure(rows: readonly CsvRow[], data: DataKind): Figure {
  const models = [...new Set(rows.map(({ model }) => model!))];
  const series = (column: string): { name: string; at: number[]; values: number[] }[] =>
    models.map((model) => {
      const own = rows.filter((row) => row.model === model);
      return { name: model, at: own.map(({ epoch }) => Number(epoch)), values: own.map((row) => Number(row[column])) };
    });
  return trainingCurves({
    name: 'training',
    title: 'Training of each model; the epoch with the lowest validation loss is kept',
    dataOrigin: data,
    abscissa: 'Epoch',
    panels: [
      { title: 'Training loss (nats)', series: series('loss') },
      { title: 'Validation loss (nats)', series: series('validationLoss') },
    ],
  });
}
