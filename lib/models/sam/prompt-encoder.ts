import * as tf from '@tensorflow/tfjs';
import { ArgumentError } from '../../core/errors.js';
import { expectShape } from '../../core/shape.js';
import { conv2d, gelu } from '../../engine/ops.js';
import { type ParamShapes, type Params, param } from '../parameters.js';
import { dense, layerNorm2d } from './layers.js';
import type { SamPromptConfig } from './sam-config.js';

/** What a user points at. Every field has the same batch B; leave out what is not given. */
export interface SamPrompts {
  /** `[B, N, 2]`: x, y in pixels of the model's input. */
  readonly points?: tf.Tensor;
  /** `[B, N]`: 1 inside, 0 outside, -1 padding. */
  readonly labels?: tf.Tensor;
  /** `[B, 4]`: x0, y0, x1, y1 in pixels. */
  readonly boxes?: tf.Tensor;
  /** `[B, 1, 4 grid, 4 grid]` logits, usually of the pass before. */
  readonly masks?: tf.Tensor;
  /** `[B, textWidth]`: embedding of a text (`clipText`) or a row of the learned table (`promptTable`). */
  readonly text?: tf.Tensor;
}

/** Keys and shapes of the prompt encoder, without the prefix `prompt_encoder.`. */
export function samPromptEncoderShapes(config: SamPromptConfig): ParamShapes {
  const { width: D, maskChannels: C } = config;
  const end = config.maskEmbeddingWidth ?? D;
  const shapes: Record<string, readonly number[]> = {
    'pe_layer.positional_encoding_gaussian_matrix': [2, D / 2],
    'point_embeddings.0.weight': [1, D],
    'point_embeddings.1.weight': [1, D],
    'point_embeddings.2.weight': [1, D],
    'point_embeddings.3.weight': [1, D],
    'not_a_point_embed.weight': [1, D],
    'mask_downscaling.0.weight': [C / 4, 1, 2, 2],
    'mask_downscaling.0.bias': [C / 4],
    'mask_downscaling.1.weight': [C / 4],
    'mask_downscaling.1.bias': [C / 4],
    'mask_downscaling.3.weight': [C, C / 4, 2, 2],
    'mask_downscaling.3.bias': [C],
    'mask_downscaling.4.weight': [C],
    'mask_downscaling.4.bias': [C],
    'mask_downscaling.6.weight': [end, C, 1, 1],
    'mask_downscaling.6.bias': [end],
  };
  if (config.maskEmbeddingWidth !== null) {
    shapes['mask_downscaling.7.weight'] = [end];
    shapes['mask_downscaling.7.bias'] = [end];
    shapes['mask_downscaling.9.weight'] = [D, end, 1, 1];
    shapes['mask_downscaling.9.bias'] = [D];
  }
  shapes['no_mask_embed.weight'] = [1, D];
  if (config.textWidth !== null) {
    shapes['text_proj.weight'] = [D, config.textWidth];
    shapes['text_proj.bias'] = [D];
  }
  return shapes;
}

/**
 * Turns prompts into tokens and a dense map.
 *
 * Source: facebookresearch/segment-anything modeling/prompt_encoder.py; EchoApex A.3 adds a LayerNorm, a GELU and a convolution at the end of
 * the mask embedding and a text token.
 *
 * @param params keys and shapes of `samPromptEncoderShapes(config)`
 * @returns `sparse [B, S, D]` (null without points, boxes and text) and `dense [B, D, grid, grid]`
 * @throws {ArgumentError} if no prompt is given, or points without labels
 */
export function samPromptEncoder(
  params: Params,
  prompts: SamPrompts,
  config: SamPromptConfig,
): { readonly sparse: tf.Tensor | null; readonly dense: tf.Tensor } {
  const { width: D, grid } = config;
  const first = prompts.points ?? prompts.boxes ?? prompts.masks ?? prompts.text;
  if (first === undefined) throw new ArgumentError('samPromptEncoder: needs points, boxes, masks or text, got none');
  const batch = first.shape[0]!;
  const tokens: tf.Tensor[] = [];
  if (prompts.points) tokens.push(pointTokens(params, prompts, config, prompts.boxes === undefined));
  if (prompts.boxes) tokens.push(boxTokens(params, prompts.boxes, config));
  if (prompts.text) {
    if (config.textWidth === null)
      throw new ArgumentError('samPromptEncoder: this model has no text prompts; give points or boxes');
    expectShape('samPromptEncoder', 'text', prompts.text.shape, [batch, config.textWidth]);
    tokens.push(tf.expandDims(dense(params, 'text_proj', prompts.text), 1));
  }
  const none = tf.reshape(param(params, 'no_mask_embed.weight'), [1, D, 1, 1]);
  return {
    sparse: tokens.length > 1 ? tf.concat(tokens, 1) : (tokens[0] ?? null),
    dense: prompts.masks ? maskMap(params, prompts.masks, config) : tf.mul(none, tf.ones([batch, 1, grid, grid])),
  };
}

/**
 * The position encoding of every patch centre.
 *
 * @returns `[1, D, grid, grid]`
 */
export function samDensePositions(params: Params, config: SamPromptConfig): tf.Tensor {
  const { grid, width: D } = config;
  const centres = Float32Array.from({ length: 2 * grid * grid }, (_, i) => {
    const cell = i >> 1;
    return ((i % 2 === 0 ? cell % grid : Math.floor(cell / grid)) + 0.5) / grid;
  });
  const encoded = encodePlaces(params, tf.tensor2d(centres, [grid * grid, 2]));
  return tf.reshape(tf.transpose(encoded, [1, 0]), [1, D, grid, grid]);
}

/** Random Fourier features of places in [0, 1]: `[N, 2] -> [N, D]`. */
function encodePlaces(params: Params, places: tf.Tensor): tf.Tensor {
  const matrix = param(params, 'pe_layer.positional_encoding_gaussian_matrix') as tf.Tensor2D;
  const angles = tf.mul(tf.matMul(tf.sub(tf.mul(places, 2), 1) as tf.Tensor2D, matrix), 2 * Math.PI);
  return tf.concat([tf.sin(angles), tf.cos(angles)], 1);
}

function pointTokens(params: Params, prompts: SamPrompts, config: SamPromptConfig, pad: boolean): tf.Tensor {
  const points = prompts.points!;
  const [batch = 0, given = 0] = points.shape;
  expectShape('samPromptEncoder', 'points', points.shape, [-1, -1, 2]);
  if (prompts.labels === undefined)
    throw new ArgumentError('samPromptEncoder: points need labels (1 inside, 0 outside)');
  expectShape('samPromptEncoder', 'labels', prompts.labels.shape, [batch, given]);
  const count = given + (pad ? 1 : 0);
  const centres = tf.add(points, 0.5);
  const all = pad ? tf.concat([centres, tf.zeros([batch, 1, 2])], 1) : centres;
  const labels = tf.cast(prompts.labels, 'float32');
  const marks = tf.reshape(pad ? tf.concat([labels, tf.fill([batch, 1], -1)], 1) : labels, [batch * count, 1]);
  const encoded = encodePlaces(params, tf.div(tf.reshape(all, [batch * count, 2]), config.imageSize));
  const is = (label: number): tf.Tensor => tf.cast(tf.equal(marks, label), 'float32'); // [B N, 1]
  const parts = [
    tf.mul(encoded, tf.sub(1, is(-1))),
    tf.mul(is(-1), param(params, 'not_a_point_embed.weight')),
    tf.mul(is(0), param(params, 'point_embeddings.0.weight')),
    tf.mul(is(1), param(params, 'point_embeddings.1.weight')),
  ];
  return tf.reshape(tf.addN(parts), [batch, count, config.width]);
}

function boxTokens(params: Params, boxes: tf.Tensor, config: SamPromptConfig): tf.Tensor {
  expectShape('samPromptEncoder', 'boxes', boxes.shape, [-1, 4]);
  const batch = boxes.shape[0]!;
  const corners = tf.div(tf.add(tf.reshape(boxes, [batch * 2, 2]), 0.5), config.imageSize);
  const encoded = tf.reshape(encodePlaces(params, corners), [batch, 2, config.width]);
  const kinds = tf.concat([param(params, 'point_embeddings.2.weight'), param(params, 'point_embeddings.3.weight')]);
  return tf.add(encoded, kinds);
}

function maskMap(params: Params, masks: tf.Tensor, config: SamPromptConfig): tf.Tensor {
  expectShape('samPromptEncoder', 'masks', masks.shape, [-1, 1, 4 * config.grid, 4 * config.grid]);
  const convolve = (x: tf.Tensor, index: number, stride: number): tf.Tensor =>
    conv2d(x, param(params, `mask_downscaling.${index}.weight`), param(params, `mask_downscaling.${index}.bias`), {
      stride,
    });
  let x = gelu(layerNorm2d(params, 'mask_downscaling.1.', convolve(masks, 0, 2)));
  x = gelu(layerNorm2d(params, 'mask_downscaling.4.', convolve(x, 3, 2)));
  x = convolve(x, 6, 1);
  if (config.maskEmbeddingWidth === null) return x;
  return convolve(gelu(layerNorm2d(params, 'mask_downscaling.7.', x)), 9, 1);
}
