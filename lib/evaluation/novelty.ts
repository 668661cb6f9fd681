import { ArgumentError, ShapeError } from '../core/errors.js';
import type { FeatureMatrix } from '../embedding/feature-matrix.js';
import { type Neighbours, nearestNeighbours, nearestNeighboursWithin } from '../embedding/neighbours.js';

/** How far known vectors lie from each other: what a new vector is measured against. */
export interface NoveltyReference {
  readonly features: FeatureMatrix;
  readonly k: number;
  /** `[N]` mean cosine distance of each known vector to its k nearest others, rising. */
  readonly distances: Float64Array;
}

/** How unlike the known vectors some new ones are. Shapes: T = new vectors. */
export interface Novelty {
  /** `[T]` mean cosine distance to the k nearest known vectors. */
  readonly distances: Float64Array;
  /** `[T]` conformal p-value (r + 1) / (N + 1), r known vectors lying at least as far out; small means unlike what was trained on. */
  readonly pValues: Float64Array;
}

/** Neighbours that the distance is a mean of. */
const DEFAULT_NEIGHBOURS = 10;

/**
 * Measures known vectors against each other.
 *
 * Frames of one patient are near each other, so the reference should hold one frame a patient, or new vectors look too novel.
 * @param features `[N, D]`
 * @throws {ArgumentError} if k is not in [1, N - 1]
 * @throws {NumericalError} on a value that is not finite
 */
export async function noveltyReference(
  features: FeatureMatrix,
  k: number = DEFAULT_NEIGHBOURS,
): Promise<NoveltyReference> {
  if (!Number.isInteger(k) || k < 1 || k >= features.count) {
    throw new ArgumentError(
      `noveltyReference: k must be an integer in [1, ${features.count - 1}] for ${features.count} vectors, got ${k}; lower k`,
    );
  }
  const neighbours = await nearestNeighboursWithin(features, { k, metric: 'cosine' });
  return { features, k, distances: meanDistances(neighbours).sort() };
}

/**
 * How unlike the known vectors each new one is, by the distance to its nearest known vectors.
 *
 * Sources: Sun et al. 2022 (k-nearest-neighbour distance for out-of-distribution detection); the p-value is that of
 * conformal anomaly detection (Laxhammar and Falkman 2010), valid if known and new vectors are exchangeable.
 * @throws {ShapeError} if the widths differ
 */
export async function noveltyOf(reference: NoveltyReference, features: FeatureMatrix): Promise<Novelty> {
  if (features.width !== reference.features.width) {
    throw new ShapeError(`noveltyOf: features must be ${reference.features.width} wide, got ${features.width}`);
  }
  const distances = meanDistances(
    await nearestNeighbours(features, reference.features, { k: reference.k, metric: 'cosine' }),
  );
  const known = reference.distances;
  const pValues = distances.map((distance) => (known.length - firstAtLeast(known, distance) + 1) / (known.length + 1));
  return { distances, pValues };
}

function meanDistances({ count, k, distances }: Neighbours): Float64Array {
  return Float64Array.from({ length: count }, (_, item) => {
    let sum = 0;
    for (let j = item * k; j < (item + 1) * k; j++) sum += distances[j]!;
    return sum / k;
  });
}

/** Position of the first of rising values that is >= `value`. */
function firstAtLeast(rising: Float64Array, value: number): number {
  let low = 0;
  let high = rising.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (rising[middle]! < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
