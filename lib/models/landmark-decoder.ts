import * as tf from '@tensorflow/tfjs';
import { ShapeError } from '../core/errors.js';
import type { RandomStream } from '../core/random.js';
import { expectShape, sizeOf } from '../core/shape.js';
import { conv2d, convTranspose2d, resize2d } from '../engine/ops.js';
import { drawParams, type HostParam, type ParamShapes, type Params, param, torchDefault } from './parameters.js';
import { patchMap } from './vit.js';

/** Shape of the landmark decoder. */
export interface LandmarkDecoderConfig {
  readonly name: string;
  /** D of the encoder. */
  readonly encoderWidth: number;
  /**
   * Encoder blocks read (0-based), last one first: the first is decoded, each other joins one upsampling later. One fewer than
   * `widths`, plus the last: the last upsampling joins the image itself.
   */
  readonly taps: readonly number[];
  /** Channels after each upsampling. */
  readonly widths: readonly number[];
  /** Heatmaps. */
  readonly landmarks: number;
}

/** Decoder for ViT-S/8 at 256 px (Table 10): three upsamplings, 3 M parameters. */
export const LANDMARK_DECODER_S: LandmarkDecoderConfig = Object.freeze({
  name: 'landmark-decoder-s',
  encoderWidth: 384,
  taps: [11, 7, 3],
  widths: [232, 116, 58],
  landmarks: 4,
});

/** Decoder for ViT-B/14 at 266 px (Table 10): four upsamplings, 14 M parameters. */
export const LANDMARK_DECODER_B: LandmarkDecoderConfig = Object.freeze({
  name: 'landmark-decoder-b',
  encoderWidth: 768,
  taps: [11, 8, 5, 2],
  widths: [496, 248, 124, 62],
  landmarks: 4,
});

/** A small decoder for the phantom. */
export function tinyLandmarkDecoder(encoderWidth: number, depth: number, upsamplings: number): LandmarkDecoderConfig {
  return Object.freeze({
    name: 'landmark-decoder-tiny',
    encoderWidth,
    taps: Array.from({ length: upsamplings }, (_, i) => depth - 1 - Math.floor((i * depth) / upsamplings)),
    widths: Array.from({ length: upsamplings }, (_, i) => 32 / 2 ** i),
    landmarks: 4,
  });
}

/** Keys and shapes of the landmark decoder. No checkpoint was published; the names are ours. */
export function landmarkDecoderShapes(config: LandmarkDecoderConfig): ParamShapes {
  const { encoderWidth: D, widths, taps } = config;
  if (taps.length !== widths.length) {
    throw new ShapeError(
      `landmarkDecoderShapes: taps and widths must be as many, got ${taps.length} and ${widths.length}`,
    );
  }
  const shapes: Record<string, readonly number[]> = {};
  for (const [block, width] of widths.entries()) {
    const prefix = `blocks.${block}.`;
    const below = block === 0 ? D : widths[block - 1]!;
    shapes[`${prefix}up.weight`] = [below, width, 2, 2];
    shapes[`${prefix}up.bias`] = [width];
    if (block < widths.length - 1) {
      for (let step = 0; step <= block; step++) {
        shapes[`${prefix}skip.${step}.weight`] = [step === 0 ? D : width, width, 2, 2];
        shapes[`${prefix}skip.${step}.bias`] = [width];
      }
    } else {
      shapes[`${prefix}image1.weight`] = [width, 3, 3, 3];
      shapes[`${prefix}image2.weight`] = [width, width, 3, 3];
    }
    shapes[`${prefix}conv1.weight`] = [width, 2 * width, 3, 3];
    shapes[`${prefix}conv2.weight`] = [width, width, 3, 3];
  }
  shapes['out.weight'] = [config.landmarks, widths.at(-1)!, 1, 1];
  shapes['out.bias'] = [config.landmarks];
  return shapes;
}

/** Random initialisation: PyTorch's defaults; the output bias starts at -4.6, a heatmap of 0.01, so that the focal loss starts small. */
export function landmarkDecoderParams(config: LandmarkDecoderConfig, random: RandomStream): Record<string, HostParam> {
  const shapes = landmarkDecoderShapes(config);
  return drawParams(shapes, random, (key, shape) => {
    if (key === 'out.bias') return (_) => new Float32Array(config.landmarks).fill(-4.6);
    const weight = shape.length === 4 ? shape : shapes[key.replace(/bias$/, 'weight')]!;
    return torchDefault(sizeOf(weight.slice(1)));
  });
}

/**
 * Landmark decoder in the manner of UNETR: transposed convolutions double the resolution of the patch tokens; tokens of earlier encoder blocks, and
 * at the end the image, join on the way.
 *
 * Source: EchoApex A.4 and Table 10 (upsampling by ConvTranspose, 3 and 4 blocks, 3 M and 14 M parameters); Hatamizadeh et al. 2022. The widths
 * are ours, chosen to meet the numbers of parameters. Convolutions are followed by instance normalisation and LeakyReLU 0.01, as in MONAI's UNETR.
 *
 * @param params keys and shapes of `landmarkDecoderShapes(config)`
 * @param layers patch tokens `[B, N, D]` of `config.taps`, in that order, after the encoder's final norm
 * @param grid patches down and across
 * @param images `[B, 3, H, W]`, what the encoder saw
 * @returns logits `[B, landmarks, H, W]`; a sigmoid makes them heatmaps
 */
export function landmarkDecoder(
  params: Params,
  layers: readonly tf.Tensor[],
  grid: readonly [number, number],
  images: tf.Tensor,
  config: LandmarkDecoderConfig,
): tf.Tensor {
  const [, , height = 0, width = 0] = images.shape;
  if (layers.length !== config.taps.length) {
    throw new ShapeError(
      `landmarkDecoder: needs the tokens of ${config.taps.length} blocks (${config.taps.join(', ')}), got ${layers.length}`,
    );
  }
  for (const layer of layers)
    expectShape('landmarkDecoder', 'layers', layer.shape, [-1, grid[0] * grid[1], config.encoderWidth]);
  const up = (x: tf.Tensor, key: string): tf.Tensor =>
    convTranspose2d(x, param(params, `${key}.weight`), param(params, `${key}.bias`), { stride: 2 });
  const convolve = (x: tf.Tensor, key: string): tf.Tensor =>
    tf.leakyRelu(instanceNorm(conv2d(x, param(params, `${key}.weight`), undefined, { padding: 1 })), 0.01);
  let x = patchMap(layers[0]!, grid);
  for (let block = 0; block < config.widths.length; block++) {
    const prefix = `blocks.${block}.`;
    x = up(x, `${prefix}up`);
    let skip: tf.Tensor;
    if (block < config.widths.length - 1) {
      skip = patchMap(layers[block + 1]!, grid);
      for (let step = 0; step <= block; step++) skip = up(skip, `${prefix}skip.${step}`);
    } else {
      const sized = resize2d(images, [x.shape[2]!, x.shape[3]!], { mode: 'bilinear' });
      skip = convolve(convolve(sized, `${prefix}image1`), `${prefix}image2`);
    }
    x = convolve(convolve(tf.concat([x, skip], 1), `${prefix}conv1`), `${prefix}conv2`);
  }
  const logits = conv2d(x, param(params, 'out.weight'), param(params, 'out.bias'));
  return x.shape[2] === height && x.shape[3] === width
    ? logits
    : resize2d(logits, [height, width], { mode: 'bilinear' });
}

/** Each channel of each image to mean 0 and variance 1, without gain (nn.InstanceNorm2d). */
function instanceNorm(x: tf.Tensor): tf.Tensor {
  const centred = tf.sub(x, tf.mean(x, [2, 3], true));
  return tf.mul(centred, tf.rsqrt(tf.add(tf.mean(tf.square(centred), [2, 3], true), 1e-5)));
}
