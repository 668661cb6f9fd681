import * as tf from '@tensorflow/tfjs';
import { ArgumentError } from '../core/errors.js';

/** How a grid is resampled. Coordinates are those of torch's `interpolate(align_corners=False)`. */
export interface Interpolation {
  readonly kind: 'nearest' | 'bilinear' | 'bicubic';
  /** Widens the kernel when shrinking (and, for bicubic, uses a = -0.5 instead of -0.75), as torch does. False if left out. */
  readonly antialias?: boolean;
  /** Output over input size along one axis, where it is not their quotient (DINO's +0.1). */
  readonly scale?: number;
}

/**
 * The matrix that resamples one axis: `output = matrix x input`. A product with a constant traces and has a gradient, whatever the kernel.
 *
 * Source: PyTorch aten/src/ATen/native/UpSample.h and cpu/UpSampleKernel.cpp.
 *
 * @returns `[outputs, inputs]`, each row sums to 1
 */
export function interpolationMatrix(inputs: number, outputs: number, options: Interpolation): Float32Array {
  if (!(Number.isInteger(inputs) && Number.isInteger(outputs) && inputs > 0 && outputs > 0)) {
    throw new ArgumentError(`interpolationMatrix: sizes must be positive integers, got ${inputs} and ${outputs}`);
  }
  const step = options.scale === undefined ? inputs / outputs : 1 / options.scale;
  const matrix = new Float32Array(outputs * inputs);
  for (let output = 0; output < outputs; output++) {
    const row = matrix.subarray(output * inputs, (output + 1) * inputs);
    if (options.kind === 'nearest') row[Math.min(inputs - 1, Math.floor(output * step))] = 1;
    else if (options.antialias) antialiasedRow(row, (output + 0.5) * step, step, options.kind);
    else plainRow(row, (output + 0.5) * step - 0.5, options.kind);
  }
  return matrix;
}

/** Taps beyond the border repeat the border's value. */
function plainRow(row: Float32Array, position: number, kind: 'bilinear' | 'bicubic'): void {
  const centre = kind === 'bilinear' ? Math.max(0, position) : position;
  const first = Math.floor(centre);
  const fraction = centre - first;
  const reach = kind === 'bilinear' ? [0, 1] : [-1, 0, 1, 2];
  for (const tap of reach) {
    const weight = kind === 'bilinear' ? triangle(tap - fraction) : cubic(tap - fraction, -0.75);
    const at = Math.min(row.length - 1, Math.max(0, first + tap));
    row[at] = row[at]! + weight;
  }
}

/** Taps beyond the border are left out and the others scaled to sum to 1. */
function antialiasedRow(row: Float32Array, centre: number, step: number, kind: 'bilinear' | 'bicubic'): void {
  const widen = Math.max(1, step);
  const support = (kind === 'bilinear' ? 1 : 2) * widen;
  const low = Math.max(0, Math.trunc(centre - support + 0.5));
  const high = Math.min(row.length, Math.trunc(centre + support + 0.5));
  let total = 0;
  for (let at = low; at < high; at++) {
    const distance = (at + 0.5 - centre) / widen;
    const weight = kind === 'bilinear' ? triangle(distance) : cubic(distance, -0.5);
    row[at] = weight;
    total += weight;
  }
  for (let at = low; at < high; at++) row[at] = row[at]! / total;
}

function triangle(distance: number): number {
  return Math.max(0, 1 - Math.abs(distance));
}

function cubic(distance: number, a: number): number {
  const x = Math.abs(distance);
  if (x <= 1) return ((a + 2) * x - (a + 3)) * x * x + 1;
  if (x < 2) return ((a * x - 5 * a) * x + 8 * a) * x - 4 * a;
  return 0;
}

/**
 * Resamples the two leading axes of a grid.
 *
 * @param grid `[h, w, C]`
 * @param rows vertical resampling to `height`
 * @param columns horizontal resampling to `width`
 * @returns `[height, width, C]`
 */
export function resampleGrid(
  grid: tf.Tensor,
  [height, width]: readonly [number, number],
  rows: Interpolation,
  columns: Interpolation = rows,
): tf.Tensor {
  const [h = 0, w = 0, channels = 0] = grid.shape;
  const vertical = tf.tensor2d(interpolationMatrix(h, height, rows), [height, h]);
  const horizontal = tf.tensor2d(interpolationMatrix(w, width, columns), [width, w]);
  const tall = tf.reshape(tf.matMul(vertical, tf.reshape(grid, [h, w * channels])), [height, w, channels]);
  const turned = tf.reshape(tf.transpose(tall, [1, 0, 2]), [w, height * channels]);
  const wide = tf.reshape(tf.matMul(horizontal, turned), [width, height, channels]);
  return tf.transpose(wide, [1, 0, 2]);
}

/**
 * Resizes images or feature maps.
 *
 * @param images `[B, C, H, W]`
 * @returns `[B, C, height, width]`
 */
export function resizeImages(
  images: tf.Tensor,
  [height, width]: readonly [number, number],
  options: Interpolation,
): tf.Tensor {
  const [batch = 0, channels = 0, h = 0, w = 0] = images.shape;
  if (h === height && w === width) return images;
  const horizontal = tf.tensor2d(interpolationMatrix(w, width, options), [width, w]);
  const vertical = tf.tensor2d(interpolationMatrix(h, height, options), [height, h]);
  const wide = tf.matMul(tf.reshape(images, [batch * channels * h, w]), horizontal, false, true); // [B C H, width]
  const turned = tf.transpose(tf.reshape(wide, [batch * channels, h, width]), [0, 2, 1]); // [B C, width, H]
  const tall = tf.matMul(tf.reshape(turned, [batch * channels * width, h]), vertical, false, true);
  return tf.reshape(tf.transpose(tf.reshape(tall, [batch * channels, width, height]), [0, 2, 1]), [
    batch,
    channels,
    height,
    width,
  ]);
}
