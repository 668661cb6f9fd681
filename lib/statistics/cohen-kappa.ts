import { NumericalError } from '../core/errors.js';
import type { ConfusionMatrix } from './confusion.js';

/** How disagreement counts: any alike, by distance of the ordered classes, or by its square. */
export type KappaWeights = 'none' | 'linear' | 'quadratic';

/**
 * Cohen's kappa: agreement beyond chance, 1 for perfect, 0 for chance.
 *
 * Source: Cohen 1960; weights Cohen 1968. Values as sklearn.metrics.cohen_kappa_score.
 *
 * @param matrix rows and columns in the order of the classes; the order matters for weights only
 * @throws {NumericalError} if both raters use one and the same class throughout: chance agreement is 1
 */
export function cohenKappa(matrix: ConfusionMatrix, weights: KappaWeights = 'none'): number {
  const size = matrix.classes.length;
  const rows = new Float64Array(size);
  const columns = new Float64Array(size);
  matrix.counts.forEach((count, cell) => {
    rows[Math.floor(cell / size)]! += count;
    columns[cell % size]! += count;
  });
  let observed = 0;
  let expected = 0;
  matrix.counts.forEach((count, cell) => {
    const row = Math.floor(cell / size);
    const column = cell % size;
    const weight = weightOf(weights, Math.abs(row - column));
    observed += weight * count;
    expected += (weight * rows[row]! * columns[column]!) / matrix.n;
  });
  if (expected === 0) {
    throw new NumericalError('cohenKappa: both raters use one class only; kappa is undefined, report the accuracy');
  }
  return 1 - observed / expected;
}

function weightOf(weights: KappaWeights, distance: number): number {
  if (weights === 'none') return distance === 0 ? 0 : 1;
  return weights === 'linear' ? distance : distance * distance;
}
