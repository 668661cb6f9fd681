import * as tf from '@tensorflow/tfjs';
import { reshape, transpose } from '../algebra.js';
import type { Value } from '../graph.js';
import { convolve, convolveTransposed, type Geometry, weightGradient } from './convolution.js';
import { defineKernel, type KernelAttributes } from './registry.js';

/** tfjs's own convolutions: images `[B, H, W, C]`, kernels `[h, w, I, O]`. Transposes cancel against their neighbours. */

const toChannelsFirst = (x: Value): Value => transpose(x, [0, 3, 1, 2]);
const toChannelsLast = (x: Value): Value => transpose(x, [0, 2, 3, 1]);

type Shape4 = [number, number, number, number];

function geometryOf(
  image: readonly number[],
  kernel: readonly number[],
  attributes: KernelAttributes,
  depthwise: boolean,
): Geometry {
  const { strides, pad, dilations, dimRoundingMode, dataFormat } = attributes;
  if (dataFormat === 'NCHW')
    throw new Error('conv2d with dataFormat NCHW cannot be traced; use conv2d of lib/engine/ops');
  const info = tf.backend_util.computeConv2DInfo(
    [...image] as Shape4,
    [...kernel] as Shape4,
    strides,
    dilations ?? 1,
    pad,
    dimRoundingMode,
    depthwise,
  );
  const { top, left, bottom, right } = info.padInfo;
  return {
    strides: [info.strideHeight, info.strideWidth],
    pads: [top, left, bottom, right],
    dilations: [info.dilationHeight, info.dilationWidth],
    groups: depthwise ? image[3]! : 1,
    size: [info.outHeight, info.outWidth],
  };
}

defineKernel('Conv2D', ({ x, filter }, attributes) =>
  toChannelsLast(
    convolve(
      toChannelsFirst(x!),
      transpose(filter!, [3, 2, 0, 1]),
      geometryOf(x!.shape, filter!.shape, attributes, false),
    ),
  ),
);
defineKernel('Conv2DBackpropInput', ({ dy, filter }, attributes) => {
  const shape = attributes.inputShape as number[];
  const geometry = geometryOf(shape, filter!.shape, attributes, false);
  const back = { ...geometry, size: [shape[1]!, shape[2]!] };
  return toChannelsLast(convolveTransposed(toChannelsFirst(dy!), transpose(filter!, [3, 2, 0, 1]), back));
});
defineKernel('Conv2DBackpropFilter', ({ x, dy }, attributes) => {
  const [height, width, inputs, outputs] = attributes.filterShape as Shape4;
  const geometry = geometryOf(x!.shape, attributes.filterShape, attributes, false);
  const gradient = weightGradient(toChannelsFirst(x!), toChannelsFirst(dy!), geometry, [
    outputs,
    inputs,
    height,
    width,
  ]);
  return transpose(gradient, [2, 3, 1, 0]);
});

/** `[h, w, C, M]` -> `[C M, 1, h, w]`. */
function depthwiseKernel(filter: Value): Value {
  const [height, width, channels, multiplier] = filter.shape as Shape4;
  return reshape(transpose(filter, [2, 3, 0, 1]), [channels * multiplier, 1, height, width]);
}

defineKernel('DepthwiseConv2dNative', ({ x, filter }, attributes) =>
  toChannelsLast(
    convolve(toChannelsFirst(x!), depthwiseKernel(filter!), geometryOf(x!.shape, filter!.shape, attributes, true)),
  ),
);
defineKernel('DepthwiseConv2dNativeBackpropInput', ({ dy, filter }, attributes) => {
  const shape = attributes.inputShape as number[];
  const geometry = geometryOf(shape, filter!.shape, attributes, true);
  const back = { ...geometry, size: [shape[1]!, shape[2]!] };
  return toChannelsLast(convolveTransposed(toChannelsFirst(dy!), depthwiseKernel(filter!), back));
});
defineKernel('DepthwiseConv2dNativeBackpropFilter', ({ x, dy }, attributes) => {
  const [height, width, channels, multiplier] = attributes.filterShape as Shape4;
  const geometry = geometryOf(x!.shape, attributes.filterShape, attributes, true);
  const shape = [channels * multiplier, 1, height, width];
  const gradient = weightGradient(toChannelsFirst(x!), toChannelsFirst(dy!), geometry, shape);
  return transpose(reshape(gradient, [channels, multiplier, height, width]), [2, 3, 0, 1]);
});
