import { NumericalError, ShapeError } from '../core/errors.js';

/** Feature vectors, one a row. */
export interface FeatureMatrix {
  /** Number of vectors. */
  readonly count: number;
  /** Length of each vector. */
  readonly width: number;
  /** `[count, width]`, row-major. */
  readonly data: Float32Array;
}

/**
 * Checks a {@link FeatureMatrix} and that every value is finite.
 *
 * @param who the function that checks, named in the error
 * @param name the parameter, named in the error
 * @throws {ShapeError} if there are no rows, no columns, or `data` has another length than count x width
 * @throws {NumericalError} naming the first row with a NaN or infinite value
 */
export function expectFeatures(who: string, name: string, features: FeatureMatrix): void {
  const { count, width, data } = features;
  if (!Number.isInteger(count) || !Number.isInteger(width) || count < 1 || width < 1 || data.length !== count * width) {
    throw new ShapeError(
      `${who}: ${name} must hold count x width values, both >= 1, got ${count} x ${width} with ${data.length} values`,
    );
  }
  for (let i = 0; i < data.length; i++) {
    if (!Number.isFinite(data[i])) {
      throw new NumericalError(
        `${who}: ${name} must be finite, got ${data[i]} in row ${Math.floor(i / width)}; leave that row out or repair it`,
      );
    }
  }
}

/** Some rows of a matrix, copied in the order asked for. */
export function selectRows(features: FeatureMatrix, rows: ArrayLike<number>): FeatureMatrix {
  const { width, data } = features;
  const selected = new Float32Array(rows.length * width);
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i]!;
    if (!Number.isInteger(row) || row < 0 || row >= features.count) {
      throw new ShapeError(`selectRows: rows must be in [0, ${features.count - 1}], got ${row}`);
    }
    selected.set(data.subarray(row * width, (row + 1) * width), i * width);
  }
  return { count: rows.length, width, data: selected };
}
