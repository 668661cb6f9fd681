import type { Neighbours } from './neighbours.js';

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
  const forward = sortedRows(neighbours, conditionalProbabilities(neighbours, perplexity));
  const backward = transposed(forward, count, k);
  const columns = new Int32Array(new SharedArrayBuffer(4 * 2 * indices.length));
  const values = new Float32Array(new SharedArrayBuffer(4 * 2 * indices.length));
  const rowStart = new Int32Array(new SharedArrayBuffer(4 * (count + 1)));
  const scale = 1 / (2 * count);
  let entries = 0;
  for (let row = 0; row < count; row++) {
    let f = row * k;
    let b = backward.rowStart[row]!;
    const fEnd = f + k;
    const bEnd = backward.rowStart[row + 1]!;
    while (f < fEnd || b < bEnd) {
      const fColumn = f < fEnd ? forward.columns[f]! : count;
      const bColumn = b < bEnd ? backward.columns[b]! : count;
      columns[entries] = Math.min(fColumn, bColumn);
      values[entries] =
        scale * ((fColumn <= bColumn ? forward.values[f++]! : 0) + (bColumn <= fColumn ? backward.values[b++]! : 0));
      entries++;
    }
    rowStart[row + 1] = entries;
  }
  return { rowStart, columns: columns.subarray(0, entries), values: values.subarray(0, entries) };
}

interface Entries {
  readonly columns: Int32Array;
  readonly values: Float64Array;
}

/** Each row's neighbours in order of index. */
function sortedRows({ count, k, indices }: Neighbours, probabilities: Float64Array): Entries {
  const columns = new Int32Array(indices.length);
  const values = new Float64Array(indices.length);
  for (let row = 0; row < count; row++) {
    const start = row * k;
    const order = Array.from({ length: k }, (_, j) => start + j).sort((a, b) => indices[a]! - indices[b]!);
    for (let j = 0; j < k; j++) {
      columns[start + j] = indices[order[j]!]!;
      values[start + j] = probabilities[order[j]!]!;
    }
  }
  return { columns, values };
}

function transposed({ columns, values }: Entries, count: number, k: number): Entries & { rowStart: Int32Array } {
  const rowStart = new Int32Array(count + 1);
  for (let entry = 0; entry < columns.length; entry++) rowStart[columns[entry]! + 1]!++;
  for (let row = 0; row < count; row++) rowStart[row + 1]! += rowStart[row]!;
  const next = rowStart.slice(0, count);
  const result = { rowStart, columns: new Int32Array(columns.length), values: new Float64Array(columns.length) };
  for (let row = 0; row < count; row++) {
    for (let entry = row * k; entry < (row + 1) * k; entry++) {
      const at = next[columns[entry]!]!++;
      result.columns[at] = row;
      result.values[at] = values[entry]!;
    }
  }
  return result;
}
