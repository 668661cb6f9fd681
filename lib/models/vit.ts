import * as tf from '@tensorflow/tfjs';
import { ShapeError } from '../core/errors.js';
import { expectShape } from '../core/shape.js';
import { layerNorm, linear } from '../engine/ops.js';
import { type AxisResampling, resampleGrid } from './interpolation.js';
import { type Params, param } from './parameters.js';
import { transformerBlock } from './transformer-block.js';
import type { VitConfig } from './vit-config.js';

/** What {@link vit} is asked for beyond the last layer. */
export interface VitOptions {
  /** Blocks whose output is returned, after the final norm; 0-based. */
  readonly layers?: readonly number[];
  /** Blocks whose attention is returned. */
  readonly attention?: readonly number[];
  /** `[B, N]` of 0 and 1: patches of 1 become the mask token. */
  readonly mask?: tf.Tensor;
  /** `[2 * depth, B]`, see {@link dropPathFactors}. */
  readonly dropPath?: tf.Tensor;
}

/** B = images, N = patches, R = registers, T = 1 + R + N tokens, D = width, H = heads. */
export interface VitOutput {
  /** `[B, D]`, after the final norm. */
  readonly cls: tf.Tensor;
  /** `[B, R, D]`, after the final norm; null without registers. */
  readonly registers: tf.Tensor | null;
  /** `[B, N, D]`, after the final norm, row by row. */
  readonly patches: tf.Tensor;
  /** `[B, T, D]` for each block asked for, in that order. */
  readonly layers: readonly tf.Tensor[];
  /** `[B, H, T, T]` for each block asked for; rows sum to 1. */
  readonly attention: readonly tf.Tensor[];
  /** Patches down and across. */
  readonly grid: readonly [number, number];
}

/**
 * Vision Transformer: DINOv1's and DINOv2's, by config.
 *
 * Source: facebookresearch/dino vision_transformer.py; facebookresearch/dinov2 dinov2/models/vision_transformer.py.
 * Any image size that is a multiple of the patch size; positions are interpolated as the authors do.
 *
 * @param params keys and shapes of `vitShapes(config)`
 * @param images `[B, C, H, W]` float32, normalised as the weights expect
 * @throws {ShapeError} if the image size is not a multiple of the patch size
 */
export function vit(params: Params, images: tf.Tensor, config: VitConfig, options: VitOptions = {}): VitOutput {
  const [batch = 0, , height = 0, width = 0] = images.shape;
  const { patchSize, width: D, depth, registers } = config;
  expectShape('vit', 'images', images.shape, [-1, config.channels, -1, -1]);
  if (height % patchSize !== 0 || width % patchSize !== 0) {
    throw new ShapeError(
      `vit: the image size must be a multiple of ${patchSize}, got ${height} x ${width}; pad or resize it`,
    );
  }
  const grid = [height / patchSize, width / patchSize] as const;
  const patchCount = grid[0] * grid[1];
  let patches = embedPatches(params, images, config, grid);
  if (options.mask) patches = maskPatches(params, patches, options.mask, batch * patchCount);
  const positions = vitPositions(params, config, grid); // [1 + N, D]
  const clsPosition = tf.slice(positions, [0, 0], [1, D]);
  const placed = tf.add(tf.reshape(patches, [batch, patchCount, D]), tf.slice(positions, [1, 0], [patchCount, D]));
  const cls = tf.add(tf.reshape(param(params, 'cls_token'), [1, D]), clsPosition);
  const lead = registers > 0 ? tf.concat([cls, tf.reshape(param(params, 'register_tokens'), [registers, D])]) : cls;
  const tiled = tf.tile(tf.expandDims(lead, 0), [batch, 1, 1]); // [1 + R, D] -> [B, 1 + R, D]
  const tokens = 1 + registers + patchCount;
  let x: tf.Tensor = tf.reshape(tf.concat([tiled, placed], 1), [batch * tokens, D]);
  const layers = new Map<number, tf.Tensor>();
  const attention = new Map<number, tf.Tensor>();
  for (let block = 0; block < depth; block++) {
    const result = transformerBlock(params, `blocks.${block}.`, x, [batch, tokens], config, {
      adapted: config.adapters?.blocks.includes(block) ?? false,
      ...(options.dropPath && { dropPath: tf.slice(options.dropPath, [2 * block, 0], [2, batch]) }),
    });
    x = result.tokens;
    if (options.layers?.includes(block)) layers.set(block, tf.reshape(finalNorm(params, x), [batch, tokens, D]));
    if (options.attention?.includes(block)) {
      attention.set(block, tf.reshape(result.attention, [batch, config.heads, tokens, tokens]));
    }
  }
  const normed = tf.reshape(finalNorm(params, x), [batch, tokens, D]);
  return {
    cls: tf.reshape(tf.slice(normed, [0, 0, 0], [batch, 1, D]), [batch, D]),
    registers: registers > 0 ? tf.slice(normed, [0, 1, 0], [batch, registers, D]) : null,
    patches: tf.slice(normed, [0, 1 + registers, 0], [batch, patchCount, D]),
    layers: (options.layers ?? []).map((block) => asked(layers, block, depth)),
    attention: (options.attention ?? []).map((block) => asked(attention, block, depth)),
    grid,
  };
}

function asked(found: ReadonlyMap<number, tf.Tensor>, block: number, depth: number): tf.Tensor {
  const tensor = found.get(block);
  if (tensor === undefined)
    throw new ShapeError(`vit: block ${block} was asked for, the model has blocks 0 to ${depth - 1}`);
  return tensor;
}

function finalNorm(params: Params, x: tf.Tensor): tf.Tensor {
  return layerNorm(x, param(params, 'norm.weight'), param(params, 'norm.bias'), 1e-6);
}

/** The patch convolution as one product: `[B, C, H, W] -> [B * N, C * P * P] -> [B * N, D]`. */
function embedPatches(
  params: Params,
  images: tf.Tensor,
  config: VitConfig,
  [rows, columns]: readonly [number, number],
): tf.Tensor {
  const { channels: C, patchSize: P, width: D } = config;
  const batch = images.shape[0]!;
  const cut = tf.transpose(tf.reshape(images, [batch, C, rows, P, columns, P]), [0, 2, 4, 1, 3, 5]); // [B, h, w, C, P, P]
  const pixels = tf.reshape(cut, [batch * rows * columns, C * P * P]);
  const weight = tf.reshape(param(params, 'patch_embed.proj.weight'), [D, C * P * P]);
  return linear(pixels, weight, param(params, 'patch_embed.proj.bias'));
}

function maskPatches(params: Params, patches: tf.Tensor, mask: tf.Tensor, count: number): tf.Tensor {
  const masked = tf.cast(tf.reshape(mask, [count, 1]), 'float32');
  const token = param(params, 'mask_token'); // [1, D]
  return tf.add(tf.mul(patches, tf.sub(1, masked)), tf.mul(token, masked));
}

/**
 * Position embeddings for a grid: bicubic, with the authors' quirks. With `interpolateOffset` the scale passed on is (patches + offset) / M,
 * which shifts every sampled coordinate; without, the sizes are passed on.
 *
 * @returns `[1 + N, D]`, the first row is that of CLS
 */
export function vitPositions(params: Params, config: VitConfig, [rows, columns]: readonly [number, number]): tf.Tensor {
  const { width: D } = config;
  const table = param(params, 'pos_embed');
  const count = table.shape[1]! - 1;
  const side = Math.round(Math.sqrt(count));
  const positions = tf.reshape(table, [count + 1, D]);
  if (rows === side && columns === side) return positions;
  const offset = config.interpolateOffset;
  const along = (patches: number): AxisResampling => ({
    mode: 'bicubic',
    antialias: config.interpolateAntialias,
    ...(offset > 0 && { scale: (patches + offset) / side }),
  });
  const square = tf.reshape(tf.slice(positions, [1, 0], [count, D]), [side, side, D]);
  const resampled = resampleGrid(square, [rows, columns], along(rows), along(columns));
  return tf.concat([tf.slice(positions, [0, 0], [1, D]), tf.reshape(resampled, [rows * columns, D])]);
}

/**
 * Patch tokens as a feature map.
 *
 * @param patches `[B, N, D]`
 * @returns `[B, D, h, w]`
 */
export function patchMap(patches: tf.Tensor, [rows, columns]: readonly [number, number]): tf.Tensor {
  const [batch = 0, , D = 0] = patches.shape;
  return tf.transpose(tf.reshape(patches, [batch, rows, columns, D]), [0, 3, 1, 2]);
}
