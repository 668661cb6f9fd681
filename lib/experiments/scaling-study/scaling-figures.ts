import type { CsvRow } from '../../core/csv.js';
import { confusionMatrix } from '../../figures/confusion-matrix.js';
import { embeddingMap } from '../../figures/embedding-map.js';
import type { DataOrigin, Figure } from '../../figures/figure.js';
import { frameGrid } from '../../figures/frame-grid.js';
import { knnCurve } from '../../figures/knn-curve.js';
import { trainingCurves } from '../../figures/training-curves.js';
import type { DataKind, TextTables } from '../../records/record.js';
import { readFrames } from './frame-strip.js';
import { accuracy, headlineK, lastProbes, PRIMARY_TEST, type ProbeRows, probesOf } from './scaling-metrics.js';

/** Every figure of notebook 01, from the record's tables and pictures. */
export async function scalingFigures(
  tables: TextTables,
  assets: Readonly<Record<string, Uint8Array>>,
  data: DataKind,
): Promise<Figure[]> {
  const probes = probesOf(tables.samples ?? []);
  const k = headlineK(probes);
  return [
    curveFigure(probes, k, data),
    modelsFigure(probes, k, data),
    mapFigure(tables.map ?? [], tables.mapFacts ?? [], data),
    confusionFigure(lastProbes(probes, PRIMARY_TEST.better, k)[0]!.rows, k, data),
    healthFigure(tables.training ?? [], tables.trainingFacts ?? [], data),
    await clipFigure(tables.realClip ?? [], assets),
    await neighbourFigure(tables.neighbours ?? [], assets),
  ];
}

/** Probes of an arm by the first seed, as a segment that begins after `from` steps. */
function segment(
  probes: readonly ProbeRows[],
  k: number,
  arm: string,
  from: number,
): { at: number[]; accuracy: number[] } {
  const { seed } = probes[0]!;
  const points = probes
    .filter((probe) => probe.arm === arm && probe.k === k && probe.seed === seed)
    .sort((a, b) => a.step - b.step);
  return { at: points.map(({ step }) => from + step), accuracy: points.map(({ rows }) => accuracy(rows)) };
}

/** ViT-S on the Echo12M set and on with the Echo20M set, and on biplanes alone: the paper's Fig. 2, left. */
function curveFigure(probes: readonly ProbeRows[], k: number, data: DataKind): Figure {
  const twelve = segment(probes, k, 'Echo12M', 0);
  const what = data === 'phantom' ? ' analogue' : '';
  return knnCurve({
    name: 'knn-curve',
    title: 'KNN view accuracy during pretraining',
    dataOrigin: data,
    unit: 'step',
    k,
    segments: [
      { name: `Echo12M${what}`, ...twelve },
      { name: `Echo20M${what}, continued`, ...segment(probes, k, 'Echo20M', twelve.at.at(-1) ?? 0) },
      { name: `Echo3M${what} (biplanes only)`, ...segment(probes, k, 'Echo3M', 0), dotted: true },
    ],
  });
}

/** Each encoder on the Echo12M set and on from there on the Echo20M set. */
function modelsFigure(probes: readonly ProbeRows[], k: number, data: DataKind): Figure {
  const models = [
    ['ViT-S', 'Echo12M', 'Echo20M'],
    ['ViT-B', 'ViT-B, Echo12M', 'ViT-B, Echo20M'],
    ['ResNet50', 'ResNet50, Echo12M', 'ResNet50, Echo20M'],
  ] as const;
  const segments = models.map(([name, first, second]) => {
    const start = segment(probes, k, first, 0);
    const rest = segment(probes, k, second, start.at.at(-1) ?? 0);
    return { name, at: [...start.at, ...rest.at.slice(1)], accuracy: [...start.accuracy, ...rest.accuracy.slice(1)] };
  });
  return knnCurve({
    name: 'knn-models',
    title: 'KNN view accuracy of three encoders during pretraining',
    dataOrigin: data,
    unit: 'step',
    k,
    segments: segments.filter(({ at }) => at.length > 0),
    caption: `KNN accuracy (k = ${k}) on the Echo12M set and, from the kink on, the Echo20M set${data === 'phantom' ? '; the encoders are small stand-ins' : ''}.`,
  });
}

function mapFigure(points: readonly CsvRow[], facts: readonly CsvRow[], data: DataKind): Figure {
  const { perplexity, divergence, method } = facts[0] ?? {};
  return embeddingMap({
    name: 'tsne-map',
    title: 'Embeddings of unseen patients after pretraining on the Echo20M set, DINOv1 then DINOv2',
    dataOrigin: data,
    method: `t-SNE (${method}), perplexity ${perplexity}, KL ${Number(divergence).toFixed(2)}`,
    points: points.map((row) => ({
      x: Number(row.x),
      y: Number(row.y),
      label: row.view!,
      sample: row.sample!,
      patient: row.patient!,
      vendor: row.vendor!,
    })),
  });
}

function confusionFigure(rows: readonly CsvRow[], k: number, data: DataKind): Figure {
  const classes = [...new Set(rows.flatMap(({ label, prediction }) => [label!, prediction!]))].sort();
  const counts = classes.map((truth) =>
    classes.map((vote) => rows.filter(({ label, prediction }) => label === truth && prediction === vote).length),
  );
  return confusionMatrix({
    name: 'knn-confusion',
    title: `Which views the nearest neighbours confuse (k = ${k})`,
    dataOrigin: data,
    classes,
    counts,
  });
}

function healthFigure(rows: readonly CsvRow[], facts: readonly CsvRow[], data: DataKind): Figure {
  const arms = [...new Set(rows.map(({ arm }) => arm!))];
  const series = (column: string): { name: string; at: number[]; values: number[] }[] =>
    arms.map((arm) => {
      const own = rows.filter((row) => row.arm === arm);
      return { name: arm, at: own.map(({ step }) => Number(step)), values: own.map((row) => Number(row[column])) };
    });
  const chance = Math.log(Number(facts[0]?.prototypes));
  return trainingCurves({
    name: 'training-health',
    title: 'Loss and teacher entropy: a loss and an entropy that stay at ln K mean collapse',
    dataOrigin: data,
    abscissa: 'Step',
    panels: [
      { title: 'Loss (nats)', series: series('loss'), reference: { name: 'ln K', value: chance } },
      { title: 'Entropy (nats)', series: series('teacherEntropy'), reference: { name: 'ln K', value: chance } },
      { title: 'Effective rank', series: series('featureRank') },
      { title: 'Learning rate', series: series('learningRate') },
    ],
  });
}

async function clipFigure(rows: readonly CsvRow[], assets: Readonly<Record<string, Uint8Array>>): Promise<Figure> {
  const frames = await readFrames(assets['real-clip.png']);
  return frameGrid({
    name: 'real-clip',
    title: 'A real apical four-chamber clip, curated, with the view that the phantom-trained encoder gives each frame',
    dataOrigin: 'real' satisfies DataOrigin,
    frames: rows.map((row, index) => ({
      image: frames[index]!,
      lines: [`frame ${row.frame}: ${row.prediction}`, `share of votes ${Number(row.score).toFixed(2)}`],
    })),
  });
}

async function neighbourFigure(rows: readonly CsvRow[], assets: Readonly<Record<string, Uint8Array>>): Promise<Figure> {
  const frames = await readFrames(assets['neighbours.png']);
  return frameGrid({
    name: 'real-clip-neighbours',
    title: 'The real frame (first) and its nearest training frames',
    dataOrigin: rows.some(({ origin }) => origin === 'phantom') ? 'phantom' : 'real',
    frames: rows.map((row, index) => ({
      image: frames[index]!,
      lines:
        row.rank === '0'
          ? ['REAL clip', `frame ${row.frame}`]
          : [`${row.view}`, `similarity ${Number(row.similarity).toFixed(2)}`],
      hover: row.sample!,
    })),
  });
}
