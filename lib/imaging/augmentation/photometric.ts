import type { Plane } from '../resample.js';

/** Mirrors a plane left to right, in place. */
export function flip(plane: Plane): void {
  const { width, height, data } = plane;
  for (let y = 0; y < height; y++) data.subarray(y * width, (y + 1) * width).reverse();
}

/** Multiplies grey values (0 to 255), clipped, in place. Factor 1 changes nothing. */
export function adjustBrightness(plane: Plane, factor: number): void {
  const { data } = plane;
  for (let i = 0; i < data.length; i++) data[i] = clip(data[i]! * factor);
}

/** Stretches grey values (0 to 255) about their mean, clipped, in place. Factor 1 changes nothing. */
export function adjustContrast(plane: Plane, factor: number): void {
  const { data } = plane;
  let sum = 0;
  for (let i = 0; i < data.length; i++) sum += data[i]!;
  const mean = sum / data.length;
  for (let i = 0; i < data.length; i++) data[i] = clip(mean + factor * (data[i]! - mean));
}

/** Inverts grey values at or above the threshold, in place (Pillow `ImageOps.solarize`, threshold 128). */
export function solarize(plane: Plane, threshold = 128): void {
  const { data } = plane;
  for (let i = 0; i < data.length; i++) if (data[i]! >= threshold) data[i] = 255 - data[i]!;
}

function clip(value: number): number {
  return Math.min(255, Math.max(0, value));
}
