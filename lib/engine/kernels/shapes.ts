import * as tf from '@tensorflow/tfjs';
import { sameShape, sizeOf } from '../../core/shape.js';
import { broadcastTo, cast, reshape, transpose } from '../algebra.js';
import { constant, emit, emitMany, int64, splat, type Value } from '../graph.js';
import { defineKernel, defineListKernel } from './registry.js';

/** Kernels that move numbers without changing them, and kernels that make constants. */

defineKernel('Reshape', ({ x }, { shape }) => reshape(x!, tf.util.inferFromImplicitShape(shape, sizeOf(x!.shape))));
defineKernel('ExpandDims', ({ input }, { dim }) => {
  const shape = [...input!.shape];
  shape.splice(dim < 0 ? shape.length + dim + 1 : dim, 0, 1);
  return reshape(input!, shape);
});
defineKernel('Transpose', ({ x }, { perm }) => transpose(x!, perm));
defineKernel('Tile', ({ x }, { reps }) => {
  const repeats = reps as number[];
  const shape = x!.shape.map((length, i) => length * repeats[i]!);
  if (x!.shape.every((length, i) => length === 1 || repeats[i] === 1)) return broadcastTo(x!, shape);
  return emit('Tile', [x!, int64(repeats)], shape, x!.dtype);
});
defineKernel('Reverse', ({ x }, { dims }) => {
  const axes = tf.util.parseAxisParam(dims, [...x!.shape]);
  return strided(
    x!,
    axes,
    axes.map((axis) => x!.shape[axis]! - 1),
    axes.map(() => -(2 ** 31)),
    axes.map(() => -1),
    x!.shape,
  );
});

function concat(inputs: readonly Value[], axis: number): Value {
  const filled = inputs.filter((value) => sizeOf(value.shape) > 0);
  const first = filled[0] ?? inputs[0]!;
  if (filled.length <= 1) return first;
  const shape = [...first.shape];
  shape[axis] = filled.reduce((sum, value) => sum + value.shape[axis]!, 0);
  return emit('Concat', filled, shape, first.dtype, { axis: { int: axis } });
}

defineListKernel('Concat', (inputs, { axis }) =>
  concat(inputs, tf.util.parseAxisParam(axis, [...inputs[0]!.shape])[0]!),
);
defineListKernel('Pack', (inputs, { axis }) => {
  const shape = [...inputs[0]!.shape];
  const along = axis < 0 ? axis + shape.length + 1 : axis;
  shape.splice(along, 0, 1);
  return concat(
    inputs.map((value) => reshape(value, shape)),
    along,
  );
});

function split(x: Value, sizes: readonly number[], axis: number): Value[] {
  if (sizes.length === 1) return [x];
  const outputs = sizes.map((size) => ({
    shape: x.shape.map((length, i) => (i === axis ? size : length)),
    dtype: x.dtype,
  }));
  return emitMany('Split', [x, int64(sizes)], outputs, { axis: { int: axis } }) as Value[];
}

defineKernel('SplitV', ({ x }, { numOrSizeSplits, axis }) => {
  const [along] = tf.util.parseAxisParam(axis, [...x!.shape]) as [number];
  const like = { shape: [...x!.shape] } as unknown as tf.Tensor;
  return split(x!, tf.backend_util.prepareSplitSize(like, numOrSizeSplits, along), along);
});
defineKernel('Unpack', ({ value }, { axis }) => {
  const along = axis < 0 ? axis + value!.shape.length : axis;
  const shape = value!.shape.filter((_, i) => i !== along);
  const ones = new Array<number>(value!.shape[along]!).fill(1);
  return split(value!, ones, along).map((part) => reshape(part, shape));
});

function strided(
  x: Value,
  axes: readonly number[],
  begin: readonly number[],
  end: readonly number[],
  strides: readonly number[],
  shape: readonly number[],
): Value {
  return emit('Slice', [x, int64(begin), int64(end), int64(axes), int64(strides)], shape, x.dtype);
}

defineKernel('Slice', ({ x }, { begin, size }) => {
  const like = { shape: [...x!.shape], rank: x!.shape.length } as unknown as tf.Tensor;
  const [start, shape] = tf.slice_util.parseSliceParams(like, begin, size) as [number[], number[]];
  if (sameShape(shape, x!.shape)) return x!;
  if (x!.kind === 'splat') return splat(x!.value, shape, x!.dtype);
  const axes = shape.map((_, axis) => axis).filter((axis) => shape[axis] !== x!.shape[axis]);
  const from = axes.map((axis) => start[axis]!);
  const to = axes.map((axis) => start[axis]! + shape[axis]!);
  return strided(
    x!,
    axes,
    from,
    to,
    axes.map(() => 1),
    shape,
  );
});
defineKernel(
  'StridedSlice',
  ({ x }, { begin, end, strides, beginMask, endMask, ellipsisMask, newAxisMask, shrinkAxisMask }) => {
    const info = tf.slice_util.sliceInfo(
      [...x!.shape],
      begin,
      end,
      strides,
      beginMask,
      endMask,
      ellipsisMask,
      newAxisMask,
      shrinkAxisMask,
    );
    if (info.isIdentity) return reshape(x!, info.finalShape);
    const axes = x!.shape.map((_, axis) => axis);
    const to = info.end.map((stop, axis) => (info.strides[axis]! < 0 && stop < 0 ? -(2 ** 31) : stop));
    const shape = tf.slice_util.computeOutShape(info.begin, info.end, info.strides) as number[];
    return reshape(strided(x!, axes, info.begin, to, info.strides, shape), info.finalShape);
  },
);
defineKernel('PadV2', ({ x }, { paddings, constantValue }) => {
  const pads = paddings as [number, number][];
  if (pads.every(([before, after]) => before === 0 && after === 0)) return x!;
  const shape = x!.shape.map((length, i) => length + pads[i]![0] + pads[i]![1]);
  const amounts = int64([...pads.map(([before]) => before), ...pads.map(([, after]) => after)]);
  return emit('Pad', [x!, amounts, splat(constantValue, [], x!.dtype)], shape, x!.dtype);
});
defineKernel('MirrorPad', ({ x }, { paddings, mode }) => {
  const pads = paddings as [number, number][];
  if (mode !== 'reflect') throw new Error(`MirrorPad: only the mode 'reflect' can be traced, got '${mode}'`);
  const shape = x!.shape.map((length, i) => length + pads[i]![0] + pads[i]![1]);
  const amounts = int64([...pads.map(([before]) => before), ...pads.map(([, after]) => after)]);
  return emit('Pad', [x!, amounts], shape, x!.dtype, { mode: { text: 'reflect' } });
});

defineKernel('Fill', (_, { shape, value, dtype }) => splat(value, shape, dtype ?? 'float32'));
defineKernel('ZerosLike', ({ x }) => splat(0, x!.shape, x!.dtype));
defineKernel('OnesLike', ({ x }) => splat(1, x!.shape, x!.dtype));
defineKernel('Range', (_, { start, stop, step, dtype }) => {
  const count = Math.max(0, Math.ceil((stop - start) / step));
  const values = Array.from({ length: count }, (_unused, i) => start + i * step);
  return constant(values, [count], dtype ?? 'float32');
});
defineKernel('LinSpace', (_, { start, stop, num }) => {
  const values = Array.from({ length: num }, (_unused, i) => start + (num > 1 ? (i * (stop - start)) / (num - 1) : 0));
  return constant(values, [num], 'float32');
});

defineKernel('OneHot', ({ indices }, { depth, onValue, offValue, dtype }) => {
  const pair = { kind: 'constant', data: [offValue ?? 0, onValue ?? 1], shape: [2], dtype: 'float32' } as const;
  const inputs = [cast(indices!, 'int32'), splat(depth, [], 'int32'), { ...pair, key: `#float32[2]${pair.data}` }];
  const hot = emit('OneHot', inputs, [...indices!.shape, depth], 'float32', { axis: { int: -1 } });
  return cast(hot, dtype ?? 'int32');
});
