import * as tf from '@tensorflow/tfjs';
import { sizeOf } from '../../core/shape.js';
import { binary, broadcastTo, reshape, transpose } from '../algebra.js';
import { type Attributes, constant, emit, emitMany, splat, type Value } from '../graph.js';
import { convolveTransposed } from './convolution.js';
import { defineKernel, type KernelAttributes } from './registry.js';

/** Pooling of tfjs's NHWC images through ONNX's NCHW operations; the transposes cancel against their neighbours. */

const toChannelsFirst = (x: Value): Value => transpose(x, [0, 3, 1, 2]);
const toChannelsLast = (x: Value): Value => transpose(x, [0, 2, 3, 1]);

interface Windows {
  readonly size: readonly [number, number];
  readonly strides: readonly [number, number];
  readonly pads: readonly [number, number, number, number];
  /** Height and width of the output. */
  readonly out: readonly [number, number];
}

function windowsOf(x: Value, { filterSize, strides, pad, dimRoundingMode }: KernelAttributes): Windows {
  const shape = [...x.shape] as [number, number, number, number];
  const info = tf.backend_util.computePool2DInfo(shape, filterSize, strides, 1, pad, dimRoundingMode);
  const { top, left, bottom, right } = info.padInfo;
  return {
    size: [info.filterHeight, info.filterWidth],
    strides: [info.strideHeight, info.strideWidth],
    pads: [top, left, bottom, right],
    out: [info.outHeight, info.outWidth],
  };
}

const attributesOf = ({ size, strides, pads }: Windows): Attributes => ({
  kernel_shape: { ints: size },
  strides: { ints: strides },
  pads: { ints: pads },
});

/** The maxima and where in the whole tensor they stand. */
function maxPool(x: Value, windows: Windows): [Value, Value] {
  const image = toChannelsFirst(x);
  const shape = [image.shape[0]!, image.shape[1]!, ...windows.out];
  const outputs = [
    { shape, dtype: 'float32' },
    { shape, dtype: 'int64' },
  ] as const;
  return emitMany('MaxPool', [image], outputs, attributesOf(windows)) as [Value, Value];
}

defineKernel('MaxPool', ({ x }, attributes) => toChannelsLast(maxPool(x!, windowsOf(x!, attributes))[0]));
defineKernel('MaxPoolGrad', ({ dy, input }, attributes) => {
  const [, positions] = maxPool(input!, windowsOf(input!, attributes));
  const slopes = toChannelsFirst(dy!);
  const count = sizeOf(input!.shape);
  const flat = emit(
    'ScatterElements',
    [splat(0, [count]), reshape(positions, [sizeOf(dy!.shape)]), reshape(slopes, [sizeOf(dy!.shape)])],
    [count],
    'float32',
    { axis: { int: 0 }, reduction: { text: 'add' } },
  );
  const [batch, height, width, channels] = input!.shape as [number, number, number, number];
  return toChannelsLast(reshape(flat, [batch, channels, height, width]));
});

defineKernel('AvgPool', ({ x }, attributes) => {
  const windows = windowsOf(x!, attributes);
  const image = toChannelsFirst(x!);
  const shape = [image.shape[0]!, image.shape[1]!, ...windows.out];
  return toChannelsLast(emit('AveragePool', [image], shape, 'float32', attributesOf(windows)));
});
defineKernel('AvgPoolGrad', ({ dy, input }, attributes) => {
  const windows = windowsOf(input!, attributes);
  const [batch, height, width, channels] = input!.shape as [number, number, number, number];
  const shares = binary('Div', toChannelsFirst(dy!), pixelCounts(windows, height, width)); // [B, C, H', W']
  const { size, strides, pads, out } = windows;
  const tiles = size[0] === strides[0] && size[1] === strides[1] && pads.every((pad) => pad === 0);
  if (tiles && out[0] * size[0] === height && out[1] * size[1] === width) {
    const tall = reshape(shares, [batch, channels, out[0], 1, out[1], 1]);
    const wide = broadcastTo(tall, [batch, channels, out[0], size[0], out[1], size[1]]);
    return toChannelsLast(reshape(wide, [batch, channels, height, width]));
  }
  const geometry = { strides, pads, dilations: [1, 1], groups: 1, size: [height, width] };
  const planes = reshape(shares, [batch * channels, 1, ...out]);
  const spread = convolveTransposed(planes, splat(1, [1, 1, ...size]), geometry);
  return toChannelsLast(reshape(spread, [batch, channels, height, width]));
});

/** How many real pixels each window covers, `[1, 1, H', W']`. */
function pixelCounts({ size, strides, pads, out }: Windows, height: number, width: number): Value {
  const along = (i: 0 | 1, length: number): number[] =>
    Array.from({ length: out[i] }, (_, position) => {
      const start = position * strides[i] - pads[i];
      return Math.min(start + size[i], length) - Math.max(start, 0);
    });
  const rows = along(0, height);
  const columns = along(1, width);
  const counts = rows.flatMap((row) => columns.map((column) => row * column));
  return constant(counts, [1, 1, ...out], 'float32');
}
