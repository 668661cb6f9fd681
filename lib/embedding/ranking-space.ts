import type { FeatureMatrix } from './feature-matrix.js';
import { rowProduct, rowSquaredDistance } from './row-products.js';

/** `euclidean`, or `cosine`: one minus the cosine similarity. A zero vector has similarity 0 with everything. */
export type Metric = 'euclidean' | 'cosine';

/** Distance between a query and a row of the base, in 64 bits. */
export type PairDistance = (query: number, row: number) => number;

/** A space in which the order by inner product plus offset is the order by distance. */
export interface RankingSpace {
  /** `[Q, D]` */
  readonly queries: Float32Array;
  /** `[N, D]` */
  readonly base: Float32Array;
  /** `[N]` */
  readonly offset: Float32Array;
  /** The score of one pair in 64 bits; higher is nearer. */
  score(query: number, row: number): number;
  /** How far a 32-bit score of this query may be from the exact one. */
  rounding(query: number): number;
}

/**
 * Euclidean: a.b - |b|^2 / 2 after the base's mean is taken off, so that rounding is small beside the distances.
 * Cosine: the inner product of the normalised rows.
 *
 * Rounding: 8 sqrt(D) units in the last place of the largest product (Higham and Mary 2019, probabilistic bound).
 */
export function rankingSpace(queries: FeatureMatrix, base: FeatureMatrix, metric: Metric): RankingSpace {
  const { width } = base;
  const means = columnMeans(base);
  const change = (features: FeatureMatrix): FeatureMatrix =>
    metric === 'cosine' ? normalised(features) : centred(features, means);
  const movedBase = change(base);
  const movedQueries = base === queries ? movedBase : change(queries);
  const norms = rowNorms(movedBase);
  const queryNorms = base === queries ? norms : rowNorms(movedQueries);
  const offset = Float32Array.from(norms, (norm) => (metric === 'euclidean' ? -(norm ** 2) / 2 : 0));
  const longest = norms.reduce((a, b) => Math.max(a, b), 0);
  const unit = 8 * Math.sqrt(width) * 2 ** -24;
  return {
    queries: movedQueries.data,
    base: movedBase.data,
    offset,
    score: (query, row) =>
      rowProduct(movedQueries.data, query * width, movedBase.data, row * width, width) +
      (metric === 'euclidean' ? -(norms[row]! ** 2) / 2 : 0),
    rounding: (query) => unit * longest * (queryNorms[query]! + longest / 2),
  };
}

/** The exact distance between a query and a row of the base. */
export function pairDistance(queries: FeatureMatrix, base: FeatureMatrix, metric: Metric): PairDistance {
  const { width, data } = base;
  const from = queries.data;
  if (metric === 'euclidean') {
    return (query, row) => Math.sqrt(rowSquaredDistance(from, query * width, data, row * width, width));
  }
  const queryNorms = rowNorms(queries);
  const norms = base === queries ? queryNorms : rowNorms(base);
  return (query, row) => {
    const scale = queryNorms[query]! * norms[row]!;
    return scale === 0 ? 1 : 1 - rowProduct(from, query * width, data, row * width, width) / scale;
  };
}

/** Euclidean length of each row. */
export function rowNorms({ count, width, data }: FeatureMatrix): Float64Array {
  const norms = new Float64Array(count);
  for (let row = 0; row < count; row++) norms[row] = Math.sqrt(rowProduct(data, row * width, data, row * width, width));
  return norms;
}

/** Mean of each column. */
export function columnMeans({ count, width, data }: FeatureMatrix): Float64Array {
  const means = new Float64Array(width);
  for (let row = 0, i = 0; row < count; row++) for (let d = 0; d < width; d++, i++) means[d]! += data[i]!;
  for (let d = 0; d < width; d++) means[d]! /= count;
  return means;
}

/** Rows of unit length; a zero row stays zero. */
export function normalised(features: FeatureMatrix): FeatureMatrix {
  const { count, width, data } = features;
  const norms = rowNorms(features);
  const result = new Float32Array(data.length);
  for (let row = 0, i = 0; row < count; row++) {
    const scale = norms[row]! > 0 ? 1 / norms[row]! : 0;
    for (let d = 0; d < width; d++, i++) result[i] = data[i]! * scale;
  }
  return { count, width, data: result };
}

/** Rows less `means`. */
export function centred({ count, width, data }: FeatureMatrix, means: Float64Array): FeatureMatrix {
  const result = new Float32Array(data.length);
  for (let row = 0, i = 0; row < count; row++) for (let d = 0; d < width; d++, i++) result[i] = data[i]! - means[d]!;
  return { count, width, data: result };
}
