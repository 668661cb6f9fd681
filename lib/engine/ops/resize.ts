import * as tf from '@tensorflow/tfjs';
import { ArgumentError, ShapeError } from '../../core/errors.js';

/** How {@link resize2d} samples. */
export interface ResizeOptions {
  readonly mode: 'bilinear' | 'bicubic' | 'nearest';
  /** As in PyTorch: corner pixels map to corner pixels. Default false: pixel areas are aligned. */
  readonly alignCorners?: boolean;
  /**
   * Output size / input size that the sampling positions are computed with, `[vertical, horizontal]`, where it differs
   * from the ratio of the sizes: `F.interpolate(scale_factor=...)` without recomputing, as DINO's position
   * interpolation does with (w + 0.1) / M.
   */
  readonly scale?: readonly [number, number];
}

/**
 * Resizes the last two axes, as `F.interpolate` without antialiasing. A product with one constant matrix for each
 * axis, so that gradients are exact on every backend.
 *
 * @param x `[B, C, H, W]`
 * @param size height and width of the result
 * @returns `[B, C, size[0], size[1]]`
 * @throws {ShapeError} if x is not rank 4
 */
export function resize2d(x: tf.Tensor, size: readonly [number, number], options: ResizeOptions): tf.Tensor {
  if (x.rank !== 4) throw new ShapeError(`resize2d: x must be [B, C, H, W], got [${x.shape}]`);
  const [batch, channels, height, width] = x.shape as [number, number, number, number];
  if (options.alignCorners && (options.mode === 'nearest' || options.scale)) {
    throw new ArgumentError(
      `resize2d: alignCorners goes with bilinear or bicubic and without scale, got ${options.mode}`,
    );
  }
  const vertical = samplingMatrix(height, size[0], options, options.scale?.[0]);
  const horizontal = samplingMatrix(width, size[1], options, options.scale?.[1]);
  const rows = tf.reshape(x, [batch * channels * height, width]);
  const wide = tf.reshape(tf.matMul(rows, tf.tensor2d(horizontal, [size[1], width]), false, true), [
    batch * channels,
    height,
    size[1],
  ]); // [B C, H, W']
  const matrix = tf.reshape(tf.tensor2d(vertical, [size[0], height]), [1, size[0], height]);
  return tf.reshape(tf.matMul(matrix, wide), [batch, channels, size[0], size[1]]);
}

/**
 * The weights that turn `from` samples into `to` samples, row-major `[to, from]`.
 *
 * Bicubic uses PyTorch's kernel (a = -0.75); samples beyond the border repeat the border.
 */
export function samplingMatrix(from: number, to: number, options: ResizeOptions, scale = to / from): Float32Array {
  const matrix = new Float32Array(to * from);
  const add = (row: number, column: number, weight: number): void => {
    const index = row * from + Math.min(Math.max(column, 0), from - 1);
    matrix[index] = matrix[index]! + weight;
  };
  for (let row = 0; row < to; row++) {
    if (options.mode === 'nearest') {
      add(row, Math.floor(row / scale), 1);
      continue;
    }
    const aligned = to > 1 ? (row * (from - 1)) / (to - 1) : 0;
    const position = options.alignCorners ? aligned : (row + 0.5) / scale - 0.5;
    const start = options.mode === 'bilinear' ? Math.max(position, 0) : position;
    const left = Math.floor(start);
    const offset = start - left;
    if (options.mode === 'bilinear') {
      add(row, left, 1 - offset);
      add(row, left + 1, offset);
    } else {
      for (let tap = -1; tap <= 2; tap++) add(row, left + tap, cubic(Math.abs(offset - tap)));
    }
  }
  return matrix;
}

/** Keys's cubic convolution with a = -0.75, for a distance >= 0 in samples. */
function cubic(distance: number): number {
  const a = -0.75;
  if (distance <= 1) return ((a + 2) * distance - (a + 3)) * distance * distance + 1;
  if (distance < 2) return ((a * distance - 5 * a) * distance + 8 * a) * distance - 4 * a;
  return 0;
}
