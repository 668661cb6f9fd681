import { ArgumentError, ShapeError } from '../core/errors.js';

/**
 * Checks that there is one label an item and that each is a class.
 *
 * @throws {ArgumentError} naming the first label that is not an integer in [0, classes)
 * @throws {ShapeError} if there are more or fewer labels than `count`
 */
export function expectLabels(
  who: string,
  name: string,
  labels: ArrayLike<number>,
  count: number,
  classes: number,
): void {
  if (!Number.isInteger(classes) || classes < 1) {
    throw new ArgumentError(`${who}: classes must be an integer >= 1, got ${classes}`);
  }
  if (labels.length !== count) {
    throw new ShapeError(`${who}: ${name} must hold ${count} labels, one a feature vector, got ${labels.length}`);
  }
  for (let i = 0; i < count; i++) {
    const label = labels[i]!;
    if (!Number.isInteger(label) || label < 0 || label >= classes) {
      throw new ArgumentError(`${who}: ${name}[${i}] must be a class in [0, ${classes - 1}], got ${label}`);
    }
  }
}

/** Column of the highest value in each row; the first on equal values. */
export function highestColumns(values: ArrayLike<number>, columns: number): Int32Array {
  const highest = new Int32Array(values.length / columns);
  for (let row = 0; row < highest.length; row++) {
    let best = 0;
    for (let column = 1; column < columns; column++) {
      if (values[row * columns + column]! > values[row * columns + best]!) best = column;
    }
    highest[row] = best;
  }
  return highest;
}

/** Share of equal labels, in [0, 1]. */
export function accuracyOf(predictions: ArrayLike<number>, labels: ArrayLike<number>): number {
  let right = 0;
  for (let i = 0; i < labels.length; i++) right += Number(predictions[i] === labels[i]);
  return right / labels.length;
}
