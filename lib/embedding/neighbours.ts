import { ArgumentError, ShapeError } from '../core/errors.js';
import { type Progress, silentProgress } from '../core/progress.js';
import { expectFeatures, type FeatureMatrix } from './feature-matrix.js';
import { openProductSession } from './product-session.js';
import { type Metric, pairDistance, rankingSpace } from './ranking-space.js';

export type { Metric } from './ranking-space.js';

/** Nearest neighbours of each query, nearest first; equal distances in order of index. */
export interface Neighbours {
  /** Number of queries. */
  readonly count: number;
  /** Neighbours of each. */
  readonly k: number;
  /** `[count, k]` rows of the base. */
  readonly indices: Int32Array;
  /** `[count, k]` distances in the metric. */
  readonly distances: Float64Array;
}

/** Options of {@link nearestNeighbours} and {@link nearestNeighboursWithin}. */
export interface NeighbourOptions {
  readonly k: number;
  /** Default euclidean. */
  readonly metric?: Metric;
  /** Told how many queries are done. */
  readonly progress?: Progress;
}

/** Scores held at once, 64 MiB as float32: bounds the memory whatever the size of the sets. */
const BLOCK_SCORES = 2 ** 24;

/** Candidates beyond k that are ranked again in 64-bit arithmetic. */
const SPARE_CANDIDATES = 16;

/**
 * The k nearest rows of `base` for each row of `queries`: exact, equal to a brute-force search in 64-bit arithmetic.
 *
 * Candidates come from a 32-bit matrix product; they are ranked again in 64 bits, and a query whose candidates could
 * miss a neighbour by rounding (many near-equal distances) is searched by brute force.
 *
 * Cost: Q N D multiplications in the product and Q (k + 16) D in the ranking.
 * @throws {ShapeError} if the widths differ or a matrix is malformed
 * @throws {ArgumentError} if k is not an integer in [1, rows of base]
 * @throws {NumericalError} on a value that is not finite
 */
export async function nearestNeighbours(
  queries: FeatureMatrix,
  base: FeatureMatrix,
  options: NeighbourOptions,
): Promise<Neighbours> {
  expectFeatures('nearestNeighbours', 'queries', queries);
  expectFeatures('nearestNeighbours', 'base', base);
  if (queries.width !== base.width) {
    throw new ShapeError(`nearestNeighbours: queries must be ${base.width} wide as base is, got ${queries.width}`);
  }
  expectNeighbourCount('nearestNeighbours', options.k, base.count, 'rows of base');
  return search(queries, base, options, false);
}

/**
 * The k nearest other rows for each row of one matrix; a row is not its own neighbour, its exact copies are.
 *
 * @throws {ArgumentError} if k is not an integer in [1, count - 1]
 * @throws {ShapeError} as {@link nearestNeighbours}
 * @throws {NumericalError} as {@link nearestNeighbours}
 */
export async function nearestNeighboursWithin(features: FeatureMatrix, options: NeighbourOptions): Promise<Neighbours> {
  expectFeatures('nearestNeighboursWithin', 'features', features);
  expectNeighbourCount('nearestNeighboursWithin', options.k, features.count - 1, 'other rows');
  return search(features, features, options, true);
}

function expectNeighbourCount(who: string, k: number, available: number, what: string): void {
  if (!Number.isInteger(k) || k < 1 || k > available) {
    throw new ArgumentError(`${who}: k must be an integer in [1, ${available}] (${what}), got ${k}; lower k`);
  }
}

async function search(
  queries: FeatureMatrix,
  base: FeatureMatrix,
  options: NeighbourOptions,
  withoutSelf: boolean,
): Promise<Neighbours> {
  const { k, metric = 'euclidean', progress = silentProgress('', 0, '') } = options;
  const { width } = base;
  const space = rankingSpace(queries, base, metric);
  const distance = pairDistance(queries, base, metric);
  const wanted = Math.min(base.count, k + (withoutSelf ? 1 : 0) + SPARE_CANDIDATES);
  const block = Math.max(1, Math.floor(BLOCK_SCORES / base.count));
  const indices = new Int32Array(queries.count * k);
  const distances = new Float64Array(queries.count * k);
  const session = await openProductSession(space.base, space.offset, width);
  try {
    for (let start = 0; start < queries.count; start += block) {
      const end = Math.min(queries.count, start + block);
      const best = await session.best(space.queries.subarray(start * width, end * width), wanted);
      for (let query = start; query < end; query++) {
        const self = withoutSelf ? query : -1;
        const at = (query - start) * wanted;
        const rows = Array.from(best.indices.subarray(at, at + wanted), Number);
        let nearest = ranked(rows, query, self, distance);
        const lastScore = best.scores[at + wanted - 1]! + 2 * space.rounding(query);
        if (wanted < base.count && space.score(query, nearest[k - 1]!.row) <= lastScore) {
          nearest = ranked(rowsWithin(base.count, query, nearest[k - 1]!.distance, distance), query, self, distance);
        }
        for (let j = 0; j < k; j++) {
          indices[query * k + j] = nearest[j]!.row;
          distances[query * k + j] = nearest[j]!.distance;
        }
      }
      progress.update(end);
    }
  } finally {
    await session.release();
  }
  return { count: queries.count, k, indices, distances };
}

/** All rows no farther than the k-th candidate: the k nearest are among them. */
function rowsWithin(
  count: number,
  query: number,
  farthest: number,
  distance: (query: number, row: number) => number,
): number[] {
  const rows: number[] = [];
  for (let row = 0; row < count; row++) if (distance(query, row) <= farthest) rows.push(row);
  return rows;
}

function ranked(
  rows: readonly number[],
  query: number,
  without: number,
  distance: (query: number, row: number) => number,
): { row: number; distance: number }[] {
  const candidates: { row: number; distance: number }[] = [];
  for (const row of rows) if (row !== without) candidates.push({ row, distance: distance(query, row) });
  return candidates.sort((a, b) => a.distance - b.distance || a.row - b.row);
}
