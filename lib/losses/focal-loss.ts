import * as tf from '@tensorflow/tfjs';
import { expectShape } from '../core/shape.js';
import { logisticLosses } from './cross-entropy-loss.js';

/**
 * Focal loss on logits: cross-entropy scaled by `(1 - p_t) ^ gamma`, so that easy pixels hardly count. Mean over all counted pixels.
 *
 * Source: Lin et al. 2017, eq. 4, without alpha (EchoApex Table 10 gives gamma 2 only). Soft targets t in (0, 1), such as Gaussian
 * heatmaps, use `1 - p_t = sigmoid(-x (2t - 1))`, as MONAI's FocalLoss does; equal to the paper's where t is 0 or 1.
 *
 * @param logits `[B, C, H, W]`
 * @param targets `[B, C, H, W]` in [0, 1]
 * @param options.gamma 2 if left out
 * @param options.mask `[B, C]` of 0 and 1; channels of 0 do not count
 */
export function focalLoss(
  logits: tf.Tensor,
  targets: tf.Tensor,
  options: { readonly gamma?: number; readonly mask?: tf.Tensor } = {},
): tf.Scalar {
  const [images = 0, channels = 0, height = 0, width = 0] = logits.shape;
  expectShape('focalLoss', 'logits', logits.shape, [-1, -1, -1, -1]);
  expectShape('focalLoss', 'targets', targets.shape, logits.shape);
  const signed = tf.mul(tf.neg(logits), tf.sub(tf.mul(targets, 2), 1));
  const gamma = options.gamma ?? 2;
  const wrong = tf.sigmoid(signed);
  const factor = gamma === 2 ? tf.square(wrong) : tf.pow(wrong, gamma);
  const losses = tf.sum(tf.mul(factor, logisticLosses(logits, targets)), [2, 3]); // [B, C]
  if (options.mask === undefined) return tf.div(tf.sum(losses), images * channels * height * width) as tf.Scalar;
  expectShape('focalLoss', 'mask', options.mask.shape, [images, channels]);
  const counted = tf.mul(tf.maximum(tf.sum(options.mask), 1), height * width);
  return tf.div(tf.sum(tf.mul(losses, options.mask)), counted) as tf.Scalar;
}
