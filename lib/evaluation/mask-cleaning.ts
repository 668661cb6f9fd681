import { ArgumentError, ShapeError } from '../core/errors.js';
import { largestPiece, type Mask, open } from '../imaging/curation/regions.js';

/**
 * Mask of the pixels whose value is above a threshold.
 *
 * @param values `[height, width]` logits (threshold 0) or probabilities (threshold 0.5)
 * @throws {ShapeError} if the number of values is not width x height
 */
export function maskAbove(values: ArrayLike<number>, width: number, height: number, threshold: number): Mask {
  if (values.length !== width * height) {
    throw new ShapeError(`maskAbove: values must hold ${width} x ${height} pixels, got ${values.length}`);
  }
  return { width, height, data: Uint8Array.from(values, (value) => (value > threshold ? 1 : 0)) };
}

/** Fills holes: background that is not joined to the border through edges of pixels. Equal to scipy's binary_fill_holes. */
export function fillHoles({ width, height, data }: Mask): Mask {
  const outside = new Uint8Array(width * height);
  const stack: number[] = [];
  const visit = (x: number, y: number): void => {
    const i = y * width + x;
    if (x < 0 || y < 0 || x >= width || y >= height || data[i] !== 0 || outside[i] !== 0) return;
    outside[i] = 1;
    stack.push(i);
  };
  for (let x = 0; x < width; x++) {
    visit(x, 0);
    visit(x, height - 1);
  }
  for (let y = 0; y < height; y++) {
    visit(0, y);
    visit(width - 1, y);
  }
  for (let at = stack.pop(); at !== undefined; at = stack.pop()) {
    const x = at % width;
    const y = Math.floor(at / width);
    visit(x - 1, y);
    visit(x + 1, y);
    visit(x, y - 1);
    visit(x, y + 1);
  }
  return { width, height, data: outside.map((value) => 1 - value) };
}

/** Options of {@link cleanMask}. */
export interface CleaningOptions {
  /** Removes what is thinner than 2 r + 1 pixels first; default 0, nothing. */
  readonly openingRadius?: number;
}

/**
 * One solid structure from a raw mask: its largest piece (8-connected), holes filled.
 *
 * Not in the paper, which measures raw output; where it is used the record must say so.
 * @throws {ArgumentError} if the radius is not an integer >= 0
 */
export function cleanMask(mask: Mask, options: CleaningOptions = {}): Mask {
  const { openingRadius = 0 } = options;
  if (!Number.isInteger(openingRadius) || openingRadius < 0) {
    throw new ArgumentError(`cleanMask: openingRadius must be an integer >= 0, got ${openingRadius}`);
  }
  return fillHoles(largestPiece(openingRadius > 0 ? open(mask, openingRadius) : mask).piece);
}
