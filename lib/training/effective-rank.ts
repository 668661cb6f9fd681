import { stream } from '../core/random.js';
import { leadingEigenpairs } from '../embedding/symmetric-eigen.js';

/**
 * Effective rank of embeddings: the exponential of the entropy of their singular values, 1 if all rows point the same way, at most
 * min(rows, width).
 *
 * Source: Roy and Vetterli 2007; Garrido et al. 2023 (RankMe), who read it as the health of a self-supervised encoder. Rows are not centred,
 * so that embeddings that are all the same have rank 1.
 *
 * @param rows `[n, width]`, row-major
 * @returns 0 if all numbers are 0
 */
export function effectiveRank(rows: Float32Array, width: number): number {
  const count = rows.length / width;
  const products = new Float64Array(count * count); // [n, n]
  for (let i = 0; i < count; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = 0;
      for (let d = 0; d < width; d++) sum += rows[i * width + d]! * rows[j * width + d]!;
      products[i * count + j] = sum;
      products[j * count + i] = sum;
    }
  }
  const { values } = leadingEigenpairs(products, count, count, stream(0, 'effective-rank'));
  const singular = Array.from(values, (value) => Math.sqrt(Math.max(0, value)));
  const total = singular.reduce((sum, value) => sum + value, 0);
  if (total === 0) return 0;
  const shares = singular.map((value) => value / total);
  return Math.exp(-shares.reduce((sum, share) => (share > 0 ? sum + share * Math.log(share) : sum), 0));
}
