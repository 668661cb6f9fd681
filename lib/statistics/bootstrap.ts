import { ArgumentError, NumericalError, ShapeError } from '../core/errors.js';
import { type Clusters, clustersOf, strataOf } from './clusters.js';
import { normalCdf, normalQuantile } from './normal.js';
import { quantileOfSorted } from './quantile.js';
import { DEFAULT_DRAWS, type ResamplingOptions, resample } from './resampling.js';
import type { Estimate, Interval } from './result.js';
import { expectLevel } from './sample-checks.js';

/** A metric of a set of cases, given as indices (repeats allowed); NaN where it is undefined. */
export type CaseStatistic = (cases: Int32Array) => number;

/** How an interval is read off the bootstrap distribution. */
export type BootstrapMethod = 'percentile' | 'basic' | 'bca';

/** Options of {@link bootstrap}. */
export interface BootstrapOptions extends ResamplingOptions {
  /** Default `percentile`. */
  readonly method?: BootstrapMethod;
  /** Coverage; default 0.95. */
  readonly level?: number;
  /** Leave draws on which the statistic is NaN out (and count them) instead of throwing; default false. */
  readonly dropUndefined?: boolean;
}

/** Result of {@link bootstrap}. */
export interface BootstrapEstimate extends Estimate {
  /** Standard deviation of the bootstrap values. */
  readonly standardError: number;
  /** The bootstrap values, in the order drawn. */
  readonly values: Float64Array;
  /** Draws left out because the statistic was NaN. */
  readonly undefinedDraws: number;
}

/**
 * Bootstrap confidence interval of any metric.
 *
 * `percentile` takes quantiles of the bootstrap values; `basic` mirrors them about the estimate; `bca` corrects bias and
 * skewness with a jackknife over clusters. A statistic that is constant over all draws gives an interval of width 0.
 *
 * Source: Efron 1987 (BCa); Davison and Hinkley 1997, chapters 2, 3.8 and 5; Field and Welsh 2007 (clusters).
 *
 * @param count number of cases; n = 1 cluster gives a width of 0 for percentile and basic, an error for bca
 * @param statistic the metric; called once per draw, for bca once more per cluster
 * @throws {NumericalError} if the statistic is undefined on the data, or on a draw and `dropUndefined` is false
 * @throws {ShapeError} if labels do not match the cases, or bca meets one cluster
 * @example bootstrap(dice.length, (cases) => meanOf(dice, cases), { stream: stream(7, 'dice'), clusters: patients })
 */
export function bootstrap(count: number, statistic: CaseStatistic, options: BootstrapOptions): BootstrapEstimate {
  const method = options.method ?? 'percentile';
  const level = options.level ?? 0.95;
  expectLevel('bootstrap', level);
  const clusters = clustersOf(count, options.clusters);
  const estimate = statistic(Int32Array.from({ length: count }, (_, i) => i));
  if (!Number.isFinite(estimate)) {
    throw new NumericalError(`bootstrap: the statistic must be finite on the data, got ${estimate}`);
  }
  const all = new Float64Array(options.draws ?? DEFAULT_DRAWS);
  resample(count, options, (cases, draw) => {
    all[draw] = statistic(cases);
  });
  const values = all.filter((value) => !Number.isNaN(value));
  const undefinedDraws = all.length - values.length;
  if (undefinedDraws > 0 && (options.dropUndefined !== true || values.length === 0)) {
    throw new NumericalError(
      `bootstrap: the statistic was NaN on ${undefinedDraws} of ${all.length} draws; stratify so that every draw holds every class, or set dropUndefined`,
    );
  }
  const sorted = Float64Array.from(values).sort();
  const interval = intervalOf(method, level, estimate, sorted, () =>
    acceleration(clusters, strataOf(clusters, options.strata), statistic),
  );
  return {
    estimate,
    interval,
    standardError: deviation(values),
    values,
    undefinedDraws,
    n: clusters.names.length,
    method: methodText(method, options, all.length),
    citation: options.clusters !== undefined ? 'field-2007' : method === 'bca' ? 'efron-1987' : 'davison-1997',
  };
}

/**
 * Interval of bootstrap values that were drawn elsewhere, e.g. one column of a table of class metrics.
 *
 * @param method percentile or basic; bca needs the cases, see {@link bootstrap}
 * @throws {ArgumentError} if there is no value
 */
export function bootstrapInterval(
  values: ArrayLike<number>,
  estimate: number,
  options: { readonly method?: 'percentile' | 'basic'; readonly level?: number } = {},
): Interval {
  const level = options.level ?? 0.95;
  expectLevel('bootstrapInterval', level);
  if (values.length === 0) throw new ArgumentError('bootstrapInterval: needs at least one bootstrap value, got none');
  return intervalOf(options.method ?? 'percentile', level, estimate, Float64Array.from(values).sort(), () => 0);
}

/** Mean of `values` over a set of cases: the commonest {@link CaseStatistic}. */
export function meanOf(values: ArrayLike<number>, cases: Int32Array): number {
  let sum = 0;
  for (let i = 0; i < cases.length; i++) sum += values[cases[i]!]!;
  return sum / cases.length;
}

function intervalOf(
  method: BootstrapMethod,
  level: number,
  estimate: number,
  sorted: Float64Array,
  accelerate: () => number,
): Interval {
  const tail = (1 - level) / 2;
  const at = (probability: number): number => quantileOfSorted(sorted, probability);
  if (method === 'percentile') return { low: at(tail), high: at(1 - tail), level };
  if (method === 'basic') return { low: 2 * estimate - at(1 - tail), high: 2 * estimate - at(tail), level };
  const first = sorted[0]!;
  if (first === sorted[sorted.length - 1]) return { low: first, high: first, level };
  const a = accelerate();
  const z0 = normalQuantile(shareBelow(sorted, estimate));
  const adjusted = (z: number): number => normalCdf(z0 + (z0 + z) / (1 - a * (z0 + z)));
  return { low: at(adjusted(normalQuantile(tail))), high: at(adjusted(normalQuantile(1 - tail))), level };
}

/** Share of values below the estimate, ties half; kept off 0 and 1 by half a value so that its normal score is finite. */
function shareBelow(sorted: Float64Array, estimate: number): number {
  let below = 0;
  let equal = 0;
  for (const value of sorted) {
    if (value < estimate) below++;
    else if (value === estimate) equal++;
  }
  const half = 0.5 / sorted.length;
  return Math.min(1 - half, Math.max(half, (below + equal / 2) / sorted.length));
}

/** Acceleration of BCa by a jackknife over clusters, each value weighted within its stratum. */
function acceleration(clusters: Clusters, strata: readonly Int32Array[], statistic: CaseStatistic): number {
  if (clusters.names.length < 2) {
    throw new ShapeError('bootstrap: bca needs at least 2 clusters, got 1; use percentile');
  }
  let cubes = 0;
  let squares = 0;
  for (const stratum of strata) {
    const size = stratum.length;
    if (size < 2) continue;
    const left = Array.from(stratum, (cluster) => withoutCluster(clusters, cluster, statistic));
    const mean = left.reduce((sum, value) => sum + value, 0) / size;
    for (const value of left) {
      const influence = (size - 1) * (mean - value);
      cubes += influence ** 3 / size ** 3;
      squares += influence ** 2 / size ** 2;
    }
  }
  return squares === 0 ? 0 : cubes / (6 * squares ** 1.5);
}

function withoutCluster(clusters: Clusters, cluster: number, statistic: CaseStatistic): number {
  const rest = new Int32Array(clusters.of.length - clusters.members[cluster]!.length);
  let length = 0;
  for (let i = 0; i < clusters.of.length; i++) if (clusters.of[i] !== cluster) rest[length++] = i;
  const value = statistic(rest);
  if (!Number.isFinite(value)) {
    throw new NumericalError(
      `bootstrap: bca needs the statistic without each cluster, got ${value} without ${clusters.names[cluster]}; use percentile`,
    );
  }
  return value;
}

function deviation(values: Float64Array): number {
  if (values.length < 2) return 0;
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1));
}

function methodText(method: BootstrapMethod, options: ResamplingOptions, draws: number): string {
  const kind = { percentile: 'percentile', basic: 'basic', bca: 'bias-corrected and accelerated' }[method];
  const unit = options.clusters === undefined ? 'cases' : 'clusters';
  const strata = options.strata === undefined ? '' : ' within strata';
  return `${kind} bootstrap interval, ${draws} resamples of ${unit}${strata}`;
}
