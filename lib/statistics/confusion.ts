import { ArgumentError, ShapeError } from '../core/errors.js';
import { expectSameLength } from './sample-checks.js';

/** Counts of cases by true and predicted class. */
export interface ConfusionMatrix {
  /** Class names, in the order of rows and columns. */
  readonly classes: readonly string[];
  /** `[C, C]` row-major: `counts[truth * C + predicted]`. */
  readonly counts: Float64Array;
  /** Cases in all. */
  readonly n: number;
}

/**
 * Confusion matrix of predicted against true classes.
 *
 * @param truth one class name per case
 * @param predicted the same cases
 * @param classes order of rows and columns; every name that occurs must be listed
 * @throws {ShapeError} on unequal lengths or no case
 * @throws {ArgumentError} on a name outside `classes`
 */
export function confusionMatrix(
  truth: readonly string[],
  predicted: readonly string[],
  classes: readonly string[],
): ConfusionMatrix {
  return confusionOfCodes(
    classCodes('confusionMatrix', 'truth', truth, classes),
    classCodes('confusionMatrix', 'predicted', predicted, classes),
    classes,
  );
}

/** As {@link confusionMatrix}, from class numbers in [0, C). */
export function confusionOfCodes(
  truth: ArrayLike<number>,
  predicted: ArrayLike<number>,
  classes: readonly string[],
): ConfusionMatrix {
  const who = 'confusionMatrix';
  expectSameLength(who, ['truth', 'predicted'], truth, predicted);
  if (truth.length === 0) throw new ShapeError(`${who}: needs at least 1 case, got none`);
  const size = classes.length;
  const counts = new Float64Array(size * size);
  for (let i = 0; i < truth.length; i++) {
    const cell = truth[i]! * size + predicted[i]!;
    if (!isCode(truth[i]!, size) || !isCode(predicted[i]!, size)) {
      throw new ArgumentError(
        `${who}: class numbers must be integers in [0, ${size}), got ${truth[i]} and ${predicted[i]} at case ${i}`,
      );
    }
    counts[cell]!++;
  }
  return { classes: [...classes], counts, n: truth.length };
}

/**
 * Class numbers of class names.
 *
 * @throws {ArgumentError} on a name outside `classes`
 */
export function classCodes(
  who: string,
  name: string,
  labels: readonly string[],
  classes: readonly string[],
): Int32Array {
  const codeOf = new Map(classes.map((label, code) => [label, code]));
  return Int32Array.from(labels, (label, i) => {
    const code = codeOf.get(label);
    if (code === undefined) {
      throw new ArgumentError(
        `${who}: ${name} must hold names of classes ${classes.join(', ')}, got ${label} at case ${i}`,
      );
    }
    return code;
  });
}

/** The matrix with rows summing to 1, as in the paper's Fig. 3b; a class without cases gives a row of NaN. */
export function rowShares(matrix: ConfusionMatrix): Float64Array {
  const size = matrix.classes.length;
  return matrix.counts.map((count, cell) => {
    const row = Math.floor(cell / size);
    let total = 0;
    for (let c = 0; c < size; c++) total += matrix.counts[row * size + c]!;
    return count / total;
  });
}

function isCode(code: number, size: number): boolean {
  return Number.isInteger(code) && code >= 0 && code < size;
}
