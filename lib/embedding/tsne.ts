import { availableParallelism } from 'node:os';
import { ArgumentError, NumericalError, ShapeError } from '../core/errors.js';
import { type ProgressFactory, silentProgress } from '../core/progress.js';
import { type RandomStream, stream } from '../core/random.js';
import { startWorker } from '../core/workers.js';
import { jointProbabilities } from './affinities.js';
import { expectFeatures, type FeatureMatrix } from './feature-matrix.js';
import { type Metric, nearestNeighboursWithin } from './neighbours.js';
import { principalComponents } from './pca.js';
import { allocateQuadtree } from './quadtree.js';
import {
  CONTROL_WORDS,
  type TsneMessage,
  type TsneSchedule,
  type TsneShared,
  type TsneThread,
} from './tsne-descent.js';
import { allocateForces } from './tsne-forces.js';

/** Options of {@link tsne}. */
export interface TsneOptions {
  /** Effective number of neighbours; default 50, as the paper's Fig. 2. Lowered to (N - 1) / 3 if the set is small. */
  readonly perplexity?: number;
  /** Default euclidean. */
  readonly metric?: Metric;
  /** First two principal components (default), normal noise, or `[N, 2]` coordinates, used as they are. */
  readonly start?: 'pca' | 'random' | Float64Array;
  /** Default: exact up to 500 points, Barnes-Hut above. */
  readonly method?: 'exact' | 'barnes-hut';
  /** Barnes-Hut: largest extent of a cell over its distance; default 0.5. */
  readonly angle?: number;
  /** In all, the exaggerated ones included; default 1,000. */
  readonly iterations?: number;
  /** Exaggerated iterations at the start; default 250. */
  readonly exaggerationIterations?: number;
  /** Factor on the attraction in those; default 12. */
  readonly exaggeration?: number;
  /** Default max(N / exaggeration / 4, 50), scikit-learn's `auto`. */
  readonly learningRate?: number;
  /** For the random start. */
  readonly seed?: number | string;
  /** Threads; default every core given to the process, one for small sets. The result does not depend on it. */
  readonly workers?: number;
  readonly progress?: ProgressFactory;
}

/** A map of N points in the plane. */
export interface TsneMap {
  /** `[N, 2]` */
  readonly coordinates: Float64Array;
  /** Kullback-Leibler divergence at the end, in nats; over nearest neighbours only for Barnes-Hut. */
  readonly divergence: number;
  /** Iterations done. */
  readonly iterations: number;
  readonly method: 'exact' | 'barnes-hut';
  /** Perplexity used. */
  readonly perplexity: number;
  /** True if the set was too small for the perplexity asked for. */
  readonly perplexityLowered: boolean;
  readonly learningRate: number;
}

/** Largest set that the exact method takes: its probabilities fill N^2 entries, 200 MB. */
const EXACT_LIMIT = 5000;

/** Largest set that is exact by default. */
const EXACT_DEFAULT = 500;

/** Standard deviation of the start along its first axis. */
const START_SPREAD = 1e-4;

/** Points that make another thread worth its start. */
const POINTS_PER_THREAD = 500;

/**
 * t-distributed stochastic neighbour embedding in two dimensions, on threads; the caller's thread stays free.
 *
 * Sources: van der Maaten and Hinton 2008; van der Maaten 2014 (Barnes-Hut); schedule, gains and stopping rules of
 * scikit-learn 1.2's TSNE. Deviates: a cell acts on all points of a leaf at once, by the stricter distance to the leaf;
 * a perplexity above (N - 1) / 3 is lowered to it, and said so.
 *
 * Deterministic: the same features, options and seed give the same bits whatever the number of workers.
 *
 * Cost: Barnes-Hut O(N log N) an iteration; the neighbours O(N^2 D). For 100,000 points see `landmarkTsne`.
 * @throws {ArgumentError} on fewer than 4 points, an option out of range, or an exact map of more than 5,000 points
 * @throws {ShapeError} if a given start is not `[N, 2]`
 * @throws {NumericalError} if a feature is not finite or the map runs away (learning rate too high)
 */
export async function tsne(features: FeatureMatrix, options: TsneOptions = {}): Promise<TsneMap> {
  expectFeatures('tsne', 'features', features);
  const { count } = features;
  const plan = planOf(count, options);
  const joint = jointProbabilities(
    await nearestNeighboursWithin(features, {
      k: plan.method === 'exact' ? count - 1 : Math.min(count - 1, Math.floor(3 * plan.perplexity + 1)),
      metric: options.metric ?? 'euclidean',
    }),
    plan.perplexity,
  );
  const points = new Float64Array(new SharedArrayBuffer(16 * count));
  points.set(await startOf(features, options.start ?? 'pca', stream(options.seed ?? 0, 'tsne')));
  const shared: TsneShared = {
    points,
    joint,
    forces: allocateForces(count),
    tree: plan.method === 'exact' ? null : allocateQuadtree(count),
    control: new Int32Array(new SharedArrayBuffer(4 * CONTROL_WORDS)),
  };
  const progress = (options.progress ?? silentProgress)('t-SNE', plan.schedule.iterations, 'iterations');
  const end = await descend(shared, plan.schedule, plan.workers, (message) =>
    progress.update(message.iteration, `KL ${message.divergence.toFixed(3)}`),
  );
  if (!Number.isFinite(end.divergence)) {
    throw new NumericalError(
      `tsne: the map ran away at iteration ${end.iteration} with learning rate ${plan.schedule.learningRate}; lower learningRate`,
    );
  }
  progress.finish(`KL ${end.divergence.toFixed(3)}`);
  return {
    coordinates: Float64Array.from(points),
    divergence: end.divergence,
    iterations: end.iteration,
    method: plan.method,
    perplexity: plan.perplexity,
    perplexityLowered: plan.perplexityLowered,
    learningRate: plan.schedule.learningRate,
  };
}

interface Plan {
  readonly method: 'exact' | 'barnes-hut';
  readonly perplexity: number;
  readonly perplexityLowered: boolean;
  readonly workers: number;
  readonly schedule: TsneSchedule;
}

function planOf(count: number, options: TsneOptions): Plan {
  const { perplexity = 50, exaggeration = 12, iterations = 1000, exaggerationIterations = 250, angle = 0.5 } = options;
  const method = options.method ?? (count <= EXACT_DEFAULT ? 'exact' : 'barnes-hut');
  const learningRate = options.learningRate ?? Math.max(count / exaggeration / 4, 50);
  const useful = Math.ceil(count / POINTS_PER_THREAD);
  const workers = options.workers ?? Math.min(availableParallelism(), useful);
  expectAll([
    ['points', count, 'at least 4', count >= 4],
    ['perplexity', perplexity, '>= 1', perplexity >= 1],
    ['exaggeration', exaggeration, '>= 1', exaggeration >= 1],
    ['iterations', iterations, 'an integer >= 1', Number.isInteger(iterations) && iterations >= 1],
    [
      'exaggerationIterations',
      exaggerationIterations,
      'an integer >= 0',
      Number.isInteger(exaggerationIterations) && exaggerationIterations >= 0,
    ],
    ['angle', angle, 'in (0, 1]', angle > 0 && angle <= 1],
    ['learningRate', learningRate, '> 0', learningRate > 0],
    ['workers', workers, 'an integer >= 1', Number.isInteger(workers) && workers >= 1],
  ]);
  if (method === 'exact' && count > EXACT_LIMIT) {
    throw new ArgumentError(
      `tsne: the exact method takes at most ${EXACT_LIMIT} points, got ${count}; use method 'barnes-hut'`,
    );
  }
  const most = (count - 1) / 3;
  return {
    method,
    perplexity: Math.min(perplexity, most),
    perplexityLowered: perplexity > most,
    workers,
    schedule: { angle, iterations, exaggerationIterations, exaggeration, learningRate },
  };
}

function expectAll(checks: readonly (readonly [string, number, string, boolean])[]): void {
  for (const [name, got, expected, holds] of checks) {
    if (!holds) throw new ArgumentError(`tsne: ${name} must be ${expected}, got ${got}`);
  }
}

/** `[N, 2]` */
async function startOf(
  features: FeatureMatrix,
  start: 'pca' | 'random' | Float64Array,
  random: RandomStream,
): Promise<Float64Array> {
  const { count, width } = features;
  if (start === 'random') return Float64Array.from({ length: 2 * count }, () => START_SPREAD * random.normal());
  if (start !== 'pca') {
    if (start.length !== 2 * count) {
      throw new ShapeError(`tsne: start must hold 2 x ${count} coordinates, got ${start.length}`);
    }
    return start;
  }
  const components = Math.min(2, width);
  const { coordinates, variance } = await principalComponents(features, components);
  const spread = Math.sqrt((variance[0]! * (count - 1)) / count);
  const scale = spread > 0 ? START_SPREAD / spread : 0;
  const points = new Float64Array(2 * count);
  for (let i = 0; i < coordinates.length; i++) {
    points[components === 2 ? i : 2 * i] = scale * coordinates[i]!;
  }
  return points;
}

/** Runs the descent on threads; resolves with the leader's last message. */
function descend(
  shared: TsneShared,
  schedule: TsneSchedule,
  workers: number,
  onMessage: (message: TsneMessage) => void,
): Promise<TsneMessage> {
  const threads = Array.from({ length: workers }, (_, index) => {
    const workerData: TsneThread = { shared, schedule, leads: index === 0, helpers: workers - 1 };
    return startWorker(import.meta.url, './tsne-worker.js', { workerData });
  });
  return new Promise<TsneMessage>((resolve, reject) => {
    for (const thread of threads) thread.on('error', reject);
    threads[0]!.on('message', (message: TsneMessage) => {
      if (message.finished) resolve(message);
      else onMessage(message);
    });
  }).finally(() => Promise.all(threads.map((thread) => thread.terminate())));
}
