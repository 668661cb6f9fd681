import * as tf from '@tensorflow/tfjs';
import type { RunInputs } from '../../engine/compile.js';

const BETA_1 = 0.9;
const BETA_2 = 0.999;
const EPSILON = 1e-8;

/** The four numbers of a parameter group that change from step to step. */
export interface StepWeights {
  /** Multiplies the parameter: `1 - rate * decay`, or 1 while the group is frozen. */
  readonly keep: tf.Tensor;
  /** `rate / (1 - beta1^t)`, or 0 while the group is frozen. */
  readonly size: tf.Tensor;
  /** `1 / sqrt(1 - beta2^t)`. */
  readonly root: tf.Tensor;
  /** 1, or 0 while the group is frozen: then the moments stand still too. */
  readonly blend: tf.Tensor;
}

/** The scalar inputs of a group, computed in double precision on the host. `updates` 0 freezes the group. */
export function adamScalars(group: string, rate: number, decay: number, updates: number): RunInputs {
  const on = updates > 0;
  return {
    [`${group}Keep`]: on ? 1 - rate * decay : 1,
    [`${group}Size`]: on ? rate / (1 - BETA_1 ** updates) : 0,
    [`${group}Root`]: on ? 1 / Math.sqrt(1 - BETA_2 ** updates) : 1,
    [`${group}Blend`]: on ? 1 : 0,
  };
}

/** One AdamW update (Loshchilov and Hutter 2019; torch.optim.AdamW) with the group's numbers as tensors. */
export function adamWeights(
  param: tf.Tensor,
  gradient: tf.Tensor,
  moments: { readonly first: tf.Tensor; readonly second: tf.Tensor },
  weights: StepWeights,
): { param: tf.Tensor; first: tf.Tensor; second: tf.Tensor } {
  const towards1 = tf.mul(weights.blend, 1 - BETA_1);
  const towards2 = tf.mul(weights.blend, 1 - BETA_2);
  const first = tf.add(tf.mul(moments.first, tf.sub(1, towards1)), tf.mul(gradient, towards1));
  const second = tf.add(tf.mul(moments.second, tf.sub(1, towards2)), tf.mul(tf.square(gradient), towards2));
  const scale = tf.add(tf.mul(tf.sqrt(second), weights.root), EPSILON);
  return { param: tf.sub(tf.mul(param, weights.keep), tf.mul(weights.size, tf.div(first, scale))), first, second };
}
