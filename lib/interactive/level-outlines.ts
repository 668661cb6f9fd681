import { ShapeError } from '../core/errors.js';

/** A closed outline: x0, y0, x1, y1, … in pixels, pixel (0, 0) covering [0, 1] x [0, 1]; the last point joins the first. */
export type FlatOutline = readonly number[];

/**
 * Closed outlines of where a field rises above a level (marching squares, linear between pixel centres, holes included). The field counts as below the
 * level beyond its border, so that every outline closes.
 *
 * Ambiguous saddles are kept apart: the inside does not touch across a corner.
 *
 * @param field `[height, width]`
 * @throws {ShapeError} if the field does not fill `width` x `height`
 */
export function levelOutlines(field: ArrayLike<number>, width: number, height: number, level: number): FlatOutline[] {
  if (field.length !== width * height) {
    throw new ShapeError(`levelOutlines: field must have ${width} x ${height} values, got ${field.length}`);
  }
  const value = (x: number, y: number): number =>
    x < 0 || y < 0 || x >= width || y >= height ? Number.NEGATIVE_INFINITY : field[y * width + x]! - level;
  const columns = width + 1;
  // Cell (x, y) has the pixel centres (x - 1, y - 1) to (x, y) at its corners. Each of its sides has a number; a side that is crossed ends one segment
  // and starts the next.
  const across = (x: number, y: number): number => 2 * (y * (columns + 1) + x);
  const down = (x: number, y: number): number => across(x, y) + 1;
  const next = new Map<number, number>();
  for (let y = 0; y <= height; y++) {
    for (let x = 0; x <= width; x++) {
      const corners =
        (value(x - 1, y - 1) > 0 ? 1 : 0) |
        (value(x, y - 1) > 0 ? 2 : 0) |
        (value(x, y) > 0 ? 4 : 0) |
        (value(x - 1, y) > 0 ? 8 : 0);
      if (corners === 0 || corners === 15) continue;
      const [top, right, bottom, left] = [across(x, y), down(x + 1, y), across(x, y + 1), down(x, y)];
      for (const [from, to] of SEGMENTS[corners]!) {
        next.set([top, right, bottom, left][from]!, [top, right, bottom, left][to]!);
      }
    }
  }
  const place = (side: number): [number, number] => {
    const cell = side >> 1;
    const [x, y] = [cell % (columns + 1), Math.floor(cell / (columns + 1))];
    // A side across joins the centres (x - 1, y - 1) and (x, y - 1), a side down (x - 1, y - 1) and (x - 1, y); centres lie half a pixel in.
    const along = side % 2 === 0;
    const t = crossing(value(x - 1, y - 1), along ? value(x, y - 1) : value(x - 1, y));
    return along ? [x - 0.5 + t, y - 0.5] : [x - 0.5, y - 0.5 + t];
  };
  const outlines: FlatOutline[] = [];
  for (const first of next.keys()) {
    const outline: number[] = [];
    for (let side = first, to = next.get(side); to !== undefined; side = to, to = next.get(side)) {
      next.delete(side);
      outline.push(...place(side));
    }
    if (outline.length >= 6) outlines.push(outline);
  }
  return outlines;
}

/** Where between two values the level lies, 0 to 1; half way to the border, where the outside has no value. */
function crossing(a: number, b: number): number {
  return Number.isFinite(a) && Number.isFinite(b) ? a / (a - b) : 0.5;
}

/** Sides (0 top, 1 right, 2 bottom, 3 left) that each case joins, the inside on the left as one walks. Bits: top left, top right, bottom right, bottom left. */
const SEGMENTS: readonly (readonly (readonly [number, number])[])[] = [
  [],
  [[3, 0]],
  [[0, 1]],
  [[3, 1]],
  [[1, 2]],
  [
    [3, 0],
    [1, 2],
  ],
  [[0, 2]],
  [[3, 2]],
  [[2, 3]],
  [[2, 0]],
  [
    [0, 1],
    [2, 3],
  ],
  [[2, 1]],
  [[1, 3]],
  [[1, 0]],
  [[0, 3]],
  [],
];
