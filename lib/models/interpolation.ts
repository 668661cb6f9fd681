import * as tf from '@tensorflow/tfjs';
import { samplingMatrix } from '../engine/ops.js';

/** How one axis of a grid is resampled, with torch's coordinates (`align_corners=False`). */
export interface AxisResampling {
  readonly mode: 'bilinear' | 'bicubic';
  /** Widens the kernel when shrinking, as torch's `antialias=True`. False if left out. */
  readonly antialias?: boolean;
  /** Output over input size where it is not their quotient (DINO's +0.1); not with antialias. */
  readonly scale?: number;
}

/**
 * The matrix that resamples one axis: `output = matrix x input`. A product with a constant traces and has a gradient.
 *
 * @returns `[outputs, inputs]`, each row sums to 1
 */
export function resamplingMatrix(inputs: number, outputs: number, options: AxisResampling): Float32Array {
  return options.antialias
    ? antialiasedMatrix(inputs, outputs, options.mode)
    : samplingMatrix(inputs, outputs, { mode: options.mode }, options.scale);
}

/**
 * Source: PyTorch aten/src/ATen/native/cpu/UpSampleKernel.cpp, the `_aa` kernels: bicubic with a = -0.5, taps beyond the border left out and
 * the others scaled to sum to 1.
 */
function antialiasedMatrix(inputs: number, outputs: number, mode: 'bilinear' | 'bicubic'): Float32Array {
  const step = inputs / outputs;
  const widen = Math.max(1, step);
  const support = (mode === 'bilinear' ? 1 : 2) * widen;
  const matrix = new Float32Array(outputs * inputs);
  for (let output = 0; output < outputs; output++) {
    const centre = (output + 0.5) * step;
    const low = Math.max(0, Math.trunc(centre - support + 0.5));
    const high = Math.min(inputs, Math.trunc(centre + support + 0.5));
    const weights: number[] = [];
    for (let at = low; at < high; at++) weights.push(kernel((at + 0.5 - centre) / widen, mode));
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    for (const [i, weight] of weights.entries()) matrix[output * inputs + low + i] = weight / total;
  }
  return matrix;
}

function kernel(distance: number, mode: 'bilinear' | 'bicubic'): number {
  const x = Math.abs(distance);
  if (mode === 'bilinear') return Math.max(0, 1 - x);
  if (x < 1) return (1.5 * x - 2.5) * x * x + 1;
  return x < 2 ? ((-0.5 * x + 2.5) * x - 4) * x + 2 : 0;
}

/**
 * Resamples the two leading axes of a grid.
 *
 * @param grid `[h, w, C]`
 * @param size rows and columns of the result
 * @returns `[size[0], size[1], C]`
 */
export function resampleGrid(
  grid: tf.Tensor,
  [height, width]: readonly [number, number],
  rows: AxisResampling,
  columns: AxisResampling = rows,
): tf.Tensor {
  const [h = 0, w = 0, channels = 0] = grid.shape;
  const vertical = tf.tensor2d(resamplingMatrix(h, height, rows), [height, h]);
  const horizontal = tf.tensor2d(resamplingMatrix(w, width, columns), [width, w]);
  const tall = tf.reshape(tf.matMul(vertical, tf.reshape(grid, [h, w * channels])), [height, w, channels]);
  const turned = tf.reshape(tf.transpose(tall, [1, 0, 2]), [w, height * channels]);
  const wide = tf.reshape(tf.matMul(horizontal, turned), [width, height, channels]);
  return tf.transpose(wide, [1, 0, 2]);
}
