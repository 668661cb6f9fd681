import type { CsvCell } from '../../core/csv.js';
import { sixDigits } from '../../core/six-digits.js';
import type { FeatureMatrix } from '../../embedding/feature-matrix.js';
import { standardiser } from '../../embedding/standardise.js';
import type { HostTensor } from '../../engine/compile.js';
import { encodeAll } from '../../evaluation/feature-extraction.js';
import { type KnnProbe, knnProbes } from '../../evaluation/knn.js';
import { applyLinearProbe, fitLinearProbe } from '../../evaluation/linear-probe.js';
import { makeResnetEncoder } from '../../evaluation/resnet-encoder.js';
import { type FrameEncoder, makeVitEncoder } from '../../evaluation/vit-encoder.js';
import { frameAt } from '../../training/frame-set.js';
import { isVit } from '../../training/self-distillation/encoder.js';
import type { ScalingStudyConfig, StudyModel } from './scaling-config.js';
import type { ProbeFrame, ProbeSet, ScalingData } from './scaling-data.js';

/** A row of a table. */
export type Row = Record<string, CsvCell>;

/** Tables and pictures that a part of the run adds to the record. */
export interface Look {
  readonly tables: Record<string, Row[]>;
  readonly assets: Record<string, Uint8Array>;
}

/** Frames a call of the encoder. */
const ENCODER_BATCH = 64;

/** Largest entry of the gradient at which the linear probe ends: predictions no longer change. */
const LINEAR_TOLERANCE = 1e-4;

/** Where in the study a probe stands. */
export interface ProbePlace {
  readonly arm: string;
  readonly model: StudyModel;
  readonly step: number;
  /** True at the end of an arm: every k is voted, not only the headline's, and a linear probe is fitted. */
  readonly last: boolean;
  readonly seed: number;
}

/** The probes of one encoder, a row a test frame: nearest neighbours, at the end of an arm for every k, and then a linear classifier too. */
export async function probeRows(
  backbone: Record<string, HostTensor>,
  config: ScalingStudyConfig,
  data: ScalingData,
  at: ProbePlace,
): Promise<Row[]> {
  const encoder = await encoderOf(backbone, config, at.model);
  try {
    const train = await featuresOf(encoder, data.probeTrain);
    const test = await featuresOf(encoder, data.probeTest);
    const classes = classesOf(data.probeTrain);
    const trainLabels = labelsOf(data.probeTrain, classes);
    const { probes } = await knnProbes({
      trainFeatures: train,
      trainLabels,
      testFeatures: test,
      testLabels: labelsOf(data.probeTest, classes),
      classes: classes.length,
      ks: at.last ? [config.probe.k, ...config.probe.alsoK] : [config.probe.k],
      temperature: config.probe.temperature,
    });
    const knn = probes.flatMap((probe) => voteRows(probe, data.probeTest, classes, at));
    return at.last ? [...knn, ...linearRows(train, trainLabels, test, config, data.probeTest, classes, at)] : knn;
  } finally {
    await encoder.dispose();
  }
}

function linearRows(
  train: FeatureMatrix,
  trainLabels: Int32Array,
  test: FeatureMatrix,
  config: ScalingStudyConfig,
  set: ProbeSet,
  classes: readonly string[],
  at: ProbePlace,
): Row[] {
  const { inverseRegularisation } = config.probe;
  const scale = standardiser(train);
  const fitted = fitLinearProbe(scale(train), trainLabels, {
    classes: classes.length,
    inverseRegularisation,
    tolerance: LINEAR_TOLERANCE,
  });
  const { predictions, probabilities } = applyLinearProbe(fitted, scale(test));
  return set.items.map((item, index) => ({
    ...rowStart(item, at),
    prediction: classes[predictions[index]!]!,
    score: sixDigits(probabilities[index * classes.length + predictions[index]!]!),
    probe: 'linear',
    k: '',
  }));
}

function voteRows(probe: KnnProbe, test: ProbeSet, classes: readonly string[], at: ProbePlace): Row[] {
  return test.items.map((item, index) => {
    const vote = probe.predictions[index]!;
    return {
      ...rowStart(item, at),
      prediction: classes[vote]!,
      score: sixDigits(probe.votes[index * classes.length + vote]!),
      probe: 'knn',
      k: probe.k,
    };
  });
}

function rowStart({ sample, patient, view }: ProbeFrame, { seed, arm, step }: ProbePlace): Row {
  return { sample, patient, split: 'test', label: view, seed, arm, step };
}

/** One of the study's encoders, compiled with these weights. */
export function encoderOf(
  backbone: Record<string, HostTensor>,
  config: ScalingStudyConfig,
  model: StudyModel,
): Promise<FrameEncoder> {
  const encoder = config.encoders[model];
  const options = { batchSize: ENCODER_BATCH, imageSize: config.frameSize };
  const { crops } = config.stage1[model];
  return isVit(encoder)
    ? makeVitEncoder(backbone, encoder, crops, options)
    : makeResnetEncoder(backbone, encoder, crops, options);
}

/** Embeddings of a probe set, in its order. */
export function featuresOf(encoder: FrameEncoder, set: ProbeSet): Promise<FeatureMatrix> {
  return encodeAll(
    encoder,
    set.items.map((_, index) => frameAt(set.frames, index)),
  );
}

/** Views that have a training frame, sorted: the classes of the vote. */
export function classesOf(set: ProbeSet): string[] {
  return [...new Set(set.items.map(({ view }) => view))].sort();
}

/** Class of each frame; a view without a training frame counts as the first class, whose vote its label never equals. */
export function labelsOf(set: ProbeSet, classes: readonly string[]): Int32Array {
  return Int32Array.from(set.items, ({ view }) => {
    return Math.max(0, classes.indexOf(view));
  });
}
