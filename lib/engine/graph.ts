import { sha256 } from '../core/hash.js';
import { sizeOf } from '../core/shape.js';

/** Element types inside a graph. `int64` only exists between ONNX nodes; tfjs never sees it. */
export type GraphType = 'float32' | 'int32' | 'bool' | 'int64';

/** ONNX's numbers for element types. */
export const ONNX_TYPE: Readonly<Record<GraphType, number>> = { float32: 1, int32: 6, int64: 7, bool: 9 };

/** An attribute of an ONNX node. */
export type Attribute =
  | { readonly int: number }
  | { readonly float: number }
  | { readonly ints: readonly number[] }
  | { readonly text: string };

export type Attributes = Readonly<Record<string, Attribute>>;

interface Typed {
  readonly shape: readonly number[];
  readonly dtype: GraphType;
}

/** A tensor handed to every run. */
export interface InputValue extends Typed {
  readonly kind: 'input';
  readonly name: string;
}

/** Output `index` of a node. */
export interface ComputedValue extends Typed {
  readonly kind: 'computed';
  name: string;
  readonly node: GraphNode;
  readonly index: number;
}

/** One number in every element. Never materialised unless a node needs it. */
export interface SplatValue extends Typed {
  readonly kind: 'splat';
  readonly value: number;
}

/** Numbers known while tracing. */
export interface ConstantValue extends Typed {
  readonly kind: 'constant';
  readonly data: ArrayLike<number>;
  readonly key: string;
}

/** `source` broadcast to a larger shape. Never materialised unless a node needs it. */
export interface BroadcastValue extends Typed {
  readonly kind: 'broadcast';
  readonly source: InputValue | ComputedValue | ConstantValue;
}

/** What stands for a tensor while tracing. */
export type Value = InputValue | ComputedValue | SplatValue | ConstantValue | BroadcastValue;

/** One ONNX operation. Mutable: {@link fuse} rewrites nodes in place. */
export interface GraphNode {
  op: string;
  domain: string;
  inputs: (Value | null)[];
  attributes: Attributes;
  outputs: (ComputedValue | null)[];
}

export interface OutputSpec {
  readonly shape: readonly number[];
  readonly dtype: GraphType;
}

/** Operations outside the ONNX standard that ONNX Runtime adds. */
export const MICROSOFT = 'com.microsoft';

/** A graph under construction. Equal operations on equal inputs are recorded once. */
export class Graph {
  readonly nodes: GraphNode[] = [];
  readonly inputs: InputValue[] = [];
  /** True if it will run on the CPU, whose kernels have other strengths than those of a GPU. */
  readonly onCpu: boolean;
  readonly #known = new Map<string, GraphNode>();
  #values = 0;

  constructor(onCpu = true) {
    this.onCpu = onCpu;
  }

  input(name: string, shape: readonly number[], dtype: GraphType): InputValue {
    const value: InputValue = { kind: 'input', name, shape: [...shape], dtype };
    this.inputs.push(value);
    return value;
  }

  /** Appends an operation with several outputs; `null` outputs are not wanted. */
  emitMany(
    op: string,
    inputs: readonly (Value | null)[],
    outputs: readonly (OutputSpec | null)[],
    attributes: Attributes = {},
    domain = '',
  ): (ComputedValue | null)[] {
    const wanted = outputs.map((o) => (o ? `${o.dtype}[${o.shape}]` : '')).join(';');
    const key = `${domain}.${op}|${inputs.map((v) => (v ? keyOf(v) : '')).join(',')}|${JSON.stringify(attributes)}|${wanted}`;
    const known = this.#known.get(key);
    if (known) return known.outputs;
    const node: GraphNode = { op, domain, inputs: [...inputs], attributes, outputs: [] };
    node.outputs = outputs.map((output, index) =>
      output
        ? { kind: 'computed', name: `v${this.#values++}`, node, index, shape: [...output.shape], dtype: output.dtype }
        : null,
    );
    this.nodes.push(node);
    this.#known.set(key, node);
    return node.outputs;
  }
}

let current: Graph | undefined;

/** Runs `build` with `graph` as the graph that {@link emit} appends to. */
export function withGraph<T>(graph: Graph, build: () => T): T {
  const outer = current;
  current = graph;
  try {
    return build();
  } finally {
    current = outer;
  }
}

/** True while a function is being traced. */
export function isTracing(): boolean {
  return current !== undefined;
}

/** True if the graph being traced will run on the CPU. */
export function runsOnCpu(): boolean {
  return current?.onCpu === true;
}

/** Appends an operation with one output to the graph being traced. */
export function emit(
  op: string,
  inputs: readonly (Value | null)[],
  shape: readonly number[],
  dtype: GraphType,
  attributes?: Attributes,
  domain?: string,
): ComputedValue {
  return emitMany(op, inputs, [{ shape, dtype }], attributes, domain)[0] as ComputedValue;
}

/** Appends an operation with several outputs to the graph being traced. */
export function emitMany(
  op: string,
  inputs: readonly (Value | null)[],
  outputs: readonly (OutputSpec | null)[],
  attributes?: Attributes,
  domain?: string,
): (ComputedValue | null)[] {
  if (!current) throw new Error(`emit: ${op} outside of a trace`);
  return current.emitMany(op, inputs, outputs, attributes, domain);
}

/** A value with one number everywhere. */
export function splat(value: number, shape: readonly number[] = [], dtype: GraphType = 'float32'): SplatValue {
  return { kind: 'splat', value, shape: [...shape], dtype };
}

/** A value whose numbers are known; becomes a splat if they are all the same. */
export function constant(data: ArrayLike<number>, shape: readonly number[], dtype: GraphType): Value {
  const first = data[0];
  if (first !== undefined && dtype !== 'int64' && isUniform(data, first)) return splat(first, shape, dtype);
  return { kind: 'constant', data, shape: [...shape], dtype, key: contentKey(data, shape, dtype) };
}

/** A vector of int64: shapes, axes and the like. */
export function int64(values: readonly number[]): Value {
  return constant(values, [values.length], 'int64');
}

/** All elements of a splat or constant; `undefined` for a value that only exists when the graph runs. */
export function knownData(value: Value): ArrayLike<number> | undefined {
  if (value.kind === 'constant') return value.data;
  if (value.kind === 'splat') return new Array<number>(sizeOf(value.shape)).fill(value.value);
  return undefined;
}

/** Text that is equal for values that hold the same numbers. */
export function keyOf(value: Value): string {
  switch (value.kind) {
    case 'splat':
      return `${Object.is(value.value, -0) ? '-0' : value.value}:${value.dtype}[${value.shape}]`;
    case 'constant':
      return value.key;
    case 'broadcast':
      return `(${keyOf(value.source)})->[${value.shape}]`;
    default:
      return value.name;
  }
}

function isUniform(data: ArrayLike<number>, first: number): boolean {
  for (let i = 1; i < data.length; i++) if (!Object.is(data[i], first)) return false;
  return true;
}

function contentKey(data: ArrayLike<number>, shape: readonly number[], dtype: GraphType): string {
  const text = data.length <= 64 ? Array.from(data).join(',') : sha256(new Uint8Array(Float64Array.from(data).buffer));
  return `#${dtype}[${shape}]${text}`;
}
