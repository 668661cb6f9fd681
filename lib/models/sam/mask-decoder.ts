import * as tf from '@tensorflow/tfjs';
import { expectShape } from '../../core/shape.js';
import { convTranspose2d, gelu } from '../../engine/ops.js';
import { type ParamShapes, type Params, param, paramsUnder, prefixParams } from '../parameters.js';
import { dense, layerNorm2d, mapToTokens } from './layers.js';
import type { SamPromptConfig } from './sam-config.js';
import { twoWayShapes, twoWayTransformer } from './two-way-transformer.js';

/** Keys and shapes of the mask decoder, without the prefix `mask_decoder.`. */
export function samMaskDecoderShapes(config: SamPromptConfig): ParamShapes {
  const { width: D, multimasks, iouHidden } = config;
  const masks = multimasks + 1;
  const shapes: Record<string, readonly number[]> = {
    ...prefixParams(twoWayShapes(config), 'transformer.'),
    'iou_token.weight': [1, D],
    'mask_tokens.weight': [masks, D],
    'output_upscaling.0.weight': [D, D / 4, 2, 2],
    'output_upscaling.0.bias': [D / 4],
    'output_upscaling.1.weight': [D / 4],
    'output_upscaling.1.bias': [D / 4],
    'output_upscaling.3.weight': [D / 4, D / 8, 2, 2],
    'output_upscaling.3.bias': [D / 8],
  };
  for (let mask = 0; mask < masks; mask++) {
    Object.assign(shapes, mlpShapes(`output_hypernetworks_mlps.${mask}.`, D, D, D / 8));
  }
  return { ...shapes, ...mlpShapes('iou_prediction_head.', D, iouHidden, masks) };
}

function mlpShapes(prefix: string, inputs: number, hidden: number, outputs: number): ParamShapes {
  return {
    [`${prefix}layers.0.weight`]: [hidden, inputs],
    [`${prefix}layers.0.bias`]: [hidden],
    [`${prefix}layers.1.weight`]: [hidden, hidden],
    [`${prefix}layers.1.bias`]: [hidden],
    [`${prefix}layers.2.weight`]: [outputs, hidden],
    [`${prefix}layers.2.bias`]: [outputs],
  };
}

/** What {@link samMaskDecoder} returns. */
export interface SamMasks {
  /** `[B, M, 4 grid, 4 grid]` logits: 3 masks, or 1. */
  readonly masks: tf.Tensor;
  /** `[B, M]` predicted overlap of each mask. */
  readonly iou: tf.Tensor;
}

/**
 * Masks from an image embedding and encoded prompts.
 *
 * Source: facebookresearch/segment-anything modeling/mask_decoder.py.
 *
 * Shapes: B = prompts, D = width.
 * @param params keys and shapes of `samMaskDecoderShapes(config)`
 * @param image `[B, D, grid, grid]`, or `[1, D, grid, grid]` for all prompts
 * @param positions `[1, D, grid, grid]`, see `samDensePositions`
 * @param prompts what `samPromptEncoder` returned
 * @param multimask true: the three masks for ambiguous prompts; false: the single one
 */
export function samMaskDecoder(
  params: Params,
  image: tf.Tensor,
  positions: tf.Tensor,
  prompts: { readonly sparse: tf.Tensor | null; readonly dense: tf.Tensor },
  config: SamPromptConfig,
  multimask: boolean,
): SamMasks {
  const { width: D, grid, multimasks } = config;
  const batch = prompts.dense.shape[0]!;
  expectShape('samMaskDecoder', 'image', image.shape, [-1, D, grid, grid]);
  const own = tf.concat([param(params, 'iou_token.weight'), param(params, 'mask_tokens.weight')]); // [1 + M, D]
  const tiled = tf.tile(tf.expandDims(own, 0), [batch, 1, 1]);
  const tokens = prompts.sparse ? tf.concat([tiled, prompts.sparse], 1) : tiled;
  const joint = tf.add(image, prompts.dense); // [B, D, h, w]
  const result = twoWayTransformer(
    paramsUnder(params, 'transformer.'),
    mapToTokens(joint),
    mapToTokens(positions),
    tokens,
    config,
  );
  const map = tf.reshape(tf.transpose(result.image, [0, 2, 1]), [batch, D, grid, grid]);
  const fine = upscale(params, map);
  const [, channels = 0, height = 0, width = 0] = fine.shape;
  const tokenAt = (index: number): tf.Tensor =>
    tf.reshape(tf.slice(result.tokens, [0, index, 0], [batch, 1, D]), [batch, D]);
  const chosen = multimask ? Array.from({ length: multimasks }, (_, i) => i + 1) : [0];
  const weights = chosen.map((mask) => mlp(params, `output_hypernetworks_mlps.${mask}.`, tokenAt(1 + mask)));
  const mixed = tf.matMul(
    tf.stack(weights, 1) as tf.Tensor3D,
    tf.reshape(fine, [batch, channels, height * width]) as tf.Tensor3D,
  );
  const scores = mlp(params, 'iou_prediction_head.', tokenAt(0));
  return {
    masks: tf.reshape(mixed, [batch, chosen.length, height, width]),
    iou: tf.slice(scores, [0, chosen[0]!], [batch, chosen.length]),
  };
}

/** `[B, D, h, w] -> [B, D / 8, 4 h, 4 w]`. */
function upscale(params: Params, map: tf.Tensor): tf.Tensor {
  const up = (x: tf.Tensor, index: number): tf.Tensor =>
    convTranspose2d(
      x,
      param(params, `output_upscaling.${index}.weight`),
      param(params, `output_upscaling.${index}.bias`),
      {
        stride: 2,
      },
    );
  return gelu(up(gelu(layerNorm2d(params, 'output_upscaling.1.', up(map, 0))), 3));
}

function mlp(params: Params, prefix: string, x: tf.Tensor): tf.Tensor {
  const hidden = tf.relu(dense(params, `${prefix}layers.1`, tf.relu(dense(params, `${prefix}layers.0`, x))));
  return dense(params, `${prefix}layers.2`, hidden);
}
