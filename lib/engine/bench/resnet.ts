import * as tf from '@tensorflow/tfjs';
import { stream } from '../../core/random.js';
import type { HostTensor, TensorMap } from '../compile.js';
import { batchNorm, conv2d, globalAvgPool, linear, maxPool2d } from '../ops.js';

interface Block {
  readonly name: string;
  readonly inputs: number;
  readonly width: number;
  readonly stride: number;
}

/** The sixteen bottlenecks of ResNet50. */
const BLOCKS: readonly Block[] = [3, 4, 6, 3].flatMap((count, stage) =>
  Array.from({ length: count }, (_, i) => ({
    name: `layer${stage + 1}.${i}`,
    inputs: i > 0 ? 256 * 2 ** stage : stage === 0 ? 64 : 128 * 2 ** stage,
    width: 64 * 2 ** stage,
    stride: i === 0 && stage > 0 ? 2 : 1,
  })),
);

/** Random parameters of ResNet50 with `classes` outputs, under torchvision's names. */
export function resnetParams(classes: number): Record<string, HostTensor> {
  const draw = stream(1, 'bench/resnet');
  const params: Record<string, HostTensor> = {};
  const conv = (name: string, bn: string, outputs: number, inputs: number, size: number): void => {
    const scale = Math.sqrt(2 / (outputs * size * size));
    const shape = [outputs, inputs, size, size];
    const data = Float32Array.from({ length: outputs * inputs * size * size }, () => scale * draw.normal());
    params[`${name}.weight`] = { shape, data };
    params[`${bn}.weight`] = { shape: [outputs], data: new Float32Array(outputs).fill(1) };
    params[`${bn}.bias`] = { shape: [outputs], data: new Float32Array(outputs) };
  };
  conv('conv1', 'bn1', 64, 3, 7);
  for (const { name, inputs, width } of BLOCKS) {
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

/** Class scores of images `[B, 3, S, S]`, with batch statistics. Running averages are left out: they cost nothing. */
export function resnetScores(params: TensorMap, images: tf.Tensor): tf.Tensor {
  const layer = (x: tf.Tensor, conv: string, bn: string, stride = 1, padding = 0): tf.Tensor => {
    const y = conv2d(x, params[`${conv}.weight`]!, undefined, { stride, padding });
    const channels = [y.shape[1]!];
    const running = { runningMean: tf.zeros(channels), runningVar: tf.ones(channels) };
    const affine = { weight: params[`${bn}.weight`]!, bias: params[`${bn}.bias`]! };
    return batchNorm(y, { ...affine, ...running }, { training: true }).output;
  };
  let x = maxPool2d(tf.relu(layer(images, 'conv1', 'bn1', 2, 3)), { size: 3, stride: 2, padding: 1 });
  for (const { name, stride } of BLOCKS) {
    let y = tf.relu(layer(x, `${name}.conv1`, `${name}.bn1`));
    y = tf.relu(layer(y, `${name}.conv2`, `${name}.bn2`, stride, 1));
    y = layer(y, `${name}.conv3`, `${name}.bn3`);
    const skip = name.endsWith('.0') ? layer(x, `${name}.downsample.0`, `${name}.downsample.1`, stride) : x;
    x = tf.relu(tf.add(y, skip));
  }
  return linear(globalAvgPool(x), params['fc.weight']!, params['fc.bias']!);
}
