import type { FeatureMatrix } from '../../embedding/feature-matrix.js';
import { votingFrames } from '../../evaluation/majority-vote.js';
import { type NoveltyReference, noveltyOf } from '../../evaluation/novelty.js';
import { type Classifier, classify } from './classify-frames.js';
import type { Sequence, SequenceFrames } from './sequence-frames.js';
import { widthOf } from './view-model.js';

/**
 * What a new sequence's distance is held against: embeddings of training frames, one a patient and view, and how far the validation
 * sequences lie from them. Validation patients were not trained on, so a new patient of the same kind lies as far out as they do.
 */
export interface NoveltySummary extends NoveltyReference {
  /** Rising; of each validation sequence, the median over its voting frames of the mean cosine distance to the k nearest training frames. */
  readonly distances: Float64Array;
}

/** How far out one sequence lies. */
export interface SequenceNovelty {
  readonly distance: number;
  /** Conformal p-value (r + 1) / (n + 1) among the validation sequences; small means unlike what was trained on. */
  readonly p: number;
}

/** Measures the validation sequences of a classifier against its training frames. */
export async function summariseNovelty(
  classifier: Classifier,
  train: readonly Sequence[],
  validation: readonly Sequence[],
  frames: SequenceFrames,
  k: number,
): Promise<NoveltySummary> {
  const once = new Map(train.map((sequence) => [`${sequence.patient}/${sequence.label}`, sequence]));
  const middle = await classify(classifier, [...once.values()], frames, (count) => [Math.floor(count / 2)]);
  const features = stacked(middle.embeddings, widthOf(classifier.network));
  const reference = { features, k, distances: new Float64Array(0) };
  const { embeddings } = await classify(classifier, validation, frames, votingFrames);
  const distances: number[] = [];
  for (const own of embeddings) distances.push((await sequenceNovelty(reference, own)).distance);
  return { ...reference, distances: Float64Array.from(distances).sort() };
}

/**
 * How far out a sequence lies.
 *
 * @param embeddings `[F, D]` of its voting frames
 */
export async function sequenceNovelty(summary: NoveltySummary, embeddings: Float32Array): Promise<SequenceNovelty> {
  const { width } = summary.features;
  const frames = { count: embeddings.length / width, width, data: embeddings };
  const distance = median((await noveltyOf(summary, frames)).distances);
  const farther = summary.distances.filter((known) => known >= distance).length;
  return { distance, p: (farther + 1) / (summary.distances.length + 1) };
}

function median(values: Float64Array): number {
  const sorted = Float64Array.from(values).sort();
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

function stacked(parts: readonly Float32Array[], width: number): FeatureMatrix {
  const data = new Float32Array(parts.length * width);
  for (const [n, part] of parts.entries()) data.set(part, n * width);
  return { count: parts.length, width, data };
}
