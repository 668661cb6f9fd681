import * as tf from '@tensorflow/tfjs';
import { canFuse, runFused } from './fused.js';

tf.registerGradient({
  kernelName: 'EchoGelu',
  inputsToSave: ['x'],
  gradFunc: (dy, saved) => ({
    // d/dx [x Phi(x)] = (1 + erf(u) + u exp(ln(2 / sqrt pi) - u^2)) / 2 with u = x / sqrt 2
    x: () => {
      const u = tf.mul(saved[0]!, Math.SQRT1_2);
      const density = tf.exp(tf.sub(Math.log(2 / Math.sqrt(Math.PI)), tf.square(u)));
      const slope = tf.add(tf.add(tf.erf(u), tf.mul(u, density)), 1);
      return tf.mul(tf.mul(dy as tf.Tensor, 0.5), slope);
    },
  }),
});

/** GELU with the exact error function, as `nn.GELU()`: x (1 + erf(x / sqrt 2)) / 2. One fused kernel when compiled. */
export function gelu(x: tf.Tensor): tf.Tensor {
  if (canFuse()) return runFused('EchoGelu', { x });
  return tf.mul(tf.mul(x, 0.5), tf.add(tf.erf(tf.mul(x, Math.SQRT1_2)), 1));
}
