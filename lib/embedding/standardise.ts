import { expectFeatures, type FeatureMatrix } from './feature-matrix.js';

/**
 * Learns mean and deviation of each column and returns what brings features to mean 0 and deviation 1 by them, as scikit-learn's
 * StandardScaler. Columns that do not vary become 0.
 *
 * @param features `[N, D]`, those that the scale is learnt from
 */
export function standardiser(features: FeatureMatrix): (other: FeatureMatrix) => FeatureMatrix {
  expectFeatures('standardiser', 'features', features);
  const { count, width, data } = features;
  const means = new Float64Array(width);
  const squares = new Float64Array(width);
  for (let i = 0; i < data.length; i++) means[i % width]! += data[i]! / count;
  for (let i = 0; i < data.length; i++) squares[i % width]! += (data[i]! - means[i % width]!) ** 2 / count;
  const scales = squares.map((square) => (square > 1e-24 ? 1 / Math.sqrt(square) : 0));
  return (other) => {
    expectFeatures('standardiser', 'other', other);
    const scaled = other.data.map((value, i) => (value - means[i % width]!) * scales[i % width]!);
    return { count: other.count, width, data: scaled };
  };
}
