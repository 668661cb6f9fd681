import * as tf from '@tensorflow/tfjs';
import { canFuse, runFused } from './fused.js';

tf.registerGradient({
  kernelName: 'EchoLayerNorm',
  inputsToSave: ['x', 'gain'],
  outputsToSave: [false, true, true],
  gradFunc: (dys, saved) => {
    const dy = (dys as tf.Tensor[])[0]!;
    const [x, gain, mean, inverse] = saved as [tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor];
    const width = x.shape.at(-1)!;
    const rows = x.size / width;
    const flat = (tensor: tf.Tensor, columns: number): tf.Tensor => tf.reshape(tensor, [rows, columns]);
    const normal = tf.mul(tf.sub(flat(x, width), flat(mean, 1)), flat(inverse, 1)); // [rows, D]
    const dyRows = flat(dy, width);
    const dyNormal = tf.mul(dyRows, normal);
    const column = tf.reshape(gain, [width, 1]);
    return {
      // dx = inverse * (dy g - mean(dy g) - normal * mean(dy g normal)); the means over D are products with g / D.
      x: () => {
        const shift = tf.mul(tf.matMul(dyRows, column), 1 / width);
        const slope = tf.mul(tf.matMul(dyNormal, column), 1 / width);
        const inner = tf.sub(tf.sub(tf.mul(dyRows, gain), shift), tf.mul(normal, slope));
        return tf.reshape(tf.mul(inner, flat(inverse, 1)), x.shape);
      },
      gain: () => tf.sum(dyNormal, 0),
      bias: () => tf.sum(dyRows, 0),
    };
  },
});

/**
 * Layer normalisation over the last axis, one fused kernel when compiled.
 *
 * @param x `[..., D]`
 * @param gain `[D]` (`norm.weight` in PyTorch)
 * @param bias `[D]`
 * @param epsilon added to the variance; 1e-6 in ViT, 1e-5 is PyTorch's default
 */
export function layerNorm(x: tf.Tensor, gain: tf.Tensor, bias: tf.Tensor, epsilon: number): tf.Tensor {
  if (canFuse()) return runFused('EchoLayerNorm', { x, gain, bias }, { epsilon });
  const centred = tf.sub(x, tf.mean(x, -1, true));
  const variance = tf.mean(tf.square(centred), -1, true);
  return tf.add(tf.mul(tf.mul(centred, tf.rsqrt(tf.add(variance, epsilon))), gain), bias);
}
