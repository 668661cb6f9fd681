import type { Plane } from '../resample.js';

/**
 * Gaussian blur, in place, edges extended.
 *
 * Deviates: a true Gaussian cut at 3 sigma; Pillow's `GaussianBlur` approximates one with box filters.
 *
 * @param sigma standard deviation in pixels (Pillow's `radius`)
 */
export function gaussianBlur(plane: Plane, sigma: number): void {
  const reach = Math.max(1, Math.ceil(3 * sigma));
  const kernel = new Float32Array(2 * reach + 1);
  let sum = 0;
  for (let i = -reach; i <= reach; i++) {
    kernel[i + reach] = Math.exp(-(i * i) / (2 * sigma * sigma));
    sum += kernel[i + reach]!;
  }
  for (let i = 0; i < kernel.length; i++) kernel[i] = kernel[i]! / sum;
  const { width, height, data } = plane;
  const line = new Float32Array(Math.max(width, height));
  for (let y = 0; y < height; y++) blurLine(data, y * width, 1, width, kernel, reach, line);
  for (let x = 0; x < width; x++) blurLine(data, x, width, height, kernel, reach, line);
}

function blurLine(
  data: Float32Array,
  start: number,
  step: number,
  length: number,
  kernel: Float32Array,
  reach: number,
  line: Float32Array,
): void {
  for (let i = 0; i < length; i++) line[i] = data[start + i * step]!;
  for (let i = 0; i < length; i++) {
    let sum = 0;
    for (let k = -reach; k <= reach; k++) {
      const j = i + k;
      sum += kernel[k + reach]! * line[Math.min(length - 1, Math.max(0, j))]!;
    }
    data[start + i * step] = sum;
  }
}
