import { sameShape } from '../core/shape.js';
import type { ComputedValue, GraphNode, Value } from './graph.js';

/** The nodes that outputs depend on, in the order they were recorded. */
export function liveNodes(nodes: readonly GraphNode[], outputs: Iterable<Value>): GraphNode[] {
  const live = new Set<GraphNode>();
  const pending = [...outputs];
  for (let value = pending.pop(); value; value = pending.pop()) {
    if (value.kind === 'broadcast') pending.push(value.source);
    if (value.kind !== 'computed' || live.has(value.node)) continue;
    live.add(value.node);
    for (const input of value.node.inputs) if (input) pending.push(input);
  }
  return nodes.filter((node) => live.has(node));
}

/**
 * Rewrites nodes that ONNX Runtime computes in one: a bias into its Gemm, a scalar factor into its product.
 * Only where the intermediate has no other reader.
 */
export function fuse(nodes: readonly GraphNode[], outputs: Iterable<Value>): void {
  const readers = countReaders(nodes, outputs);
  for (const node of nodes) {
    for (const [product, other] of [
      [node.inputs[0], node.inputs[1]],
      [node.inputs[1], node.inputs[0]],
    ]) {
      if (product?.kind !== 'computed' || !other || readers.get(product) !== 1) continue;
      if (node.op === 'Add' && fuseBias(node, product, other)) break;
      if (node.op === 'Mul' && fuseFactor(node, product, other)) break;
    }
  }
}

function fuseBias(sum: GraphNode, product: ComputedValue, bias: Value): boolean {
  const { node } = product;
  const isBias = bias.shape.length === 1 && bias.kind !== 'splat' && sameShape(sum.outputs[0]!.shape, product.shape);
  if (node.op !== 'Gemm' || node.inputs.length !== 2 || !isBias) return false;
  Object.assign(sum, { op: 'Gemm', attributes: node.attributes, inputs: [...node.inputs, bias] });
  return true;
}

function fuseFactor(scaled: GraphNode, product: ComputedValue, factor: Value): boolean {
  const { node } = product;
  const isProduct = (node.op === 'Gemm' && node.inputs.length === 2) || node.op === 'FusedMatMul';
  if (!isProduct || factor.kind !== 'splat' || !sameShape(scaled.outputs[0]!.shape, product.shape)) return false;
  const before = node.attributes.alpha;
  const alpha = { float: (before && 'float' in before ? before.float : 1) * factor.value };
  Object.assign(scaled, {
    op: node.op,
    domain: node.domain,
    attributes: { ...node.attributes, alpha },
    inputs: node.inputs,
  });
  return true;
}

/** How many inputs and outputs read each value; a broadcast reads its source. */
export function countReaders(nodes: readonly GraphNode[], outputs: Iterable<Value>): Map<Value, number> {
  const readers = new Map<Value, number>();
  const read = (value: Value | null): void => {
    if (!value) return;
    if (value.kind === 'broadcast') read(value.source);
    else readers.set(value, (readers.get(value) ?? 0) + 1);
  };
  for (const node of nodes) node.inputs.forEach(read);
  for (const output of outputs) read(output);
  return readers;
}
