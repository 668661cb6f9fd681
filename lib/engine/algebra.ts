import * as tf from '@tensorflow/tfjs';
import { sameShape, sizeOf } from '../core/shape.js';
import {
  type Attributes,
  constant,
  emit,
  type GraphType,
  int64,
  MICROSOFT,
  ONNX_TYPE,
  splat,
  type Value,
} from './graph.js';

/**
 * Operations on values of a graph, with the simplifications that need no look ahead: constants fold, broadcasts stay
 * lazy until a node needs the full tensor, transposes and reshapes merge with the ones before them.
 */

const round = (value: number, dtype: GraphType): number =>
  dtype === 'float32' ? Math.fround(value) : dtype === 'bool' ? Number(value !== 0) : Math.trunc(value);

const FOLD_BINARY: Readonly<Record<string, (a: number, b: number) => number>> = {
  Add: (a, b) => a + b,
  Sub: (a, b) => a - b,
  Mul: (a, b) => a * b,
  Max: Math.max,
  Min: Math.min,
};

const FOLD_UNARY: Readonly<Record<string, (x: number) => number>> = {
  Neg: (x) => -x,
  Sqrt: Math.sqrt,
  Exp: Math.exp,
  Log: Math.log,
  Reciprocal: (x) => 1 / x,
};

/** The shape two values broadcast to. */
export function broadcastShape(a: readonly number[], b: readonly number[]): number[] {
  return tf.broadcast_util.assertAndGetBroadcastShape([...a], [...b]);
}

/** A value broadcast to a shape, lazily. */
export function broadcastTo(value: Value, shape: readonly number[]): Value {
  if (sameShape(value.shape, shape)) return value;
  if (value.kind === 'splat') return splat(value.value, shape, value.dtype);
  const source = value.kind === 'broadcast' ? value.source : value;
  return { kind: 'broadcast', source, shape: [...shape], dtype: value.dtype };
}

/** The smallest value that broadcasts to the same numbers. */
export function unbroadcast(value: Value): Value {
  if (value.kind === 'splat') return splat(value.value, [], value.dtype);
  return value.kind === 'broadcast' ? value.source : value;
}

/** An element-wise ONNX operation on two values, broadcasting as tfjs does. */
export function binary(op: string, a: Value, b: Value, dtype: GraphType = a.dtype): Value {
  const shape = broadcastShape(a.shape, b.shape);
  const fold = FOLD_BINARY[op] ?? (op === 'Div' && dtype === 'float32' ? (x: number, y: number) => x / y : undefined);
  if (fold && a.kind === 'splat' && b.kind === 'splat')
    return splat(round(fold(a.value, b.value), dtype), shape, dtype);
  if (b.kind === 'splat') {
    const neutral = op === 'Mul' || op === 'Div' ? 1 : op === 'Add' || op === 'Sub' ? 0 : undefined;
    if (b.value === neutral) return broadcastTo(a, shape);
  }
  if (a.kind === 'splat') {
    const neutral = op === 'Mul' ? 1 : op === 'Add' ? 0 : undefined;
    if (a.value === neutral) return broadcastTo(b, shape);
  }
  const [left, right] = sideBySide(unbroadcast(a), unbroadcast(b)) as [Value, Value];
  return broadcastTo(emit(op, [left, right], broadcastShape(left.shape, right.shape), dtype), shape);
}

/**
 * Operands of an element-wise node. ONNX Runtime goes element by element through a tensor whose last axis has length 1
 * (the kernel of a 1 x 1 convolution) when the other operand has no axes: thirty times slower. One with as many axes is fine.
 */
export function sideBySide(...operands: readonly Value[]): Value[] {
  const rank = Math.max(...operands.map(({ shape }) => shape.length));
  const thin = operands.some(({ shape }) => shape.length === rank && shape.at(-1) === 1);
  if (!thin) return [...operands];
  return operands.map((operand) =>
    operand.shape.length === 0 ? reshape(operand, new Array<number>(rank).fill(1)) : operand,
  );
}

/** An element-wise ONNX operation on one value. */
export function unary(op: string, x: Value, dtype: GraphType = x.dtype, attributes: Attributes = {}): Value {
  const fold = FOLD_UNARY[op];
  if (x.kind === 'splat' && fold) return splat(round(fold(x.value), dtype), x.shape, dtype);
  const source = unbroadcast(x);
  return broadcastTo(emit(op, [source], source.shape, dtype, attributes), x.shape);
}

/** Same numbers, other shape. */
export function reshape(x: Value, shape: readonly number[]): Value {
  if (sameShape(x.shape, shape)) return x;
  if (x.kind === 'splat') return splat(x.value, shape, x.dtype);
  if (x.kind === 'constant') return constant(x.data, shape, x.dtype);
  if (x.kind === 'broadcast' && sizeOf(x.source.shape) === 1) {
    const ones = shape.map(() => 1);
    return broadcastTo(reshape(x.source, ones), shape);
  }
  if (x.kind === 'computed' && x.node.op === 'Reshape') return reshape(x.node.inputs[0]!, shape);
  return emit('Reshape', [x, int64(shape)], shape, x.dtype);
}

/** Axes permuted. */
export function transpose(x: Value, permutation: readonly number[]): Value {
  if (permutation.every((axis, i) => axis === i)) return x;
  const shape = permutation.map((axis) => x.shape[axis]!);
  if (x.kind === 'splat') return splat(x.value, shape, x.dtype);
  if (x.kind === 'computed' && x.node.op === 'Transpose') {
    const before = permutationOf(x.node.attributes);
    const source = x.node.inputs[0]!;
    return transpose(
      source,
      permutation.map((axis) => before[axis]!),
    );
  }
  const long = permutation.filter((axis) => x.shape[axis] !== 1);
  if (long.every((axis, i) => i === 0 || axis > long[i - 1]!)) return reshape(x, shape); // only axes of length 1 move
  return emit('Transpose', [x], shape, x.dtype, { perm: { ints: permutation } });
}

/** The `perm` of a Transpose node. */
export function permutationOf(attributes: Attributes): readonly number[] {
  const perm = attributes.perm;
  return perm && 'ints' in perm ? perm.ints : [];
}

/** Other element type, as `tf.cast`. */
export function cast(x: Value, dtype: GraphType): Value {
  if (x.dtype === dtype) return x;
  if (x.kind === 'splat') return splat(round(x.value, dtype), x.shape, dtype);
  return unary('Cast', x, dtype, { to: { int: ONNX_TYPE[dtype] } });
}

/** Reduces axes with an ONNX Reduce operation. */
export function reduce(op: string, x: Value, axis: number | number[], keepDims: boolean): Value {
  const axes = tf.util.parseAxisParam(axis, [...x.shape]);
  const kept = x.shape.map((length, i) => (axes.includes(i) ? 1 : length));
  const shape = keepDims ? kept : x.shape.filter((_, i) => !axes.includes(i));
  const count = axes.reduce((product, i) => product * x.shape[i]!, 1);
  if (count === 1) return reshape(x, shape);
  if (x.kind === 'splat' && op !== 'ReduceProd') {
    return splat(op === 'ReduceSum' ? round(x.value * count, x.dtype) : x.value, shape, x.dtype);
  }
  if (x.kind === 'broadcast' && op !== 'ReduceProd') {
    const padded = [...x.shape.slice(x.source.shape.length).map(() => 1), ...x.source.shape];
    if (axes.every((i) => padded[i] === 1)) {
      const source = reshape(x.source, padded);
      const reduced = op === 'ReduceSum' ? binary('Mul', source, splat(count, [], x.dtype)) : source;
      return reshape(broadcastTo(reduced, kept), shape);
    }
  }
  const leading = [...axes].sort((a, b) => a - b).every((i, position) => i === position);
  if (op === 'ReduceSum' && leading && axes.length < x.shape.length && x.dtype === 'float32') {
    // The sum of a matrix's rows is a product with ones, several times faster than ReduceSum over leading axes.
    const rows = reshape(x, [count, sizeOf(x.shape) / count]);
    return reshape(gemm(splat(1, [1, count]), rows, false, false), shape);
  }
  return reshape(emit(op, [x, int64(axes)], kept, x.dtype, { keepdims: { int: 1 } }), shape);
}

const isMatrixTranspose = (x: Value): boolean => {
  if (x.kind !== 'computed' || x.node.op !== 'Transpose') return false;
  const permutation = permutationOf(x.node.attributes);
  const rank = permutation.length;
  return permutation.every((axis, i) => axis === (i === rank - 1 ? rank - 2 : i === rank - 2 ? rank - 1 : i));
};

/** A transpose of the last two axes that feeds a product becomes a flag of the product. */
function absorbTranspose(x: Value, transposed: boolean): [Value, boolean] {
  if (x.kind === 'computed' && isMatrixTranspose(x)) return [x.node.inputs[0]!, !transposed];
  return [x, transposed];
}

/** Product of two matrices. */
export function gemm(a: Value, b: Value, transposeA: boolean, transposeB: boolean): Value {
  const [left, flipLeft] = absorbTranspose(a, transposeA);
  const [right, flipRight] = absorbTranspose(b, transposeB);
  const shape = [left.shape[flipLeft ? 1 : 0]!, right.shape[flipRight ? 0 : 1]!];
  const attributes = { transA: { int: Number(flipLeft) }, transB: { int: Number(flipRight) } };
  return emit('Gemm', [left, right], shape, 'float32', attributes);
}

/** Product of the last two axes, the leading ones broadcast. */
export function matmul(a: Value, b: Value, transposeA: boolean, transposeB: boolean): Value {
  if (a.shape.length === 2 && b.shape.length === 2) return gemm(a, b, transposeA, transposeB);
  const [left, flipLeft] = absorbTranspose(a, transposeA);
  const [right, flipRight] = absorbTranspose(b, transposeB);
  const batch = broadcastShape(left.shape.slice(0, -2), right.shape.slice(0, -2));
  const rows = left.shape.at(flipLeft ? -1 : -2)!;
  const columns = right.shape.at(flipRight ? -2 : -1)!;
  const attributes = {
    transA: { int: Number(flipLeft) },
    transB: { int: Number(flipRight) },
    alpha: { float: 1 },
  };
  return emit('FusedMatMul', [left, right], [...batch, rows, columns], 'float32', attributes, MICROSOFT);
}
