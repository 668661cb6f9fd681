import { ArgumentError, NumericalError, ShapeError } from '../core/errors.js';

/**
 * Throws unless a sample has at least `minimum` values, all finite.
 *
 * @param who the function that checks, named in the error
 * @param name the parameter, named in the error
 * @throws {ShapeError} if there are too few values
 * @throws {NumericalError} at the first NaN or infinite value
 */
export function expectSample(who: string, name: string, values: ArrayLike<number>, minimum = 1): void {
  if (values.length < minimum) {
    throw new ShapeError(`${who}: ${name} must hold at least ${minimum} values, got ${values.length}`);
  }
  for (let i = 0; i < values.length; i++) {
    if (!Number.isFinite(values[i])) {
      throw new NumericalError(
        `${who}: ${name} must be finite, got ${values[i]} at index ${i}; drop the case from both samples or repair it`,
      );
    }
  }
}

/**
 * Throws unless two arrays have one length.
 *
 * @throws {ShapeError}
 */
export function expectSameLength(
  who: string,
  names: readonly [string, string],
  a: { readonly length: number },
  b: { readonly length: number },
): void {
  if (a.length !== b.length) {
    throw new ShapeError(
      `${who}: ${names[0]} and ${names[1]} must have one length, got ${a.length} and ${b.length}; join them by case first`,
    );
  }
}

/**
 * Throws unless `a` and `b` are finite, of one length, and at least `minimum` long.
 *
 * @throws {ShapeError}
 * @throws {NumericalError}
 */
export function expectPairs(
  who: string,
  names: readonly [string, string],
  a: ArrayLike<number>,
  b: ArrayLike<number>,
  minimum = 1,
): void {
  expectSameLength(who, names, a, b);
  expectSample(who, names[0], a, minimum);
  expectSample(who, names[1], b, minimum);
}

/**
 * Throws unless a confidence level lies inside (0, 1).
 *
 * @throws {ArgumentError}
 */
export function expectLevel(who: string, level: number): void {
  if (!(level > 0 && level < 1)) {
    throw new ArgumentError(`${who}: level must lie inside (0, 1), e.g. 0.95, got ${level}`);
  }
}

/**
 * Throws unless a number of draws or bins is a positive integer.
 *
 * @throws {ArgumentError}
 */
export function expectCount(who: string, name: string, count: number, minimum = 1): void {
  if (!Number.isInteger(count) || count < minimum) {
    throw new ArgumentError(`${who}: ${name} must be an integer >= ${minimum}, got ${count}`);
  }
}

/** `a[i] - b[i]` for each i. */
export function differences(a: ArrayLike<number>, b: ArrayLike<number>): number[] {
  return Array.from(a, (value, i) => value - b[i]!);
}
