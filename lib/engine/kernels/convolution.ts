import { sizeOf } from '../../core/shape.js';
import { matmul, reduce, reshape, transpose } from '../algebra.js';
import { type Attributes, emit, int64, runsOnCpu, splat, type Value } from '../graph.js';
import { defineKernel } from './registry.js';

/** Convolutions in PyTorch's layouts, as lib/engine/ops/convolution.ts asks for them. */

/** A convolution's geometry: strides and dilations `[vertical, horizontal]`, pads `[top, left, bottom, right]`. */
export interface Geometry {
  readonly strides: readonly number[];
  readonly pads: readonly number[];
  readonly dilations: readonly number[];
  readonly groups: number;
  readonly size: readonly number[];
}

const attributesOf = ({ strides, pads, dilations, groups }: Geometry): Attributes => ({
  strides: { ints: strides },
  pads: { ints: pads },
  dilations: { ints: dilations },
  group: { int: groups },
});

/** x `[B, I, H, W]`, weight `[O, I / groups, h, w]` -> `[B, O, H', W']`. */
export function convolve(x: Value, weight: Value, geometry: Geometry): Value {
  const shape = [x.shape[0]!, weight.shape[0]!, ...geometry.size];
  return emit('Conv', [x, weight], shape, 'float32', attributesOf(geometry));
}

/**
 * x `[B, I, H, W]`, weight `[I, O / groups, h, w]` -> `[B, O, H', W']`.
 *
 * ONNX Runtime's ConvTranspose takes the images one by one, which is slow where they have few pixels; on the CPU the cases
 * below are products or convolutions instead (timed one by one, see the engine's README).
 */
export function convolveTransposed(x: Value, weight: Value, geometry: Geometry): Value {
  const { strides, pads, dilations, groups, size } = geometry;
  const [, inputs, height, width] = x.shape as [number, number, number, number];
  const [, outputs, rows, columns] = weight.shape as [number, number, number, number];
  const reach = [dilations[0]! * (rows - 1), dilations[1]! * (columns - 1)] as const;
  const extra = [0, 1].map(
    (i) => size[i]! - ((x.shape[2 + i]! - 1) * strides[i]! + reach[i]! + 1) + pads[i]! + pads[2 + i]!,
  );
  if (groups === 1 && runsOnCpu()) {
    const few = fewPixels(inputs, outputs, height * width);
    const dense = strides.every((stride) => stride === 1) && extra.every((rest) => rest === 0);
    if (dense && rows * columns === 1 && pads.every((pad) => pad === 0)) return pointwiseTransposed(x, weight, few);
    if (dense && pads.every((pad, i) => pad <= reach[i % 2]!)) return mirroredConvolution(x, weight, geometry, reach);
    if (few) return foldedProduct(x, weight, geometry);
  }
  const attributes = { ...attributesOf(geometry), output_padding: { ints: extra } };
  return emit('ConvTranspose', [x, weight], [x.shape[0]!, outputs * groups, ...size], 'float32', attributes);
}

/** True where moving the channels to the front, to treat all images as one matrix, costs little beside the product. */
function fewPixels(inputs: number, outputs: number, pixels: number): boolean {
  return inputs * outputs > 2 * pixels * (inputs + outputs);
}

/** `[B, C, H, W]` -> `[C, B H W]`. */
function channelRows(x: Value): Value {
  const channels = x.shape[1]!;
  return reshape(transpose(x, [1, 0, 2, 3]), [channels, sizeOf(x.shape) / channels]);
}

/** Kernel 1 x 1: a product for each image, or one for all. */
function pointwiseTransposed(x: Value, weight: Value, few: boolean): Value {
  const [batch, inputs, height, width] = x.shape as [number, number, number, number];
  const outputs = weight.shape[1]!;
  if (few) {
    const product = matmul(reshape(weight, [inputs, outputs]), channelRows(x), true, false); // [O, B P]
    return transpose(reshape(product, [outputs, batch, height, width]), [1, 0, 2, 3]);
  }
  const images = reshape(x, [batch, inputs, height * width]);
  const product = matmul(reshape(weight, [1, inputs, outputs]), images, true, false); // [B, O, P]
  return reshape(product, [batch, outputs, height, width]);
}

/** Stride 1: a convolution with the mirrored kernel, or with mirrored images where those are smaller. */
function mirroredConvolution(x: Value, weight: Value, geometry: Geometry, reach: readonly [number, number]): Value {
  const kernel = transpose(weight, [1, 0, 2, 3]);
  const [top, left, bottom, right] = geometry.pads as [number, number, number, number];
  const before = [reach[0] - top, reach[1] - left];
  const after = [reach[0] - bottom, reach[1] - right];
  const straight = { ...geometry, pads: [...before, ...after] };
  const [batch, inputs, height, width] = x.shape as [number, number, number, number];
  if (batch * height * width * (inputs + kernel.shape[0]!) > sizeOf(kernel.shape)) {
    return convolve(x, mirror(kernel), straight);
  }
  return mirror(convolve(mirror(x), kernel, { ...geometry, pads: [...after, ...before] }));
}

/** The last two axes reversed. */
function mirror(x: Value): Value {
  const [, , height, width] = x.shape as [number, number, number, number];
  const axes = [2, 3].filter((axis) => x.shape[axis] !== 1);
  if (axes.length === 0) return x;
  const last = axes.map((axis) => (axis === 2 ? height : width) - 1);
  const past = axes.map(() => -(2 ** 31));
  const steps = axes.map(() => -1);
  return emit('Slice', [x, int64(last), int64(past), int64(axes), int64(steps)], x.shape, 'float32');
}

/** One product over all images gives every window's share; Col2Im adds the windows up. */
function foldedProduct(x: Value, weight: Value, { strides, pads, dilations, size }: Geometry): Value {
  const [batch, inputs, height, width] = x.shape as [number, number, number, number];
  const [, outputs, rows, columns] = weight.shape as [number, number, number, number];
  const shares = outputs * rows * columns;
  const product = matmul(reshape(weight, [inputs, shares]), channelRows(x), true, false); // [O h w, B P]
  const windows = transpose(reshape(product, [shares, batch, height * width]), [1, 0, 2]);
  const attributes = { strides: { ints: strides }, pads: { ints: pads }, dilations: { ints: dilations } };
  const inputsOf = [windows, int64(size), int64([rows, columns])];
  return emit('Col2Im', inputsOf, [batch, outputs, ...size], 'float32', attributes);
}

/** Input channels from which a product for each tap of the kernel is faster than one over copies of all windows. */
const TAPWISE_CHANNELS = 32;

/**
 * The gradient of a convolution by its kernel: every window of the image against the output's gradient.
 *
 * x `[B, I, H, W]`, dy `[B, O, H', W']` -> `[O, I / groups, h, w]`.
 */
export function weightGradient(x: Value, dy: Value, geometry: Geometry, shape: readonly number[]): Value {
  const { groups } = geometry;
  const [batch, outputs, height, width] = dy.shape as [number, number, number, number];
  const [, inputs, rows, columns] = shape as [number, number, number, number];
  const pixels = height * width;
  const taps = rows * columns;
  const few = groups === 1 && fewPixels(inputs, outputs, pixels);
  if (few || (groups === 1 && taps > 1 && inputs >= TAPWISE_CHANNELS)) {
    const images = transpose(x, [1, 0, 2, 3]);
    const slopes = channelRows(dy); // [O, B P]
    if (few) {
      const windows = windowsOf(images, geometry, [rows, columns], [height, width], 1); // [I, taps, B, H', W']
      return reshape(matmul(slopes, reshape(windows, [inputs * taps, batch * pixels]), false, true), shape);
    }
    const parts = windowList(images, geometry, [rows, columns], [height, width]).map((window) => {
      const product = matmul(slopes, reshape(window, [inputs, batch * pixels]), false, true);
      return reshape(product, [outputs, inputs, 1]);
    });
    const stacked = emit('Concat', parts, [outputs, inputs, taps], 'float32', { axis: { int: 2 } });
    return reshape(stacked, shape);
  }
  const windows = windowsOf(x, geometry, [rows, columns], [height, width], 2); // [B, I, taps, H', W']
  const slopes = reshape(dy, [batch, groups, outputs / groups, pixels]);
  const product = matmul(slopes, reshape(windows, [batch, groups, inputs * taps, pixels]), false, true);
  return reshape(reduce('ReduceSum', product, [0], false), shape); // [B, G, O / G, I / G taps] -> [O, I / G, h, w]
}

/** Every window that the kernel sees, stacked along a new axis. */
function windowsOf(
  x: Value,
  geometry: Geometry,
  kernel: readonly [number, number],
  size: readonly [number, number],
  axis: number,
): Value {
  const single = [x.shape[0]!, x.shape[1]!, ...size];
  single.splice(axis, 0, 1);
  const parts = windowList(x, geometry, kernel, size).map((part) => reshape(part, single));
  if (parts.length === 1) return parts[0]!;
  const shape = single.map((length, i) => (i === axis ? parts.length : length));
  return emit('Concat', parts, shape, 'float32', { axis: { int: axis } });
}

/** What each tap of the kernel sees: `[first, second, H', W']`, row by row. */
function windowList(
  x: Value,
  { strides, pads, dilations }: Geometry,
  [rows, columns]: readonly [number, number],
  [height, width]: readonly [number, number],
): Value[] {
  const padded = padSpatial(x, pads);
  const shape = [x.shape[0]!, x.shape[1]!, height, width];
  const parts: Value[] = [];
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const begin = [row * dilations[0]!, column * dilations[1]!];
      const end = [begin[0]! + (height - 1) * strides[0]! + 1, begin[1]! + (width - 1) * strides[1]! + 1];
      parts.push(window(padded, begin, end, strides, shape));
    }
  }
  return parts;
}

function padSpatial(x: Value, [top, left, bottom, right]: readonly number[]): Value {
  if (!top && !left && !bottom && !right) return x;
  const [batch, channels, height, width] = x.shape as [number, number, number, number];
  const shape = [batch, channels, height + top! + bottom!, width + left! + right!];
  return emit('Pad', [x, int64([0, 0, top!, left!, 0, 0, bottom!, right!]), splat(0)], shape, 'float32');
}

function window(
  x: Value,
  begin: readonly number[],
  end: readonly number[],
  strides: readonly number[],
  shape: readonly number[],
): Value {
  if (shape[2] === x.shape[2] && shape[3] === x.shape[3]) return x;
  return emit('Slice', [x, int64(begin), int64(end), int64([2, 3]), int64(strides)], shape, 'float32');
}

defineKernel('EchoConv2d', ({ x, weight }, geometry) => convolve(x!, weight!, geometry as unknown as Geometry));
defineKernel('EchoConvTranspose2d', ({ x, weight }, geometry) =>
  convolveTransposed(x!, weight!, geometry as unknown as Geometry),
);
defineKernel('EchoConv2dWeight', ({ x, dy }, geometry) =>
  weightGradient(x!, dy!, geometry as unknown as Geometry, geometry.shape),
);
