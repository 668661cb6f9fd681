import * as tf from '@tensorflow/tfjs';
import { expectShape } from '../../core/shape.js';
import { conv2d, gelu, layerNorm, linear } from '../../engine/ops.js';
import { resamplingMatrix } from '../interpolation.js';
import { type ParamShapes, type Params, param } from '../parameters.js';
import { dense, layerNorm2d } from './layers.js';
import type { SamImageEncoderConfig } from './sam-config.js';

/** Keys and shapes of SAM's image encoder, without the prefix `image_encoder.`. */
export function samImageEncoderShapes(config: SamImageEncoderConfig): ParamShapes {
  const { width: D, heads, patchSize, outputChannels: C } = config;
  const grid = config.imageSize / patchSize;
  const shapes: Record<string, readonly number[]> = {
    pos_embed: [1, grid, grid, D],
    'patch_embed.proj.weight': [D, 3, patchSize, patchSize],
    'patch_embed.proj.bias': [D],
  };
  for (let block = 0; block < config.depth; block++) {
    const reach = 2 * (config.globalBlocks.includes(block) ? grid : config.window) - 1;
    const prefix = `blocks.${block}.`;
    Object.assign(shapes, {
      [`${prefix}norm1.weight`]: [D],
      [`${prefix}norm1.bias`]: [D],
      [`${prefix}attn.rel_pos_h`]: [reach, D / heads],
      [`${prefix}attn.rel_pos_w`]: [reach, D / heads],
      [`${prefix}attn.qkv.weight`]: [3 * D, D],
      [`${prefix}attn.qkv.bias`]: [3 * D],
      [`${prefix}attn.proj.weight`]: [D, D],
      [`${prefix}attn.proj.bias`]: [D],
      [`${prefix}norm2.weight`]: [D],
      [`${prefix}norm2.bias`]: [D],
      [`${prefix}mlp.lin1.weight`]: [4 * D, D],
      [`${prefix}mlp.lin1.bias`]: [4 * D],
      [`${prefix}mlp.lin2.weight`]: [D, 4 * D],
      [`${prefix}mlp.lin2.bias`]: [D],
    });
  }
  return {
    ...shapes,
    'neck.0.weight': [C, D, 1, 1],
    'neck.1.weight': [C],
    'neck.1.bias': [C],
    'neck.2.weight': [C, C, 3, 3],
    'neck.3.weight': [C],
    'neck.3.bias': [C],
  };
}

/** What {@link samImageEncoder} returns. */
export interface SamImageEncoderOutput {
  /** `[B, outputChannels, h, w]` */
  readonly embedding: tf.Tensor;
  /** `[B, h, w, D]`, patches plus positions. */
  readonly patches: tf.Tensor;
  /** `[B, h, w, D]` after each block. */
  readonly blocks: readonly tf.Tensor[];
}

/**
 * SAM's image encoder: a ViT with windowed attention, decomposed relative positions and a convolutional neck. MedSAM has the same.
 *
 * Source: facebookresearch/segment-anything modeling/image_encoder.py. MedSAM wants 1024 px bicubic, min-max scaled to [0, 1]; SAM wants the
 * pixel mean and deviation of its predictor.
 *
 * @param params keys and shapes of `samImageEncoderShapes(config)`
 * @param images `[B, 3, imageSize, imageSize]`
 */
export function samImageEncoder(
  params: Params,
  images: tf.Tensor,
  config: SamImageEncoderConfig,
): SamImageEncoderOutput {
  expectShape('samImageEncoder', 'images', images.shape, [-1, 3, config.imageSize, config.imageSize]);
  const { width: D, patchSize: P } = config;
  const batch = images.shape[0]!;
  const grid = config.imageSize / P;
  const cut = tf.transpose(tf.reshape(images, [batch, 3, grid, P, grid, P]), [0, 2, 4, 1, 3, 5]);
  const weight = tf.reshape(param(params, 'patch_embed.proj.weight'), [D, 3 * P * P]);
  const embedded = linear(
    tf.reshape(cut, [batch * grid * grid, 3 * P * P]),
    weight,
    param(params, 'patch_embed.proj.bias'),
  );
  const patches = tf.add(tf.reshape(embedded, [batch, grid, grid, D]), param(params, 'pos_embed'));
  const blocks: tf.Tensor[] = [];
  let x = patches;
  for (let block = 0; block < config.depth; block++) {
    const window = config.globalBlocks.includes(block) ? 0 : config.window;
    x = encoderBlock(params, `blocks.${block}.`, x, config, window);
    blocks.push(x);
  }
  let map = tf.transpose(x, [0, 3, 1, 2]); // [B, h, w, D] -> [B, D, h, w]
  map = layerNorm2d(params, 'neck.1.', conv2d(map, param(params, 'neck.0.weight')));
  map = layerNorm2d(params, 'neck.3.', conv2d(map, param(params, 'neck.2.weight'), undefined, { padding: 1 }));
  return { embedding: map, patches, blocks };
}

function encoderBlock(
  params: Params,
  prefix: string,
  x: tf.Tensor,
  config: SamImageEncoderConfig,
  window: number,
): tf.Tensor {
  const norm = (input: tf.Tensor, name: string): tf.Tensor =>
    layerNorm(input, param(params, `${prefix}${name}.weight`), param(params, `${prefix}${name}.bias`), 1e-6);
  const normed = norm(x, 'norm1');
  const attended =
    window > 0
      ? inWindows(normed, window, (part) => attention(params, prefix, part, config.heads))
      : attention(params, prefix, normed, config.heads);
  const middle = tf.add(x, attended);
  const hidden = gelu(dense(params, `${prefix}mlp.lin1`, norm(middle, 'norm2')));
  return tf.add(middle, dense(params, `${prefix}mlp.lin2`, hidden));
}

/** Cuts `[B, h, w, D]` into windows (padded with zeros at the bottom and right), applies `attend`, puts them back. */
function inWindows(x: tf.Tensor, side: number, attend: (windows: tf.Tensor) => tf.Tensor): tf.Tensor {
  const [batch = 0, h = 0, w = 0, D = 0] = x.shape;
  const rows = Math.ceil(h / side);
  const columns = Math.ceil(w / side);
  const padded = tf.pad(x, [
    [0, 0],
    [0, rows * side - h],
    [0, columns * side - w],
    [0, 0],
  ]);
  const cut = tf.transpose(tf.reshape(padded, [batch, rows, side, columns, side, D]), [0, 1, 3, 2, 4, 5]);
  const attended = attend(tf.reshape(cut, [batch * rows * columns, side, side, D]));
  const joined = tf.transpose(tf.reshape(attended, [batch, rows, columns, side, side, D]), [0, 1, 3, 2, 4, 5]);
  const whole = tf.reshape(joined, [batch, rows * side, columns * side, D]);
  return tf.slice(whole, [0, 0, 0, 0], [batch, h, w, D]);
}

/** Attention with decomposed relative positions over `[N, h, w, D]`. */
function attention(params: Params, prefix: string, x: tf.Tensor, heads: number): tf.Tensor {
  const [count = 0, h = 0, w = 0, D = 0] = x.shape;
  const size = D / heads;
  const tokens = h * w;
  const joint = dense(params, `${prefix}attn.qkv`, tf.reshape(x, [count * tokens, D]));
  const byHead = tf.transpose(tf.reshape(joint, [count, tokens, 3, heads, size]), [2, 0, 3, 1, 4]);
  const [q, k, v] = tf.split(tf.reshape(byHead, [3 * count * heads, tokens, size]), 3, 0) as [
    tf.Tensor3D,
    tf.Tensor3D,
    tf.Tensor3D,
  ];
  const scores = tf.matMul(tf.mul(q, size ** -0.5), k, false, true); // [N H, T, T]
  const { rows, columns } = relativeScores(params, prefix, q, h, w);
  const placed = tf.add(
    tf.add(tf.reshape(scores, [-1, h, w, h, w]), tf.expandDims(rows, 4)),
    tf.expandDims(columns, 3),
  );
  const weights = tf.softmax(tf.reshape(placed, [count * heads, tokens, tokens]));
  const mixed = tf.reshape(tf.matMul(weights, v), [count, heads, tokens, size]);
  const merged = tf.reshape(tf.transpose(mixed, [0, 2, 1, 3]), [count * tokens, D]);
  return tf.reshape(dense(params, `${prefix}attn.proj`, merged), [count, h, w, D]);
}

/** For each query the score of each key row and key column: `rows [N H, h, w, h]`, `columns [N H, h, w, w]`. */
function relativeScores(
  params: Params,
  prefix: string,
  q: tf.Tensor,
  h: number,
  w: number,
): { rows: tf.Tensor; columns: tf.Tensor } {
  const size = q.shape[2]!;
  const queries = tf.reshape(q, [-1, h, w, size]);
  const along = (table: tf.Tensor, x: tf.Tensor, length: number, other: number): tf.Tensor => {
    // x [length, N H * other, size] times table^T [length, size, length]
    const byPlace = tf.reshape(x, [length, -1, size]);
    const scores = tf.matMul(byPlace, tf.reshape(table, [length, length, size]), false, true);
    return tf.reshape(scores, [length, -1, other, length]);
  };
  const down = along(
    relativeTable(param(params, `${prefix}attn.rel_pos_h`), h),
    tf.transpose(queries, [1, 0, 2, 3]),
    h,
    w,
  );
  const across = along(
    relativeTable(param(params, `${prefix}attn.rel_pos_w`), w),
    tf.transpose(queries, [2, 0, 1, 3]),
    w,
    h,
  );
  return { rows: tf.transpose(down, [1, 0, 2, 3]), columns: tf.transpose(across, [1, 2, 0, 3]) };
}

/** `[2 s - 1, d] -> [s * s, d]`: the embedding of each (query, key) distance, by a constant product. A table of another length is resampled first. */
function relativeTable(embedding: tf.Tensor, side: number): tf.Tensor {
  const [length = 0, size = 0] = embedding.shape;
  const reach = 2 * side - 1;
  const pick = new Float32Array(side * side * reach);
  for (let q = 0; q < side; q++) for (let k = 0; k < side; k++) pick[(q * side + k) * reach + q - k + side - 1] = 1;
  const table =
    length === reach
      ? embedding
      : tf.matMul(tf.tensor2d(resamplingMatrix(length, reach, { mode: 'bilinear' }), [reach, length]), embedding);
  return tf.reshape(tf.matMul(tf.tensor2d(pick, [side * side, reach]), table), [side * side, size]);
}
