import { ArgumentError } from '../core/errors.js';
import { stream } from '../core/random.js';
import { expectFeatures, type FeatureMatrix } from './feature-matrix.js';
import { scatterMatrix } from './product-session.js';
import { columnMeans } from './ranking-space.js';
import { leadingEigenpairs } from './symmetric-eigen.js';

/** Principal components of a set. Shapes: N = vectors, D = width, K = components. */
export interface Pca {
  /** Number of components. */
  readonly components: number;
  /** `[N, K]` coordinates along the axes. */
  readonly coordinates: Float64Array;
  /** `[K, D]` unit axes, largest variance first; the largest entry of each is positive. */
  readonly axes: Float64Array;
  /** `[D]` */
  readonly means: Float64Array;
  /** `[K]`, with n - 1 in the denominator. */
  readonly variance: Float64Array;
  /** `[K]` share of the total variance; 0 if all vectors are equal. */
  readonly varianceRatio: Float64Array;
}

/**
 * Principal component analysis by the leading eigenvectors of the covariance, in 64-bit arithmetic.
 *
 * Deviates from scikit-learn's PCA in the sign of the axes only.
 * @throws {ArgumentError} if `components` is not in [1, min(N - 1, D)]
 * @throws {ShapeError | NumericalError} as {@link expectFeatures}
 */
export async function principalComponents(features: FeatureMatrix, components: number): Promise<Pca> {
  expectFeatures('principalComponents', 'features', features);
  const { count, width, data } = features;
  const most = Math.min(count - 1, width);
  if (!Number.isInteger(components) || components < 1 || components > most) {
    throw new ArgumentError(
      `principalComponents: components must be an integer in [1, ${most}] for ${count} vectors of width ${width}, got ${components}`,
    );
  }
  const means = columnMeans(features);
  const covariance = (await scatterMatrix(data, means)).map((value) => value / (count - 1));
  let total = 0;
  for (let d = 0; d < width; d++) total += covariance[d * width + d]!;
  const { values, vectors: axes } = leadingEigenpairs(covariance, width, components, stream(0, 'pca'));
  for (let component = 0; component < components; component++) {
    pointUp(axes.subarray(component * width, (component + 1) * width));
  }
  const coordinates = new Float64Array(count * components);
  for (let row = 0; row < count; row++) {
    for (let component = 0; component < components; component++) {
      let sum = 0;
      for (let d = 0; d < width; d++) sum += (data[row * width + d]! - means[d]!) * axes[component * width + d]!;
      coordinates[row * components + component] = sum;
    }
  }
  const variance = values.map((value) => Math.max(0, value));
  const varianceRatio = variance.map((value) => (total > 0 ? value / total : 0));
  return { components, coordinates, axes, means, variance, varianceRatio };
}

/** Flips an axis so that its entry of largest size is positive. */
function pointUp(axis: Float64Array): void {
  let largest = 0;
  for (const value of axis) if (Math.abs(value) > Math.abs(largest)) largest = value;
  if (largest < 0) for (let d = 0; d < axis.length; d++) axis[d] = -axis[d]!;
}
