import { ArgumentError, ShapeError } from '../core/errors.js';
import type { Progress } from '../core/progress.js';
import type { FeatureMatrix } from '../embedding/feature-matrix.js';
import { type Neighbours, nearestNeighbours } from '../embedding/neighbours.js';
import { accuracyOf, expectLabels, highestColumns } from './labels.js';

/** Neighbours that DINO and the paper probe with. */
export const PROBED_NEIGHBOURS: readonly number[] = [10, 20, 100, 200];

/** Temperature of the votes in DINO's eval_knn.py. */
export const PROBE_TEMPERATURE = 0.07;

/** Settings of {@link knnProbe}. Shapes: N = training vectors, T = test vectors, C = classes. */
export interface KnnProbeOptions {
  /** `[N, D]`, any scale. */
  readonly trainFeatures: FeatureMatrix;
  /** `[N]` class of each, in [0, C). */
  readonly trainLabels: ArrayLike<number>;
  /** `[T, D]` */
  readonly testFeatures: FeatureMatrix;
  /** `[T]` */
  readonly testLabels: ArrayLike<number>;
  /** Number of classes. */
  readonly classes: number;
  /** Neighbours that vote. */
  readonly k: number;
  /** Default 0.07. */
  readonly temperature?: number;
  /** Told how many test vectors are done. */
  readonly progress?: Progress;
}

/** What the neighbours say. */
export interface KnnVote {
  readonly k: number;
  /** `[T]` class with most votes; the lower class on equal votes. */
  readonly predictions: Int32Array;
  /** `[T, C]` share of the votes, each row sums to 1. */
  readonly votes: Float64Array;
  /** `[T, k]` training vectors, most similar first, with cosine distances. */
  readonly neighbours: Neighbours;
}

/** What the neighbours say, and how often they are right. */
export interface KnnProbe extends KnnVote {
  /** In [0, 1]. */
  readonly accuracy: number;
}

/** Probes at several k, of one neighbour search. */
export interface KnnProbes {
  readonly probes: readonly KnnProbe[];
  /** Values of k that exceed the training set. */
  readonly skipped: readonly number[];
}

/**
 * Weighted nearest-neighbour classification of frozen features.
 *
 * Each of the k most similar training vectors votes for its class with weight exp(cosine similarity / temperature).
 * Source: EchoApex 2.1; facebookresearch/dino eval_knn.py. Deviates: 64-bit votes, any number of test vectors (the
 * original breaks under 100), ties to the lower class.
 *
 * @throws {ArgumentError} if k is not an integer in [1, N], or a label is not a class
 * @throws {ShapeError} if features and labels differ in number
 * @throws {NumericalError} on a feature that is not finite
 */
export async function knnProbe(options: KnnProbeOptions): Promise<KnnProbe> {
  const { probes } = await probeEach('knnProbe', options, [options.k]);
  return probes[0]!;
}

/**
 * {@link knnProbe} at several k with one search. Values of k above the training set are left out and named in `skipped`.
 *
 * @param options.ks default 10, 20, 100, 200
 * @throws {ArgumentError} if no k fits; else as {@link knnProbe}
 */
export async function knnProbes(
  options: Omit<KnnProbeOptions, 'k'> & { readonly ks?: readonly number[] },
): Promise<KnnProbes> {
  const { ks = PROBED_NEIGHBOURS, ...rest } = options;
  const fitting = ks.filter((k) => k <= options.trainFeatures.count);
  if (fitting.length === 0) {
    throw new ArgumentError(
      `knnProbes: one k must be <= ${options.trainFeatures.count} training samples, got ${ks.join(', ')}; lower ks`,
    );
  }
  const { probes } = await probeEach('knnProbes', rest, fitting);
  return { probes, skipped: ks.filter((k) => k > options.trainFeatures.count) };
}

async function probeEach(
  who: string,
  options: Omit<KnnProbeOptions, 'k'>,
  ks: readonly number[],
): Promise<{ probes: KnnProbe[] }> {
  const { trainFeatures, trainLabels, testFeatures, testLabels, classes, temperature, progress } = options;
  for (const k of ks) {
    if (!Number.isInteger(k) || k < 1 || k > trainFeatures.count) {
      throw new ArgumentError(
        `${who}: k must be an integer >= 1 and <= ${trainFeatures.count} training samples, got ${k}; lower config.k`,
      );
    }
  }
  expectLabels(who, 'trainLabels', trainLabels, trainFeatures.count, classes);
  expectLabels(who, 'testLabels', testLabels, testFeatures.count, classes);
  const neighbours = await nearestNeighbours(testFeatures, trainFeatures, {
    k: Math.max(...ks),
    metric: 'cosine',
    ...(progress && { progress }),
  });
  const probes = ks.map((k) => {
    const vote = knnVote(nearestOf(neighbours, k), trainLabels, classes, temperature);
    return { ...vote, accuracy: accuracyOf(vote.predictions, testLabels) };
  });
  return { probes };
}

/**
 * The vote of given neighbours, for vectors without a label.
 *
 * @param neighbours of the test vectors among the training vectors, cosine distances
 * @param trainLabels `[N]` in [0, classes)
 * @param temperature > 0; default 0.07
 * @throws {ArgumentError} if the temperature is not > 0
 */
export function knnVote(
  neighbours: Neighbours,
  trainLabels: ArrayLike<number>,
  classes: number,
  temperature: number = PROBE_TEMPERATURE,
): KnnVote {
  if (!(temperature > 0)) throw new ArgumentError(`knnVote: temperature must be > 0, got ${temperature}`);
  const { count, k, indices, distances } = neighbours;
  const votes = new Float64Array(count * classes);
  for (let item = 0; item < count; item++) {
    const nearest = distances[item * k]!;
    let total = 0;
    for (let j = item * k; j < (item + 1) * k; j++) {
      const weight = Math.exp((nearest - distances[j]!) / temperature); // the common factor cancels and cannot overflow
      votes[item * classes + trainLabels[indices[j]!]!]! += weight;
      total += weight;
    }
    for (let c = item * classes; c < (item + 1) * classes; c++) votes[c]! /= total;
  }
  return { k, predictions: highestColumns(votes, classes), votes, neighbours };
}

/** The first k neighbours of each. */
function nearestOf(neighbours: Neighbours, k: number): Neighbours {
  if (k === neighbours.k) return neighbours;
  if (k > neighbours.k) throw new ShapeError(`nearestOf: k must be <= ${neighbours.k}, got ${k}`);
  const { count } = neighbours;
  const indices = new Int32Array(count * k);
  const distances = new Float64Array(count * k);
  for (let item = 0; item < count; item++) {
    const start = item * neighbours.k;
    indices.set(neighbours.indices.subarray(start, start + k), item * k);
    distances.set(neighbours.distances.subarray(start, start + k), item * k);
  }
  return { count, k, indices, distances };
}
