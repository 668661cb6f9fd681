import { ArgumentError } from '../core/errors.js';
import { stream } from '../core/random.js';
import { conditionalProbabilities } from './affinities.js';
import { expectFeatures, type FeatureMatrix, selectRows } from './feature-matrix.js';
import { nearestNeighbours } from './neighbours.js';
import { type TsneMap, type TsneOptions, tsne } from './tsne.js';

/** Options of {@link landmarkTsne}. */
export interface LandmarkTsneOptions extends TsneOptions {
  /** Points that t-SNE places; default 10,000. */
  readonly landmarks?: number;
}

/** A map whose other points were placed among landmarks. */
export interface LandmarkTsneMap extends TsneMap {
  /** Rows that t-SNE placed, rising; `divergence` is theirs. All rows if there are no more than asked for. */
  readonly landmarks: Int32Array;
}

/** Landmarks that place a point. */
const PLACING_NEIGHBOURS = 15;

/** Effective number of those. */
const PLACING_PERPLEXITY = 5;

/**
 * t-SNE for large sets: a random sample is embedded, each other point goes to the weighted mean of its nearest landmarks.
 *
 * The weights are t-SNE's own conditional probabilities at perplexity 5 over 15 landmarks, the start that openTSNE gives to
 * new points (Policar, Strazar and Zupan 2019). Deviates from it: the placed points are not moved afterwards, so detail
 * finer than the spacing of landmarks is lost.
 *
 * Cost: t-SNE of the L landmarks plus N L D multiplications; memory does not grow with N^2.
 * @throws {ArgumentError} if `landmarks` is not an integer >= 4, or a start is given as coordinates
 * @throws as {@link tsne}
 */
export async function landmarkTsne(
  features: FeatureMatrix,
  options: LandmarkTsneOptions = {},
): Promise<LandmarkTsneMap> {
  expectFeatures('landmarkTsne', 'features', features);
  const { landmarks: wanted = 10_000, ...tsneOptions } = options;
  if (!Number.isInteger(wanted) || wanted < 4) {
    throw new ArgumentError(`landmarkTsne: landmarks must be an integer >= 4, got ${wanted}`);
  }
  if (options.start instanceof Float64Array) {
    throw new ArgumentError("landmarkTsne: start must be 'pca' or 'random', got coordinates; call tsne instead");
  }
  const { count } = features;
  const rows = Array.from({ length: count }, (_, row) => row);
  if (count <= wanted) return { ...(await tsne(features, tsneOptions)), landmarks: Int32Array.from(rows) };
  const sample = stream(options.seed ?? 0, 'landmarks').sample(rows, wanted);
  const landmarks = Int32Array.from(sample).sort();
  const chosen = new Set(sample);
  const others = rows.filter((row) => !chosen.has(row));
  const base = selectRows(features, landmarks);
  const map = await tsne(base, tsneOptions);
  const neighbours = await nearestNeighbours(selectRows(features, others), base, {
    k: Math.min(PLACING_NEIGHBOURS, wanted),
    metric: options.metric ?? 'euclidean',
  });
  const { k, indices } = neighbours;
  const weights = conditionalProbabilities(neighbours, Math.min(PLACING_PERPLEXITY, k));
  const coordinates = new Float64Array(2 * count);
  landmarks.forEach((row, i) => {
    coordinates.set(map.coordinates.subarray(2 * i, 2 * i + 2), 2 * row);
  });
  others.forEach((row, i) => {
    for (let j = i * k; j < (i + 1) * k; j++) {
      coordinates[2 * row]! += weights[j]! * map.coordinates[2 * indices[j]!]!;
      coordinates[2 * row + 1]! += weights[j]! * map.coordinates[2 * indices[j]! + 1]!;
    }
  });
  return { ...map, coordinates, landmarks };
}
