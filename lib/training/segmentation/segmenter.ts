import * as tf from '@tensorflow/tfjs';
import { ArgumentError } from '../../core/errors.js';
import type { RandomStream } from '../../core/random.js';
import {
  type HostParam,
  type HostParams,
  type ParamShapes,
  type Params,
  param,
  paramsUnder,
  prefixParams,
} from '../../models/parameters.js';
import { samMaskDecoder } from '../../models/sam/mask-decoder.js';
import { samDensePositions, samPromptEncoder } from '../../models/sam/prompt-encoder.js';
import { samPromptParams, samPromptShapes } from '../../models/sam/sam.js';
import type { SamPromptConfig } from '../../models/sam/sam-config.js';
import { patchMap, vit } from '../../models/vit.js';
import { atImageSize, gridSize, type VitConfig } from '../../models/vit-config.js';
import { vitShapes } from '../../models/vit-params.js';
import type { PlaneNormalisation } from './write-planes.js';

/** Prompts that a segmenter has room for. All of them are given in every pass; what an image lacks is marked as absent. */
export interface PromptSlots {
  /** Clicks an image; 0 for none. */
  readonly points: number;
  readonly box: boolean;
  readonly text: boolean;
}

/** A whole EchoApex-SAM: an encoder, a prompt encoder and a mask decoder. Letters: D = width, g = patches a side. */
export interface SegmenterConfig {
  /** E.g. `EchoApex-SAM-S`. */
  readonly name: string;
  readonly encoder: VitConfig;
  readonly prompts: SamPromptConfig;
  readonly slots: PromptSlots;
  /** Side of the square input in pixels, a multiple of the patch size. */
  readonly imageSize: number;
  readonly normalisation: PlaneNormalisation;
}

/** Prompts of a batch of B images; coordinates in pixels of the model's input. */
export interface SegmenterPrompts {
  /** `[B, slots.points, 2]` x, y. */
  readonly points?: tf.Tensor;
  /** `[B, slots.points]`: 1 inside, 0 outside, -1 no click. */
  readonly labels?: tf.Tensor;
  /** `[B, 4]` x0, y0, x1, y1; any numbers where there is none. */
  readonly boxes?: tf.Tensor;
  /** `[B, 1]`: 1 where the image has a box, else 0. */
  readonly boxGiven?: tf.Tensor;
  /** `[B, textWidth]` embeddings. */
  readonly text?: tf.Tensor;
  /** `[B, 1]` */
  readonly textGiven?: tf.Tensor;
  /** `[B, 1, 4 g, 4 g]` logits of the pass before; left out in the first pass. */
  readonly masks?: tf.Tensor;
  /** `[B, 1]`: 1 where `masks` counts; everywhere if left out. */
  readonly maskGiven?: tf.Tensor;
}

/** Keys and shapes of a segmenter: `encoder.`, `prompt_encoder.`, `mask_decoder.`. */
export function segmenterShapes(config: SegmenterConfig): ParamShapes {
  return { ...prefixParams(vitShapes(config.encoder), 'encoder.'), ...samPromptShapes(config.prompts) };
}

/** A segmenter whose encoder has the given weights and whose decoder is random. */
export function segmenterParams(
  config: SegmenterConfig,
  encoder: HostParams,
  random: RandomStream,
): Record<string, HostParam> {
  return { ...prefixParams(encoder, 'encoder.'), ...samPromptParams(config.prompts, random.child('prompts')) };
}

/** Patches along a side of the model's input. */
export function gridOfSegmenter(config: Pick<SegmenterConfig, 'encoder' | 'imageSize'>): number {
  return gridSize(atImageSize(config.encoder, config.imageSize));
}

/**
 * The image embedding, once an image; every prompt reuses it.
 *
 * @param images `[B, channels, imageSize, imageSize]`, normalised
 * @returns `[B, D, g, g]`
 */
export function embedImages(params: Params, images: tf.Tensor, config: SegmenterConfig): tf.Tensor {
  const { patches, grid } = vit(paramsUnder(params, 'encoder.'), images, config.encoder);
  return patchMap(patches, grid);
}

/**
 * One pass of prompt encoder and mask decoder.
 *
 * Source: EchoApex A.3 over facebookresearch/segment-anything. Deviates: a prompt that an image lacks stands as SAM's not-a-point token
 * instead of being left out, so that one batch may mix clicks, boxes and texts.
 *
 * @param embedding `[B, D, g, g]` of {@link embedImages}
 * @returns logits `[B, 1, 4 g, 4 g]`; a mask is where they are above 0
 * @throws {ArgumentError} if a slot of the config is not filled
 */
export function maskLogits(
  params: Params,
  embedding: tf.Tensor,
  prompts: SegmenterPrompts,
  config: SegmenterConfig,
): tf.Tensor {
  const encoder = paramsUnder(params, 'prompt_encoder.');
  const { slots } = config;
  const need = (tensor: tf.Tensor | undefined, name: string): tf.Tensor => {
    if (tensor === undefined) throw new ArgumentError(`maskLogits: ${config.name} needs ${name}; mark it as absent`);
    return tensor;
  };
  const given = {
    ...(slots.points > 0 && { points: need(prompts.points, 'points'), labels: need(prompts.labels, 'labels') }),
    ...(slots.box && { boxes: need(prompts.boxes, 'boxes') }),
    ...(slots.text && { text: need(prompts.text, 'text') }),
  };
  const encoded = samPromptEncoder(encoder, given, config.prompts);
  const sparse = markAbsent(encoder, encoded.sparse!, prompts, slots);
  const positions = samDensePositions(encoder, config.prompts);
  const dense = denseMap(encoder, prompts, config, encoded.dense);
  const decoder = paramsUnder(params, 'mask_decoder.');
  return samMaskDecoder(decoder, embedding, positions, { sparse, dense }, config.prompts, false).masks;
}

/** Replaces the tokens of absent boxes and texts by the not-a-point token. Absent clicks already are, by their label. */
function markAbsent(encoder: Params, sparse: tf.Tensor, prompts: SegmenterPrompts, slots: PromptSlots): tf.Tensor {
  const [batch = 0, count = 0] = sparse.shape;
  if (prompts.boxGiven === undefined && prompts.textGiven === undefined) return sparse;
  const trailing = (slots.box ? 2 : 0) + (slots.text ? 1 : 0);
  const column = (flag: tf.Tensor | undefined, copies: number): tf.Tensor =>
    flag === undefined ? tf.ones([batch, copies]) : tf.tile(flag, [1, copies]);
  const present = tf.expandDims(
    tf.concat(
      [
        ...(count > trailing ? [tf.ones([batch, count - trailing])] : []),
        ...(slots.box ? [column(prompts.boxGiven, 2)] : []),
        ...(slots.text ? [column(prompts.textGiven, 1)] : []),
      ],
      1,
    ),
    2,
  ); // [B, S, 1]
  const absent = tf.expandDims(param(encoder, 'not_a_point_embed.weight'), 0); // [1, 1, D]
  return tf.add(tf.mul(sparse, present), tf.mul(tf.sub(1, present), absent));
}

function denseMap(encoder: Params, prompts: SegmenterPrompts, config: SegmenterConfig, none: tf.Tensor): tf.Tensor {
  if (prompts.masks === undefined) return none;
  const map = samPromptEncoder(encoder, { masks: prompts.masks }, config.prompts).dense;
  if (prompts.maskGiven === undefined) return map;
  const given = tf.reshape(prompts.maskGiven, [-1, 1, 1, 1]);
  return tf.add(tf.mul(map, given), tf.mul(none, tf.sub(1, given)));
}
