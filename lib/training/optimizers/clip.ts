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
 * Source: `torch.nn.utils.clip_grad_norm_`.
 */
export function clipByGlobalNorm(gradients: TensorMap, limit: number): Clipped {
  const norm = total(squaredNorms(gradients));
  const scale = factor(norm, limit);
  const clipped = Object.entries(gradients).map(([name, gradient]) => [name, tf.mul(gradient, scale)]);
  return { gradients: Object.fromEntries(clipped), norm };
}

/**
 * Limits the norm of each submodule's gradients: backbone and heads, told apart by what stands before the first dot of a name.
 *
 * Source: `facebookresearch/dinov2` dinov2/train/train.py, which calls `clip_grad_norm_` on each entry of the student.
 */
export function clipBySubmodule(gradients: TensorMap, limit: number): Clipped {
  const names = Object.keys(gradients);
  const submodule = (name: string): string => name.slice(0, name.indexOf('.'));
  const parts = [...new Set(names.map(submodule))].map((part) => {
    const own = names.filter((name) => submodule(name) === part);
    return clipByGlobalNorm(Object.fromEntries(own.map((name) => [name, gradients[name]!])), limit);
  });
  const clipped: Record<string, tf.Tensor> = Object.assign({}, ...parts.map((part) => part.gradients));
  return { gradients: clipped, norm: tf.sqrt(tf.addN(parts.map(({ norm }) => tf.square(norm)))) };
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
