import * as tf from '@tensorflow/tfjs';
import { stream } from '../../core/random.js';
import type { HostTensor, TensorMap } from '../compile.js';
import { gelu, layerNorm, linear, resize2d } from '../ops.js';

/** Size of a vision transformer. */
export interface VitSize {
  readonly image: number;
  readonly channels: number;
  readonly patch: number;
  readonly width: number;
  readonly depth: number;
  readonly heads: number;
  readonly classes: number;
  /** DINOv2's additions: a mask token, and LayerScale on both branches of a block. */
  readonly second?: boolean;
}

/** Random parameters under timm's names. */
export function vitParams(size: VitSize): Record<string, HostTensor> {
  const { image, channels, patch, width, depth, classes } = size;
  const draw = stream(1, 'bench/vit');
  const params: Record<string, HostTensor> = {};
  const normal = (name: string, ...shape: number[]): void => {
    const count = shape.reduce((a, b) => a * b, 1);
    params[name] = { shape, data: Float32Array.from({ length: count }, () => 0.02 * draw.normal()) };
  };
  const norm = (name: string): void => {
    params[`${name}.weight`] = { shape: [width], data: new Float32Array(width).fill(1) };
    params[`${name}.bias`] = { shape: [width], data: new Float32Array(width) };
  };
  const affine = (name: string, outputs: number, inputs: number): void => {
    normal(`${name}.weight`, outputs, inputs);
    params[`${name}.bias`] = { shape: [outputs], data: new Float32Array(outputs) };
  };
  affine('patch_embed', width, channels * patch * patch);
  normal('cls_token', 1, 1, width);
  normal('pos_embed', 1, (image / patch) ** 2 + 1, width);
  for (let i = 0; i < depth; i++) {
    norm(`blocks.${i}.norm1`);
    affine(`blocks.${i}.qkv`, 3 * width, width);
    affine(`blocks.${i}.proj`, width, width);
    norm(`blocks.${i}.norm2`);
    affine(`blocks.${i}.fc1`, 4 * width, width);
    affine(`blocks.${i}.fc2`, width, 4 * width);
  }
  if (size.second) {
    normal('mask_token', 1, 1, width);
    for (let i = 0; i < depth; i++) {
      for (const scale of ['ls1', 'ls2'])
        params[`blocks.${i}.${scale}`] = { shape: [width], data: new Float32Array(width).fill(0.1) };
    }
  }
  norm('norm');
  affine('head', classes, width);
  return params;
}

/**
 * Tokens `[B, T, D]` before the last norm, the class token first, of images `[B, C, S, S]`; other sizes than the model's get
 * resized positions.
 *
 * @param masks `[B, T - 1]` of 0 and 1; at ones the mask token stands for the patch
 */
export function vitTokens(size: VitSize, params: TensorMap, images: tf.Tensor, masks?: tf.Tensor): tf.Tensor {
  const { patch, width, heads, depth, channels } = size;
  const batch = images.shape[0]!;
  const grid = Math.floor(images.shape[2]! / patch);
  const tokens = grid * grid + 1;
  const head = width / heads;
  const at = (name: string): tf.Tensor => params[name]!;
  const affine = (x: tf.Tensor, name: string): tf.Tensor => linear(x, at(`${name}.weight`), at(`${name}.bias`));
  const norm = (x: tf.Tensor, name: string): tf.Tensor => layerNorm(x, at(`${name}.weight`), at(`${name}.bias`), 1e-6);
  const whole = tf.slice(images, [0, 0, 0, 0], [batch, channels, grid * patch, grid * patch]);
  const cut = tf.reshape(whole, [batch, channels, grid, patch, grid, patch]);
  const patches = tf.reshape(tf.transpose(cut, [0, 2, 4, 1, 3, 5]), [batch, grid * grid, channels * patch * patch]);
  const cls = tf.tile(at('cls_token'), [batch, 1, 1]);
  const embedded = affine(patches, 'patch_embed');
  const seen = masks ? tf.where(tf.cast(tf.expandDims(masks, 2), 'bool'), at('mask_token'), embedded) : embedded;
  const scaled = (y: tf.Tensor, name: string): tf.Tensor => (size.second ? tf.mul(y, at(name)) : y);
  let x = tf.add(tf.concat([cls, seen], 1), positions(at('pos_embed'), grid)); // [B, T, D]
  for (let i = 0; i < depth; i++) {
    const block = `blocks.${i}`;
    const qkv = tf.reshape(affine(norm(x, `${block}.norm1`), `${block}.qkv`), [batch, tokens, 3, heads, head]);
    const [q, k, v] = tf.unstack(tf.transpose(qkv, [2, 0, 3, 1, 4])) as [tf.Tensor, tf.Tensor, tf.Tensor]; // [B, H, T, D/H]
    const weights = tf.softmax(tf.mul(tf.matMul(q, k, false, true), head ** -0.5));
    const mixed = tf.reshape(tf.transpose(tf.matMul(weights, v), [0, 2, 1, 3]), [batch, tokens, width]);
    x = tf.add(x, scaled(affine(mixed, `${block}.proj`), `${block}.ls1`));
    const wide = affine(gelu(affine(norm(x, `${block}.norm2`), `${block}.fc1`)), `${block}.fc2`);
    x = tf.add(x, scaled(wide, `${block}.ls2`));
  }
  return x;
}

/** The last norm, over tokens `[..., D]`. */
export function vitNorm(params: TensorMap, tokens: tf.Tensor): tf.Tensor {
  return layerNorm(tokens, params['norm.weight']!, params['norm.bias']!, 1e-6);
}

/** The class token's features `[B, D]` of images `[B, C, S, S]`. */
export function vitFeatures(size: VitSize, params: TensorMap, images: tf.Tensor): tf.Tensor {
  const tokens = vitTokens(size, params, images);
  const [batch, , width] = tokens.shape as [number, number, number];
  return vitNorm(params, tf.reshape(tf.slice(tokens, [0, 0, 0], [batch, 1, width]), [batch, width]));
}

/** Class scores `[B, classes]`. */
export function vitScores(size: VitSize, params: TensorMap, images: tf.Tensor): tf.Tensor {
  return linear(vitFeatures(size, params, images), params['head.weight']!, params['head.bias']!);
}

/** Position embeddings `[1, 1 + M M, D]` for another grid. */
function positions(embedding: tf.Tensor, grid: number): tf.Tensor {
  const [, tokens, width] = embedding.shape as [number, number, number];
  const side = Math.round(Math.sqrt(tokens - 1));
  if (side === grid) return embedding;
  const [cls, rest] = tf.split(embedding, [1, tokens - 1], 1) as [tf.Tensor, tf.Tensor];
  const plane = tf.transpose(tf.reshape(rest, [1, side, side, width]), [0, 3, 1, 2]);
  const resized = tf.transpose(resize2d(plane, [grid, grid], { mode: 'bicubic' }), [0, 2, 3, 1]);
  return tf.concat([cls, tf.reshape(resized, [1, grid * grid, width])], 1);
}
