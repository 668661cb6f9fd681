import * as tf from '@tensorflow/tfjs';
import { layerNorm } from '../../engine/ops.js';
import { type ParamShapes, type Params, param } from '../parameters.js';
import { dense } from './layers.js';
import type { SamPromptConfig } from './sam-config.js';

const attentionShapes = (prefix: string, width: number, inner: number): ParamShapes => ({
  [`${prefix}.q_proj.weight`]: [inner, width],
  [`${prefix}.q_proj.bias`]: [inner],
  [`${prefix}.k_proj.weight`]: [inner, width],
  [`${prefix}.k_proj.bias`]: [inner],
  [`${prefix}.v_proj.weight`]: [inner, width],
  [`${prefix}.v_proj.bias`]: [inner],
  [`${prefix}.out_proj.weight`]: [width, inner],
  [`${prefix}.out_proj.bias`]: [width],
});

const normShapes = (prefix: string, width: number): ParamShapes => ({
  [`${prefix}.weight`]: [width],
  [`${prefix}.bias`]: [width],
});

/** Keys and shapes of the two-way transformer, without the prefix `mask_decoder.transformer.`. */
export function twoWayShapes(config: SamPromptConfig): ParamShapes {
  const { width: D, decoderHidden: F } = config;
  const shapes: Record<string, readonly number[]> = {};
  for (let layer = 0; layer < config.decoderDepth; layer++) {
    const prefix = `layers.${layer}.`;
    Object.assign(
      shapes,
      attentionShapes(`${prefix}self_attn`, D, D),
      normShapes(`${prefix}norm1`, D),
      attentionShapes(`${prefix}cross_attn_token_to_image`, D, D / 2),
      normShapes(`${prefix}norm2`, D),
      {
        [`${prefix}mlp.lin1.weight`]: [F, D],
        [`${prefix}mlp.lin1.bias`]: [F],
        [`${prefix}mlp.lin2.weight`]: [D, F],
        [`${prefix}mlp.lin2.bias`]: [D],
      },
      normShapes(`${prefix}norm3`, D),
      normShapes(`${prefix}norm4`, D),
      attentionShapes(`${prefix}cross_attn_image_to_token`, D, D / 2),
    );
  }
  return {
    ...shapes,
    ...attentionShapes('final_attn_token_to_image', D, D / 2),
    ...normShapes('norm_final_attn', D),
  };
}

/**
 * Two-way transformer: tokens attend to themselves and to the image, the image attends to the tokens.
 *
 * Source: facebookresearch/segment-anything modeling/transformer.py. The first self-attention replaces the tokens: no residual, no positions.
 *
 * Shapes: B = prompts, N = patches, S = tokens, D = width.
 * @param image `[B, N, D]`
 * @param imagePositions `[1 or B, N, D]`
 * @param tokens `[B, S, D]`; they are their own position encoding
 * @returns tokens `[B, S, D]` and image `[B, N, D]`
 */
export function twoWayTransformer(
  params: Params,
  image: tf.Tensor,
  imagePositions: tf.Tensor,
  tokens: tf.Tensor,
  config: SamPromptConfig,
): { readonly tokens: tf.Tensor; readonly image: tf.Tensor } {
  const heads = config.decoderHeads;
  const norm = (x: tf.Tensor, key: string): tf.Tensor =>
    layerNorm(x, param(params, `${key}.weight`), param(params, `${key}.bias`), 1e-5);
  let queries = tokens;
  let keys = image;
  for (let layer = 0; layer < config.decoderDepth; layer++) {
    const prefix = `layers.${layer}.`;
    if (layer === 0) {
      queries = attend(params, `${prefix}self_attn`, queries, queries, queries, heads);
    } else {
      const placed = tf.add(queries, tokens);
      queries = tf.add(queries, attend(params, `${prefix}self_attn`, placed, placed, queries, heads));
    }
    queries = norm(queries, `${prefix}norm1`);
    const toImage = attend(
      params,
      `${prefix}cross_attn_token_to_image`,
      tf.add(queries, tokens),
      tf.add(keys, imagePositions),
      keys,
      heads,
    );
    queries = norm(tf.add(queries, toImage), `${prefix}norm2`);
    const fed = dense(params, `${prefix}mlp.lin2`, tf.relu(dense(params, `${prefix}mlp.lin1`, queries)));
    queries = norm(tf.add(queries, fed), `${prefix}norm3`);
    const toTokens = attend(
      params,
      `${prefix}cross_attn_image_to_token`,
      tf.add(keys, imagePositions),
      tf.add(queries, tokens),
      queries,
      heads,
    );
    keys = norm(tf.add(keys, toTokens), `${prefix}norm4`);
  }
  const last = attend(
    params,
    'final_attn_token_to_image',
    tf.add(queries, tokens),
    tf.add(keys, imagePositions),
    keys,
    heads,
  );
  return { tokens: norm(tf.add(queries, last), 'norm_final_attn'), image: keys };
}

/** Multi-head attention with separate projections; `q [B, M, D]`, `k` and `v [B, N, D]`. */
function attend(params: Params, prefix: string, q: tf.Tensor, k: tf.Tensor, v: tf.Tensor, heads: number): tf.Tensor {
  const [batch = 0, count = 0] = q.shape;
  const byHead = (x: tf.Tensor, name: string): tf.Tensor3D => {
    const projected = dense(params, `${prefix}.${name}`, x);
    const [, length = 0, inner = 0] = projected.shape;
    const split = tf.transpose(tf.reshape(projected, [batch, length, heads, inner / heads]), [0, 2, 1, 3]);
    return tf.reshape(split, [batch * heads, length, inner / heads]);
  };
  const queries = byHead(q, 'q_proj');
  const size = queries.shape[2];
  const weights = tf.softmax(tf.mul(tf.matMul(queries, byHead(k, 'k_proj'), false, true), size ** -0.5));
  const mixed = tf.reshape(tf.matMul(weights as tf.Tensor3D, byHead(v, 'v_proj')), [batch, heads, count, size]);
  const merged = tf.reshape(tf.transpose(mixed, [0, 2, 1, 3]), [batch, count, heads * size]);
  return dense(params, `${prefix}.out_proj`, merged);
}
