import { ArgumentError, ShapeError } from '../core/errors.js';
import type { Point } from '../imaging/polygon-fill.js';

/** Threshold above which a heatmap pixel counts as the landmark (EchoNet-LVH; EchoApex A.4). */
export const LANDMARK_THRESHOLD = 0.3;

/** Heatmaps of some landmarks and which of them were annotated. Shapes: C = landmarks. */
export interface HeatmapChannels {
  /** `[C, height, width]`; a channel without annotation is 0 throughout. */
  readonly data: Float32Array;
  /** `[C]` 1 if annotated; channels with 0 take no part in the loss. */
  readonly annotated: Uint8Array;
}

/**
 * Gaussian balls of height 1, one a channel, with the centres at sub-pixel places.
 *
 * Source: EchoApex A.4, Table 10 (sigma 5; 1 for DeepLabV3).
 * @param points `[C]` in pixels, pixel centres at integers; `null` where not annotated
 * @param sigma standard deviation in pixels, > 0
 * @throws {ArgumentError} on a sigma or size out of range or a point that is not finite
 */
export function landmarkHeatmaps(
  points: readonly (Point | null)[],
  width: number,
  height: number,
  sigma: number,
): HeatmapChannels {
  if (!(sigma > 0)) throw new ArgumentError(`landmarkHeatmaps: sigma must be > 0 pixels, got ${sigma}`);
  if (!Number.isInteger(width) || !Number.isInteger(height) || width < 1 || height < 1) {
    throw new ArgumentError(`landmarkHeatmaps: size must be integers >= 1, got ${width} x ${height}`);
  }
  const data = new Float32Array(points.length * width * height);
  points.forEach((point, channel) => {
    if (point === null) return;
    if (!Number.isFinite(point.x) || !Number.isFinite(point.y)) {
      throw new ArgumentError(`landmarkHeatmaps: point ${channel} must be finite, got (${point.x}, ${point.y})`);
    }
    const falloff = (distance: number): number => Math.exp(-(distance ** 2) / (2 * sigma ** 2));
    const across = Float64Array.from({ length: width }, (_, x) => falloff(x - point.x));
    for (let y = 0, i = channel * width * height; y < height; y++) {
      const down = falloff(y - point.y);
      for (let x = 0; x < width; x++, i++) data[i] = down * across[x]!;
    }
  });
  return { data, annotated: Uint8Array.from(points, (point) => (point === null ? 0 : 1)) };
}

/**
 * Place of the landmark in each heatmap: the centroid of the pixels above the threshold, each counting once.
 *
 * Source: EchoApex A.4; Duffy et al. 2022 (EchoNet-LVH).
 * @param heatmaps `[C, height, width]` in [0, 1]
 * @returns `[C]` in pixels; `null` where no pixel is above the threshold: no measurement, never a place
 * @throws {ShapeError} if the length is not a multiple of width x height
 */
export function landmarksOf(
  heatmaps: ArrayLike<number>,
  width: number,
  height: number,
  threshold: number = LANDMARK_THRESHOLD,
): (Point | null)[] {
  const channels = heatmaps.length / (width * height);
  if (!Number.isInteger(channels)) {
    throw new ShapeError(`landmarksOf: heatmaps must hold C x ${height} x ${width} values, got ${heatmaps.length}`);
  }
  return Array.from({ length: channels }, (_, channel) => {
    let count = 0;
    let sumX = 0;
    let sumY = 0;
    for (let y = 0, i = channel * width * height; y < height; y++) {
      for (let x = 0; x < width; x++, i++) {
        if (!(heatmaps[i]! > threshold)) continue;
        count++;
        sumX += x;
        sumY += y;
      }
    }
    return count === 0 ? null : { x: sumX / count, y: sumY / count };
  });
}
