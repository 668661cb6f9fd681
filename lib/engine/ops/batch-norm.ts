import * as tf from '@tensorflow/tfjs';

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
  const wide = [1, channels, ...x.shape.slice(2).map(() => 1)];
  const { weight, bias, runningMean, runningVar } = params;
  const epsilon = options.epsilon ?? 1e-5;
  if (!options.training) {
    const factor = tf.mul(weight, tf.rsqrt(tf.add(runningVar, epsilon))); // [C]
    const offset = tf.sub(bias, tf.mul(runningMean, factor));
    const output = tf.add(tf.mul(x, tf.reshape(factor, wide)), tf.reshape(offset, wide));
    return { output, runningMean, runningVar };
  }
  const axes = x.shape.map((_, axis) => axis).filter((axis) => axis !== 1);
  const mean = tf.mean(x, axes, true); // [1, C, 1, ...]
  const centred = tf.sub(x, mean);
  const variance = tf.mean(tf.square(centred), axes, true);
  const factor = tf.mul(tf.reshape(weight, wide), tf.rsqrt(tf.add(variance, epsilon)));
  const output = tf.add(tf.mul(centred, factor), tf.reshape(bias, wide));
  const count = x.size / channels;
  const momentum = options.momentum ?? 0.1;
  const unbiased = tf.mul(variance, count / Math.max(count - 1, 1));
  const move = (running: tf.Tensor, fresh: tf.Tensor): tf.Tensor =>
    tf.add(tf.mul(running, 1 - momentum), tf.mul(tf.reshape(fresh, [channels]), momentum));
  return { output, runningMean: move(runningMean, mean), runningVar: move(runningVar, unbiased) };
}
