import * as tf from '@tensorflow/tfjs';
import { ArgumentError } from '../../core/errors.js';
import type { RandomStream } from '../../core/random.js';
import { arrayOf, compileInference, type HostTensor, type TensorMap } from '../../engine/compile.js';
import { cleanMask, maskAbove } from '../../evaluation/mask-cleaning.js';
import { type PixelNormalisation, pixelBatch } from '../../evaluation/vit-encoder.js';
import type { Mask } from '../../imaging/curation/regions.js';
import type { GrayImage } from '../../imaging/image.js';
import {
  type LandmarkDecoderConfig,
  landmarkDecoder,
  landmarkDecoderParams,
  landmarkDecoderShapes,
} from '../../models/landmark-decoder.js';
import { type ParamShapes, paramsUnder, prefixParams } from '../../models/parameters.js';
import { type UnetConfig, unet, unetParams, unetShapes } from '../../models/unet.js';
import { vit } from '../../models/vit.js';
import type { VitConfig } from '../../models/vit-config.js';
import { vitShapes } from '../../models/vit-params.js';

/**
 * The network of stage 1: `encoder`, a frozen pretrained encoder with the multi-scale decoder of A.4 (one channel), which is how the paper's words
 * read; or `unet`, which learns from few outlines and does not depend on any encoder, so that all arms see the same beats.
 */
export type SegmenterNetwork =
  | { readonly kind: 'encoder'; readonly encoder: VitConfig; readonly decoder: LandmarkDecoderConfig }
  | { readonly kind: 'unet'; readonly unet: UnetConfig };

/** What a segmenter is made of, apart from its parameters. */
export interface SegmenterConfig {
  readonly network: SegmenterNetwork;
  readonly normalisation: PixelNormalisation;
  readonly imageSize: number;
}

/** The ventricle in one frame. */
export interface VentricleMask {
  /** On the network's grid; one piece without holes. */
  readonly mask: Mask;
  /** Mean distance of the probability from one half over the ventricle and its surroundings, times 2: 1 is sure, 0 undecided. */
  readonly certainty: number;
}

/** Probability from which a pixel belongs to the surroundings that {@link VentricleMask.certainty} looks at. */
const SURROUNDINGS = 0.02;

/** Keys and shapes of a segmenter: `encoder.…` and `decoder.…`, or `unet.…`. */
export function segmenterShapes(network: SegmenterNetwork): ParamShapes {
  return network.kind === 'unet'
    ? prefixParams(unetShapes(network.unet), 'unet.')
    : {
        ...prefixParams(vitShapes(network.encoder), 'encoder.'),
        ...prefixParams(landmarkDecoderShapes(network.decoder), 'decoder.'),
      };
}

/** Parameters at the start; the output starts at the logit of a tenth, about the ventricle's share of a picture. */
export function initialSegmenter(
  network: SegmenterNetwork,
  encoder: Readonly<Record<string, HostTensor>>,
  random: RandomStream,
): Record<string, HostTensor> {
  const bias: HostTensor = { shape: [1], data: Float32Array.of(Math.log(0.1 / 0.9)) };
  if (network.kind === 'unet') {
    return { ...prefixParams(unetParams(network.unet, random), 'unet.'), 'unet.out.bias': bias };
  }
  const decoder = landmarkDecoderParams(network.decoder, random);
  return { ...prefixParams(encoder, 'encoder.'), ...prefixParams(decoder, 'decoder.'), 'decoder.out.bias': bias };
}

/**
 * Logits of the left ventricle.
 *
 * Source: EchoApex A.5, stage 1 (an image-to-image segmentation on the pretrained encoder, which stays frozen). The paper does not
 * describe its decoder.
 *
 * @param images `[B, C, S, S]`, normalised
 * @param training true: a U-Net normalises by the batch
 * @returns logits `[B, 1, S, S]`, and running statistics after this batch
 */
export function segmenterLogits(
  params: TensorMap,
  images: tf.Tensor,
  { network }: SegmenterConfig,
  training = false,
): { readonly logits: tf.Tensor; readonly statistics: Readonly<Record<string, tf.Tensor>> } {
  if (network.kind === 'unet') {
    const { logits, statistics } = unet(paramsUnder(params, 'unet.'), images, network.unet, { training });
    return { logits, statistics: prefixParams(statistics, 'unet.') };
  }
  const { encoder, decoder } = network;
  const { layers, grid } = vit(paramsUnder(params, 'encoder.'), images, encoder, { layers: decoder.taps });
  const patches = layers.map((tokens) => withoutLead(tokens, grid[0] * grid[1]));
  const planes = encoder.channels === 1 ? tf.tile(images, [1, 3, 1, 1]) : images;
  const logits = landmarkDecoder(paramsUnder(params, 'decoder.'), patches, grid, planes, decoder);
  return { logits, statistics: {} };
}

/** Planes of a picture that the network expects. */
export function channelsOf(network: SegmenterNetwork): number {
  return network.kind === 'unet' ? network.unet.channels : network.encoder.channels;
}

/** Patch tokens alone, `[B, N, D]`: what stands before them (CLS, registers) goes. */
function withoutLead(tokens: tf.Tensor, patches: number): tf.Tensor {
  const [batch = 0, count = 0, width = 0] = tokens.shape;
  return tf.slice(tokens, [0, count - patches, 0], [batch, patches, width]);
}

/** A compiled segmenter. */
export interface Segmenter {
  /** The ventricle in each frame, in order. */
  segment(frames: readonly GrayImage[]): Promise<VentricleMask[]>;
  /** Logits `[frames, S, S]`, before anything is cleaned. */
  logits(frames: readonly GrayImage[]): Promise<Float32Array>;
  dispose(): Promise<void>;
}

/** Compiles a segmenter for frames of its own size. */
export async function makeSegmenter(
  params: Readonly<Record<string, HostTensor>>,
  config: SegmenterConfig,
  batchSize = 16,
): Promise<Segmenter> {
  const { imageSize: size, normalisation } = config;
  const channels = channelsOf(config.network);
  const graph = await compileInference(
    (weights, { images }) => ({ logits: segmenterLogits(weights, images!, config).logits }),
    { params, inputs: { images: { shape: [batchSize, channels, size, size] } }, name: 'segmenter' },
  );
  const logits = async (frames: readonly GrayImage[]): Promise<Float32Array> => {
    if (frames.length === 0) throw new ArgumentError('Segmenter: needs at least one frame, got none');
    const all = new Float32Array(frames.length * size * size);
    for (let start = 0; start < frames.length; start += batchSize) {
      const batch = frames.slice(start, start + batchSize);
      const wanted = batch.length;
      while (batch.length < batchSize) batch.push(batch.at(-1)!);
      const images = pixelBatch(batch, size, channels, normalisation);
      const values = arrayOf(await graph.run({ images }), 'logits');
      all.set(values.subarray(0, wanted * size * size), start * size * size);
    }
    return all;
  };
  return {
    logits,
    async segment(frames) {
      const values = await logits(frames);
      return frames.map((_, i) => ventricleOf(values.subarray(i * size * size, (i + 1) * size * size), size));
    },
    dispose: () => graph.dispose(),
  };
}

/** Mask and certainty from the logits `[size, size]` of one frame. */
export function ventricleOf(logits: Float32Array, size: number): VentricleMask {
  let sum = 0;
  let count = 0;
  for (const logit of logits) {
    const probability = 1 / (1 + Math.exp(-logit));
    if (probability < SURROUNDINGS) continue;
    sum += 2 * Math.abs(probability - 0.5);
    count++;
  }
  return { mask: cleanMask(maskAbove(logits, size, size, 0)), certainty: count === 0 ? 0 : sum / count };
}
