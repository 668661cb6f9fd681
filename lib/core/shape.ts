import { ShapeError } from './errors.js';

/** Number of elements of a shape; 1 for a scalar. */
export function sizeOf(shape: readonly number[]): number {
  let size = 1;
  for (const length of shape) size *= length;
  return size;
}

/** True if two shapes are equal. */
export function sameShape(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((length, axis) => length === b[axis]);
}

/**
 * Throws unless a shape matches a pattern; `-1` stands for any length.
 *
 * @param who the function that checks, named in the error
 * @param name the parameter, named in the error
 */
export function expectShape(who: string, name: string, shape: readonly number[], pattern: readonly number[]): void {
  const fits =
    shape.length === pattern.length && pattern.every((length, axis) => length === -1 || length === shape[axis]);
  if (!fits) {
    throw new ShapeError(
      `${who}: ${name} must have shape [${pattern.join(', ')}] (-1: any), got [${shape.join(', ')}]`,
    );
  }
}
