import { arrayOf, compileInference, type HostTensor } from '../../engine/compile.js';
import { pixelBatch } from '../../evaluation/vit-encoder.js';
import type { GrayImage } from '../../imaging/image.js';
import { paperRange } from './input-range.js';
import type { Sequence, SequenceFrames } from './sequence-frames.js';
import { channelsOf, type ViewNetwork, viewNetwork, widthOf } from './view-model.js';

/** A classifier of frames. */
export interface Classifier {
  readonly network: ViewNetwork;
  readonly params: Readonly<Record<string, HostTensor>>;
  readonly classes: readonly string[];
  /** Side of a frame, pixels. */
  readonly imageSize: number;
}

/** What a classifier says of frames. Shapes: F = frames, C = classes, D = width. */
export interface FrameJudgement {
  /** `[F, C]`, rows sum to 1. */
  readonly probabilities: Float64Array;
  /** `[F, D]` */
  readonly embeddings: Float32Array;
}

/** A compiled classifier. */
export interface FrameClassifier {
  /** Frames of any number; of another size they are resized. */
  judge(frames: readonly GrayImage[]): Promise<FrameJudgement>;
  dispose(): Promise<void>;
}

/** Frames a call of the compiled graph. */
const BATCH = 48;
/** Frames gathered before the graph is called, so that few calls are filled up. */
const GATHERED = 10 * BATCH;

/** Compiles a classifier for judging frames. */
export async function compileClassifier(classifier: Classifier): Promise<FrameClassifier> {
  const { network, params, classes, imageSize } = classifier;
  const channels = channelsOf(network);
  const width = widthOf(network);
  const graph = await compileInference(
    (weights, { images }) => {
      const { logits, embedding } = viewNetwork(weights, images!, network);
      return { logits, embedding };
    },
    { params, inputs: { images: { shape: [BATCH, channels, imageSize, imageSize] } }, name: 'viewClassifier' },
  );
  return {
    async judge(frames) {
      const probabilities = new Float64Array(frames.length * classes.length);
      const embeddings = new Float32Array(frames.length * width);
      for (let start = 0; start < frames.length; start += BATCH) {
        const batch = frames.slice(start, start + BATCH);
        const wanted = batch.length;
        while (batch.length < BATCH) batch.push(batch.at(-1)!);
        const out = await graph.run({ images: pixelBatch(batch, imageSize, channels, paperRange(channels)) });
        embeddings.set(arrayOf(out, 'embedding').subarray(0, wanted * width), start * width);
        probabilities.set(
          softmaxRows(arrayOf(out, 'logits').subarray(0, wanted * classes.length), classes.length),
          start * classes.length,
        );
      }
      return { probabilities, embeddings };
    },
    dispose: () => graph.dispose(),
  };
}

/**
 * What a classifier says of chosen frames of sequences.
 *
 * @param choose frames of a sequence, told how many it has
 * @returns for each sequence `[F, C]` probabilities and `[F, D]` embeddings
 */
export async function classify(
  classifier: Classifier,
  sequences: readonly Sequence[],
  frames: SequenceFrames,
  choose: (frameCount: number) => readonly number[],
): Promise<{ probabilities: Float64Array[]; embeddings: Float32Array[] }> {
  const compiled = await compileClassifier(classifier);
  const width = widthOf(classifier.network);
  const size = classifier.classes.length;
  const probabilities: Float64Array[] = [];
  const embeddings: Float32Array[] = [];
  try {
    let pending: GrayImage[] = [];
    let counts: number[] = [];
    const flush = async (): Promise<void> => {
      const judged = await compiled.judge(pending);
      let at = 0;
      for (const count of counts) {
        probabilities.push(judged.probabilities.slice(at * size, (at + count) * size));
        embeddings.push(judged.embeddings.slice(at * width, (at + count) * width));
        at += count;
      }
      pending = [];
      counts = [];
    };
    for (const sequence of sequences) {
      const chosen = await frames.frames(sequence, choose);
      pending.push(...chosen);
      counts.push(chosen.length);
      if (pending.length >= GATHERED) await flush();
    }
    if (pending.length > 0) await flush();
  } finally {
    await compiled.dispose();
  }
  return { probabilities, embeddings };
}

/** Softmax of each row of `columns` logits. */
export function softmaxRows(logits: Float32Array, columns: number): Float64Array {
  const result = new Float64Array(logits.length);
  for (let start = 0; start < logits.length; start += columns) {
    let highest = Number.NEGATIVE_INFINITY;
    for (let i = start; i < start + columns; i++) highest = Math.max(highest, logits[i]!);
    let sum = 0;
    for (let i = start; i < start + columns; i++) {
      result[i] = Math.exp(logits[i]! - highest);
      sum += result[i]!;
    }
    for (let i = start; i < start + columns; i++) result[i]! /= sum;
  }
  return result;
}
