import * as tf from '@tensorflow/tfjs';
import { type RandomStream, stream } from '../../core/random.js';
import type { HostTensor, TensorMap } from '../compile.js';
import { batchNorm, type ConvOptions, conv2d, globalAvgPool, linear, maxPool2d } from '../ops.js';

interface Block {
  readonly name: string;
  readonly inputs: number;
  readonly width: number;
  readonly stride: number;
  readonly dilation: number;
}

/** The sixteen bottlenecks of ResNet50; `dilated`: the last two stages keep their resolution and spread their kernels. */
function blocksOf(dilated: boolean): Block[] {
  return [3, 4, 6, 3].flatMap((count, stage) =>
    Array.from({ length: count }, (_, i) => {
      const shrinks = i === 0 && stage > 0;
      const spread = dilated && stage > 1;
      return {
        name: `layer${stage + 1}.${i}`,
        inputs: i > 0 ? 256 * 2 ** stage : stage === 0 ? 64 : 128 * 2 ** stage,
        width: 64 * 2 ** stage,
        stride: shrinks && !spread ? 2 : 1,
        dilation: spread ? 2 ** (stage - (i === 0 ? 2 : 1)) : 1,
      };
    }),
  );
}

/** Writes a convolution `[O, I, s, s]` and the batch norm after it. */
export type LayerWriter = (conv: string, norm: string, outputs: number, inputs: number, size: number) => void;

/** A {@link LayerWriter} that draws into `params`. */
export function layerWriter(params: Record<string, HostTensor>, draw: RandomStream): LayerWriter {
  return (conv, norm, outputs, inputs, size) => {
    const scale = Math.sqrt(2 / (outputs * size * size));
    const shape = [outputs, inputs, size, size];
    const data = Float32Array.from({ length: outputs * inputs * size * size }, () => scale * draw.normal());
    params[`${conv}.weight`] = { shape, data };
    params[`${norm}.weight`] = { shape: [outputs], data: new Float32Array(outputs).fill(1) };
    params[`${norm}.bias`] = { shape: [outputs], data: new Float32Array(outputs) };
  };
}

/** Random parameters of ResNet50 with `classes` outputs, under torchvision's names. */
export function resnetParams(classes: number): Record<string, HostTensor> {
  const draw = stream(1, 'bench/resnet');
  const params: Record<string, HostTensor> = {};
  const conv = layerWriter(params, draw);
  conv('conv1', 'bn1', 64, 3, 7);
  for (const { name, inputs, width } of blocksOf(false)) {
    conv(`${name}.conv1`, `${name}.bn1`, width, inputs, 1);
    conv(`${name}.conv2`, `${name}.bn2`, width, width, 3);
    conv(`${name}.conv3`, `${name}.bn3`, 4 * width, width, 1);
    if (name.endsWith('.0')) conv(`${name}.downsample.0`, `${name}.downsample.1`, 4 * width, inputs, 1);
  }
  const weight = Float32Array.from({ length: classes * 2048 }, () => 0.02 * draw.normal());
  params['fc.weight'] = { shape: [classes, 2048], data: weight };
  params['fc.bias'] = { shape: [classes], data: new Float32Array(classes) };
  return params;
}

/** A convolution and its batch norm, with batch statistics. Running averages are left out: they cost nothing. */
export function normedConv(
  params: TensorMap,
  x: tf.Tensor,
  conv: string,
  norm: string,
  options: ConvOptions = {},
): tf.Tensor {
  const y = conv2d(x, params[`${conv}.weight`]!, undefined, options);
  const channels = [y.shape[1]!];
  const running = { runningMean: tf.zeros(channels), runningVar: tf.ones(channels) };
  const affine = { weight: params[`${norm}.weight`]!, bias: params[`${norm}.bias`]! };
  return batchNorm(y, { ...affine, ...running }, { training: true }).output;
}

/** The feature map `[B, 2048, S / 32, S / 32]` of images `[B, 3, S, S]`; `[B, 2048, S / 8, S / 8]` if dilated. */
export function resnetMap(params: TensorMap, images: tf.Tensor, dilated: boolean): tf.Tensor {
  const layer = (x: tf.Tensor, conv: string, norm: string, options: ConvOptions = {}): tf.Tensor =>
    normedConv(params, x, conv, norm, options);
  let x = tf.relu(layer(images, 'conv1', 'bn1', { stride: 2, padding: 3 }));
  x = maxPool2d(x, { size: 3, stride: 2, padding: 1 });
  for (const { name, stride, dilation } of blocksOf(dilated)) {
    let y = tf.relu(layer(x, `${name}.conv1`, `${name}.bn1`));
    y = tf.relu(layer(y, `${name}.conv2`, `${name}.bn2`, { stride, dilation, padding: dilation }));
    y = layer(y, `${name}.conv3`, `${name}.bn3`);
    const skip = name.endsWith('.0') ? layer(x, `${name}.downsample.0`, `${name}.downsample.1`, { stride }) : x;
    x = tf.relu(tf.add(y, skip));
  }
  return x;
}

/** Class scores of images `[B, 3, S, S]`. */
export function resnetScores(params: TensorMap, images: tf.Tensor): tf.Tensor {
  return linear(globalAvgPool(resnetMap(params, images, false)), params['fc.weight']!, params['fc.bias']!);
}
