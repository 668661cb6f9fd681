import { mean, sampleCorrelation, standardDeviation } from 'simple-statistics';
import { NumericalError } from '../core/errors.js';
import { differences, expectPairs } from './sample-checks.js';

/**
 * Mean absolute error, in the unit of the values.
 *
 * @throws {ShapeError} on unequal lengths or no case
 * @throws {NumericalError} on NaN or infinite values
 */
export function meanAbsoluteError(truth: ArrayLike<number>, predicted: ArrayLike<number>): number {
  expectPairs('meanAbsoluteError', ['truth', 'predicted'], truth, predicted);
  return mean(differences(predicted, truth).map(Math.abs));
}

/** Root mean squared error, in the unit of the values. Throws as {@link meanAbsoluteError}. */
export function rootMeanSquaredError(truth: ArrayLike<number>, predicted: ArrayLike<number>): number {
  expectPairs('rootMeanSquaredError', ['truth', 'predicted'], truth, predicted);
  return Math.sqrt(mean(differences(predicted, truth).map((error) => error * error)));
}

/** Mean of predicted minus true, in the unit of the values. Throws as {@link meanAbsoluteError}. */
export function bias(truth: ArrayLike<number>, predicted: ArrayLike<number>): number {
  expectPairs('bias', ['truth', 'predicted'], truth, predicted);
  return mean(differences(predicted, truth));
}

/**
 * Coefficient of determination, 1 - residual / total sum of squares; negative if worse than the mean of the truth.
 * Punishes bias, unlike {@link squaredCorrelation}; papers call both R2.
 *
 * Values as sklearn.metrics.r2_score.
 *
 * @throws {ShapeError} on unequal lengths or fewer than 2 cases
 * @throws {NumericalError} if the truth is constant
 */
export function rSquared(truth: ArrayLike<number>, predicted: ArrayLike<number>): number {
  expectPairs('rSquared', ['truth', 'predicted'], truth, predicted, 2);
  const centre = mean(Array.from(truth));
  let residual = 0;
  let total = 0;
  for (let i = 0; i < truth.length; i++) {
    residual += (truth[i]! - predicted[i]!) ** 2;
    total += (truth[i]! - centre) ** 2;
  }
  if (total === 0)
    throw new NumericalError('rSquared: truth must vary, it is constant; report the mean absolute error');
  return 1 - residual / total;
}

/**
 * Pearson's correlation.
 *
 * @throws {ShapeError} on unequal lengths or fewer than 2 cases
 * @throws {NumericalError} if a sample is constant
 */
export function correlation(a: ArrayLike<number>, b: ArrayLike<number>): number {
  expectPairs('correlation', ['a', 'b'], a, b, 2);
  const [first, second] = [Array.from(a), Array.from(b)];
  if (standardDeviation(first) === 0 || standardDeviation(second) === 0) {
    throw new NumericalError('correlation: both samples must vary, one is constant; the correlation is undefined');
  }
  return sampleCorrelation(first, second);
}

/** Square of {@link correlation}: the other quantity that papers call R2; blind to bias and scale. */
export function squaredCorrelation(truth: ArrayLike<number>, predicted: ArrayLike<number>): number {
  return correlation(truth, predicted) ** 2;
}
