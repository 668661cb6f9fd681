import { EigenvalueDecomposition, Matrix } from 'ml-matrix';
import type { RandomStream } from '../core/random.js';

/** Leading eigenpairs of a symmetric matrix, largest first. */
export interface LeadingEigenpairs {
  /** `[k]` */
  readonly values: Float64Array;
  /** `[k, D]`, unit length, orthogonal. */
  readonly vectors: Float64Array;
}

/** Matrices up to this width are decomposed whole. */
const WHOLE_WIDTH = 128;

/** Steps between two looks at the residuals. */
const STEPS_BETWEEN_CHECKS = 16;

/** Residual, relative to the largest eigenvalue, at which an eigenpair counts as found. */
const TOLERANCE = 1e-10;

/**
 * The k leading eigenpairs of a positive semi-definite matrix.
 *
 * Narrow matrices go to ml-matrix whole. Wide ones go through Lanczos' iteration with full reorthogonalisation (Golub
 * and Van Loan, Matrix Computations, 10.3), whose small tridiagonal matrix ml-matrix decomposes: O(D^2) a step where a
 * whole decomposition costs O(D^3).
 *
 * @param matrix `[D, D]`
 * @param k in [1, D]
 * @param random start vector
 */
export function leadingEigenpairs(
  matrix: Float64Array,
  width: number,
  k: number,
  random: RandomStream,
): LeadingEigenpairs {
  if (width <= WHOLE_WIDTH) {
    const whole = decompose(Array.from({ length: width }, (_, i) => [...matrix.subarray(i * width, (i + 1) * width)]));
    return pick(k, width, whole.values, (pair, d) => whole.vector(pair)[d]!);
  }
  return lanczos(matrix, width, k, random);
}

function lanczos(matrix: Float64Array, width: number, k: number, random: RandomStream): LeadingEigenpairs {
  const basis: Float64Array[] = [];
  const diagonal: number[] = [];
  const offDiagonal: number[] = [];
  let next = freshDirection(basis, width, random);
  for (;;) {
    const vector = next;
    basis.push(vector);
    const image = multiply(matrix, vector);
    diagonal.push(dot(image, vector));
    orthogonalise(image, basis);
    let norm = Math.sqrt(dot(image, image));
    const scale = diagonal.reduce((a, b) => Math.max(a, Math.abs(b)), 0);
    const closed = norm <= 1e-14 * scale;
    next = closed && basis.length < width ? freshDirection(basis, width, random) : image.map((value) => value / norm);
    if (closed) norm = 0;
    const last = basis.length === width;
    if (last || (basis.length >= k && basis.length % STEPS_BETWEEN_CHECKS === 0)) {
      const small = decompose(tridiagonal(diagonal, offDiagonal));
      const residual = (pair: number): number => norm * Math.abs(small.vector(pair)[basis.length - 1]!);
      const found = Array.from({ length: k }, (_, pair) => residual(pair) <= TOLERANCE * small.values[0]!);
      if (last || (found.every(Boolean) && !closed)) {
        return pick(k, width, small.values, (pair, d) => {
          const weights = small.vector(pair);
          let sum = 0;
          for (let step = 0; step < basis.length; step++) sum += weights[step]! * basis[step]![d]!;
          return sum;
        });
      }
    }
    offDiagonal.push(norm);
  }
}

/** Eigenvalues in falling order, and the vector of each. */
function decompose(rows: number[][]): { values: number[]; vector(pair: number): number[] } {
  const { realEigenvalues, eigenvectorMatrix } = new EigenvalueDecomposition(new Matrix(rows), {
    assumeSymmetric: true,
  });
  const order = realEigenvalues.map((_, i) => i).sort((a, b) => realEigenvalues[b]! - realEigenvalues[a]!);
  return {
    values: order.map((column) => realEigenvalues[column]!),
    vector: (pair) => eigenvectorMatrix.getColumn(order[pair]!),
  };
}

function pick(
  k: number,
  width: number,
  values: readonly number[],
  entry: (pair: number, d: number) => number,
): LeadingEigenpairs {
  const vectors = new Float64Array(k * width);
  for (let pair = 0; pair < k; pair++) for (let d = 0; d < width; d++) vectors[pair * width + d] = entry(pair, d);
  return { values: Float64Array.from(values.slice(0, k)), vectors };
}

function tridiagonal(diagonal: readonly number[], offDiagonal: readonly number[]): number[][] {
  return diagonal.map((value, i) =>
    diagonal.map((_, j) => (i === j ? value : Math.abs(i - j) === 1 ? offDiagonal[Math.min(i, j)]! : 0)),
  );
}

function freshDirection(basis: readonly Float64Array[], width: number, random: RandomStream): Float64Array {
  const vector = Float64Array.from({ length: width }, () => random.normal());
  orthogonalise(vector, basis);
  const norm = Math.sqrt(dot(vector, vector));
  return vector.map((value) => value / norm);
}

/** Takes the part along the basis off a vector, twice: once leaves rounding behind. */
function orthogonalise(vector: Float64Array, basis: readonly Float64Array[]): void {
  for (let pass = 0; pass < 2; pass++) {
    for (const direction of basis) {
      const along = dot(vector, direction);
      for (let d = 0; d < vector.length; d++) vector[d]! -= along * direction[d]!;
    }
  }
}

function multiply(matrix: Float64Array, vector: Float64Array): Float64Array {
  const width = vector.length;
  const product = new Float64Array(width);
  for (let row = 0; row < width; row++) {
    let sum = 0;
    for (let d = 0, i = row * width; d < width; d++, i++) sum += matrix[i]! * vector[d]!;
    product[row] = sum;
  }
  return product;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let d = 0; d < a.length; d++) sum += a[d]! * b[d]!;
  return sum;
}
