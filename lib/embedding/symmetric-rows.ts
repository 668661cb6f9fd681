/** A sparse matrix by rows. Shapes: N = rows, E = entries. */
export interface SparseRows {
  /** `[N + 1]` row i holds the entries rowStart[i] to rowStart[i + 1]. */
  readonly rowStart: Int32Array;
  /** `[E]` column of each entry, rising within a row. */
  readonly columns: Int32Array;
  /** `[E]` */
  readonly values: Float64Array;
}

/**
 * Makes a relation between neighbours symmetric: entry (i, j) is `combine(a_ij, a_ji)`, 0 standing in for what is not there.
 *
 * @param indices `[count, k]` distinct columns of each row, in any order
 * @param values `[count, k]`
 */
export function symmetrised(
  count: number,
  k: number,
  indices: Int32Array,
  values: Float64Array,
  combine: (forward: number, backward: number) => number,
): SparseRows {
  const forward = sortedRows(count, k, indices, values);
  const backward = transposed(forward);
  const columns = new Int32Array(2 * indices.length);
  const combined = new Float64Array(2 * indices.length);
  const rowStart = new Int32Array(count + 1);
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
      const along = fColumn <= bColumn ? forward.values[f++]! : 0;
      const against = bColumn <= fColumn ? backward.values[b++]! : 0;
      combined[entries++] = combine(along, against);
    }
    rowStart[row + 1] = entries;
  }
  return { rowStart, columns: columns.slice(0, entries), values: combined.slice(0, entries) };
}

function sortedRows(count: number, k: number, indices: Int32Array, values: Float64Array): SparseRows {
  const sorted = { columns: new Int32Array(indices.length), values: new Float64Array(indices.length) };
  for (let row = 0; row < count; row++) {
    const start = row * k;
    const order = Array.from({ length: k }, (_, j) => start + j).sort((a, b) => indices[a]! - indices[b]!);
    for (let j = 0; j < k; j++) {
      sorted.columns[start + j] = indices[order[j]!]!;
      sorted.values[start + j] = values[order[j]!]!;
    }
  }
  return { rowStart: Int32Array.from({ length: count + 1 }, (_, row) => row * k), ...sorted };
}

function transposed({ rowStart, columns, values }: SparseRows): SparseRows {
  const count = rowStart.length - 1;
  const start = new Int32Array(count + 1);
  for (const column of columns) start[column + 1]!++;
  for (let row = 0; row < count; row++) start[row + 1]! += start[row]!;
  const next = start.slice(0, count);
  const result = { rowStart: start, columns: new Int32Array(columns.length), values: new Float64Array(columns.length) };
  for (let row = 0; row < count; row++) {
    for (let entry = rowStart[row]!; entry < rowStart[row + 1]!; entry++) {
      const at = next[columns[entry]!]!++;
      result.columns[at] = row;
      result.values[at] = values[entry]!;
    }
  }
  return result;
}
