import * as tf from '@tensorflow/tfjs';
import type { RandomStream } from '../core/random.js';
import { expectShape } from '../core/shape.js';
import { layerNorm, linear } from '../engine/ops.js';
import { constant, drawParams, type HostParam, normal, type ParamShapes, type Params, param } from './parameters.js';
import { transformerBlock } from './transformer-block.js';
import { blockShapes, vitInitialiser } from './vit-params.js';

/** Shape of the sequence decoder of the ejection fraction. */
export interface EfDecoderConfig {
  readonly name: string;
  /** D, the encoder's width. */
  readonly width: number;
  readonly heads: number;
  /** Frames between end-diastole and end-systole. */
  readonly frames: number;
  readonly depth: number;
}

/** The paper's decoder (A.5): 8 frames, two transformer blocks. */
export function efDecoderConfig(width: number, heads: number): EfDecoderConfig {
  return Object.freeze({ name: `ef-decoder-${width}`, width, heads, frames: 8, depth: 2 });
}

const block = (config: EfDecoderConfig) =>
  ({ width: config.width, heads: config.heads, mlpRatio: 4, layerScale: null, feedForward: 'mlp' }) as const;

/** Keys and shapes of the decoder. No checkpoint was published; the names are ours. */
export function efDecoderShapes(config: EfDecoderConfig): ParamShapes {
  const { width: D } = config;
  const shapes: Record<string, readonly number[]> = { ef_token: [1, 1, D], temporal_tokens: [1, config.frames, D] };
  for (let i = 0; i < config.depth; i++) Object.assign(shapes, blockShapes(block(config), `blocks.${i}.`));
  return { ...shapes, 'norm.weight': [D], 'norm.bias': [D], 'head.weight': [1, D], 'head.bias': [1] };
}

/** Random initialisation: normal 0.02 and zeros, as a ViT. The head's bias starts at logit(0.556), the mean ejection fraction of EchoNet-Dynamic. */
export function efDecoderParams(config: EfDecoderConfig, random: RandomStream): Record<string, HostParam> {
  return drawParams(efDecoderShapes(config), random, (key) => {
    if (key === 'head.bias') return constant(Math.log(0.556 / 0.444));
    if (key === 'ef_token' || key === 'temporal_tokens') return normal(0.02);
    return vitInitialiser({ layerScale: null, maskToken: false, patchSize: 1, channels: 1 }, key);
  });
}

/**
 * Ejection fraction from frame embeddings: temporal tokens are added, an EF token joins, two transformer blocks, a sigmoid times 100.
 *
 * Source: EchoApex A.5.
 *
 * @param params keys and shapes of `efDecoderShapes(config)`
 * @param embeddings `[B, frames, D]`: the encoder's CLS of each frame, from end-diastole to end-systole
 * @returns `[B]`, per cent in (0, 100)
 */
export function efDecoder(params: Params, embeddings: tf.Tensor, config: EfDecoderConfig): tf.Tensor {
  const { width: D, frames } = config;
  const batch = embeddings.shape[0]!;
  expectShape('efDecoder', 'embeddings', embeddings.shape, [-1, frames, D]);
  const placed = tf.add(embeddings, param(params, 'temporal_tokens'));
  const token = tf.tile(param(params, 'ef_token'), [batch, 1, 1]);
  const tokens = frames + 1;
  let x: tf.Tensor = tf.reshape(tf.concat([token, placed], 1), [batch * tokens, D]);
  for (let i = 0; i < config.depth; i++) {
    x = transformerBlock(params, `blocks.${i}.`, x, [batch, tokens], block(config)).tokens;
  }
  const first = tf.reshape(tf.slice(tf.reshape(x, [batch, tokens, D]), [0, 0, 0], [batch, 1, D]), [batch, D]);
  const normed = layerNorm(first, param(params, 'norm.weight'), param(params, 'norm.bias'), 1e-6);
  const logit = linear(normed, param(params, 'head.weight'), param(params, 'head.bias')); // [B, 1]
  return tf.reshape(tf.mul(tf.sigmoid(logit), 100), [batch]);
}
