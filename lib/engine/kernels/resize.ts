import { matmul, reshape, transpose } from '../algebra.js';
import { constant, type Value } from '../graph.js';
import { defineKernel } from './registry.js';

/** tfjs's image resizing: images `[B, H, W, C]`. Linear in the image, so one constant matrix for each axis. */

/** Row-major `[to, from]`, with tfjs's positions. */
function bilinearMatrix(from: number, to: number, alignCorners: boolean, halfPixelCenters: boolean): Float32Array {
  const matrix = new Float32Array(to * from);
  const step = alignCorners && to > 1 ? (from - 1) / (to - 1) : from / to;
  for (let row = 0; row < to; row++) {
    const position = halfPixelCenters ? step * (row + 0.5) - 0.5 : step * row;
    const left = Math.max(0, Math.floor(position));
    const offset = position - left;
    const right = Math.min(from - 1, Math.ceil(position));
    matrix[row * from + left] = matrix[row * from + left]! + 1 - offset;
    matrix[row * from + right] = matrix[row * from + right]! + offset;
  }
  return matrix;
}

function nearestMatrix(from: number, to: number, alignCorners: boolean, halfPixelCenters: boolean): Float32Array {
  const matrix = new Float32Array(to * from);
  const step = alignCorners && to > 1 ? (from - 1) / (to - 1) : from / to;
  for (let row = 0; row < to; row++) {
    const position = halfPixelCenters ? step * (row + 0.5) : step * row;
    const nearest = Math.min(from - 1, alignCorners ? Math.round(position) : Math.floor(position));
    matrix[row * from + Math.max(0, nearest)] = 1;
  }
  return matrix;
}

/** `vertical [H', H] x horizontal [W', W]` applied to `[B, H, W, C]`; backwards with the transposed matrices. */
function apply(x: Value, vertical: Value, horizontal: Value, backwards: boolean): Value {
  const [batch, height, width, channels] = x.shape as [number, number, number, number];
  const planes = reshape(transpose(x, [0, 3, 1, 2]), [batch * channels * height, width]);
  const wide = matmul(planes, horizontal, false, !backwards);
  const newWidth = wide.shape[1]!;
  const stacked = reshape(wide, [batch * channels, height, newWidth]);
  const matrix = reshape(vertical, [1, ...vertical.shape]);
  const tall = matmul(matrix, stacked, backwards, false); // [B C, H', W']
  return transpose(reshape(tall, [batch, channels, tall.shape[1]!, newWidth]), [0, 2, 3, 1]);
}

for (const [name, matrixOf] of [
  ['ResizeBilinear', bilinearMatrix],
  ['ResizeNearestNeighbor', nearestMatrix],
] as const) {
  const matrices = (from: readonly number[], to: readonly number[], align: boolean, half: boolean): [Value, Value] => [
    constant(matrixOf(from[1]!, to[0]!, align, half), [to[0]!, from[1]!], 'float32'),
    constant(matrixOf(from[2]!, to[1]!, align, half), [to[1]!, from[2]!], 'float32'),
  ];
  defineKernel(name, ({ images }, { size, alignCorners, halfPixelCenters }) =>
    apply(images!, ...matrices(images!.shape, size, alignCorners, halfPixelCenters), false),
  );
  // tfjs's own gradient ignores halfPixelCenters; this one is the transpose of the forward pass.
  defineKernel(`${name}Grad`, ({ images, dy }, { alignCorners, halfPixelCenters }) =>
    apply(dy!, ...matrices(images!.shape, dy!.shape.slice(1, 3), alignCorners, Boolean(halfPixelCenters)), true),
  );
}
