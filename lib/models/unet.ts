import * as tf from '@tensorflow/tfjs';
import { ShapeError } from '../core/errors.js';
import type { RandomStream } from '../core/random.js';
import { expectShape } from '../core/shape.js';
import { conv2d, convTranspose2d, maxPool2d, resize2d } from '../engine/ops.js';
import { BatchNormScope, batchNormShapes, type NormMode } from './batch-norm-scope.js';
import { constant, drawParams, type HostParam, type ParamShapes, type Params, param, uniform } from './parameters.js';

/** Shape of a U-Net. */
export interface UnetConfig {
  readonly name: string;
  readonly channels: number;
  /** Channels going down, from the full resolution to the lowest. */
  readonly down: readonly number[];
  /** Channels going up, from the lowest but one to the full resolution. */
  readonly up: readonly number[];
  readonly classes: number;
  /** `repeat` copies pixels, `deconvolution` is a 2 x 2 transposed convolution. */
  readonly upsampling: 'repeat' | 'deconvolution';
  readonly batchNorm: boolean;
}

/** U-Net 1 of the CAMUS paper, made for speed: 2 M parameters, lowest resolution 8 x 8 at 256 px, no normalisation. */
export const UNET_CAMUS_1: UnetConfig = Object.freeze({
  name: 'unet-camus-1',
  channels: 1,
  down: [32, 32, 64, 128, 128, 128],
  up: [128, 128, 64, 32, 16],
  classes: 4, // background, left ventricle, myocardium, left atrium
  upsampling: 'repeat',
  batchNorm: false,
});

/** U-Net 2 of the CAMUS paper, made for accuracy: 18 M parameters, lowest resolution 16 x 16 at 256 px, BatchNorm, deconvolutions. */
export const UNET_CAMUS_2: UnetConfig = Object.freeze({
  name: 'unet-camus-2',
  channels: 1,
  down: [48, 96, 192, 384, 768],
  up: [384, 192, 96, 48],
  classes: 4,
  upsampling: 'deconvolution',
  batchNorm: true,
});

/** A small U-Net for the phantom. */
export function tinyUnet(channels: number, classes: number): UnetConfig {
  return Object.freeze({
    name: 'unet-tiny',
    channels,
    down: [8, 16, 32, 32],
    up: [32, 16, 8],
    classes,
    upsampling: 'repeat',
    batchNorm: false,
  });
}

interface Level {
  readonly prefix: string;
  readonly inputs: number;
  readonly outputs: number;
}

const downLevels = (config: UnetConfig): Level[] =>
  config.down.map((outputs, i) => ({
    prefix: `down.${i}.`,
    inputs: i === 0 ? config.channels : config.down[i - 1]!,
    outputs,
  }));

/** Channels arriving from below: a deconvolution already halves them to the level's own. */
const arriving = (config: UnetConfig, i: number): number =>
  config.upsampling === 'deconvolution' ? config.up[i]! : i === 0 ? config.down.at(-1)! : config.up[i - 1]!;

const upLevels = (config: UnetConfig): Level[] =>
  config.up.map((outputs, i) => ({
    prefix: `up.${i}.`,
    inputs: arriving(config, i) + config.down[config.down.length - 2 - i]!,
    outputs,
  }));

/** Keys and shapes of a U-Net. No checkpoint was published; the names are ours. */
export function unetShapes(config: UnetConfig): ParamShapes {
  if (config.up.length !== config.down.length - 1) {
    throw new ShapeError(`unetShapes: up must have ${config.down.length - 1} levels, got ${config.up.length}`);
  }
  const shapes: Record<string, readonly number[]> = {};
  for (const { prefix, inputs, outputs } of [...downLevels(config), ...upLevels(config)]) {
    for (const [i, from] of [inputs, outputs].entries()) {
      shapes[`${prefix}conv${i + 1}.weight`] = [outputs, from, 3, 3];
      shapes[`${prefix}conv${i + 1}.bias`] = [outputs];
      if (config.batchNorm) Object.assign(shapes, batchNormShapes(`${prefix}bn${i + 1}.`, outputs));
    }
  }
  if (config.upsampling === 'deconvolution') {
    for (const [i, outputs] of config.up.entries()) {
      shapes[`up.${i}.deconv.weight`] = [i === 0 ? config.down.at(-1)! : config.up[i - 1]!, outputs, 2, 2];
      shapes[`up.${i}.deconv.bias`] = [outputs];
    }
  }
  shapes['out.weight'] = [config.classes, config.up.at(-1)!, 1, 1];
  shapes['out.bias'] = [config.classes];
  return shapes;
}

/** Random initialisation: Xavier's uniform, biases 0, BatchNorm 1 and 0. */
export function unetParams(config: UnetConfig, random: RandomStream): Record<string, HostParam> {
  return drawParams(unetShapes(config), random, (key, shape) => {
    if (shape.length === 1) return constant(key.endsWith('.weight') || key.endsWith('running_var') ? 1 : 0);
    return uniform(Math.sqrt(6 / ((shape[0]! + shape[1]!) * shape[2]! * shape[3]!)));
  });
}

/**
 * U-Net for segmentation: two 3 x 3 convolutions a level, ReLU, skips by concatenation.
 *
 * Source: Leclerc et al. 2019, Table II (U-Net 1 and U-Net 2); Ronneberger et al. 2015. The paper gives channels, resolutions, upsampling,
 * normalisation and the number of parameters, not the code.
 *
 * @param params keys and shapes of `unetShapes(config)`
 * @param images `[B, channels, H, W]`, H and W multiples of 2 ^ (levels - 1)
 * @returns logits `[B, classes, H, W]` and the running statistics after this batch
 * @throws {ShapeError} if the image cannot be halved that often
 */
export function unet(
  params: Params,
  images: tf.Tensor,
  config: UnetConfig,
  mode: NormMode = { training: false },
): { readonly logits: tf.Tensor; readonly statistics: Readonly<Record<string, tf.Tensor>> } {
  expectShape('unet', 'images', images.shape, [-1, config.channels, -1, -1]);
  const multiple = 2 ** (config.down.length - 1);
  if (images.shape[2]! % multiple !== 0 || images.shape[3]! % multiple !== 0) {
    throw new ShapeError(
      `unet: the image size must be a multiple of ${multiple}, got ${images.shape[2]} x ${images.shape[3]}`,
    );
  }
  const norm = new BatchNormScope(params, mode);
  const level = (input: tf.Tensor, prefix: string): tf.Tensor => {
    let x = input;
    for (const i of [1, 2]) {
      x = conv2d(x, param(params, `${prefix}conv${i}.weight`), param(params, `${prefix}conv${i}.bias`), { padding: 1 });
      x = tf.relu(config.batchNorm ? norm.apply(x, `${prefix}bn${i}.`) : x);
    }
    return x;
  };
  const skips: tf.Tensor[] = [];
  let x = images;
  for (const [i, { prefix }] of downLevels(config).entries()) {
    if (i > 0) x = maxPool2d(x, { size: 2 });
    x = level(x, prefix);
    skips.push(x);
  }
  for (const [i, { prefix }] of upLevels(config).entries()) {
    const skip = skips[skips.length - 2 - i]!;
    const size = [skip.shape[2]!, skip.shape[3]!] as const;
    const risen =
      config.upsampling === 'repeat'
        ? resize2d(x, size, { mode: 'nearest' })
        : convTranspose2d(x, param(params, `${prefix}deconv.weight`), param(params, `${prefix}deconv.bias`), {
            stride: 2,
          });
    x = level(tf.concat([risen, skip], 1), prefix);
  }
  return { logits: conv2d(x, param(params, 'out.weight'), param(params, 'out.bias')), statistics: norm.statistics };
}
