import * as tf from '@tensorflow/tfjs';
import { linear } from '../../engine/ops.js';
import { type Params, param } from '../parameters.js';

/**
 * Layer normalisation over the channels of a feature map.
 *
 * Source: facebookresearch/segment-anything modeling/common.py, LayerNorm2d (epsilon 1e-6).
 *
 * @param x `[B, C, H, W]`
 */
export function layerNorm2d(params: Params, prefix: string, x: tf.Tensor): tf.Tensor {
  const centred = tf.sub(x, tf.mean(x, 1, true));
  const variance = tf.mean(tf.square(centred), 1, true);
  const normal = tf.mul(centred, tf.rsqrt(tf.add(variance, 1e-6)));
  const gain = tf.reshape(param(params, `${prefix}weight`), [1, -1, 1, 1]);
  return tf.add(tf.mul(normal, gain), tf.reshape(param(params, `${prefix}bias`), [1, -1, 1, 1]));
}

/** A linear layer by key prefix: `x weight^T + bias`. */
export function dense(params: Params, prefix: string, x: tf.Tensor): tf.Tensor {
  return linear(x, param(params, `${prefix}.weight`), param(params, `${prefix}.bias`));
}

/** Feature map to tokens: `[B, C, h, w] -> [B, h * w, C]`. */
export function mapToTokens(map: tf.Tensor): tf.Tensor {
  const [batch = 0, channels = 0, height = 0, width = 0] = map.shape;
  return tf.transpose(tf.reshape(map, [batch, channels, height * width]), [0, 2, 1]);
}
