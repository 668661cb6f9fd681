import * as tf from '@tensorflow/tfjs';
import { canFuse, runFused, runFusedMany } from './fused.js';

tf.registerGradient({
  kernelName: 'EchoBatchNorm',
  inputsToSave: ['weight'],
  outputsToSave: [false, false, true, true],
  gradFunc: (dys, saved, attributes) => {
    // The statistics feed the running averages, which nothing differentiates.
    const dy = (dys as tf.Tensor[])[0]!;
    const [weight, variance, centred] = saved as [tf.Tensor, tf.Tensor, tf.Tensor];
    const gradients = runFusedMany('EchoBatchNormGrad', { dy, centred, variance, weight }, attributes);
    return { x: () => gradients[0]!, weight: () => gradients[1]!, bias: () => gradients[2]! };
  },
});

tf.registerGradient({
  kernelName: 'EchoChannelAffine',
  inputsToSave: ['x', 'scale'],
  gradFunc: (dy, saved) => {
    const [x, scale] = saved as [tf.Tensor, tf.Tensor];
    const axes = x.shape.map((_, axis) => axis).filter((axis) => axis !== 1);
    return {
      x: () => tf.mul(dy as tf.Tensor, tf.reshape(scale, [1, -1, ...x.shape.slice(2).map(() => 1)])),
      scale: () => tf.sum(tf.mul(dy as tf.Tensor, x), axes),
      shift: () => tf.sum(dy as tf.Tensor, axes),
    };
  },
});

/** Parameters of a batch normalisation, each `[C]`, named as in PyTorch. */
export interface BatchNormParams {
  readonly weight: tf.Tensor;
  readonly bias: tf.Tensor;
  readonly runningMean: tf.Tensor;
  readonly runningVar: tf.Tensor;
}

export interface BatchNormResult {
  readonly output: tf.Tensor;
  /** Running statistics after this batch; the given ones when evaluating. */
  readonly runningMean: tf.Tensor;
  readonly runningVar: tf.Tensor;
}

/**
 * Batch normalisation over every axis but the second, as `nn.BatchNorm1d` and `2d`.
 *
 * Training normalises with the batch's biased variance and moves the running variance towards the unbiased one.
 *
 * @param x `[B, C, ...]`
 * @param options.training use the batch's statistics
 * @param options.momentum weight of the new statistics; default 0.1
 * @param options.epsilon added to the variance; default 1e-5
 */
export function batchNorm(
  x: tf.Tensor,
  params: BatchNormParams,
  options: { readonly training: boolean; readonly momentum?: number; readonly epsilon?: number },
): BatchNormResult {
  const channels = x.shape[1]!;
  const { weight, bias, runningMean, runningVar } = params;
  const epsilon = options.epsilon ?? 1e-5;
  if (!options.training) {
    const scale = tf.mul(weight, tf.rsqrt(tf.add(runningVar, epsilon))); // [C]
    const shift = tf.sub(bias, tf.mul(runningMean, scale));
    return { output: channelAffine(x, scale, shift), runningMean, runningVar };
  }
  const [output, mean, variance] = canFuse()
    ? runFusedMany('EchoBatchNorm', { x, weight, bias }, { epsilon })
    : normalise(x, weight, bias, epsilon);
  const count = x.size / channels;
  const momentum = options.momentum ?? 0.1;
  const unbiased = tf.mul(variance!, count / Math.max(count - 1, 1));
  const move = (running: tf.Tensor, fresh: tf.Tensor): tf.Tensor =>
    tf.add(tf.mul(running, 1 - momentum), tf.mul(fresh, momentum));
  return { output: output!, runningMean: move(runningMean, mean!), runningVar: move(runningVar, unbiased) };
}

const wide = (x: tf.Tensor, channels: tf.Tensor): tf.Tensor =>
  tf.reshape(channels, [1, -1, ...x.shape.slice(2).map(() => 1)]);

/** x * scale + shift for each channel. */
function channelAffine(x: tf.Tensor, scale: tf.Tensor, shift: tf.Tensor): tf.Tensor {
  if (canFuse()) return runFused('EchoChannelAffine', { x, scale, shift });
  return tf.add(tf.mul(x, wide(x, scale)), wide(x, shift));
}

/** The normalised batch, its mean and its biased variance. */
function normalise(x: tf.Tensor, weight: tf.Tensor, bias: tf.Tensor, epsilon: number): tf.Tensor[] {
  const axes = x.shape.map((_, axis) => axis).filter((axis) => axis !== 1);
  const mean = tf.mean(x, axes);
  const centred = tf.sub(x, wide(x, mean));
  const variance = tf.mean(tf.square(centred), axes);
  const scale = tf.mul(weight, tf.rsqrt(tf.add(variance, epsilon)));
  return [channelAffine(centred, scale, bias), mean, variance];
}
