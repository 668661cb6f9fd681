import * as tf from '@tensorflow/tfjs';

/**
 * Affine map of the last axis with PyTorch's layout: y = x weight^T + bias.
 *
 * Leading axes are flattened so that the product is one matrix product; compiled, the transpose and the bias become
 * flags of it.
 *
 * @param x `[..., I]`
 * @param weight `[O, I]`
 * @param bias `[O]`
 * @returns `[..., O]`
 */
export function linear(x: tf.Tensor, weight: tf.Tensor, bias?: tf.Tensor): tf.Tensor {
  const width = x.shape.at(-1)!;
  const rows = tf.reshape(x, [-1, width]); // [..., I] -> [N, I]
  const product = tf.matMul(rows, weight as tf.Tensor2D, false, true);
  const result = bias ? tf.add(product, bias) : product;
  return tf.reshape(result, [...x.shape.slice(0, -1), weight.shape[0]!]);
}
