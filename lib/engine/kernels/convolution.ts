import { matmul, reduce, reshape, transpose } from '../algebra.js';
import { type Attributes, emit, int64, splat, type Value } from '../graph.js';
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

/** x `[B, I, H, W]`, weight `[I, O / groups, h, w]` -> `[B, O, H', W']`. */
export function convolveTransposed(x: Value, weight: Value, geometry: Geometry): Value {
  const { strides, pads, dilations, groups, size } = geometry;
  const outputPadding = [0, 1].map((i) => {
    const reach = (x.shape[2 + i]! - 1) * strides[i]! + dilations[i]! * (weight.shape[2 + i]! - 1) + 1;
    return size[i]! - (reach - pads[i]! - pads[2 + i]!);
  });
  const shape = [x.shape[0]!, weight.shape[1]! * groups, ...size];
  const attributes = { ...attributesOf(geometry), output_padding: { ints: outputPadding } };
  return emit('ConvTranspose', [x, weight], shape, 'float32', attributes);
}

/**
 * The gradient of a convolution by its kernel: every window of the image against the output's gradient, as one product.
 *
 * x `[B, I, H, W]`, dy `[B, O, H', W']` -> `[O, I / groups, h, w]`.
 */
export function weightGradient(x: Value, dy: Value, geometry: Geometry, shape: readonly number[]): Value {
  const { groups } = geometry;
  const [batch, outputs, height, width] = dy.shape as [number, number, number, number];
  const [, inputs, rows, columns] = shape as [number, number, number, number];
  const pixels = height * width;
  const taps = rows * columns;
  if (groups === 1 && outputs * inputs > 2 * pixels * (outputs + inputs)) {
    // Few pixels, many channels: one product over all images; [O, B P] x [I h w, B P]^T.
    const windows = windowsOf(transpose(x, [1, 0, 2, 3]), geometry, [rows, columns], [height, width], 1); // [I, taps, B, H', W']
    const slopes = reshape(transpose(dy, [1, 0, 2, 3]), [outputs, batch * pixels]);
    return reshape(matmul(slopes, reshape(windows, [inputs * taps, batch * pixels]), false, true), shape);
  }
  const windows = windowsOf(x, geometry, [rows, columns], [height, width], 2); // [B, I, taps, H', W']
  const slopes = reshape(dy, [batch, groups, outputs / groups, pixels]);
  const product = matmul(slopes, reshape(windows, [batch, groups, inputs * taps, pixels]), false, true);
  return reshape(reduce('ReduceSum', product, [0], false), shape); // [B, G, O / G, I / G taps] -> [O, I / G, h, w]
}

/** Every window that the kernel sees, stacked along a new axis. */
function windowsOf(
  x: Value,
  { strides, pads, dilations }: Geometry,
  [rows, columns]: readonly [number, number],
  [height, width]: readonly [number, number],
  axis: number,
): Value {
  const padded = padSpatial(x, pads);
  const [first, second] = x.shape as [number, number];
  const single = [first, second, height, width];
  single.splice(axis, 0, 1);
  const parts: Value[] = [];
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const begin = [row * dilations[0]!, column * dilations[1]!];
      const end = [begin[0]! + (height - 1) * strides[0]! + 1, begin[1]! + (width - 1) * strides[1]! + 1];
      parts.push(reshape(window(padded, begin, end, strides, [first, second, height, width]), single));
    }
  }
  if (parts.length === 1) return parts[0]!;
  const shape = single.map((length, i) => (i === axis ? parts.length : length));
  return emit('Concat', parts, shape, 'float32', { axis: { int: axis } });
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
