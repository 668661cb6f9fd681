import type { Neighbours } from './neighbours.js';
import { type SparseRows, symmetrised } from './symmetric-rows.js';

const SEARCH_STEPS = 64;
const SEARCH_TOLERANCE = 1e-5;

/** Least width of a point's kernel, as a share of its mean distance (or of all, where its neighbours coincide with it). */
const LEAST_WIDTH = 1e-3;

/**
 * UMAP's fuzzy graph: the strength of each edge, the probabilistic union of how its two ends see it.
 *
 * A point's nearest distinct neighbour has strength 1; the kernel of the others has the width at which the strengths sum to
 * log2 of the number of neighbours.
 *
 * Source: McInnes, Healy and Melville 2018, algorithms 2 and 3; equal to umap-js 1.4.0.
 * @param neighbours of a set within itself, the point itself not among them; it counts as one more
 */
export function fuzzyGraph(neighbours: Neighbours): SparseRows {
  const { count, k, indices, distances } = neighbours;
  const strengths = new Float64Array(count * k);
  const overall = meanOf(distances) * (k / (k + 1));
  for (let point = 0; point < count; point++) {
    const row = distances.subarray(point * k, (point + 1) * k);
    const nearest = row.find((distance) => distance > 0) ?? 0;
    const own = meanOf(row) * (k / (k + 1)); // the distance 0 to itself counts
    const width = Math.max(kernelWidth(row, nearest), LEAST_WIDTH * (nearest > 0 ? own : overall));
    for (let j = 0; j < k; j++) {
      const beyond = row[j]! - nearest;
      strengths[point * k + j] = beyond <= 0 ? 1 : Math.exp(-beyond / width);
    }
  }
  return symmetrised(count, k, indices, strengths, (one, other) => one + other - one * other);
}

/** Width at which the strengths sum to log2(k + 1). */
function kernelWidth(row: Float64Array, nearest: number): number {
  const wanted = Math.log2(row.length + 1);
  let low = 0;
  let high = Number.POSITIVE_INFINITY;
  let width = 1;
  for (let step = 0; step < SEARCH_STEPS; step++) {
    let sum = 0;
    for (const distance of row) sum += distance > nearest ? Math.exp((nearest - distance) / width) : 1;
    if (Math.abs(sum - wanted) < SEARCH_TOLERANCE) return width;
    if (sum > wanted) {
      high = width;
      width = (low + high) / 2;
    } else {
      low = width;
      width = high === Number.POSITIVE_INFINITY ? 2 * width : (low + high) / 2;
    }
  }
  return width;
}

function meanOf(values: Float64Array): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum / values.length;
}
