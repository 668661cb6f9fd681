import type { RandomStream } from '../../core/random.js';

/** A picture with one byte of label a pixel, both square and of one size. */
export interface LabelledSquare {
  readonly side: number;
  /** `[side, side]` grey. */
  readonly image: Uint8Array;
  /** `[side, side]` value of the structure, 0 outside all. */
  readonly labels: Uint8Array;
}

/** From a place in the target, measured from its centre in target pixels, to one in the source: `source = centre + matrix * target`. */
export interface Warp {
  readonly xx: number;
  readonly xy: number;
  readonly yx: number;
  readonly yy: number;
  /** Centre of the view in source pixels. */
  readonly cx: number;
  readonly cy: number;
}

/** How far the geometry of a training image may stray. */
export interface WarpRange {
  /** Degrees either way. */
  readonly rotation: number;
  /** Largest factor, and its inverse the smallest; drawn evenly on a logarithmic scale. */
  readonly zoom: number;
  /** Largest ratio of horizontal to vertical zoom, and its inverse. */
  readonly stretch: number;
  /** Share of the side either way. */
  readonly shift: number;
}

/** The whole source in the target. */
export function plainWarp(side: number, target: number): Warp {
  const scale = side / target;
  return { xx: scale, xy: 0, yx: 0, yy: scale, cx: side / 2, cy: side / 2 };
}

/** A random view of the source. */
export function randomWarp(side: number, target: number, range: WarpRange, random: RandomStream): Warp {
  const angle = (random.between(-range.rotation, range.rotation) * Math.PI) / 180;
  const even = (factor: number): number => factor ** random.between(-1, 1);
  const zoom = even(range.zoom);
  const stretch = Math.sqrt(even(range.stretch));
  const scale = side / target / zoom;
  const [across, down] = [scale / stretch, scale * stretch];
  return {
    xx: across * Math.cos(angle),
    xy: -down * Math.sin(angle),
    yx: across * Math.sin(angle),
    yy: down * Math.cos(angle),
    cx: side / 2 + side * random.between(-range.shift, range.shift),
    cy: side / 2 + side * random.between(-range.shift, range.shift),
  };
}

/** A warped picture and the share of each pixel that a structure covers. */
export interface WarpedSquare {
  /** `[target, target]`, 0 to 255; black outside the source. */
  readonly image: Float32Array;
  /** `[target, target]`, 0 to 1. */
  readonly cover: Float32Array;
}

/**
 * Renders a view: each target pixel is the mean of a square of samples at least as dense as the source's pixels, so that no pixel of a small
 * structure is passed over; bilinear in the picture, nearest in the labels.
 *
 * @param structure value in `labels`
 */
export function renderWarp(source: LabelledSquare, structure: number, warp: Warp, target: number): WarpedSquare {
  const { side, image, labels } = source;
  const spacing = Math.max(Math.hypot(warp.xx, warp.yx), Math.hypot(warp.xy, warp.yy));
  const parts = Math.max(1, Math.ceil(spacing - 1e-6));
  const weight = 1 / (parts * parts);
  const result = { image: new Float32Array(target * target), cover: new Float32Array(target * target) };
  for (let row = 0; row < target * parts; row++) {
    const v = (row + 0.5) / parts - target / 2;
    const line = Math.floor(row / parts) * target;
    for (let column = 0; column < target * parts; column++) {
      const u = (column + 0.5) / parts - target / 2;
      const x = warp.cx + warp.xx * u + warp.xy * v - 0.5;
      const y = warp.cy + warp.yx * u + warp.yy * v - 0.5;
      if (x <= -0.5 || y <= -0.5 || x >= side - 0.5 || y >= side - 0.5) continue;
      const at = line + Math.floor(column / parts);
      const [x0, y0] = [Math.max(0, Math.floor(x)), Math.max(0, Math.floor(y))];
      const [x1, y1] = [Math.min(side - 1, x0 + 1), Math.min(side - 1, y0 + 1)];
      const [fx, fy] = [Math.max(0, x - x0), Math.max(0, y - y0)];
      const top = image[y0 * side + x0]! * (1 - fx) + image[y0 * side + x1]! * fx;
      const bottom = image[y1 * side + x0]! * (1 - fx) + image[y1 * side + x1]! * fx;
      result.image[at]! += weight * (top * (1 - fy) + bottom * fy);
      const nearest = Math.round(y) * side + Math.round(x);
      if (labels[nearest] === structure) result.cover[at]! += weight;
    }
  }
  return result;
}
