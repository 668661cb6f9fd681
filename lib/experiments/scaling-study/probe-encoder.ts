import type { CsvCell } from '../../core/csv.js';
import type { FeatureMatrix } from '../../embedding/feature-matrix.js';
import type { HostTensor } from '../../engine/compile.js';
import { extractFeatures } from '../../evaluation/feature-extraction.js';
import { type KnnProbe, knnProbes } from '../../evaluation/knn.js';
import { type FrameEncoder, makeVitEncoder } from '../../evaluation/vit-encoder.js';
import type { GrayImage } from '../../imaging/image.js';
import { frameAt } from '../../training/frame-set.js';
import type { ScalingStudyConfig } from './scaling-config.js';
import type { ProbeSet, ScalingData } from './scaling-data.js';

/** A row of a table. */
export type Row = Record<string, CsvCell>;

/** Tables and pictures that a part of the run adds to the record. */
export interface Look {
  readonly tables: Record<string, Row[]>;
  readonly assets: Record<string, Uint8Array>;
}

/** Frames a call of the encoder. */
const ENCODER_BATCH = 64;

/** Where in the study a probe stands. */
export interface ProbePlace {
  readonly arm: string;
  readonly step: number;
  /** True at the end of an arm: every k is voted, not only the headline's. */
  readonly last: boolean;
  readonly seed: number;
}

/** The KNN probe of one encoder: a row a test frame; at the end of an arm for every k. */
export async function probeRows(
  backbone: Record<string, HostTensor>,
  config: ScalingStudyConfig,
  data: ScalingData,
  at: ProbePlace,
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

function voteRows(probe: KnnProbe, test: ProbeSet, classes: readonly string[], at: ProbePlace): Row[] {
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

/** The study's encoder, compiled with these weights. */
export function encoderOf(backbone: Record<string, HostTensor>, config: ScalingStudyConfig): Promise<FrameEncoder> {
  return makeVitEncoder(backbone, config.dino.encoder, config.dino.crops, {
    batchSize: ENCODER_BATCH,
    imageSize: config.dino.crops.globalSize,
  });
}

/** Embeddings of a probe set, in its order. */
export function featuresOf(encoder: FrameEncoder, set: ProbeSet): Promise<FeatureMatrix> {
  return encodeAll(
    encoder,
    set.items.map((_, index) => frameAt(set.frames, index)),
  );
}

/** Embeddings of frames, in their order. */
export function encodeAll(encoder: FrameEncoder, frames: readonly GrayImage[]): Promise<FeatureMatrix> {
  return extractFeatures(frames, frames.length, {
    batchSize: encoder.batchSize,
    encode: (batch) => encoder.encode(batch),
    fillLastBatch: true,
  });
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

/** Six digits: what a CSV keeps of a share, a coordinate or a similarity. */
export function round(value: number): number {
  return Number(value.toPrecision(6));
}
