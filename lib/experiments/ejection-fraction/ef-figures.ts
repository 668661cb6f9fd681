import type { CsvRow } from '../../core/csv.js';
import { stream } from '../../core/random.js';
import { beatCurve } from '../../figures/beat-curve.js';
import { blandAltman } from '../../figures/bland-altman.js';
import { classBars } from '../../figures/class-bars.js';
import { curve } from '../../figures/curve.js';
import { distribution } from '../../figures/distribution.js';
import type { Figure, FigureLabels } from '../../figures/figure.js';
import { rocFigure } from '../../figures/roc-curve.js';
import { scatterAgreement } from '../../figures/scatter-agreement.js';
import { trainingCurves } from '../../figures/training-curves.js';
import type { DataKind, TextTables } from '../../records/record.js';
import { blandAltman as agreementOf } from '../../statistics/bland-altman.js';
import { delongAuc } from '../../statistics/delong.js';
import { meanAbsoluteError, rSquared } from '../../statistics/regression-errors.js';
import { rocAuc, rocCurve } from '../../statistics/roc.js';
import { readFrames } from '../scaling-study/frame-strip.js';
import { EF_SETS, type EfSetName } from './ef-data.js';
import {
  type ArmRows,
  absoluteErrors,
  armsOf,
  bandOf,
  EF_BANDS,
  impaired,
  PRIMARY_TEST,
  QUALITIES,
  rowsOf,
  THRESHOLD_PERCENT,
} from './ef-metrics.js';
import { readerEjectionFraction } from './reader-noise.js';

/** Names of the sets in file names. */
const STEMS: Readonly<Record<EfSetName, string>> = { 'EchoNet-Dynamic': 'echonet', CAMUS: 'camus' };
const TITLES: Readonly<Record<EfSetName, string>> = {
  'EchoNet-Dynamic': 'EchoNet-Dynamic, unseen patients',
  CAMUS: 'CAMUS, never trained on',
};

/** Arms that the scatter and the ROC show. */
const SHOWN = [PRIMARY_TEST.better, PRIMARY_TEST.worse, 'Geometric'];

/** Every figure of notebook 05, from the record's tables and pictures alone. */
export async function efFigures(
  tables: TextTables,
  assets: Readonly<Record<string, Uint8Array>>,
  data: DataKind,
): Promise<Figure[]> {
  const figures: Figure[] = [populationFigure(tables, data)];
  for (const set of EF_SETS) {
    const arms = SHOWN.map((arm) => rowsOf(tables, arm, set)).filter(({ truth }) => truth.length > 1);
    if (arms.length === 0) continue;
    figures.push(scatterFigure(arms, set, data));
    const roc = rocOf(arms, set, data);
    if (roc !== null) figures.push(roc);
    figures.push(agreementFigure(arms[0]!, set, data));
  }
  const bands = groupFigure(tables, 'EchoNet-Dynamic', 'error-by-band', 'Error by true ejection fraction', data, {
    groups: EF_BANDS.map(({ name }) => name),
    groupOf: bandOf,
    abscissa: 'True ejection fraction (%)',
  });
  const quality = groupFigure(tables, 'CAMUS', 'error-by-quality', 'Error by image quality', data, {
    groups: [...QUALITIES],
    groupOf: (rows, i) => rows.quality[i]!,
    abscissa: 'Image quality, as CAMUS grades it',
  });
  for (const figure of [bands, quality]) if (figure !== null) figures.push(figure);
  figures.push(await shownFigure(tables, assets, data));
  if (tables.realCurve) figures.push(await realFigure(tables, assets));
  const ceiling = ceilingFigure(tables, data);
  if (ceiling !== null) figures.push(ceiling);
  figures.push(trainingFigure(tables.training ?? [], data));
  return figures;
}

function populationFigure(tables: TextTables, data: DataKind): Figure {
  return distribution({
    name: 'ef-distribution',
    title: 'True ejection fraction in the two data sets',
    dataOrigin: data,
    quantity: 'Left ventricular ejection fraction (%)',
    binWidth: 5,
    series: EF_SETS.map((set) => ({
      name: set,
      values: (tables.population ?? [])
        .filter((row) => row.set === set)
        .map(({ ejectionFraction }) => Number(ejectionFraction)),
    })).filter(({ values }) => values.length > 0),
  });
}

function scatterFigure(arms: readonly ArmRows[], set: EfSetName, data: DataKind): Figure {
  return scatterAgreement({
    name: `scatter-${STEMS[set]}`,
    title: `Predicted against true ejection fraction: ${TITLES[set]}`,
    dataOrigin: data,
    quantity: 'ejection fraction',
    unit: '%',
    threshold: THRESHOLD_PERCENT,
    series: arms.map(({ arm, truth, predicted, samples }) => ({
      name: arm,
      truth,
      predicted,
      samples,
      summary: `MAE ${meanAbsoluteError(truth, predicted).toFixed(1)}, R² ${rSquared(truth, predicted).toFixed(2)}`,
    })),
  });
}

/** `null` where all patients, or none, are impaired. */
function rocOf(arms: readonly ArmRows[], set: EfSetName, data: DataKind): Figure | null {
  const series = arms.flatMap(({ arm, truth, predicted }) => {
    const positive = impaired(truth);
    const positives = positive.filter(Boolean).length;
    const least = Math.min(positives, positive.length - positives);
    if (least === 0) return [];
    const scores = predicted.map((value) => -value);
    const points = rocCurve(positive, scores);
    const delong = least > 1 ? delongAuc(positive, scores) : null;
    return [
      {
        name: arm,
        falsePositiveRate: points.map((point) => point.falsePositiveRate),
        truePositiveRate: points.map((point) => point.truePositiveRate),
        auc: rocAuc(positive, scores),
        ...(delong && { interval: [delong.interval.low, delong.interval.high] as const }),
      },
    ];
  });
  if (series.length === 0) return null;
  const cases = impaired(arms[0]!.truth);
  return rocFigure({
    name: `roc-${STEMS[set]}`,
    title: `Detecting an ejection fraction below ${THRESHOLD_PERCENT} %: ${TITLES[set]}`,
    dataOrigin: data,
    condition: `ejection fraction < ${THRESHOLD_PERCENT} %`,
    caption: `ROC of detecting an ejection fraction below ${THRESHOLD_PERCENT} %; ${cases.filter(Boolean).length} of ${cases.length} patients are below it. In brackets: DeLong's 95 % interval.`,
    series,
  });
}

function agreementFigure({ arm, truth, predicted, samples }: ArmRows, set: EfSetName, data: DataKind): Figure {
  const { bias, biasInterval, lowerLimit, lowerLimitInterval, upperLimit, upperLimitInterval } = agreementOf(
    predicted,
    truth,
  );
  const level = (value: number, interval: { low: number; high: number }) => ({
    value,
    interval: [interval.low, interval.high] as const,
  });
  return blandAltman({
    name: `bland-altman-${STEMS[set]}`,
    title: `${arm}: agreement with the truth, ${TITLES[set]}`,
    dataOrigin: data,
    quantity: 'ejection fraction',
    unit: '%',
    predicted,
    truth,
    samples,
    bias: level(bias, biasInterval),
    lower: level(lowerLimit, lowerLimitInterval),
    upper: level(upperLimit, upperLimitInterval),
  });
}

function groupFigure(
  tables: TextTables,
  set: EfSetName,
  name: string,
  title: string,
  data: DataKind,
  by: {
    readonly groups: readonly string[];
    readonly groupOf: (rows: ArmRows, i: number) => string;
    readonly abscissa: string;
  },
): Figure | null {
  const arms = armsOf(tables)
    .map((arm) => rowsOf(tables, arm, set))
    .filter(({ truth }) => truth.length > 0);
  const sizeOf = (rows: ArmRows, group: string): number =>
    rows.truth.filter((_, i) => by.groupOf(rows, i) === group).length;
  const groups = by.groups.filter((group) => arms.length > 0 && arms.every((rows) => sizeOf(rows, group) > 0));
  if (groups.length === 0) return null;
  const meanIn = (rows: ArmRows, group: string): number => {
    const errors = absoluteErrors(rows).filter((_, i) => by.groupOf(rows, i) === group);
    return errors.reduce((sum, error) => sum + error, 0) / errors.length;
  };
  return classBars({
    name,
    title: `${title}, ${set}`,
    dataOrigin: data,
    classes: groups.map((group) => `${group} (n = ${sizeOf(arms[0]!, group)})`),
    models: arms.map((rows) => ({ model: rows.arm, scores: groups.map((group) => meanIn(rows, group)) })),
    score: 'Mean absolute error (points)',
    abscissa: by.abscissa,
    caption: 'Mean absolute error in points of ejection fraction; groups of a few patients say little.',
  });
}

function shownFigure(
  tables: TextTables,
  assets: Readonly<Record<string, Uint8Array>>,
  data: DataKind,
): Promise<Figure> {
  const [shown] = tables.shownClip ?? [];
  const geometric = shown?.geometric ? `${Number(shown.geometric).toFixed(0)} %` : 'none';
  return clipCurve(tables, assets, 'shown', {
    name: 'beat-to-beat',
    title: 'One clip: the volume curve and the beats found in it',
    dataOrigin: data,
    caption: `Single-plane Simpson volume in each frame; shaded: from end-diastole to end-systole of each beat found. True ejection fraction ${Number(shown?.label).toFixed(0)} %, ${PRIMARY_TEST.better} ${Number(shown?.learned).toFixed(0)} %, geometry ${geometric}. Of the test clips, the one with the median error. The slider shows any frame.`,
  });
}

function realFigure(tables: TextTables, assets: Readonly<Record<string, Uint8Array>>): Promise<Figure> {
  const [real] = tables.realClip ?? [];
  const percent = (value: string | undefined): string => (value ? `${Number(value).toFixed(0)} %` : 'none');
  return clipCurve(tables, assets, 'real', {
    name: 'real-clip',
    title: 'A real apical four-chamber clip, read by the same model',
    dataOrigin: 'real',
    caption: `Real clip, curated (MIT). The model says ${percent(real?.learned)} (${percent(real?.low)} to ${percent(real?.high)}), geometry ${percent(real?.geometric)}; its true ejection fraction is not known. Reasons not to trust it: ${(tables.realReasons ?? []).map(({ text }) => text).join('; ') || 'none found'}.`,
  });
}

/** Curve, frames and outlines of one clip: its tables and pictures start with `stem`. */
async function clipCurve(
  tables: TextTables,
  assets: Readonly<Record<string, Uint8Array>>,
  stem: 'shown' | 'real',
  labels: FigureLabels,
): Promise<Figure> {
  const rows = tables[`${stem}Curve`] ?? [];
  const pictures = await readFrames(assets[`${stem}-frames.png`]);
  const masks = await readFrames(assets[`${stem}-masks.png`]);
  const seconds = rows.every((row) => row.seconds !== '') ? rows.map((row) => Number(row.seconds)) : null;
  const volumes = rows.map(({ volume }) => (volume === '' ? null : Number(volume)));
  const largest = volumes.reduce<number>((most, value) => Math.max(most, value ?? 0), 0);
  return beatCurve({
    ...labels,
    frames: pictures.slice(0, rows.length).map((image, frame) => ({
      image,
      ...(volumes[frame] !== null && { mask: masks[frame]!.data }),
      volume: volumes[frame] === null ? null : (100 * volumes[frame]!) / largest,
      ...(rows[frame]!.traced !== '' && { hover: `traced as ${rows[frame]!.traced}` }),
    })),
    seconds,
    beats: (tables[`${stem}Beats`] ?? [])
      .map(({ endDiastole, endSystole }) => ({ endDiastole: Number(endDiastole), endSystole: Number(endSystole) }))
      .filter(({ endDiastole, endSystole }) => Math.max(endDiastole, endSystole) < pictures.length),
    ordinate: 'Volume (% of the largest)',
  });
}

/** Steps of the noise axis, and draws of two readers a step. */
const NOISES = [0, 0.02, 0.04, 0.06, 0.08, 0.1, 0.12, 0.15];
const READERS = 200;

/** How far even a perfect model can get against one reader's labels. */
function ceilingFigure(tables: TextTables, data: DataKind): Figure | null {
  const rows = (tables.readers ?? []).filter((row) => row.set === 'EchoNet-Dynamic');
  if (rows.length < 2) return null;
  const truth = rows.map((row) => Number(row.truth));
  const predictions = [PRIMARY_TEST.better, 'Geometric'].flatMap((arm) => {
    const { samples, predicted } = rowsOf(tables, arm, 'EchoNet-Dynamic');
    const at = new Map(samples.map((sample, i) => [sample, predicted[i]!]));
    const values = rows.map(({ sample }) => at.get(sample!));
    return values.every((value) => value !== undefined) ? [{ arm, values: values as number[] }] : [];
  });
  const sums = NOISES.map((noise) => errorsAgainstReader(truth, predictions, noise));
  const spread = sums.map(({ spread: points }) => points);
  return curve({
    name: 'reader-ceiling',
    title: 'Labels drawn by readers put a ceiling on agreement',
    dataOrigin: data,
    abscissa: 'Standard deviation between two readers (points of ejection fraction)',
    ordinate: 'MAE against one reader (points)',
    caption: `Each reader's volumes are off by a random factor; ${READERS} draws of two readers a step. Two experts by biplane Simpson differ with a standard deviation of 7.0 points (Akil et al. 2024).`,
    series: [
      { name: 'The truth itself', x: spread, y: sums.map((each) => each.truth), dashed: true },
      { name: 'A second reader', x: spread, y: sums.map((each) => each.second), dashed: true },
      ...predictions.map(({ arm }, index) => ({ name: arm, x: spread, y: sums.map((each) => each.arms[index]!) })),
    ],
  });
}

function errorsAgainstReader(
  truth: readonly number[],
  predictions: readonly { readonly arm: string; readonly values: readonly number[] }[],
  noise: number,
): { spread: number; truth: number; second: number; arms: number[] } {
  const random = stream(PRIMARY_TEST.seed, `ceiling/${noise}`);
  let [fromTruth, fromSecond, squares] = [0, 0, 0];
  const arms = predictions.map(() => 0);
  for (let draw = 0; draw < READERS; draw++) {
    truth.forEach((value, i) => {
      const first = readerEjectionFraction(value, noise, random);
      const second = readerEjectionFraction(value, noise, random);
      fromTruth += Math.abs(first - value);
      fromSecond += Math.abs(first - second);
      squares += (first - second) ** 2;
      predictions.forEach(({ values }, arm) => {
        arms[arm] = arms[arm]! + Math.abs(first - values[i]!);
      });
    });
  }
  const count = READERS * truth.length;
  return {
    spread: Math.sqrt(squares / count),
    truth: fromTruth / count,
    second: fromSecond / count,
    arms: arms.map((sum) => sum / count),
  };
}

function trainingFigure(rows: readonly CsvRow[], data: DataKind): Figure {
  const first = new Map<string, string>();
  for (const { arm, seed } of rows) if (!first.has(arm!)) first.set(arm!, seed!);
  const series = (arm: string, column: string, name: string): { name: string; at: number[]; values: number[] } => {
    const own = rows.filter((row) => row.arm === arm && row.seed === first.get(arm));
    return { name, at: own.map(({ epoch }) => Number(epoch)), values: own.map((row) => Number(row[column])) };
  };
  const learned = [...first.keys()].filter((arm) => arm !== 'Outlines');
  return trainingCurves({
    name: 'training',
    title: 'Training of the outlines and of the sequence decoders',
    dataOrigin: data,
    abscissa: 'Epoch',
    panels: [
      {
        title: 'Outline loss',
        series: [series('Outlines', 'loss', 'training'), series('Outlines', 'validationLoss', 'validation')],
      },
      {
        title: 'Validation, MSE',
        series: learned.map((arm) => series(arm, 'validationLoss', arm)),
        logarithmic: true,
      },
      {
        title: 'Training, MSE',
        series: learned.map((arm) => series(arm, 'loss', arm)),
        logarithmic: true,
      },
    ],
  });
}
