import * as tf from '@tensorflow/tfjs';
import { expectShape } from '../core/shape.js';

/**
 * Squared error of heatmaps in which background pixels weigh `alpha` and foreground pixels 1 (EchoApex A.4, the DeepLabV3 baseline).
 *
 * The paper gives alpha = 1e-3 and no formula, and no training code was released. Ours: foreground is where the target heatmap is above
 * `threshold`, the value at which predictions are read; the weighted sum is divided by the sum of the weights.
 *
 * @param predictions `[B, C, H, W]`, after the sigmoid
 * @param targets `[B, C, H, W]` in [0, 1]
 * @param options.alpha 1e-3 if left out (Table 10)
 * @param options.threshold 0.3 if left out
 * @param options.mask `[B, C]` of 0 and 1; channels of 0 do not count
 */
export function weightedMseLoss(
  predictions: tf.Tensor,
  targets: tf.Tensor,
  options: { readonly alpha?: number; readonly threshold?: number; readonly mask?: tf.Tensor } = {},
): tf.Scalar {
  const [images = 0, channels = 0] = predictions.shape;
  expectShape('weightedMseLoss', 'predictions', predictions.shape, [-1, -1, -1, -1]);
  expectShape('weightedMseLoss', 'targets', targets.shape, predictions.shape);
  const alpha = options.alpha ?? 1e-3;
  const foreground = tf.cast(tf.greater(targets, options.threshold ?? 0.3), 'float32');
  const balanced = tf.add(tf.mul(foreground, 1 - alpha), alpha);
  const weights =
    options.mask === undefined ? balanced : tf.mul(balanced, tf.reshape(options.mask, [images, channels, 1, 1]));
  const total = tf.sum(tf.mul(weights, tf.square(tf.sub(predictions, targets))));
  return tf.div(total, tf.maximum(tf.sum(weights), 1e-12)) as tf.Scalar;
}

/** Mean of squared differences (ejection fraction, paper A.5). Shapes must be equal. */
export function meanSquaredErrorLoss(predictions: tf.Tensor, targets: tf.Tensor): tf.Scalar {
  expectShape('meanSquaredErrorLoss', 'targets', targets.shape, predictions.shape);
  return tf.mean(tf.square(tf.sub(predictions, targets))) as tf.Scalar;
}
