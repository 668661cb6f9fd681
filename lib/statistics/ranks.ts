/** Ranks from 1, ties given their mean rank, and what ties do to rank variances. */
export interface Ranks {
  readonly ranks: Float64Array;
  /** Sum of t^3 - t over groups of t tied values; 0 without ties. */
  readonly tieCorrection: number;
}

/**
 * Ranks of finite values.
 *
 * @example ranksOf([3, 1, 3]).ranks // 2.5, 1, 2.5
 */
export function ranksOf(values: ArrayLike<number>): Ranks {
  const order = Array.from({ length: values.length }, (_, i) => i).sort((i, j) => values[i]! - values[j]!);
  const ranks = new Float64Array(values.length);
  let tieCorrection = 0;
  for (let start = 0; start < order.length; ) {
    let end = start + 1;
    while (end < order.length && values[order[end]!] === values[order[start]!]) end++;
    for (let k = start; k < end; k++) ranks[order[k]!] = (start + 1 + end) / 2;
    const size = end - start;
    tieCorrection += size ** 3 - size;
    start = end;
  }
  return { ranks, tieCorrection };
}
