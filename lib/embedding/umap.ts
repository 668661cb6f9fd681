import { setImmediate } from 'node:timers/promises';
import { findABParams } from 'umap-js/dist/umap.js';
import { ArgumentError } from '../core/errors.js';
import { type ProgressFactory, silentProgress } from '../core/progress.js';
import { stream } from '../core/random.js';
import { expectFeatures, type FeatureMatrix } from './feature-matrix.js';
import { type Metric, nearestNeighboursWithin } from './neighbours.js';
import { fuzzyGraph } from './umap-graph.js';
import { UmapLayout } from './umap-layout.js';

/** Options of {@link umap}. */
export interface UmapOptions {
  /** Neighbours of a point, itself among them, as umap-learn counts; default 15. Lowered to N - 1 if the set is small. */
  readonly neighbours?: number;
  /** Least distance of points on the map; default 0.1. */
  readonly minDistance?: number;
  /** Scale of the map; default 1. */
  readonly spread?: number;
  /** Default euclidean. */
  readonly metric?: Metric;
  /** Default 500 to 2,500 points, 400 to 10,000, 200 above. */
  readonly epochs?: number;
  readonly seed?: number | string;
  readonly progress?: ProgressFactory;
}

/** A map of N points in the plane. */
export interface UmapMap {
  /** `[N, 2]` */
  readonly coordinates: Float64Array;
  readonly epochs: number;
  /** Neighbours used. */
  readonly neighbours: number;
  /** True if the set was too small for the neighbours asked for. */
  readonly neighboursLowered: boolean;
}

/** The start fills the square from minus to plus this. */
const START_RADIUS = 10;

/** Epochs between two turns of the event loop. */
const EPOCHS_AT_ONCE = 10;

/**
 * Uniform manifold approximation and projection in two dimensions, on exact neighbours and a seeded stream.
 *
 * Sources: McInnes, Healy and Melville 2018; umap-js 1.4.0, whose graph and descent it follows step for step on typed
 * arrays (umap-js spends most of its time in boxed rows and string keys), and whose fit of the closeness curve it calls.
 * Deviates from umap-learn: random, not spectral, start; exact, not approximate, neighbours; 400, not 500, epochs from
 * 2,501 to 10,000 points.
 *
 * Deterministic for a seed. Runs on the caller's thread and lets other events in every ten epochs.
 * @throws {ArgumentError} on fewer than 4 points or an option out of range
 * @throws as {@link expectFeatures}
 */
export async function umap(features: FeatureMatrix, options: UmapOptions = {}): Promise<UmapMap> {
  expectFeatures('umap', 'features', features);
  const { count } = features;
  const { neighbours: wanted = 15, minDistance = 0.1, spread = 1, metric = 'euclidean', epochs } = options;
  if (count < 4) throw new ArgumentError(`umap: needs at least 4 points, got ${count}`);
  if (!Number.isInteger(wanted) || wanted < 2) {
    throw new ArgumentError(`umap: neighbours must be an integer >= 2, got ${wanted}`);
  }
  if (!(spread > 0) || !(minDistance >= 0) || minDistance > spread) {
    throw new ArgumentError(`umap: 0 <= minDistance <= spread must hold, got ${minDistance} and ${spread}`);
  }
  if (epochs !== undefined && (!Number.isInteger(epochs) || epochs < 1)) {
    throw new ArgumentError(`umap: epochs must be an integer >= 1, got ${epochs}`);
  }
  const nNeighbors = Math.min(wanted, count - 1);
  const graph = fuzzyGraph(await nearestNeighboursWithin(features, { k: nNeighbors - 1, metric }));
  const random = stream(options.seed ?? 0, 'umap');
  const start = Float64Array.from({ length: 2 * count }, () => random.between(-START_RADIUS, START_RADIUS));
  const total = epochs ?? defaultEpochs(count);
  const { a, b } = findABParams(spread, minDistance);
  const layout = new UmapLayout(graph, start, { epochs: total, a, b, draw: (bound) => random.integer(bound) });
  const progress = (options.progress ?? silentProgress)('UMAP', total, 'epochs');
  for (let epoch = 1; epoch <= total; epoch++) {
    layout.step();
    if (epoch % EPOCHS_AT_ONCE === 0) {
      progress.update(epoch);
      await setImmediate();
    }
  }
  progress.finish();
  return {
    coordinates: layout.points,
    epochs: total,
    neighbours: nNeighbors,
    neighboursLowered: nNeighbors < wanted,
  };
}

function defaultEpochs(count: number): number {
  if (count <= 2500) return 500;
  return count <= 10_000 ? 400 : 200;
}
