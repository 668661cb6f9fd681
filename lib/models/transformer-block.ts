import * as tf from '@tensorflow/tfjs';
import { gelu, layerNorm, linear } from '../engine/ops.js';
import { adapter } from './adapter.js';
import { type Params, param } from './parameters.js';

/** What one transformer block needs to know of its model. */
export interface BlockConfig {
  readonly heads: number;
  readonly feedForward: 'mlp' | 'swiglu';
  readonly layerScale: number | null;
}

/** Options of {@link transformerBlock}. */
export interface BlockOptions {
  readonly adapted?: boolean;
  /** `[2, B]` factors of the attention and the feed-forward branch: 0 drops an image's branch. */
  readonly dropPath?: tf.Tensor;
}

const EPSILON = 1e-6;

/**
 * Pre-norm transformer block: `x + ls1(attention(norm1 x))`, then `x + ls2(mlp(norm2 x))`.
 *
 * Source: facebookresearch/dino vision_transformer.py and facebookresearch/dinov2 dinov2/layers/block.py.
 *
 * Shapes: B = images, T = tokens, D = width, H = heads.
 * @param prefix key prefix, `blocks.0.`
 * @param x `[B * T, D]`
 * @returns the tokens `[B * T, D]` and the attention `[B * H, T, T]` (rows sum to 1)
 */
export function transformerBlock(
  params: Params,
  prefix: string,
  x: tf.Tensor,
  [images, tokens]: readonly [number, number],
  config: BlockConfig,
  options: BlockOptions = {},
): { readonly tokens: tf.Tensor; readonly attention: tf.Tensor } {
  const get = (key: string): tf.Tensor => param(params, prefix + key);
  const scale = (branch: tf.Tensor, gain: string): tf.Tensor =>
    config.layerScale === null ? branch : tf.mul(branch, get(gain));
  const adapt = (branch: tf.Tensor, name: string): tf.Tensor =>
    options.adapted ? adapter(params, `${prefix}${name}.`, branch) : branch;
  const drop = (branch: tf.Tensor, index: number): tf.Tensor => {
    if (options.dropPath === undefined) return branch;
    const factors = tf.reshape(tf.slice(options.dropPath, [index, 0], [1, images]), [images, 1]);
    return tf.reshape(tf.mul(tf.reshape(branch, [images, -1]), factors), branch.shape);
  };
  const attended = attention(
    get,
    layerNorm(x, get('norm1.weight'), get('norm1.bias'), EPSILON),
    images,
    tokens,
    config.heads,
  );
  const middle = tf.add(x, drop(adapt(scale(attended.output, 'ls1.gamma'), 'adapter1'), 0));
  const normed = layerNorm(middle, get('norm2.weight'), get('norm2.bias'), EPSILON);
  const fed = config.feedForward === 'mlp' ? mlp(get, normed) : swiglu(get, normed);
  return {
    tokens: tf.add(middle, drop(adapt(scale(fed, 'ls2.gamma'), 'adapter2'), 1)),
    attention: attended.attention,
  };
}

function attention(
  get: (key: string) => tf.Tensor,
  x: tf.Tensor,
  images: number,
  tokens: number,
  heads: number,
): { output: tf.Tensor; attention: tf.Tensor } {
  const width = x.shape[1]!;
  const size = width / heads;
  const joint = linear(x, get('attn.qkv.weight'), get('attn.qkv.bias'));
  const byHead = tf.transpose(tf.reshape(joint, [images, tokens, 3, heads, size]), [2, 0, 3, 1, 4]); // [3, B, H, T, D/H]
  const [q, k, v] = tf.split(tf.reshape(byHead, [3 * images * heads, tokens, size]), 3, 0) as [
    tf.Tensor3D,
    tf.Tensor3D,
    tf.Tensor3D,
  ];
  const weights = tf.softmax(tf.matMul(tf.mul(q, size ** -0.5), k, false, true)); // [B H, T, T]
  const mixed = tf.reshape(tf.matMul(weights, v), [images, heads, tokens, size]);
  const merged = tf.reshape(tf.transpose(mixed, [0, 2, 1, 3]), [images * tokens, width]); // [B, H, T, D/H] -> [B T, D]
  return { output: linear(merged, get('attn.proj.weight'), get('attn.proj.bias')), attention: weights };
}

function mlp(get: (key: string) => tf.Tensor, x: tf.Tensor): tf.Tensor {
  const hidden = gelu(linear(x, get('mlp.fc1.weight'), get('mlp.fc1.bias')));
  return linear(hidden, get('mlp.fc2.weight'), get('mlp.fc2.bias'));
}

function swiglu(get: (key: string) => tf.Tensor, x: tf.Tensor): tf.Tensor {
  const [gate, value] = tf.split(linear(x, get('mlp.w12.weight'), get('mlp.w12.bias')), 2, 1) as [tf.Tensor, tf.Tensor];
  return linear(tf.mul(tf.mul(gate, tf.sigmoid(gate)), value), get('mlp.w3.weight'), get('mlp.w3.bias'));
}
