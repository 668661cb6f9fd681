import type { RandomStream } from '../core/random.js';
import { type ClusterLabel, clustersOf, strataOf } from './clusters.js';
import { IndexSource } from './index-source.js';
import { expectCount } from './sample-checks.js';

/** How cases are resampled. */
export interface ResamplingOptions {
  /** Number of resamples; default 1000, as in the paper. */
  readonly draws?: number;
  readonly stream: RandomStream;
  /** One label per case; whole clusters are drawn. Default: every case is independent. */
  readonly clusters?: readonly ClusterLabel[];
  /** One label per case; every stratum keeps its number of clusters. Default: one stratum. */
  readonly strata?: readonly ClusterLabel[];
}

/** Resamples when nothing else is asked for; the paper's number (A.6). */
export const DEFAULT_DRAWS = 1000;

/**
 * Draws cases with replacement and hands each resample to a visitor.
 *
 * Whole clusters are drawn, as many as there are, within their stratum. The array passed to the visitor is reused by
 * the next draw: copy it to keep it.
 *
 * Source: Davison and Hinkley 1997; clusters after Field and Welsh 2007 (randomised cluster bootstrap).
 *
 * @param count number of cases
 * @param visit receives the resampled case indices and the number of the draw
 * @throws {ShapeError} if labels do not match the cases
 * @throws {ArgumentError} if draws is not a positive integer
 */
export function resample(
  count: number,
  options: ResamplingOptions,
  visit: (cases: Int32Array, draw: number) => void,
): void {
  const draws = options.draws ?? DEFAULT_DRAWS;
  expectCount('resample', 'draws', draws);
  const clusters = clustersOf(count, options.clusters);
  const strata = strataOf(clusters, options.strata);
  const source = new IndexSource(options.stream);
  const { cases, starts } = packed(clusters.members);
  const room = strata.reduce((sum, stratum) => sum + stratum.length * largest(stratum, starts), 0);
  const single = cases.length === clusters.members.length;
  const buffer = new Int32Array(room);
  const chosen = single ? buffer : new Int32Array(clusters.members.length);
  for (let draw = 0; draw < draws; draw++) {
    let begin = 0;
    for (const stratum of strata) {
      const end = begin + stratum.length;
      source.fill(chosen, begin, end, stratum.length);
      if (strata.length > 1) for (let k = begin; k < end; k++) chosen[k] = stratum[chosen[k]!]!;
      begin = end;
    }
    const length = single ? room : gather(chosen, cases, starts, buffer);
    visit(length === room ? buffer : buffer.subarray(0, length), draw);
  }
}

/** Writes the members of the chosen clusters one after the other; returns how many there are. */
function gather(chosen: Int32Array, cases: Int32Array, starts: Int32Array, out: Int32Array): number {
  let length = 0;
  for (let k = 0; k < chosen.length; k++) {
    const cluster = chosen[k]!;
    const end = starts[cluster + 1]!;
    for (let m = starts[cluster]!; m < end; m++) out[length++] = cases[m]!;
  }
  return length;
}

/** All members one after the other; cluster c holds `cases[starts[c]]` to `cases[starts[c + 1] - 1]`. */
function packed(members: readonly Int32Array[]): { cases: Int32Array; starts: Int32Array } {
  const starts = new Int32Array(members.length + 1);
  members.forEach((list, c) => {
    starts[c + 1] = starts[c]! + list.length;
  });
  const cases = new Int32Array(starts[members.length]!);
  members.forEach((list, c) => {
    cases.set(list, starts[c]!);
  });
  return { cases, starts };
}

function largest(stratum: Int32Array, starts: Int32Array): number {
  return stratum.reduce((size, cluster) => Math.max(size, starts[cluster + 1]! - starts[cluster]!), 0);
}
