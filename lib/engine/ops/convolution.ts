import * as tf from '@tensorflow/tfjs';
import { ShapeError } from '../../core/errors.js';
import { eagerConv2d, eagerConvTranspose2d } from './eager-convolution.js';
import { canFuse, runFused } from './fused.js';

/** Geometry of a convolution. A pair is `[vertical, horizontal]`. */
export interface ConvOptions {
  /** Default 1. */
  readonly stride?: number | readonly [number, number];
  /** Zeros added on both sides; four numbers are top, left, bottom, right. Default 0. */
  readonly padding?: number | readonly [number, number] | readonly [number, number, number, number];
  /** Default 1. */
  readonly dilation?: number | readonly [number, number];
  /** Channel groups; `groups` = channels is a depthwise convolution. Default 1. */
  readonly groups?: number;
}

export interface ConvTransposeOptions extends ConvOptions {
  /** Rows and columns added at the bottom and right. Default 0. */
  readonly outputPadding?: number | readonly [number, number];
}

/** All of a convolution's geometry, resolved. */
export interface ConvGeometry {
  readonly strides: readonly [number, number];
  /** Top, left, bottom, right. */
  readonly pads: readonly [number, number, number, number];
  readonly dilations: readonly [number, number];
  readonly groups: number;
  /** Height and width of the output. */
  readonly size: readonly [number, number];
}

/**
 * 2-D convolution (cross-correlation) with PyTorch's layouts, as `F.conv2d`.
 *
 * Shapes: B = images, I and O = channels, H and W = pixels.
 * @param x `[B, I, H, W]`
 * @param weight `[O, I / groups, h, w]`
 * @param bias `[O]`
 * @returns `[B, O, H', W']`
 * @throws {ShapeError} if the channels do not fit
 */
export function conv2d(x: tf.Tensor, weight: tf.Tensor, bias?: tf.Tensor, options: ConvOptions = {}): tf.Tensor {
  const { strides, pads, dilations, groups } = resolve(options);
  if (
    x.rank !== 4 ||
    weight.rank !== 4 ||
    x.shape[1] !== weight.shape[1]! * groups ||
    weight.shape[0]! % groups !== 0
  ) {
    throw new ShapeError(
      `conv2d: x [B, I, H, W] and weight [O, I / ${groups}, h, w] must agree, got [${x.shape}] and [${weight.shape}]`,
    );
  }
  const size = [0, 1].map((i) => {
    const reach = dilations[i]! * (weight.shape[2 + i]! - 1) + 1;
    return Math.floor((x.shape[2 + i]! + pads[i]! + pads[2 + i]! - reach) / strides[i]!) + 1;
  }) as [number, number];
  if (size[0] < 1 || size[1] < 1) {
    throw new ShapeError(`conv2d: the kernel [${weight.shape}] is larger than the padded image [${x.shape}]`);
  }
  const seen = visibleTaps(x, weight, { strides, pads, dilations, groups, size });
  const y = canFuse()
    ? runFused('EchoConv2d', { x, weight: seen.weight }, { ...seen.geometry })
    : eagerConv2d(x, seen.weight, seen.geometry);
  return bias ? tf.add(y, tf.reshape(bias, [1, -1, 1, 1])) : y;
}

/**
 * Transposed 2-D convolution with PyTorch's layouts, as `F.conv_transpose2d`.
 *
 * @param x `[B, I, H, W]`
 * @param weight `[I, O / groups, h, w]`
 * @param bias `[O]`
 * @returns `[B, O, H', W']`, H' = (H - 1) stride - 2 padding + dilation (h - 1) + 1 + outputPadding
 * @throws {ShapeError} if the channels do not fit
 */
export function convTranspose2d(
  x: tf.Tensor,
  weight: tf.Tensor,
  bias?: tf.Tensor,
  options: ConvTransposeOptions = {},
): tf.Tensor {
  const { strides, pads, dilations, groups } = resolve(options);
  const extra = pair(options.outputPadding ?? 0);
  if (x.rank !== 4 || weight.rank !== 4 || x.shape[1] !== weight.shape[0] || weight.shape[0]! % groups !== 0) {
    throw new ShapeError(
      `convTranspose2d: x [B, I, H, W] and weight [I, O / ${groups}, h, w] must agree, got [${x.shape}] and [${weight.shape}]`,
    );
  }
  const size = [0, 1].map((i) => {
    const reach = dilations[i]! * (weight.shape[2 + i]! - 1) + 1;
    return (x.shape[2 + i]! - 1) * strides[i]! - pads[i]! - pads[2 + i]! + reach + extra[i]!;
  }) as [number, number];
  const geometry: ConvGeometry = { strides, pads, dilations, groups, size };
  const y = canFuse()
    ? runFused('EchoConvTranspose2d', { x, weight }, { ...geometry })
    : eagerConvTranspose2d(x, weight, geometry);
  return bias ? tf.add(y, tf.reshape(bias, [1, -1, 1, 1])) : y;
}

/**
 * The kernel without the rows and columns that only ever meet padding: at 112 px two of the three wide branches of
 * DeepLabV3's pyramid see no more than their centre.
 */
function visibleTaps(
  x: tf.Tensor,
  weight: tf.Tensor,
  geometry: ConvGeometry,
): { readonly weight: tf.Tensor; readonly geometry: ConvGeometry } {
  const pads = [...geometry.pads] as [number, number, number, number];
  const begin = [0, 0, 0, 0];
  const shape = [...weight.shape];
  for (const axis of [0, 1] as const) {
    const stride = geometry.strides[axis];
    const dilation = geometry.dilations[axis];
    const taps = weight.shape[2 + axis]!;
    const meets = (tap: number): boolean => {
      const start = tap * dilation - pads[axis]; // where the tap falls for the first output
      const steps = Math.max(0, Math.ceil(-start / stride));
      return steps < geometry.size[axis] && start + steps * stride < x.shape[2 + axis]!;
    };
    const seen = Array.from({ length: taps }, (_, tap) => tap).filter(meets);
    const [first, last] = [seen[0] ?? 0, seen.at(-1) ?? taps - 1];
    const before = pads[axis] - first * dilation;
    const after = pads[2 + axis]! - (taps - 1 - last) * dilation;
    if (before < 0 || after < 0) continue;
    pads[axis] = before;
    pads[2 + axis] = after;
    begin[2 + axis] = first;
    shape[2 + axis] = last - first + 1;
  }
  if (shape[2] === weight.shape[2] && shape[3] === weight.shape[3]) return { weight, geometry };
  return { weight: tf.slice(weight, begin, shape), geometry: { ...geometry, pads } };
}

function pair(value: number | readonly [number, number]): readonly [number, number] {
  return typeof value === 'number' ? [value, value] : value;
}

function resolve(options: ConvOptions): Omit<ConvGeometry, 'size'> {
  const padding = options.padding ?? 0;
  const sides = typeof padding === 'number' ? ([padding, padding] as const) : padding;
  const [top, left, bottom, right] = sides;
  return {
    strides: pair(options.stride ?? 1),
    pads: [top, left, bottom ?? top, right ?? left],
    dilations: pair(options.dilation ?? 1),
    groups: options.groups ?? 1,
  };
}

tf.registerGradient({
  kernelName: 'EchoConv2d',
  inputsToSave: ['x', 'weight'],
  gradFunc: (dy, saved, attributes) => {
    const [x, weight] = saved as [tf.Tensor, tf.Tensor];
    const geometry = attributes as unknown as ConvGeometry;
    const back = { ...geometry, size: [x.shape[2], x.shape[3]] };
    return {
      x: () => runFused('EchoConvTranspose2d', { x: dy as tf.Tensor, weight }, back),
      weight: () => runFused('EchoConv2dWeight', { x, dy: dy as tf.Tensor }, { ...geometry, shape: weight.shape }),
    };
  },
});

tf.registerGradient({
  kernelName: 'EchoConvTranspose2d',
  inputsToSave: ['x', 'weight'],
  gradFunc: (dy, saved, attributes) => {
    const [x, weight] = saved as [tf.Tensor, tf.Tensor];
    const geometry = attributes as unknown as ConvGeometry;
    const back = { ...geometry, size: [x.shape[2], x.shape[3]] };
    return {
      x: () => runFused('EchoConv2d', { x: dy as tf.Tensor, weight }, back),
      weight: () => runFused('EchoConv2dWeight', { x: dy as tf.Tensor, dy: x }, { ...back, shape: weight.shape }),
    };
  },
});
