/** Geometry of the explorer page. Each function is self-contained: the page carries its source text. */
export interface ExplorerGeometry {
  insidePolygon(x: number, y: number, polygon: readonly (readonly [number, number])[]): boolean;
  nearestPoint(
    x: number,
    y: number,
    xs: readonly number[],
    ys: readonly number[],
    shown: readonly boolean[],
    within: number,
  ): number;
  nearestInDirection(
    from: number,
    dx: number,
    dy: number,
    xs: readonly number[],
    ys: readonly number[],
    shown: readonly boolean[],
  ): number;
}

/** True if a point lies inside a closed polygon (even-odd rule). */
export function insidePolygon(x: number, y: number, polygon: readonly (readonly [number, number])[]): boolean {
  let inside = false;
  for (let i = 0, j = polygon.length - 1; i < polygon.length; j = i++) {
    const [xi, yi] = polygon[i] as readonly [number, number];
    const [xj, yj] = polygon[j] as readonly [number, number];
    if (yi > y !== yj > y && x < ((xj - xi) * (y - yi)) / (yj - yi) + xi) inside = !inside;
  }
  return inside;
}

/** Index of the shown point nearest to a place and no farther than `within`; -1 if there is none. */
export function nearestPoint(
  x: number,
  y: number,
  xs: readonly number[],
  ys: readonly number[],
  shown: readonly boolean[],
  within: number,
): number {
  let best = -1;
  let least = within * within;
  for (let i = 0; i < xs.length; i++) {
    if (!shown[i]) continue;
    const distance = ((xs[i] as number) - x) ** 2 + ((ys[i] as number) - y) ** 2;
    if (distance <= least) {
      least = distance;
      best = i;
    }
  }
  return best;
}

/**
 * The shown point to go to from `from` when an arrow key is pressed: near, and more along the arrow than across it; -1 if there is none.
 *
 * @param dx, dy the arrow, of length 1, in the points' coordinates
 */
export function nearestInDirection(
  from: number,
  dx: number,
  dy: number,
  xs: readonly number[],
  ys: readonly number[],
  shown: readonly boolean[],
): number {
  let best = -1;
  let least = Number.POSITIVE_INFINITY;
  for (let i = 0; i < xs.length; i++) {
    if (i === from || !shown[i]) continue;
    const x = (xs[i] as number) - (xs[from] as number);
    const y = (ys[i] as number) - (ys[from] as number);
    const along = x * dx + y * dy;
    const across = Math.abs(x * dy - y * dx);
    if (along <= 0 || across > along) continue;
    const cost = along + 2 * across;
    if (cost < least) {
      least = cost;
      best = i;
    }
  }
  return best;
}
