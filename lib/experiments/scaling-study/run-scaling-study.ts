import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CsvCell } from '../../core/csv.js';
import { writeJsonWhole } from '../../core/files.js';
import type { FeatureMatrix } from '../../embedding/feature-matrix.js';
import { nearestNeighbours } from '../../embedding/neighbours.js';
import { tsne } from '../../embedding/tsne.js';
import type { HostTensor } from '../../engine/compile.js';
import { extractFeatures } from '../../evaluation/feature-extraction.js';
import { type KnnProbe, knnProbes, knnVote } from '../../evaluation/knn.js';
import { type FrameEncoder, makeVitEncoder } from '../../evaluation/vit-encoder.js';
import type { GrayImage } from '../../imaging/image.js';
import { stepsPerEpoch } from '../../training/dino/dino-config.js';
import { type DinoRow, pretrainDino } from '../../training/dino/pretrain.js';
import { frameAt } from '../../training/frame-set.js';
import type { ExperimentOutput, RunContext } from '../experiment.js';
import { frameStrip } from './frame-strip.js';
import { realClipFrames } from './real-clip.js';
import type { Arm, ScalingStudyConfig } from './scaling-config.js';
import { type ProbeSet, readScalingData, type ScalingData, sampleIndices } from './scaling-data.js';
import { SCALING_COLUMNS } from './scaling-metrics.js';

type Row = Record<string, CsvCell>;

/** Frames a call of the encoder. */
const ENCODER_BATCH = 64;
/** Frames of the real clip that are shown, and neighbours of its middle one. */
const CLIP_FRAMES = 6;
const CLIP_NEIGHBOURS = 11;

/** A pretrained arm: its weights (keys `backbone.…`, `head.…`) and health rows. */
interface TrainedArm {
  readonly teacher: Record<string, HostTensor>;
  readonly student: Record<string, HostTensor>;
  readonly rows: readonly DinoRow[];
}

/** Runs notebook 01: pretrain each arm, probe it on the way, map the last one's embeddings, look at a real clip. */
export async function runScalingStudy(config: ScalingStudyConfig, context: RunContext): Promise<ExperimentOutput> {
  const data = await context.stage('data', () => readScalingData(config, context.data, context.progress));
  const seed = config.seeds[0] ?? 0;
  const samples: Row[] = [];
  const training: Row[] = [];
  const trained = new Map<string, TrainedArm>();
  for (const arm of config.arms) {
    const result = await context.stage(`pretrain ${arm.name}`, () =>
      pretrainArm(arm, config, seed, data, trained, context, samples),
    );
    trained.set(arm.name, result);
    training.push(...result.rows.map((row) => ({ arm: arm.name, ...row })));
  }
  const last = trained.get(config.arms.at(-1)!.name)!;
  const look = await context.stage('map and real clip', () => lookAt(last, config, seed, data, context));
  const columns = (rows: readonly Row[]): string[] => Object.keys(rows[0] ?? {});
  return {
    tables: {
      samples: { columns: SCALING_COLUMNS, rows: samples },
      training: { columns: columns(training), rows: training },
      trainingFacts: { columns: ['prototypes'], rows: [{ prototypes: config.dino.head.prototypes }] },
      ...Object.fromEntries(
        Object.entries(look.tables).map(([name, rows]) => [name, { columns: columns(rows), rows }]),
      ),
    },
    assets: look.assets,
    manifests: data.manifests,
    engine: { engine: 'onnx', device: process.env.ECHOLAB_DEVICE ?? 'auto' },
  };
}

async function pretrainArm(
  arm: Arm,
  config: ScalingStudyConfig,
  seed: number,
  data: ScalingData,
  trained: ReadonlyMap<string, TrainedArm>,
  context: RunContext,
  samples: Row[],
): Promise<TrainedArm> {
  const dino = { ...config.dino, epochs: arm.epochs };
  const members = data.members[arm.subset];
  const steps = stepsPerEpoch(dino, members.length) * arm.epochs;
  const progress = context.progress(`pretrain ${arm.name}`, steps, 'steps');
  const before = arm.continues === undefined ? undefined : trained.get(arm.continues);
  const folder = join(context.workFolder, arm.name);
  const probes = new Map<number, Row[]>();
  const probe = async (step: number, backbone: Record<string, HostTensor>): Promise<void> => {
    const rows = await probeRows(backbone, config, data, { arm: arm.name, step, last: step === steps, seed });
    writeJsonWhole(join(folder, `probe-${step}.json`), rows);
    probes.set(step, rows);
  };
  const result = await pretrainDino(data.pool, dino, {
    seed,
    members,
    folder,
    checkpointEvery: config.checkpointEvery,
    probeEvery: Math.max(1, Math.floor(steps / arm.probes)),
    probe,
    ...(before && { initial: before }),
    progress,
    say: context.say,
  });
  progress.finish();
  if (result.resumedFrom > 0) context.note(`${arm.name}: interrupted and resumed after step ${result.resumedFrom}`);
  for (const step of probeSteps(steps, arm.probes)) samples.push(...(probes.get(step) ?? readRows(folder, step)));
  return result;
}

/** Steps after which a run is probed: before the first, evenly between, after the last. */
function probeSteps(steps: number, probes: number): number[] {
  const every = Math.max(1, Math.floor(steps / probes));
  const result = [0];
  for (let step = every; step < steps; step += every) result.push(step);
  result.push(steps);
  return result;
}

function readRows(folder: string, step: number): Row[] {
  const path = join(folder, `probe-${step}.json`);
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as Row[]) : [];
}

/** The KNN probe of one encoder: a row a test frame; at the end of an arm for every k. */
async function probeRows(
  backbone: Record<string, HostTensor>,
  config: ScalingStudyConfig,
  data: ScalingData,
  at: { arm: string; step: number; last: boolean; seed: number },
): Promise<Row[]> {
  const encoder = await encoderOf(backbone, config);
  try {
    const train = await featuresOf(encoder, data.probeTrain);
    const test = await featuresOf(encoder, data.probeTest);
    const classes = classesOf(data.probeTrain);
    const { probes } = await knnProbes({
      trainFeatures: train,
      trainLabels: labelsOf(data.probeTrain, classes),
      testFeatures: test,
      testLabels: labelsOf(data.probeTest, classes),
      classes: classes.length,
      ks: at.last ? [config.probe.k, ...config.probe.alsoK] : [config.probe.k],
      temperature: config.probe.temperature,
    });
    return probes.flatMap((probe) => voteRows(probe, data.probeTest, classes, at));
  } finally {
    await encoder.dispose();
  }
}

function voteRows(
  probe: KnnProbe,
  test: ProbeSet,
  classes: readonly string[],
  at: { arm: string; step: number; seed: number },
): Row[] {
  return test.items.map((item, index) => {
    const vote = probe.predictions[index]!;
    return {
      sample: item.sample,
      patient: item.patient,
      split: 'test',
      label: item.view,
      prediction: classes[vote]!,
      score: round(probe.votes[index * classes.length + vote]!),
      seed: at.seed,
      arm: at.arm,
      step: at.step,
      k: probe.k,
    };
  });
}

/** Map of test frames, the real clip's votes, and its nearest training frames, all by the last arm's teacher. */
async function lookAt(
  trained: TrainedArm,
  config: ScalingStudyConfig,
  seed: number,
  data: ScalingData,
  context: RunContext,
): Promise<{ tables: Record<string, Row[]>; assets: Record<string, Uint8Array> }> {
  const encoder = await encoderOf(backboneOf(trained.teacher), config);
  try {
    const test = await featuresOf(encoder, data.probeTest);
    const chosen = sampleIndices(test.count, config.map.frames, seed);
    const map = await tsne(rowsOf(test, chosen), {
      perplexity: config.map.perplexity,
      iterations: config.map.iterations,
      seed,
    });
    if (map.perplexityLowered)
      context.note(`t-SNE perplexity lowered to ${map.perplexity} for ${chosen.length} frames`);
    const clip = await realClip(encoder, config, data, context.data);
    return {
      tables: {
        map: chosen.map((index, point) => ({
          ...data.probeTest.items[index]!,
          x: round(map.coordinates[2 * point]!),
          y: round(map.coordinates[2 * point + 1]!),
        })),
        mapFacts: [
          { method: map.method, perplexity: map.perplexity, divergence: map.divergence, iterations: map.iterations },
        ],
        ...clip.tables,
      },
      assets: clip.assets,
    };
  } finally {
    await encoder.dispose();
  }
}

async function realClip(
  encoder: FrameEncoder,
  config: ScalingStudyConfig,
  data: ScalingData,
  origin: string,
): Promise<{ tables: Record<string, Row[]>; assets: Record<string, Uint8Array> }> {
  const size = config.dino.crops.globalSize;
  const shown = await realClipFrames(size, CLIP_FRAMES);
  const large = await realClipFrames(2 * size, CLIP_FRAMES);
  const train = await featuresOf(encoder, data.probeTrain);
  const features = await encodeAll(
    encoder,
    shown.map(({ image }) => image),
  );
  const classes = classesOf(data.probeTrain);
  const k = Math.min(config.probe.k, train.count);
  const neighbours = await nearestNeighbours(features, train, { k, metric: 'cosine' });
  const vote = knnVote(neighbours, labelsOf(data.probeTrain, classes), classes.length, config.probe.temperature);
  const middle = Math.floor(shown.length / 2);
  const nearest = Array.from(
    { length: Math.min(CLIP_NEIGHBOURS, k) },
    (_, rank) => neighbours.indices[middle * k + rank]!,
  );
  const frame = shown[middle]!.index;
  return {
    tables: {
      realClip: shown.map(({ index }, n) => ({
        frame: index,
        prediction: classes[vote.predictions[n]!]!,
        score: round(vote.votes[n * classes.length + vote.predictions[n]!]!),
      })),
      neighbours: [
        { rank: 0, sample: 'real clip', view: '', similarity: 1, origin: 'real', frame },
        ...nearest.map((index, rank) => ({
          rank: rank + 1,
          sample: data.probeTrain.items[index]!.sample,
          view: data.probeTrain.items[index]!.view,
          similarity: round(1 - neighbours.distances[middle * k + rank]!),
          origin,
          frame: '',
        })),
      ],
    },
    assets: {
      'real-clip.png': await frameStrip(large.map(({ image }) => image)),
      'neighbours.png': await frameStrip([
        shown[middle]!.image,
        ...nearest.map((index) => frameAt(data.probeTrain.frames, index)),
      ]),
    },
  };
}

function encoderOf(backbone: Record<string, HostTensor>, config: ScalingStudyConfig): Promise<FrameEncoder> {
  return makeVitEncoder(backbone, config.dino.encoder, config.dino.crops, {
    batchSize: ENCODER_BATCH,
    imageSize: config.dino.crops.globalSize,
  });
}

function backboneOf(params: Record<string, HostTensor>): Record<string, HostTensor> {
  const prefix = 'backbone.';
  return Object.fromEntries(
    Object.entries(params)
      .filter(([key]) => key.startsWith(prefix))
      .map(([key, value]) => [key.slice(prefix.length), value]),
  );
}

function featuresOf(encoder: FrameEncoder, set: ProbeSet): Promise<FeatureMatrix> {
  return encodeAll(
    encoder,
    set.items.map((_, index) => frameAt(set.frames, index)),
  );
}

function encodeAll(encoder: FrameEncoder, frames: readonly GrayImage[]): Promise<FeatureMatrix> {
  return extractFeatures(frames, frames.length, {
    batchSize: encoder.batchSize,
    encode: (batch) => encoder.encode(batch),
    fillLastBatch: true,
  });
}

function rowsOf(features: FeatureMatrix, indices: readonly number[]): FeatureMatrix {
  const data = new Float32Array(indices.length * features.width);
  indices.forEach((index, row) => {
    data.set(features.data.subarray(index * features.width, (index + 1) * features.width), row * features.width);
  });
  return { ...features, count: indices.length, data };
}

/** Views that have a training frame, sorted: the classes of the vote. */
function classesOf(set: ProbeSet): string[] {
  return [...new Set(set.items.map(({ view }) => view))].sort();
}

function labelsOf(set: ProbeSet, classes: readonly string[]): Int32Array {
  return Int32Array.from(set.items, ({ view }) => {
    const index = classes.indexOf(view);
    return index < 0 ? classes.length - 1 : index;
  });
}

function round(value: number): number {
  return Number(value.toPrecision(6));
}
