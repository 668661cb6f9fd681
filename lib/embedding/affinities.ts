import type { Neighbours } from './neighbours.js';
import { symmetrised } from './symmetric-rows.js';

/** A sparse symmetric matrix of joint probabilities, in shared memory. Shapes: N = points, E = entries. */
export interface JointProbabilities {
  /** `[N + 1]` row i holds the entries rowStart[i] to rowStart[i + 1]. */
  readonly rowStart: Int32Array;
  /** `[E]` column of each entry, rising within a row. */
  readonly columns: Int32Array;
  /** `[E]`, sum 1. */
  readonly values: Float32Array;
}

/** Entropy this near to the wanted one, in nats, ends the search; as in scikit-learn. */
const ENTROPY_TOLERANCE = 1e-5;

const SEARCH_STEPS = 100;

/**
 * Gaussian probabilities of each point's neighbours, with the width that gives each point the wanted perplexity.
 *
 * Source: van der Maaten and Hinton 2008, section 2; distances in the metric are squared whatever the metric.
 * @returns `[N, k]`, each row sums to 1. Where all neighbours are equally far the row is uniform.
 */
export function conditionalProbabilities(neighbours: Neighbours, perplexity: number): Float64Array {
  const { count, k, distances } = neighbours;
  const probabilities = new Float64Array(count * k);
  const wanted = Math.log(perplexity);
  const squared = new Float64Array(k);
  for (let point = 0; point < count; point++) {
    const row = probabilities.subarray(point * k, (point + 1) * k);
    let nearest = Number.POSITIVE_INFINITY;
    for (let j = 0; j < k; j++) {
      squared[j] = distances[point * k + j]! ** 2;
      nearest = Math.min(nearest, squared[j]!);
    }
    for (let j = 0; j < k; j++) squared[j]! -= nearest;
    fitPrecision(squared, row, wanted);
  }
  return probabilities;
}

/** Bisects the precision of the Gaussian until the row's entropy is the wanted one. */
function fitPrecision(squared: Float64Array, row: Float64Array, wantedEntropy: number): void {
  let low = 0;
  let high = Number.POSITIVE_INFINITY;
  let precision = 1;
  for (let step = 0; step < SEARCH_STEPS; step++) {
    let sum = 0;
    let moment = 0;
    for (let j = 0; j < row.length; j++) {
      const weight = Math.exp(-squared[j]! * precision);
      row[j] = weight;
      sum += weight;
      moment += weight * squared[j]!;
    }
    for (let j = 0; j < row.length; j++) row[j]! /= sum;
    const surplus = Math.log(sum) + (precision * moment) / sum - wantedEntropy;
    if (Math.abs(surplus) <= ENTROPY_TOLERANCE) return;
    if (surplus > 0) {
      low = precision;
      precision = high === Number.POSITIVE_INFINITY ? precision * 2 : (precision + high) / 2;
    } else {
      high = precision;
      precision = (precision + low) / 2;
    }
  }
}

/**
 * Joint probabilities `(p_j|i + p_i|j) / 2N` of points that are neighbours either way.
 *
 * @param neighbours of a set within itself
 */
export function jointProbabilities(neighbours: Neighbours, perplexity: number): JointProbabilities {
  const { count, k, indices } = neighbours;
  const scale = 1 / (2 * count);
  const conditional = conditionalProbabilities(neighbours, perplexity);
  const joint = symmetrised(count, k, indices, conditional, (one, other) => scale * (one + other));
  const shared = {
    rowStart: new Int32Array(new SharedArrayBuffer(joint.rowStart.byteLength)),
    columns: new Int32Array(new SharedArrayBuffer(joint.columns.byteLength)),
    values: new Float32Array(new SharedArrayBuffer(4 * joint.values.length)),
  };
  shared.rowStart.set(joint.rowStart);
  shared.columns.set(joint.columns);
  shared.values.set(joint.values);
  return shared;
}
