import { fillPolygon, type Point } from '../polygon-fill.js';
import type { Mask } from './regions.js';

/** Corners of the convex hull of a mask's pixels, counter-clockwise (Andrew's monotone chain). */
export function convexHull(mask: Mask): Point[] {
  const points: Point[] = [];
  for (let x = 0; x < mask.width; x++) {
    let [top, bottom] = [-1, -1];
    for (let y = 0; y < mask.height; y++) {
      if (mask.data[y * mask.width + x] === 0) continue;
      if (top < 0) top = y;
      bottom = y;
    }
    if (top >= 0) points.push({ x, y: top });
    if (bottom > top) points.push({ x, y: bottom });
  }
  const half = (ordered: readonly Point[]): Point[] => {
    const chain: Point[] = [];
    for (const point of ordered) {
      while (chain.length >= 2 && turn(chain[chain.length - 2]!, chain[chain.length - 1]!, point) <= 0) chain.pop();
      chain.push(point);
    }
    return chain.slice(0, -1);
  };
  return points.length < 2 ? points : [...half(points), ...half(points.reverse())];
}

const turn = (a: Point, b: Point, c: Point): number => (b.x - a.x) * (c.y - a.y) - (b.y - a.y) * (c.x - a.x);

/** The convex hull as a mask. */
export function filledHull(mask: Mask): Mask {
  return { ...mask, data: fillPolygon(convexHull(mask), mask.width, mask.height) };
}
