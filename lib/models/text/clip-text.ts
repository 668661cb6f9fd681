import * as tf from '@tensorflow/tfjs';
import { expectShape } from '../../core/shape.js';
import { layerNorm, linear } from '../../engine/ops.js';
import { type ParamShapes, type Params, param } from '../parameters.js';

/** Shape of CLIP's text encoder. */
export interface ClipTextConfig {
  readonly name: string;
  readonly vocabulary: number;
  readonly context: number;
  readonly width: number;
  readonly depth: number;
  readonly heads: number;
  /** Width of the joint space of text and image. */
  readonly projection: number;
}

/** The text encoder of CLIP ViT-B/32 and ViT-B/16: 63.4 M parameters. */
export const CLIP_TEXT_B: ClipTextConfig = Object.freeze({
  name: 'clip-text-b',
  vocabulary: 49_408,
  context: 77,
  width: 512,
  depth: 12,
  heads: 8,
  projection: 512,
});

/** Keys and shapes of the text encoder, those of `openai/clip-vit-base-patch*` in safetensors or `pytorch_model.bin`. */
export function clipTextShapes(config: ClipTextConfig): ParamShapes {
  const { width: D } = config;
  const shapes: Record<string, readonly number[]> = {
    'text_model.embeddings.token_embedding.weight': [config.vocabulary, D],
    'text_model.embeddings.position_embedding.weight': [config.context, D],
  };
  for (let layer = 0; layer < config.depth; layer++) {
    const prefix = `text_model.encoder.layers.${layer}.`;
    for (const name of ['self_attn.k_proj', 'self_attn.v_proj', 'self_attn.q_proj', 'self_attn.out_proj']) {
      shapes[`${prefix}${name}.weight`] = [D, D];
      shapes[`${prefix}${name}.bias`] = [D];
    }
    Object.assign(shapes, {
      [`${prefix}layer_norm1.weight`]: [D],
      [`${prefix}layer_norm1.bias`]: [D],
      [`${prefix}mlp.fc1.weight`]: [4 * D, D],
      [`${prefix}mlp.fc1.bias`]: [4 * D],
      [`${prefix}mlp.fc2.weight`]: [D, 4 * D],
      [`${prefix}mlp.fc2.bias`]: [D],
      [`${prefix}layer_norm2.weight`]: [D],
      [`${prefix}layer_norm2.bias`]: [D],
    });
  }
  return {
    ...shapes,
    'text_model.final_layer_norm.weight': [D],
    'text_model.final_layer_norm.bias': [D],
    'text_projection.weight': [config.projection, D],
  };
}

/**
 * CLIP's text encoder: a causal transformer; the feature is that of the end token, projected. Frozen in the paper.
 *
 * Source: openai/CLIP clip/model.py (pre-norm blocks, QuickGELU `x sigmoid(1.702 x)`, LayerNorm epsilon 1e-5), with the key names of the
 * Hugging Face release: OpenAI's own files are TorchScript archives, which hold code and are refused.
 *
 * @param params keys and shapes of `clipTextShapes(config)`
 * @param ids `[B, context]` int32, see `readClipTokenizer`
 * @param ends `[B]` int32, position of the end token
 * @returns `[B, projection]`, not normalised
 */
export function clipText(params: Params, ids: tf.Tensor, ends: tf.Tensor, config: ClipTextConfig): tf.Tensor {
  const { width: D, context } = config;
  expectShape('clipText', 'ids', ids.shape, [-1, context]);
  const batch = ids.shape[0]!;
  const get = (key: string): tf.Tensor => param(params, `text_model.${key}`);
  const norm = (x: tf.Tensor, key: string): tf.Tensor => layerNorm(x, get(`${key}.weight`), get(`${key}.bias`), 1e-5);
  const dense = (x: tf.Tensor, key: string): tf.Tensor => linear(x, get(`${key}.weight`), get(`${key}.bias`));
  const words = tf.gather(
    get('embeddings.token_embedding.weight'),
    tf.cast(tf.reshape(ids, [batch * context]), 'int32'),
  );
  let x = tf.reshape(tf.add(tf.reshape(words, [batch, context, D]), get('embeddings.position_embedding.weight')), [
    batch * context,
    D,
  ]);
  const future = tf.tensor2d(causalMask(context), [context, context]);
  for (let layer = 0; layer < config.depth; layer++) {
    const prefix = `encoder.layers.${layer}.`;
    const normed = norm(x, `${prefix}layer_norm1`);
    const byHead = (name: string): tf.Tensor3D => {
      const split = tf.reshape(dense(normed, `${prefix}self_attn.${name}`), [
        batch,
        context,
        config.heads,
        D / config.heads,
      ]);
      return tf.reshape(tf.transpose(split, [0, 2, 1, 3]), [batch * config.heads, context, D / config.heads]);
    };
    const scores = tf.mul(tf.matMul(byHead('q_proj'), byHead('k_proj'), false, true), (D / config.heads) ** -0.5);
    const mixed = tf.matMul(tf.softmax(tf.add(scores, future)) as tf.Tensor3D, byHead('v_proj'));
    const merged = tf.transpose(tf.reshape(mixed, [batch, config.heads, context, D / config.heads]), [0, 2, 1, 3]);
    x = tf.add(x, dense(tf.reshape(merged, [batch * context, D]), `${prefix}self_attn.out_proj`));
    const hidden = dense(norm(x, `${prefix}layer_norm2`), `${prefix}mlp.fc1`);
    x = tf.add(x, dense(tf.mul(hidden, tf.sigmoid(tf.mul(hidden, 1.702))), `${prefix}mlp.fc2`));
  }
  const tokens = tf.reshape(norm(x, 'final_layer_norm'), [batch, context, D]);
  const place = tf.expandDims(tf.oneHot(tf.cast(ends, 'int32'), context), 2); // [B, context, 1]
  const feature = tf.sum(tf.mul(tokens, place), 1); // [B, D]
  return linear(feature, param(params, 'text_projection.weight'));
}

/** 0 where a position may look, a large negative number where it would look ahead. */
function causalMask(context: number): Float32Array {
  const mask = new Float32Array(context * context);
  for (let query = 0; query < context; query++) mask.fill(-1e9, query * context + query + 1, (query + 1) * context);
  return mask;
}
