import type * as tf from '@tensorflow/tfjs';
import { sizeOf } from '../core/shape.js';
import type { TensorSpec } from '../engine/compile.js';
import type { GraphNode, Value } from '../engine/graph.js';
import { trace } from '../engine/trace.js';
import type { ParamShapes, Params } from './parameters.js';

/** A forward pass: named inputs to named outputs. */
export type ForwardFunction = (
  params: Params,
  inputs: Readonly<Record<string, tf.Tensor>>,
) => Record<string, tf.Tensor>;

/**
 * Floating-point operations of one forward pass: two for each multiply-add of matrix products and convolutions; element-wise work is not
 * counted, as is usual. The pass is traced, not run.
 */
export function countFlops(
  forward: ForwardFunction,
  shapes: ParamShapes,
  inputs: Readonly<Record<string, TensorSpec>>,
): number {
  const fed = [
    ...Object.entries(shapes).map(([key, shape]) => ({ name: `p:${key}`, shape, dtype: 'float32' as const })),
    ...Object.entries(inputs).map(([key, { shape, dtype }]) => ({
      name: `x:${key}`,
      shape,
      dtype: dtype ?? ('float32' as const),
    })),
  ];
  const under = (prefix: string, tensors: Record<string, tf.Tensor>): Record<string, tf.Tensor> =>
    Object.fromEntries(
      Object.entries(tensors)
        .filter(([key]) => key.startsWith(prefix))
        .map(([key, tensor]) => [key.slice(prefix.length), tensor]),
    );
  const { outputs } = trace('countFlops', fed, (tensors) => forward(under('p:', tensors), under('x:', tensors)));
  const seen = new Set<GraphNode>();
  const open: Value[] = [...outputs.values()];
  let total = 0;
  for (let value = open.pop(); value !== undefined; value = open.pop()) {
    if (value.kind === 'broadcast') open.push(value.source);
    if (value.kind !== 'computed' || seen.has(value.node)) continue;
    seen.add(value.node);
    total += flopsOf(value.node);
    for (const input of value.node.inputs) if (input) open.push(input);
  }
  return total;
}

function flopsOf(node: GraphNode): number {
  const [first, second] = node.inputs;
  const output = node.outputs[0];
  if (!first || !second || !output) return 0;
  if (node.op === 'Gemm' || node.op === 'MatMul' || node.op === 'FusedMatMul') {
    const turned = node.attributes.transA;
    const axis = turned && 'int' in turned && turned.int === 1 ? -2 : -1;
    return 2 * sizeOf(output.shape) * first.shape.at(axis)!;
  }
  if (node.op === 'Conv') return 2 * sizeOf(output.shape) * sizeOf(second.shape.slice(1));
  if (node.op === 'ConvTranspose') return 2 * sizeOf(first.shape) * sizeOf(second.shape.slice(1));
  return 0;
}
