import * as tf from '@tensorflow/tfjs';
import type { RandomStream } from '../core/random.js';
import { expectShape } from '../core/shape.js';
import { conv2d, globalAvgPool, linear, maxPool2d } from '../engine/ops.js';
import { BatchNormScope, batchNormShapes, type NormMode } from './batch-norm-scope.js';
import {
  constant,
  drawParams,
  type HostParam,
  kaimingFanOut,
  type ParamShapes,
  type Params,
  param,
  torchDefault,
} from './parameters.js';

/** Shape of a bottleneck ResNet. */
export interface ResnetConfig {
  readonly name: string;
  /** Bottleneck blocks of the four stages. */
  readonly blocks: readonly [number, number, number, number];
  /** Channels of the stem; stage i has `base * 2 ^ i` inside and four times that at its output. */
  readonly base: number;
  /** Width of `fc`; 0 for none. */
  readonly classes: number;
  /** Stages 3 and 4 keep their resolution and dilate instead (DeepLabV3). */
  readonly dilated: boolean;
}

/** torchvision's ResNet50: 25.56 M parameters with its 1,000 classes. */
export const RESNET50: ResnetConfig = Object.freeze({
  name: 'resnet50',
  blocks: [3, 4, 6, 3] as const,
  base: 64,
  classes: 1000,
  dilated: false,
});

/** ResNet50 without its classifier, as DINO trains it: 23.51 M parameters. */
export const RESNET50_TRUNK: ResnetConfig = Object.freeze({ ...RESNET50, name: 'resnet50-trunk', classes: 0 });

/** A small ResNet for the phantom. */
export const RESNET50_TINY: ResnetConfig = Object.freeze({
  name: 'resnet50-tiny',
  blocks: [1, 1, 1, 1] as const,
  base: 16,
  classes: 0,
  dilated: false,
});

/** Channels of the last stage: 2048 for ResNet50. */
export function resnetWidth(config: ResnetConfig): number {
  return config.base * 32;
}

interface BottleneckPlan {
  readonly prefix: string;
  readonly inputs: number;
  readonly width: number;
  readonly outputs: number;
  readonly stride: number;
  readonly dilation: number;
  readonly downsample: boolean;
}

function bottlenecks(config: ResnetConfig): BottleneckPlan[] {
  const plans: BottleneckPlan[] = [];
  let inputs = config.base;
  let dilation = 1;
  for (const [stage, count] of config.blocks.entries()) {
    const width = config.base * 2 ** stage;
    const outputs = width * 4;
    let stride = stage === 0 ? 1 : 2;
    const first = dilation; // the first block of a dilated stage keeps the dilation of the stage before
    if (config.dilated && stage >= 2) {
      dilation *= stride;
      stride = 1;
    }
    for (let block = 0; block < count; block++) {
      const prefix = `layer${stage + 1}.${block}.`;
      const downsample = block === 0 && (stride !== 1 || inputs !== outputs);
      plans.push({
        prefix,
        inputs,
        width,
        outputs,
        stride: block === 0 ? stride : 1,
        dilation: block === 0 ? first : dilation,
        downsample,
      });
      inputs = outputs;
    }
  }
  return plans;
}

/** Keys and shapes of a ResNet, those of torchvision's checkpoints (without BatchNorm's batch counters). */
export function resnetShapes(config: ResnetConfig): ParamShapes {
  const shapes: Record<string, readonly number[]> = {
    'conv1.weight': [config.base, 3, 7, 7],
    ...batchNormShapes('bn1.', config.base),
  };
  for (const { prefix, inputs, width, outputs, downsample } of bottlenecks(config)) {
    Object.assign(shapes, {
      [`${prefix}conv1.weight`]: [width, inputs, 1, 1],
      ...batchNormShapes(`${prefix}bn1.`, width),
      [`${prefix}conv2.weight`]: [width, width, 3, 3],
      ...batchNormShapes(`${prefix}bn2.`, width),
      [`${prefix}conv3.weight`]: [outputs, width, 1, 1],
      ...batchNormShapes(`${prefix}bn3.`, outputs),
      ...(downsample && {
        [`${prefix}downsample.0.weight`]: [outputs, inputs, 1, 1],
        ...batchNormShapes(`${prefix}downsample.1.`, outputs),
      }),
    });
  }
  if (config.classes > 0) {
    shapes['fc.weight'] = [config.classes, resnetWidth(config)];
    shapes['fc.bias'] = [config.classes];
  }
  return shapes;
}

/** Random initialisation as torchvision's: He's normal over the outputs, BatchNorm 1 and 0. */
export function resnetParams(config: ResnetConfig, random: RandomStream): Record<string, HostParam> {
  return drawParams(resnetShapes(config), random, (key, shape) => {
    if (key.startsWith('fc.')) return torchDefault(resnetWidth(config));
    return shape.length === 4
      ? kaimingFanOut
      : constant(key.endsWith('.weight') || key.endsWith('running_var') ? 1 : 0);
  });
}

/** What {@link resnet} returns. */
export interface ResnetOutput {
  /** `[B, 32 base, H / 32, W / 32]` (H / 8, W / 8 dilated), after the last ReLU. */
  readonly featureMap: tf.Tensor;
  /** `[B, 32 base]`, the mean over pixels: the embedding. */
  readonly pooled: tf.Tensor;
  /** `[B, classes]`; null without `fc`. */
  readonly logits: tf.Tensor | null;
  /** Running statistics after this batch, by key. */
  readonly statistics: Readonly<Record<string, tf.Tensor>>;
}

/**
 * Bottleneck ResNet with the stride on the 3 x 3 convolution (v1.5).
 *
 * Source: torchvision 0.14 models/resnet.py.
 *
 * @param params keys and shapes of `resnetShapes(config)`
 * @param images `[B, 3, H, W]`
 */
export function resnet(
  params: Params,
  images: tf.Tensor,
  config: ResnetConfig,
  mode: NormMode = { training: false },
): ResnetOutput {
  expectShape('resnet', 'images', images.shape, [-1, 3, -1, -1]);
  const norm = new BatchNormScope(params, mode);
  const convolve = (x: tf.Tensor, key: string, stride = 1, padding = 0, dilation = 1): tf.Tensor =>
    conv2d(x, param(params, key), undefined, { stride, padding, dilation });
  let x = tf.relu(norm.apply(convolve(images, 'conv1.weight', 2, 3), 'bn1.'));
  x = maxPool2d(x, { size: 3, stride: 2, padding: 1 });
  for (const { prefix, stride, dilation, downsample } of bottlenecks(config)) {
    let y = tf.relu(norm.apply(convolve(x, `${prefix}conv1.weight`), `${prefix}bn1.`));
    y = tf.relu(norm.apply(convolve(y, `${prefix}conv2.weight`, stride, dilation, dilation), `${prefix}bn2.`));
    y = norm.apply(convolve(y, `${prefix}conv3.weight`), `${prefix}bn3.`);
    const skip = downsample
      ? norm.apply(convolve(x, `${prefix}downsample.0.weight`, stride), `${prefix}downsample.1.`)
      : x;
    x = tf.relu(tf.add(y, skip));
  }
  const pooled = globalAvgPool(x);
  const logits = config.classes > 0 ? linear(pooled, param(params, 'fc.weight'), param(params, 'fc.bias')) : null;
  return { featureMap: x, pooled, logits, statistics: norm.statistics };
}
