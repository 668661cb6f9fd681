import { NumericalError, ShapeError } from '../core/errors.js';
import type { Mask } from './dice.js';
import { quantile } from './quantile.js';

/** Distances between the outlines of two masks, in the unit of the pixel spacing. */
export interface SurfaceDistances {
  /** Largest distance from one outline to the other, over both directions. */
  readonly hausdorff: number;
  /** As `hausdorff`, with the 95th percentile of each direction in place of its largest. */
  readonly hausdorff95: number;
  /** Mean over all outline pixels of both masks of the distance to the other outline. */
  readonly averageSurfaceDistance: number;
}

/**
 * Hausdorff and average surface distance of two masks.
 *
 * The outline is the set of foreground pixels with a background 4-neighbour; the image border counts as background.
 * Distances run between pixel centres and are exact Euclidean (separable distance transform).
 *
 * Source: Taha and Hanbury 2015; distance transform by Felzenszwalb and Huttenlocher 2012.
 *
 * Shapes: H = rows, W = columns.
 * @param a `[H, W]` row-major, nonzero is foreground
 * @param b `[H, W]`
 * @param size `[H, W]`
 * @param spacing `[row, column]` size of a pixel, e.g. in mm; default `[1, 1]` (pixels)
 * @throws {ShapeError} if a mask does not hold H x W pixels
 * @throws {NumericalError} if a mask is empty: it has no outline
 */
export function surfaceDistances(
  a: Mask,
  b: Mask,
  size: readonly [number, number],
  spacing: readonly [number, number] = [1, 1],
): SurfaceDistances {
  const first = outline('a', a, size);
  const second = outline('b', b, size);
  const toSecond = sampled(first, squaredDistances(second, size, spacing));
  const toFirst = sampled(second, squaredDistances(first, size, spacing));
  const total = toSecond.reduce((sum, d) => sum + d, 0) + toFirst.reduce((sum, d) => sum + d, 0);
  return {
    hausdorff: Math.max(quantile(toSecond, 1), quantile(toFirst, 1)),
    hausdorff95: Math.max(quantile(toSecond, 0.95), quantile(toFirst, 0.95)),
    averageSurfaceDistance: total / (toSecond.length + toFirst.length),
  };
}

function outline(name: string, mask: Mask, [height, width]: readonly [number, number]): Uint8Array {
  const who = 'surfaceDistances';
  if (mask.length !== height * width || mask.length === 0) {
    throw new ShapeError(`${who}: ${name} must hold ${height} x ${width} pixels, got ${mask.length}`);
  }
  const edge = new Uint8Array(mask.length);
  let found = false;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const i = y * width + x;
      if (mask[i] === 0) continue;
      const inside =
        y > 0 &&
        y < height - 1 &&
        x > 0 &&
        x < width - 1 &&
        mask[i - 1] !== 0 &&
        mask[i + 1] !== 0 &&
        mask[i - width] !== 0 &&
        mask[i + width] !== 0;
      if (!inside) {
        edge[i] = 1;
        found = true;
      }
    }
  }
  if (!found) {
    throw new NumericalError(`${who}: ${name} is empty and has no outline; leave the image out and report how many`);
  }
  return edge;
}

function sampled(edge: Uint8Array, squared: Float64Array): Float64Array {
  return squared.filter((_, i) => edge[i] === 1).map(Math.sqrt);
}

/** Squared distance of every pixel to the nearest marked pixel. */
function squaredDistances(
  marked: Uint8Array,
  [height, width]: readonly [number, number],
  [rowSpacing, columnSpacing]: readonly [number, number],
): Float64Array {
  const field = Float64Array.from(marked, (mark) => (mark === 1 ? 0 : Number.POSITIVE_INFINITY));
  const column = new Float64Array(height);
  for (let x = 0; x < width; x++) {
    for (let y = 0; y < height; y++) column[y] = field[y * width + x]!;
    const lowered = lowerEnvelope(column, rowSpacing);
    for (let y = 0; y < height; y++) field[y * width + x] = lowered[y]!;
  }
  for (let y = 0; y < height; y++) {
    field.set(lowerEnvelope(field.subarray(y * width, (y + 1) * width), columnSpacing), y * width);
  }
  return field;
}

/** min over j of heights[j] + (spacing (i - j))^2, for every i. */
function lowerEnvelope(heights: Float64Array, spacing: number): Float64Array {
  const size = heights.length;
  const vertices = new Int32Array(size);
  const starts = new Float64Array(size + 1);
  const square = spacing * spacing;
  let last = -1;
  for (let q = 0; q < size; q++) {
    if (heights[q] === Number.POSITIVE_INFINITY) continue;
    let start = Number.NEGATIVE_INFINITY;
    while (last >= 0) {
      const v = vertices[last]!;
      start = (heights[q]! - heights[v]! + square * (q * q - v * v)) / (2 * square * (q - v));
      if (start > starts[last]!) break;
      last--;
      start = Number.NEGATIVE_INFINITY;
    }
    vertices[++last] = q;
    starts[last] = start;
  }
  const result = new Float64Array(size).fill(Number.POSITIVE_INFINITY);
  if (last < 0) return result;
  for (let q = 0, k = 0; q < size; q++) {
    while (k < last && starts[k + 1]! < q) k++;
    result[q] = heights[vertices[k]!]! + square * (q - vertices[k]!) ** 2;
  }
  return result;
}
