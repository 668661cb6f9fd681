import { DataError, ShapeError } from '../core/errors.js';

/** A cluster's name: a patient, a video, a site. */
export type ClusterLabel = string | number;

/** Cases grouped by the unit that is independent. */
export interface Clusters {
  /** Names in order of first appearance. */
  readonly names: readonly ClusterLabel[];
  /** `members[c]`: indices of the cases of cluster c, ascending. */
  readonly members: readonly Int32Array[];
  /** `of[i]`: the cluster of case i. */
  readonly of: Int32Array;
}

/**
 * Groups cases by label. Without labels every case is its own cluster.
 *
 * @param labels one per case, e.g. the patient of each frame
 * @throws {ShapeError} if there is not one label per case, or no case at all
 */
export function clustersOf(count: number, labels?: readonly ClusterLabel[]): Clusters {
  if (count < 1) throw new ShapeError(`clustersOf: needs at least 1 case, got ${count}`);
  if (labels === undefined) {
    const of = Int32Array.from({ length: count }, (_, i) => i);
    return { names: Array.from(of), members: Array.from(of, (i) => Int32Array.of(i)), of };
  }
  if (labels.length !== count) {
    throw new ShapeError(`clustersOf: needs one cluster label per case, ${count}, got ${labels.length}`);
  }
  const numberOf = new Map<ClusterLabel, number>();
  const lists: number[][] = [];
  const of = new Int32Array(count);
  for (let i = 0; i < count; i++) {
    const label = labels[i]!;
    let cluster = numberOf.get(label);
    if (cluster === undefined) {
      cluster = lists.length;
      numberOf.set(label, cluster);
      lists.push([]);
    }
    lists[cluster]!.push(i);
    of[i] = cluster;
  }
  return { names: [...numberOf.keys()], members: lists.map((list) => Int32Array.from(list)), of };
}

/**
 * Groups clusters by stratum: `result[s]` lists the clusters of stratum s.
 *
 * @param strata one label per case; all cases of a cluster share it
 * @throws {ShapeError} if there is not one stratum per case
 * @throws {DataError} if a cluster lies in two strata
 */
export function strataOf(clusters: Clusters, strata?: readonly ClusterLabel[]): Int32Array[] {
  if (strata === undefined) return [Int32Array.from(clusters.names, (_, c) => c)];
  const byCase = clustersOf(clusters.of.length, strata);
  const lists: number[][] = byCase.names.map(() => []);
  clusters.members.forEach((members, c) => {
    const stratum = byCase.of[members[0]!]!;
    const stray = members.find((i) => byCase.of[i] !== stratum);
    if (stray !== undefined) {
      throw new DataError(
        `strataOf: all cases of a cluster must lie in one stratum, cluster ${clusters.names[c]} lies in ${byCase.names[stratum]} and ${byCase.names[byCase.of[stray]!]}; stratify by a property of the cluster`,
      );
    }
    lists[stratum]!.push(c);
  });
  return lists.map((list) => Int32Array.from(list));
}
