import { sizeOf } from '../core/shape.js';
import { countReaders, fuse, liveNodes } from './fuse.js';
import { type GraphNode, type GraphType, int64, keyOf, type Value } from './graph.js';
import { attributeProto, encodeModel, type GraphProto, type NodeProto, tensorProto, valueInfo } from './onnx.js';
import type { TracedGraph } from './trace.js';

/** An encoded model and its interface. */
export interface EncodedGraph {
  readonly bytes: Uint8Array;
  readonly nodeCount: number;
  /** Floating-point operations of all products and convolutions of one run. */
  readonly flops: number;
  readonly inputs: readonly { name: string; shape: readonly number[]; dtype: GraphType }[];
  readonly outputs: readonly { name: string; shape: readonly number[]; dtype: GraphType }[];
}

export interface EncodeOptions {
  /** Rewrites the graph's protocol message before it is encoded. */
  readonly rewrite?: (graph: GraphProto) => void;
  readonly metadata?: Readonly<Record<string, string>>;
}

/** Turns a traced graph into the bytes of an ONNX model. Inputs keep their names; outputs get the names they were returned under. */
export function encodeGraph(traced: TracedGraph, options: EncodeOptions = {}): EncodedGraph {
  const { graph, outputs } = traced;
  fuse(liveNodes(graph.nodes, outputs.values()), outputs.values());
  const live = liveNodes(graph.nodes, outputs.values());
  const readers = countReaders(live, outputs.values());
  const writer = new NodeWriter();
  const renamed = nameOutputs(outputs);
  for (const node of live) {
    writer.push({
      input: node.inputs.map((value) => (value ? writer.nameOf(value) : '')),
      output: wantedOutputs(node, readers),
      name: `${node.op}_${node.outputs.find((value) => value)?.name}`,
      op_type: node.op,
      domain: node.domain,
      attribute: Object.entries(node.attributes).map(([name, attribute]) => attributeProto(name, attribute)),
    });
  }
  for (const [name, value] of outputs) {
    if (renamed.has(name)) continue;
    writer.push(simpleNode('Identity', [writer.nameOf(value)], name));
  }
  const outputSpecs = [...outputs].map(([name, { shape, dtype }]) => ({ name, shape, dtype }));
  const message: GraphProto = {
    name: 'echolab',
    node: writer.nodes,
    initializer: writer.initializers,
    input: graph.inputs.map(({ name, dtype, shape }) => valueInfo(name, dtype, shape)),
    output: outputSpecs.map(({ name, dtype, shape }) => valueInfo(name, dtype, shape)),
  };
  options.rewrite?.(message);
  return {
    bytes: encodeModel(message, options.metadata),
    nodeCount: message.node.length,
    flops: live.reduce((sum, node) => sum + productFlops(node), 0),
    inputs: graph.inputs,
    outputs: outputSpecs,
  };
}

/** Operations whose outputs after the first may be left out; WebGPU's MaxPool refuses to make its second. */
const OPTIONAL_OUTPUTS = new Set(['LayerNormalization', 'MaxPool']);

function wantedOutputs(node: GraphNode, readers: ReadonlyMap<Value, number>): string[] {
  const names = node.outputs.map((value) => value?.name ?? '');
  if (!OPTIONAL_OUTPUTS.has(node.op)) return names;
  const last = node.outputs.findLastIndex((value) => value && readers.has(value));
  return names.slice(0, last + 1);
}

/** A node without attributes. */
export function simpleNode(op: string, input: string[], output: string): NodeProto {
  return { input, output: [output], name: `${op}_${output}`, op_type: op, domain: '', attribute: [] };
}

/** Gives computed outputs their public names; one value under two names needs a copy for the second. */
function nameOutputs(outputs: ReadonlyMap<string, Value>): Set<string> {
  const renamed = new Set<string>();
  const taken = new Set<Value>();
  for (const [name, value] of outputs) {
    if (value.kind !== 'computed' || taken.has(value)) continue;
    taken.add(value);
    value.name = name;
    renamed.add(name);
  }
  return renamed;
}

class NodeWriter {
  readonly nodes: NodeProto[] = [];
  readonly initializers: GraphProto['initializer'] = [];
  readonly #names = new Map<string, string>();

  push(node: NodeProto): void {
    this.nodes.push(node);
  }

  /** The name a value goes by; writes constants and broadcasts where they are first needed. */
  nameOf(value: Value): string {
    if (value.kind === 'input' || value.kind === 'computed') return value.name;
    const key = keyOf(value);
    const known = this.#names.get(key);
    if (known) return known;
    const name = `${value.kind}_${this.#names.size}`;
    this.#names.set(key, name);
    if (value.kind === 'broadcast') {
      this.push(simpleNode('Expand', [this.nameOf(value.source), this.nameOf(int64(value.shape))], name));
    } else {
      const data = value.kind === 'splat' ? new Float64Array(sizeOf(value.shape)).fill(value.value) : value.data;
      this.initializers.push(tensorProto(name, value.dtype, value.shape, data));
    }
    return name;
  }
}

/** Floating-point operations of a product or convolution; 0 for other nodes. */
function productFlops({ op, inputs, outputs, attributes }: GraphNode): number {
  const [a, b] = inputs as [Value, Value];
  const size = outputs[0] ? sizeOf(outputs[0].shape) : 0;
  const flipped = attributes.transA && 'int' in attributes.transA && attributes.transA.int === 1;
  if (op === 'Gemm' || op === 'FusedMatMul') return 2 * size * a.shape.at(flipped ? -2 : -1)!;
  if (op === 'Conv') return 2 * size * sizeOf(b.shape.slice(1));
  if (op === 'ConvTranspose') return 2 * sizeOf(a.shape) * sizeOf(b.shape.slice(1));
  return 0;
}
