import { ArgumentError, ShapeError } from '../core/errors.js';
import { stream } from '../core/random.js';
import { expectFeatures, type FeatureMatrix, selectRows } from './feature-matrix.js';
import { nearestNeighbours, nearestNeighboursWithin } from './neighbours.js';
import { openProductSession } from './product-session.js';
import { type Metric, pairDistance, rankingSpace } from './ranking-space.js';

/** Options of {@link trustworthiness}. */
export interface TrustworthinessOptions {
  /** Neighbours on the map; default 5. Below N / 2. */
  readonly neighbours?: number;
  /** Of the features; default euclidean. */
  readonly metric?: Metric;
  /** Points that are looked at, drawn at random; default all. Their neighbours are ranked among all points. */
  readonly sample?: number;
  /** For the sample. */
  readonly seed?: number | string;
}

/** Scores held at once: 64 MiB. */
const BLOCK_SCORES = 2 ** 24;

/**
 * Share of the map's neighbourhoods that is real: 1 if every neighbour on the map is a neighbour among the features.
 *
 * `T(k) = 1 - 2 / (n k (2n - 3k - 1)) sum_i sum_j max(0, r(i, j) - k)`, over the k nearest j of i on the map, r being the
 * rank of j among the features (Venna and Kaski 2001); equal to scikit-learn's. With a sample the sum runs over it and
 * the first n is its size.
 *
 * Equal distances rank in order of index.
 * @param coordinates `[N, 2]`
 * @returns in [0, 1]
 * @throws {ArgumentError} if `neighbours` is not an integer in [1, N / 2), or `sample` not in [1, N]
 * @throws {ShapeError} if the map has another number of points than the features
 */
export async function trustworthiness(
  features: FeatureMatrix,
  coordinates: Float64Array,
  options: TrustworthinessOptions = {},
): Promise<number> {
  expectFeatures('trustworthiness', 'features', features);
  const { count, width } = features;
  const { neighbours: k = 5, metric = 'euclidean', sample = count, seed = 0 } = options;
  if (coordinates.length !== 2 * count) {
    throw new ShapeError(`trustworthiness: coordinates must hold 2 x ${count} values, got ${coordinates.length}`);
  }
  if (!Number.isInteger(k) || k < 1 || k >= count / 2) {
    throw new ArgumentError(`trustworthiness: neighbours must be an integer in [1, ${count} / 2), got ${k}; lower it`);
  }
  if (!Number.isInteger(sample) || sample < 1 || sample > count) {
    throw new ArgumentError(`trustworthiness: sample must be an integer in [1, ${count}], got ${sample}`);
  }
  const all = Array.from({ length: count }, (_, row) => row);
  const rows = sample === count ? all : stream(seed, 'trustworthiness').sample(all, sample);
  const onMap = await mapNeighbours({ count, width: 2, data: Float32Array.from(coordinates) }, rows, k);
  const queries = selectRows(features, rows);
  const space = rankingSpace(queries, features, metric);
  const distance = pairDistance(queries, features, metric);
  const session = await openProductSession(space.base, space.offset, width);
  let excess = 0;
  try {
    const block = Math.max(1, Math.floor(BLOCK_SCORES / count));
    for (let start = 0; start < rows.length; start += block) {
      const end = Math.min(rows.length, start + block);
      const scores = await session.scores(space.queries.subarray(start * width, end * width));
      for (let query = start; query < end; query++) {
        const row = scores.subarray((query - start) * count, (query - start + 1) * count);
        for (const other of onMap[query]!) {
          const rank = rankOf(other, query, rows[query]!, row, 2 * space.rounding(query), distance);
          excess += Math.max(0, rank - k);
        }
      }
    }
  } finally {
    await session.release();
  }
  return 1 - (2 * excess) / (rows.length * k * (2 * count - 3 * k - 1));
}

/** Rank of a point among the others, 1 the nearest. Scores too close to tell apart are decided by exact distances. */
function rankOf(
  other: number,
  query: number,
  self: number,
  scores: Float32Array,
  rounding: number,
  distance: (query: number, row: number) => number,
): number {
  const surely = scores[other]! + rounding;
  const possibly = scores[other]! - rounding;
  let rank = 1;
  let exact = Number.NaN;
  for (let row = 0; row < scores.length; row++) {
    const score = scores[row]!;
    if (score < possibly || row === self || row === other) continue;
    if (score > surely) {
      rank++;
      continue;
    }
    if (Number.isNaN(exact)) exact = distance(query, other);
    const rival = distance(query, row);
    if (rival < exact || (rival === exact && row < other)) rank++;
  }
  return rank;
}

/** The k nearest other points on the map for each of `rows`. */
async function mapNeighbours(map: FeatureMatrix, rows: readonly number[], k: number): Promise<Int32Array[]> {
  if (rows.length === map.count) {
    const { indices } = await nearestNeighboursWithin(map, { k });
    return rows.map((row) => indices.subarray(row * k, (row + 1) * k));
  }
  const { indices } = await nearestNeighbours(selectRows(map, rows), map, { k: k + 1 });
  return rows.map((row, query) => {
    const found = indices.subarray(query * (k + 1), (query + 1) * (k + 1));
    return found.filter((other) => other !== row).subarray(0, k);
  });
}
