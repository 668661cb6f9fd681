import * as tf from '@tensorflow/tfjs';
import { cast, reshape } from '../algebra.js';
import { emit, splat, type Value } from '../graph.js';
import { defineKernel } from './registry.js';

/** Kernels that read or write at computed positions. */

defineKernel('GatherV2', ({ x, indices }, { axis, batchDims }) => {
  const [along] = tf.util.parseAxisParam(axis ?? 0, [...x!.shape]) as [number];
  if (batchDims) throw new Error('GatherV2: batchDims cannot be traced; gather with oneHot and matMul, or gatherND');
  const shape = [...x!.shape.slice(0, along), ...indices!.shape, ...x!.shape.slice(along + 1)];
  return emit('Gather', [x!, indices!], shape, x!.dtype, { axis: { int: along } });
});
defineKernel('GatherNd', ({ params, indices }) => {
  const depth = indices!.shape.at(-1)!;
  const shape = [...indices!.shape.slice(0, -1), ...params!.shape.slice(depth)];
  return emit('GatherND', [params!, cast(indices!, 'int64')], shape, params!.dtype);
});
defineKernel('ScatterNd', ({ indices, updates }, { shape }) =>
  scatterAdd(splat(0, shape, updates!.dtype), indices!, updates!),
);
defineKernel('UnsortedSegmentSum', ({ x, segmentIds }, { numSegments }) => {
  const rows = reshape(segmentIds!, [...segmentIds!.shape, 1]);
  const shape = [numSegments, ...x!.shape.slice(segmentIds!.shape.length)];
  return scatterAdd(splat(0, shape, x!.dtype), rows, x!);
});

defineKernel('TensorScatterUpdate', ({ tensor, indices, updates }) =>
  emit('ScatterND', [tensor!, cast(indices!, 'int64'), updates!], tensor!.shape, tensor!.dtype),
);

/** Adds `updates` at the positions in `indices`; repeated positions accumulate in order. */
function scatterAdd(target: Value, indices: Value, updates: Value): Value {
  const attributes = { reduction: { text: 'add' } };
  return emit('ScatterND', [target, cast(indices, 'int64'), updates], target.shape, target.dtype, attributes);
}
