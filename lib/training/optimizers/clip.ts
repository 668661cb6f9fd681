import * as tf from '@tensorflow/tfjs';
import type { TensorMap } from '../../engine/compile.js';

/** Gradients after clipping, and their norm before it. */
export interface Clipped {
  readonly gradients: Record<string, tf.Tensor>;
  /** Scalar: the norm of all gradients together, before clipping. */
  readonly norm: tf.Tensor;
}

/** Keeps the quotient finite when all gradients are 0, as PyTorch and DINO do. */
const EPSILON = 1e-6;

/**
 * Limits each gradient's own Euclidean norm.
 *
 * Source: `facebookresearch/dino` utils.py `clip_gradients`.
 */
export function clipByParameter(gradients: TensorMap, limit: number): Clipped {
  const squares = squaredNorms(gradients);
  const clipped = Object.entries(gradients).map(([name, gradient]) => [
    name,
    tf.mul(gradient, factor(tf.sqrt(squares[name]!), limit)),
  ]);
  return { gradients: Object.fromEntries(clipped), norm: total(squares) };
}

/**
 * Limits the Euclidean norm of all gradients together.
 *
 * Source: `torch.nn.utils.clip_grad_norm_`. DINOv2 calls it once for each submodule: clip each part and merge.
 */
export function clipByGlobalNorm(gradients: TensorMap, limit: number): Clipped {
  const norm = total(squaredNorms(gradients));
  const scale = factor(norm, limit);
  const clipped = Object.entries(gradients).map(([name, gradient]) => [name, tf.mul(gradient, scale)]);
  return { gradients: Object.fromEntries(clipped), norm };
}

function factor(norm: tf.Tensor, limit: number): tf.Tensor {
  return tf.minimum(1, tf.div(limit, tf.add(norm, EPSILON)));
}

function squaredNorms(gradients: TensorMap): Record<string, tf.Tensor> {
  return Object.fromEntries(Object.entries(gradients).map(([name, gradient]) => [name, tf.sum(tf.square(gradient))]));
}

function total(squares: Readonly<Record<string, tf.Tensor>>): tf.Tensor {
  return tf.sqrt(tf.addN(Object.values(squares)));
}
