import type * as tf from '@tensorflow/tfjs';
import type { RandomStream } from '../../core/random.js';
import { sizeOf } from '../../core/shape.js';
import {
  constant,
  drawParams,
  type HostParam,
  normal,
  type ParamShapes,
  type Params,
  paramsUnder,
  prefixParams,
  torchDefault,
} from '../parameters.js';
import { samImageEncoder, samImageEncoderShapes } from './image-encoder.js';
import { type SamMasks, samMaskDecoder, samMaskDecoderShapes } from './mask-decoder.js';
import { type SamPrompts, samDensePositions, samPromptEncoder, samPromptEncoderShapes } from './prompt-encoder.js';
import type { SamConfig, SamPromptConfig } from './sam-config.js';

/** Keys and shapes of prompt encoder and mask decoder, with their prefixes: what EchoApex-SAM adds to its encoder. */
export function samPromptShapes(config: SamPromptConfig): ParamShapes {
  return {
    ...prefixParams(samPromptEncoderShapes(config), 'prompt_encoder.'),
    ...prefixParams(samMaskDecoderShapes(config), 'mask_decoder.'),
  };
}

/** Keys and shapes of a whole SAM, those of the official checkpoints. */
export function samShapes(config: SamConfig): ParamShapes {
  return {
    ...prefixParams(samImageEncoderShapes(config.encoder), 'image_encoder.'),
    ...samPromptShapes(config.prompts),
  };
}

/** Random initialisation of prompt encoder and mask decoder: PyTorch's defaults, embeddings and the Gaussian matrix standard normal. */
export function samPromptParams(config: SamPromptConfig, random: RandomStream): Record<string, HostParam> {
  const shapes = samPromptShapes(config);
  return drawParams(shapes, random, (key, shape) => {
    if (/gaussian_matrix$|embed(ding)?s?(\.\d)?\.weight$|_tokens?\.weight$/.test(key)) return normal(1);
    if (shape.length === 1) {
      const weight = shapes[key.replace(/bias$/, 'weight')]!;
      if (weight.length === 1) return constant(key.endsWith('.weight') ? 1 : 0); // norms
      return torchDefault(fanIn(weight));
    }
    return torchDefault(fanIn(shape));
  });
}

/** Inputs of one output, as PyTorch counts them: over the second axis, of a transposed convolution `[I, O, h, w]` too. */
function fanIn(shape: readonly number[]): number {
  return sizeOf(shape.slice(1));
}

/**
 * Masks for prompts on an embedded image, with EchoApex's or SAM's decoder.
 *
 * @param params keys and shapes of `samPromptShapes(config)`, among others
 * @param image `[B or 1, D, grid, grid]`: `patchMap(vit(...).patches, grid)` or `samImageEncoder(...).embedding`
 * @param multimask true for ambiguous prompts
 */
export function segmentPrompts(
  params: Params,
  image: tf.Tensor,
  prompts: SamPrompts,
  config: SamPromptConfig,
  multimask = false,
): SamMasks {
  const encoder = paramsUnder(params, 'prompt_encoder.');
  const encoded = samPromptEncoder(encoder, prompts, config);
  const positions = samDensePositions(encoder, config);
  return samMaskDecoder(paramsUnder(params, 'mask_decoder.'), image, positions, encoded, config, multimask);
}

/** SAM and MedSAM from pixels to low-resolution masks; resize the logits to the image with `resize2d`, bilinear. */
export function sam(
  params: Params,
  images: tf.Tensor,
  prompts: SamPrompts,
  config: SamConfig,
  multimask = false,
): SamMasks {
  const { embedding } = samImageEncoder(paramsUnder(params, 'image_encoder.'), images, config.encoder);
  return segmentPrompts(params, embedding, prompts, config.prompts, multimask);
}
