import { ShapeError } from '../core/errors.js';

/** A corner of a polygon; x across, y down, in pixels, pixel centres at integers. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

/**
 * Fills a polygon: pixels whose centre lies inside, on an edge or on a corner become 1. Even-odd rule.
 *
 * Equal pixel for pixel to scikit-image 0.19.3 `skimage.draw.polygon(y, x, (height, width))`, degenerate polygons included, which the
 * EchoNet-Dynamic code uses to turn tracings into masks.
 *
 * @returns `[height, width]`, 0 or 1
 * @throws {ShapeError} if a corner is not finite
 */
export function fillPolygon(corners: readonly Point[], width: number, height: number): Uint8Array {
  const mask = new Uint8Array(width * height);
  if (corners.length === 0) return mask;
  let [left, right, top, bottom] = [Infinity, -Infinity, Infinity, -Infinity];
  for (const { x, y } of corners) {
    if (!Number.isFinite(x) || !Number.isFinite(y)) {
      throw new ShapeError(`fillPolygon: corners must be finite, got (${x}, ${y})`);
    }
    left = Math.min(left, x);
    right = Math.max(right, x);
    top = Math.min(top, y);
    bottom = Math.max(bottom, y);
  }
  const lastColumn = Math.min(width - 1, Math.ceil(right));
  const lastRow = Math.min(height - 1, Math.ceil(bottom));
  for (let y = Math.floor(Math.max(0, top)); y <= lastRow; y++) {
    const edges = edgesNear(corners, y);
    for (let x = Math.floor(Math.max(0, left)); x <= lastColumn; x++) {
      if (isInside(edges, x, y)) mask[y * width + x] = 1;
    }
  }
  return mask;
}

type Edge = readonly [from: Point, to: Point];

/** The edges that can matter to row y: those that touch it. */
function edgesNear(corners: readonly Point[], y: number): Edge[] {
  const edges: Edge[] = [];
  let from = corners[corners.length - 1]!;
  for (const to of corners) {
    if (Math.min(from.y, to.y) <= y + 1e-9 && Math.max(from.y, to.y) >= y - 1e-9) edges.push([from, to]);
    from = to;
  }
  return edges;
}

/**
 * O'Rourke's ray test in scikit-image's form: crossings to the right and to the left are counted apart; where their parities
 * differ the point is on an edge.
 */
function isInside(edges: readonly Edge[], x: number, y: number): boolean {
  let rightCrossings = 0;
  let leftCrossings = 0;
  for (const [from, to] of edges) {
    const [x0, y0] = [to.x - x, to.y - y];
    const [x1, y1] = [from.x - x, from.y - y];
    if (Math.abs(x0) < 1e-12 && Math.abs(y0) < 1e-12) return true;
    if (y0 > 0 !== y1 > 0 && (x0 * y1 - x1 * y0) / (y1 - y0) > 0) rightCrossings++;
    if (y0 < 0 !== y1 < 0 && (x0 * y1 - x1 * y0) / (y1 - y0) < 0) leftCrossings++;
  }
  return rightCrossings % 2 === 1 || leftCrossings % 2 === 1;
}
