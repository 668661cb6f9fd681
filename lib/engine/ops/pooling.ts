import * as tf from '@tensorflow/tfjs';
import { ShapeError } from '../../core/errors.js';

/** Windows of a pooling, square unless a pair `[vertical, horizontal]` is given. */
export interface PoolOptions {
  readonly size: number | readonly [number, number];
  /** Default: the size. */
  readonly stride?: number | readonly [number, number];
  /** Added on both sides; minus infinity for the maximum, zeros (counted, as in PyTorch) for the mean. Default 0. */
  readonly padding?: number | readonly [number, number];
}

/** The largest value of each window, as `F.max_pool2d`. Of equal values the first gets the gradient. x `[B, C, H, W]`. */
export function maxPool2d(x: tf.Tensor, options: PoolOptions): tf.Tensor {
  return pool('maxPool2d', x, options, -3.4e38, (image, size, stride) => tf.maxPool(image, size, stride, 'valid'));
}

/** The mean of each window, as `F.avg_pool2d`. x `[B, C, H, W]`. */
export function avgPool2d(x: tf.Tensor, options: PoolOptions): tf.Tensor {
  return pool('avgPool2d', x, options, 0, (image, size, stride) => tf.avgPool(image, size, stride, 'valid'));
}

/** The mean over all pixels: `[B, C, H, W]` -> `[B, C]`. */
export function globalAvgPool(x: tf.Tensor): tf.Tensor {
  return tf.mean(x, [2, 3]);
}

type Pair = [number, number];

function pool(
  who: string,
  x: tf.Tensor,
  options: PoolOptions,
  border: number,
  apply: (image: tf.Tensor4D, size: Pair, stride: Pair) => tf.Tensor4D,
): tf.Tensor {
  if (x.rank !== 4) throw new ShapeError(`${who}: x must be [B, C, H, W], got [${x.shape}]`);
  const size = pair(options.size);
  const [vertical, horizontal] = pair(options.padding ?? 0);
  const sides: Pair[] = [
    [0, 0],
    [0, 0],
    [vertical, vertical],
    [horizontal, horizontal],
  ];
  const padded = vertical + horizontal > 0 ? tf.pad(x, sides, border) : x;
  const image = tf.transpose(padded, [0, 2, 3, 1]) as tf.Tensor4D; // compiled, the transposes cancel
  return tf.transpose(apply(image, size, pair(options.stride ?? options.size)), [0, 3, 1, 2]);
}

function pair(value: number | readonly [number, number]): Pair {
  return typeof value === 'number' ? [value, value] : [...value];
}
