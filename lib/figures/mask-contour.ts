import { ShapeError } from '../core/errors.js';

/** A closed outline in pixel coordinates: corner points, the last joined to the first. */
export type Outline = readonly (readonly [number, number])[];

/**
 * Outlines of a binary mask, traced along the edges between pixels (marching squares at pixel corners), holes included.
 *
 * Coordinates: x to the right and y down in pixels; pixel (0, 0) covers [0, 1] x [0, 1]. Straight runs are merged.
 *
 * @param mask `[height, width]`, 0 outside
 * @throws {ShapeError} if the mask does not fill `width` x `height`
 */
export function maskContours(mask: ArrayLike<number>, width: number, height: number): Outline[] {
  if (mask.length !== width * height) {
    throw new ShapeError(`maskContours: mask must have ${width} x ${height} values, got ${mask.length}`);
  }
  const inside = (x: number, y: number): boolean =>
    x >= 0 && y >= 0 && x < width && y < height && Boolean(mask[y * width + x]);
  // One directed edge a pixel side on the border, the mask on its right; keyed by its start corner.
  const edges = new Map<number, number[]>();
  const corner = (x: number, y: number): number => y * (width + 1) + x;
  const add = (x0: number, y0: number, x1: number, y1: number): void => {
    const start = corner(x0, y0);
    const ends = edges.get(start);
    if (ends === undefined) edges.set(start, [corner(x1, y1)]);
    else ends.push(corner(x1, y1));
  };
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      if (!inside(x, y)) continue;
      if (!inside(x, y - 1)) add(x, y, x + 1, y);
      if (!inside(x + 1, y)) add(x + 1, y, x + 1, y + 1);
      if (!inside(x, y + 1)) add(x + 1, y + 1, x, y + 1);
      if (!inside(x - 1, y)) add(x, y + 1, x, y);
    }
  }
  const outlines: Outline[] = [];
  for (const first of edges.keys()) {
    while ((edges.get(first)?.length ?? 0) > 0) outlines.push(straightened(walk(edges, first), width + 1));
  }
  return outlines;
}

function walk(edges: Map<number, number[]>, first: number): number[] {
  const corners = [first];
  for (let at = edges.get(first)?.pop(); at !== undefined && at !== first; at = edges.get(at)?.pop()) corners.push(at);
  return corners;
}

function straightened(corners: readonly number[], stride: number): Outline {
  const points = corners.map((corner) => [corner % stride, Math.floor(corner / stride)] as const);
  return points.filter((point, index) => {
    const before = points[(index + points.length - 1) % points.length] as readonly [number, number];
    const after = points[(index + 1) % points.length] as readonly [number, number];
    return (point[0] - before[0]) * (after[1] - point[1]) !== (point[1] - before[1]) * (after[0] - point[0]);
  });
}
