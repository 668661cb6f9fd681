import type { CsvRow } from '../../core/csv.js';
import { fewShotCurve } from '../../figures/few-shot-curve.js';
import type { DataOrigin, Figure } from '../../figures/figure.js';
import { overlayGrid } from '../../figures/overlay-grid.js';
import { type ScoreDotSeries, scoreDots } from '../../figures/score-dots.js';
import { trainingCurves } from '../../figures/training-curves.js';
import type { DataKind, TextTables } from '../../records/record.js';
import { readFrames } from '../scaling-study/frame-strip.js';
import { type DiceSummary, summariseDice } from './dice-summary.js';
import { OVERLAY_ASSETS } from './overlay-pictures.js';
import {
  MEDSAM_RUNS,
  PUBLISHED_FEW_SHOT,
  PUBLISHED_GENERALISATION,
  type PublishedModel,
  publishedDice,
  runBeside,
  TABLE_9_ROWS,
  titleOf,
} from './published-dice.js';
import { benchmarkRows, fewShotMetrics, groupBy, TABLE_9_MODELS } from './segmentation-metrics.js';
import { SEGMENTATION_SETS, SET_TITLES, STRUCTURES } from './structures.js';

/** Every figure of notebook 03, from its tables and pictures. */
export async function segmentationFigures(
  tables: TextTables,
  assets: Readonly<Record<string, Uint8Array>>,
  data: DataKind,
): Promise<Figure[]> {
  const figures = [benchmarkFigure(tables.samples ?? [], data)];
  if ((tables.shown ?? []).length > 0) figures.push(await overlayFigure(tables.shown!, assets, data));
  figures.push(...fewShotFigures(tables, data));
  if ((tables.generalisation ?? []).length > 0) figures.push(generalisationFigure(tables.generalisation!, data));
  if ((tables.realCamus ?? []).length > 0) figures.push(...realFigures(tables.realCamus!, data));
  figures.push(healthFigure(tables.training ?? [], data));
  return figures;
}

const interval = ({ dice, low, high }: DiceSummary) => ({ value: dice, low, high });

function benchmarkFigure(samples: readonly CsvRow[], data: DataKind): Figure {
  const targets = new Set(samples.map(({ target }) => target!));
  const beyond = [...targets].filter((target) => !TABLE_9_ROWS.includes(target)).sort();
  const rows = [...TABLE_9_ROWS.filter((row) => targets.has(row)), ...beyond];
  const ownSize = MEDSAM_RUNS[0].model; // beside the paper's columns stands the run at the paper's size
  const series = [...TABLE_9_MODELS.map(runBeside), ownSize, 'EchoApex-SAM-S'].flatMap((model): ScoreDotSeries[] => {
    const own = benchmarkRows(samples, model);
    if (own.length === 0) return [];
    const dots = [...groupBy(own, 'target')].map(([row, some]) => ({
      row,
      ...interval(summariseDice(some, `figure/${model}/${row}`)),
    }));
    return [{ name: titleOf(model), dots }];
  });
  const published = TABLE_9_MODELS.filter((model) => series.some(({ name }) => name === runBeside(model))).map(
    (model): ScoreDotSeries => ({
      name: `${model}, paper`,
      of: runBeside(model),
      published: true,
      dots: rows.flatMap((row) => {
        const value = publishedDice(row, model as PublishedModel);
        return value === null ? [] : [{ row, value }];
      }),
    }),
  );
  return scoreDots({
    name: 'benchmark-dice',
    title: 'Dice by target: exact box for EchoApex-SAM, no prompt for the specialists',
    dataOrigin: data,
    rows,
    series: [...series, ...published],
    score: 'Dice (mean over images)',
    ordinate: 'Target',
    whiskers: '95 % bootstrap intervals over patients',
    caption: `Filled: this run, ${data} data, whiskers 95 % bootstrap intervals over patients. Hollow: Table 9 of the paper, other data (real) and larger models; specialists there as quoted from their publications.`,
  });
}

async function overlayFigure(
  shown: readonly CsvRow[],
  assets: Readonly<Record<string, Uint8Array>>,
  data: DataOrigin,
): Promise<Figure> {
  const [pictures, truths, predictions] = await Promise.all(OVERLAY_ASSETS.map((name) => readFrames(assets[name])));
  const binary = (mask: ArrayLike<number>): Uint8Array => Uint8Array.from(mask, (value) => (value > 127 ? 1 : 0));
  return overlayGrid({
    name: 'overlays',
    title: 'EchoApex-SAM-S on test frames: for each kind the case of median Dice',
    dataOrigin: data,
    frames: shown.map((row, index) => ({
      image: pictures![index]!,
      lines: [row.title!, `${row.prompt}: Dice ${Number(row.dice).toFixed(3)}`],
      hover: row.sample!,
      trueMask: binary(truths![index]!.data),
      predictedMask: binary(predictions![index]!.data),
    })),
  });
}

function fewShotFigures(tables: TextTables, data: DataKind): Figure[] {
  const metrics = fewShotMetrics(tables.fewShot ?? []) as unknown as Record<
    string,
    Record<string, Record<string, { dice: number; deviationOverRepeats: number; repeats: number }>>
  >;
  return Object.entries(metrics).map(([prompt, sizes]) => {
    const points = Object.entries(sizes).map(([size, starts]) => ({ size: Number.parseInt(size, 10), starts }));
    const repeats = points[0]?.starts.echo?.repeats ?? 0;
    const line = (start: string, name: string) => {
      const own = points.filter(({ starts }) => starts[start]);
      return {
        name,
        samples: own.map(({ size }) => size),
        mean: own.map(({ starts }) => starts[start]!.dice),
        deviation: own.map(({ starts }) => starts[start]!.deviationOverRepeats),
      };
    };
    const paper = (start: 'echo' | 'generic', name: string) => ({
      name,
      published: true,
      samples: PUBLISHED_FEW_SHOT.map(({ frames }) => frames),
      mean: PUBLISHED_FEW_SHOT.map((point) => point[start]),
      deviation: PUBLISHED_FEW_SHOT.map(() => 0),
    });
    const how = prompt === 'box' ? 'exact box' : 'text alone';
    const sizesShown = points.map(({ size }) => size).join(', ');
    return fewShotCurve({
      name: `few-shot-${prompt}`,
      title: `EchoApex-SAM-S from few annotated frames, tested with ${how === 'exact box' ? 'the exact box' : 'the text alone'}`,
      dataOrigin: data,
      score: 'Dice',
      abscissa: 'Annotated training frames',
      spread: `one standard deviation over ${repeats} draws`,
      caption: `Solid: this run, ${data} data, ${sizesShown} frames, ${repeats} nested draws; band: one standard deviation over draws. Dashed: the paper's text (real data, 24 repeats, sizes 50 to 5,000; 50 and 100 are not printed).`,
      series: [
        line('echo', 'pretrained on echo'),
        line('generic', 'pretrained on generic pictures'),
        paper('echo', 'paper, EchoApex'),
        paper('generic', 'paper, ImageNet'),
      ],
    });
  });
}

function generalisationFigure(rows: readonly CsvRow[], data: DataKind): Figure {
  const sets = SEGMENTATION_SETS.filter((set) => rows.some((row) => row.set === set));
  const order = [...sets].sort((a, b) => Number(b === 'echonet-dynamic') - Number(a === 'echonet-dynamic'));
  const title = (set: (typeof SEGMENTATION_SETS)[number]): string =>
    set === 'echonet-dynamic' ? `${SET_TITLES[set]} (in-domain)` : SET_TITLES[set];
  const models = [...groupBy(rows, 'model')];
  return scoreDots({
    name: 'generalisation',
    title: 'Trained on EchoNet-Dynamic, tested there and elsewhere: left ventricle',
    dataOrigin: data,
    rows: order.map(title),
    series: [
      ...models.map(([model, own]) => ({
        name: model === 'EchoApex-SAM-S' ? 'EchoApex-SAM-S, text' : model,
        dots: order.map((set) => ({
          row: title(set),
          ...interval(
            summariseDice(
              own.filter((row) => row.set === set),
              `figure/${model}/${set}`,
            ),
          ),
        })),
      })),
      ...models.flatMap(([model]) => {
        const published = PUBLISHED_GENERALISATION[model as 'DeepLabV3'];
        if (!published) return [];
        return [
          {
            name: `${model}, paper`,
            of: model === 'EchoApex-SAM-S' ? 'EchoApex-SAM-S, text' : model,
            published: true,
            dots: order.map((set) => ({ row: title(set), value: published[set]! })),
          },
        ];
      }),
    ],
    score: 'Dice (mean over images)',
    ordinate: 'Tested on',
    whiskers: '95 % bootstrap intervals over patients',
  });
}

function realFigures(rows: readonly CsvRow[], data: DataKind): Figure[] {
  const structures = (['leftVentricle', 'myocardium', 'leftAtrium'] as const).filter((name) =>
    rows.some(({ structure }) => structure === name),
  );
  const prompts = [...new Set(rows.map(({ prompt }) => prompt!))];
  const row = (structure: keyof typeof STRUCTURES, prompt: string): string =>
    `${STRUCTURES[structure].short}, ${prompt}`;
  const patients = new Set(rows.map(({ patient }) => patient)).size;
  const trained = data === 'phantom' ? 'phantoms alone' : 'real data';
  return [
    scoreDots({
      name: 'real-camus',
      title: `Real CAMUS frames, trained on ${trained}, beside what the prompt alone gives`,
      dataOrigin: 'real',
      rows: structures.flatMap((structure) => prompts.map((prompt) => row(structure, prompt))),
      series: [...groupBy(rows, 'model')].map(([model, own]) => ({
        name: model,
        dots: structures.flatMap((structure) =>
          prompts.flatMap((prompt) => {
            const some = own.filter((each) => each.structure === structure && each.prompt === prompt);
            if (some.length === 0) return [];
            return [
              {
                row: row(structure, prompt),
                ...interval(summariseDice(some, `figure/${model}/${prompt}/${structure}`)),
              },
            ];
          }),
        ),
      })),
      score: 'Dice (mean over images)',
      ordinate: 'Structure and prompt',
      whiskers: `95 % bootstrap intervals over ${patients} patients`,
      caption: `EchoApex-SAM-S trained on ${trained}, ${rows.length === 0 ? 0 : patients} real CAMUS patients at end-diastole and end-systole. Controls: an ellipse in the box, and the same model on a black picture. Whiskers: 95 % bootstrap intervals over patients.`,
    }),
  ];
}

function healthFigure(rows: readonly CsvRow[], data: DataKind): Figure {
  const models = [...groupBy(rows, 'model')];
  const lines = (column: string) =>
    models.map(([model, own]) => ({
      name: model,
      at: own.map(({ epoch }) => Number(epoch)),
      values: own.map((row) => Number(row[column])),
    }));
  return trainingCurves({
    name: 'training-health',
    title: 'Loss of every model that was trained here',
    dataOrigin: data,
    abscissa: 'Epoch',
    panels: [
      { title: 'Training loss', series: lines('loss') },
      { title: 'Validation loss', series: lines('validationLoss') },
    ],
  });
}
