import * as tf from '@tensorflow/tfjs';
import type { RandomStream } from '../core/random.js';
import { expectShape } from '../core/shape.js';
import { conv2d, linear } from '../engine/ops.js';
import { BatchNormScope, batchNormShapes, type NormMode } from './batch-norm-scope.js';
import {
  constant,
  drawParams,
  type HostParam,
  kaimingFanOut,
  normal,
  type ParamShapes,
  type Params,
  param,
} from './parameters.js';

/** Shape of an R(2+1)D network. */
export interface R2plus1dConfig {
  readonly name: string;
  /** Basic blocks of the four stages. */
  readonly blocks: readonly [number, number, number, number];
  /** Channels of the four stages. */
  readonly widths: readonly [number, number, number, number];
  /** Channels between the two convolutions of the stem; 45 in torchvision. */
  readonly stemWidth: number;
  /** Outputs of `fc`. */
  readonly outputs: number;
}

/** r2plus1d_18 with one output, EchoNet-Dynamic's own ejection-fraction model: 31.30 M parameters. */
export const R2PLUS1D_18_ECHONET: R2plus1dConfig = Object.freeze({
  name: 'r2plus1d-18-echonet',
  blocks: [2, 2, 2, 2] as const,
  widths: [64, 128, 256, 512] as const,
  stemWidth: 45,
  outputs: 1,
});

/** A small R(2+1)D for the phantom. */
export const R2PLUS1D_TINY: R2plus1dConfig = Object.freeze({
  name: 'r2plus1d-tiny',
  blocks: [1, 1, 1, 1] as const,
  widths: [8, 16, 24, 32] as const,
  stemWidth: 6,
  outputs: 1,
});

interface Block {
  readonly prefix: string;
  readonly inputs: number;
  readonly outputs: number;
  readonly middle: number;
  readonly stride: number;
}

function basicBlocks(config: R2plus1dConfig): Block[] {
  const plans: Block[] = [];
  let inputs = config.widths[0];
  for (const [stage, count] of config.blocks.entries()) {
    const outputs = config.widths[stage]!;
    for (let block = 0; block < count; block++) {
      // As many channels between the spatial and the temporal convolution as make the pair as large as one 3 x 3 x 3 convolution.
      const middle = Math.floor((inputs * outputs * 27) / (inputs * 9 + 3 * outputs));
      plans.push({
        prefix: `layer${stage + 1}.${block}.`,
        inputs,
        outputs,
        middle,
        stride: stage > 0 && block === 0 ? 2 : 1,
      });
      inputs = outputs;
    }
  }
  return plans;
}

const hasDownsample = (block: Block): boolean => block.stride !== 1 || block.inputs !== block.outputs;

/** Keys and shapes of an R(2+1)D network, those of torchvision's checkpoints (without batch counters). */
export function r2plus1dShapes(config: R2plus1dConfig): ParamShapes {
  const pair = (prefix: string, inputs: number, middle: number, outputs: number): ParamShapes => ({
    [`${prefix}0.0.weight`]: [middle, inputs, 1, 3, 3],
    ...batchNormShapes(`${prefix}0.1.`, middle),
    [`${prefix}0.3.weight`]: [outputs, middle, 3, 1, 1],
    ...batchNormShapes(`${prefix}1.`, outputs),
  });
  const shapes: Record<string, readonly number[]> = {
    'stem.0.weight': [config.stemWidth, 3, 1, 7, 7],
    ...batchNormShapes('stem.1.', config.stemWidth),
    'stem.3.weight': [config.widths[0], config.stemWidth, 3, 1, 1],
    ...batchNormShapes('stem.4.', config.widths[0]),
  };
  for (const block of basicBlocks(config)) {
    const { prefix, inputs, outputs, middle } = block;
    Object.assign(
      shapes,
      pair(`${prefix}conv1.`, inputs, middle, outputs),
      pair(`${prefix}conv2.`, outputs, middle, outputs),
    );
    if (hasDownsample(block)) {
      shapes[`${prefix}downsample.0.weight`] = [outputs, inputs, 1, 1, 1];
      Object.assign(shapes, batchNormShapes(`${prefix}downsample.1.`, outputs));
    }
  }
  return { ...shapes, 'fc.weight': [config.outputs, config.widths[3]], 'fc.bias': [config.outputs] };
}

/**
 * Random initialisation as torchvision's: He's normal over the outputs, BatchNorm 1 and 0, `fc` normal 0.01.
 *
 * @param bias start of `fc.bias`; EchoNet sets 55.6, the mean ejection fraction
 */
export function r2plus1dParams(config: R2plus1dConfig, random: RandomStream, bias = 55.6): Record<string, HostParam> {
  return drawParams(r2plus1dShapes(config), random, (key, shape) => {
    if (key === 'fc.weight') return normal(0.01);
    if (key === 'fc.bias') return constant(bias);
    return shape.length === 5
      ? kaimingFanOut
      : constant(key.endsWith('.weight') || key.endsWith('running_var') ? 1 : 0);
  });
}

/**
 * R(2+1)D: convolutions over space and over time in turn.
 *
 * Source: torchvision 0.14 models/video/resnet.py; echonet/dynamic echonet/utils/video.py (one output, the ejection fraction in per cent).
 *
 * @param params keys and shapes of `r2plus1dShapes(config)`
 * @param clips `[B, 3, T, H, W]`
 * @returns `[B, outputs]` and the running statistics after this batch
 */
export function r2plus1d(
  params: Params,
  clips: tf.Tensor,
  config: R2plus1dConfig,
  mode: NormMode = { training: false },
): { readonly output: tf.Tensor; readonly statistics: Readonly<Record<string, tf.Tensor>> } {
  expectShape('r2plus1d', 'clips', clips.shape, [-1, 3, -1, -1, -1]);
  const norm = new BatchNormScope(params, mode);
  const weight = (key: string): tf.Tensor => param(params, `${key}.weight`);
  let x = tf.relu(norm.apply(spatial(clips, weight('stem.0'), 2), 'stem.1.'));
  x = tf.relu(norm.apply(temporal(x, weight('stem.3'), 1), 'stem.4.'));
  for (const block of basicBlocks(config)) {
    const { prefix, stride } = block;
    const pair = (input: tf.Tensor, name: string, step: number): tf.Tensor => {
      const flat = tf.relu(norm.apply(spatial(input, weight(`${prefix}${name}.0.0`), step), `${prefix}${name}.0.1.`));
      return norm.apply(temporal(flat, weight(`${prefix}${name}.0.3`), step), `${prefix}${name}.1.`);
    };
    const y = pair(tf.relu(pair(x, 'conv1', stride)), 'conv2', 1);
    x = tf.relu(tf.add(y, hasDownsample(block) ? downsample(x, block, params, norm) : x));
  }
  const pooled = tf.mean(x, [2, 3, 4]);
  return { output: linear(pooled, weight('fc'), param(params, 'fc.bias')), statistics: norm.statistics };
}

/** A `[O, I, 1, k, k]` convolution, on every frame. */
function spatial(x: tf.Tensor, weight: tf.Tensor, stride: number): tf.Tensor {
  const [outputs = 0, inputs = 0, , size = 1] = weight.shape;
  const [batch = 0, , frames = 0, height = 0, width = 0] = x.shape;
  const images = tf.reshape(tf.transpose(x, [0, 2, 1, 3, 4]), [batch * frames, inputs, height, width]);
  const y = conv2d(images, tf.reshape(weight, [outputs, inputs, size, size]), undefined, {
    stride,
    padding: (size - 1) / 2,
  });
  return tf.transpose(tf.reshape(y, [batch, frames, outputs, y.shape[2]!, y.shape[3]!]), [0, 2, 1, 3, 4]);
}

/** A `[O, I, k, 1, 1]` convolution, at every pixel. */
function temporal(x: tf.Tensor, weight: tf.Tensor, stride: number): tf.Tensor {
  const [outputs = 0, inputs = 0, size = 1] = weight.shape;
  const [batch = 0, , frames = 0, height = 0, width = 0] = x.shape;
  const rows = tf.reshape(x, [batch, inputs, frames, height * width]);
  const y = conv2d(rows, tf.reshape(weight, [outputs, inputs, size, 1]), undefined, {
    stride: [stride, 1],
    padding: [(size - 1) / 2, 0],
  });
  return tf.reshape(y, [batch, outputs, y.shape[2]!, height, width]);
}

function downsample(x: tf.Tensor, block: Block, params: Params, norm: BatchNormScope): tf.Tensor {
  const weight = param(params, `${block.prefix}downsample.0.weight`);
  const thin = block.stride === 1 ? x : temporalStride(x, block.stride);
  const spaced = spatial(thin, weight, block.stride);
  return norm.apply(spaced, `${block.prefix}downsample.1.`);
}

/** Every `stride`-th frame, by a slice of groups: tfjs's strided slice has no gradient. */
function temporalStride(x: tf.Tensor, stride: number): tf.Tensor {
  const [batch = 0, channels = 0, frames = 0, height = 0, width = 0] = x.shape;
  const kept = Math.ceil(frames / stride);
  const padded = tf.pad(x, [
    [0, 0],
    [0, 0],
    [0, kept * stride - frames],
    [0, 0],
    [0, 0],
  ]);
  const groups = tf.reshape(padded, [batch * channels, kept, stride, height * width]);
  const first = tf.slice(groups, [0, 0, 0, 0], [batch * channels, kept, 1, height * width]);
  return tf.reshape(first, [batch, channels, kept, height, width]);
}
