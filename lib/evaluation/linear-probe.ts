import { ArgumentError, NumericalError, ShapeError } from '../core/errors.js';
import { expectFeatures, type FeatureMatrix } from '../embedding/feature-matrix.js';
import { expectLabels, highestColumns } from './labels.js';
import { minimise } from './limited-memory-bfgs.js';

/** Settings of {@link fitLinearProbe}. Shapes: N = vectors, D = width, C = classes. */
export interface LinearProbeOptions {
  /** Number of classes, >= 2. */
  readonly classes: number;
  /** Inverse strength of the penalty on the weights; default 1, scikit-learn's `C`. */
  readonly inverseRegularisation?: number;
  /** Largest entry of the mean gradient at which the fit ends; default 1e-8. */
  readonly tolerance?: number;
  /** Default 1,000. */
  readonly iterations?: number;
}

/** A linear classifier of feature vectors. */
export interface LinearProbe {
  readonly classes: number;
  readonly width: number;
  /** `[C, D]` */
  readonly weights: Float64Array;
  /** `[C]`, sum 0. */
  readonly bias: Float64Array;
  readonly iterations: number;
  /** Mean cross-entropy plus penalty / N, in nats. */
  readonly loss: number;
}

/**
 * Multinomial logistic regression on frozen features.
 *
 * Minimises mean cross-entropy + |W|^2 / (2 C N), the bias free: the objective of scikit-learn's LogisticRegression, whose
 * solution is unique (bias up to a constant, here of sum 0). Deviates from DINO's eval_linear.py, which trains by SGD with
 * augmentation: this has no learning rate to choose.
 *
 * Cost: about 4 N D C multiplications an iteration.
 * @throws {ArgumentError} on an option out of range or a label that is not a class
 * @throws {NumericalError} if the fit does not reach the tolerance
 */
export function fitLinearProbe(
  features: FeatureMatrix,
  labels: ArrayLike<number>,
  options: LinearProbeOptions,
): LinearProbe {
  const { classes, inverseRegularisation = 1, tolerance = 1e-8, iterations = 1000 } = options;
  expectFeatures('fitLinearProbe', 'features', features);
  expectLabels('fitLinearProbe', 'labels', labels, features.count, classes);
  if (classes < 2) throw new ArgumentError(`fitLinearProbe: classes must be >= 2, got ${classes}`);
  if (!(inverseRegularisation > 0)) {
    throw new ArgumentError(`fitLinearProbe: inverseRegularisation must be > 0, got ${inverseRegularisation}`);
  }
  const { count, width, data } = features;
  const penalty = 1 / (inverseRegularisation * count);
  const size = classes * width;
  const scores = new Float64Array(classes);
  const found = minimise(
    (point, gradient) => {
      let value = 0;
      for (let i = 0; i < size; i++) {
        value += 0.5 * penalty * point[i]! * point[i]!;
        gradient[i] = penalty * point[i]!;
      }
      gradient.fill(0, size);
      for (let row = 0; row < count; row++) {
        scoresOf(point, data, row * width, width, scores);
        const label = labels[row]!;
        const chosen = scores[label]!;
        value += (softmaxInPlace(scores) - chosen) / count;
        scores[label]! -= 1;
        for (let c = 0; c < classes; c++) {
          const slope = scores[c]! / count;
          gradient[size + c]! += slope;
          for (let d = 0, w = c * width, x = row * width; d < width; d++, w++, x++) gradient[w]! += slope * data[x]!;
        }
      }
      return value;
    },
    new Float64Array(size + classes),
    { tolerance, iterations },
  );
  if (!found.converged) {
    throw new NumericalError(
      `fitLinearProbe: not converged to ${tolerance} after ${found.iterations} iterations; scale the features, lower inverseRegularisation or raise tolerance`,
    );
  }
  return {
    classes,
    width,
    weights: found.point.slice(0, size),
    bias: found.point.slice(size),
    iterations: found.iterations,
    loss: found.value,
  };
}

/**
 * Class probabilities of feature vectors.
 *
 * @returns `probabilities` `[N, C]`, `predictions` `[N]`
 * @throws {ShapeError} if the features are not as wide as the probe's
 */
export function applyLinearProbe(
  probe: LinearProbe,
  features: FeatureMatrix,
): { probabilities: Float64Array; predictions: Int32Array } {
  expectFeatures('applyLinearProbe', 'features', features);
  const { classes, width } = probe;
  if (features.width !== width) {
    throw new ShapeError(`applyLinearProbe: features must be ${width} wide as the probe's, got ${features.width}`);
  }
  const point = new Float64Array(probe.weights.length + classes);
  point.set(probe.weights);
  point.set(probe.bias, probe.weights.length);
  const probabilities = new Float64Array(features.count * classes);
  for (let row = 0; row < features.count; row++) {
    const scores = probabilities.subarray(row * classes, (row + 1) * classes);
    scoresOf(point, features.data, row * width, width, scores);
    softmaxInPlace(scores);
  }
  return { probabilities, predictions: highestColumns(probabilities, classes) };
}

/** Scores of the row that starts at `start`; `parameters` are weights, then bias. */
function scoresOf(
  parameters: Float64Array,
  data: Float32Array,
  start: number,
  width: number,
  scores: Float64Array,
): void {
  const classes = scores.length;
  for (let c = 0; c < classes; c++) {
    let sum = parameters[classes * width + c]!;
    for (let d = 0, w = c * width, x = start; d < width; d++, w++, x++) sum += parameters[w]! * data[x]!;
    scores[c] = sum;
  }
}

/** Turns scores into probabilities; returns ln sum exp of the scores. */
function softmaxInPlace(scores: Float64Array): number {
  let highest = Number.NEGATIVE_INFINITY;
  for (const score of scores) highest = Math.max(highest, score);
  let sum = 0;
  for (let c = 0; c < scores.length; c++) {
    scores[c] = Math.exp(scores[c]! - highest);
    sum += scores[c]!;
  }
  for (let c = 0; c < scores.length; c++) scores[c]! /= sum;
  return highest + Math.log(sum);
}
