import type { Tensor } from '@tensorflow/tfjs';
import type { InferenceSession } from 'onnxruntime-node';
import type { Device } from './devices.js';
import { STATE } from './runner.js';
import { type EncodedGraph, encodeGraph } from './serialise.js';
import { createSession } from './session.js';
import type { CompileOptions, CompileReport, TensorMap } from './step.js';
import { type TracedInput, trace } from './trace.js';
import type { HostTensor, TensorSpec } from './typed-array.js';
import { stopCopies } from './zero-copy.js';

/** A session and what its graph reports. */
export interface Built {
  readonly session: InferenceSession;
  readonly outputs: EncodedGraph['outputs'];
  readonly report: CompileReport;
}

/** Traces a function and starts a session for its graph. */
export async function build(
  who: string,
  inputs: readonly TracedInput[],
  options: CompileOptions,
  place: { readonly device: Device; readonly zeroCopy: boolean; readonly stays: readonly string[] },
  fn: (tensors: Record<string, Tensor>) => Record<string, Tensor>,
): Promise<Built> {
  const started = performance.now();
  const graph = encodeGraph(
    trace(who, inputs, fn, place.device === 'cpu'),
    place.zeroCopy ? { rewrite: stopCopies } : {},
  );
  const traced = performance.now();
  const session = await createSession(graph.bytes, place.device, options, place.stays);
  const report = {
    traceMs: traced - started,
    sessionMs: performance.now() - traced,
    nodeCount: graph.nodeCount,
    bytes: graph.bytes.length,
    flops: graph.flops,
  };
  return { session, outputs: graph.outputs, report };
}

/** Tensors that every run is given. */
export function fed(prefix: string, specs: Readonly<Record<string, TensorSpec>>): TracedInput[] {
  return Object.entries(specs).map(([name, { shape, dtype }]) => ({
    name: prefix + name,
    shape,
    dtype: dtype ?? 'float32',
  }));
}

/** Numbers that become part of the graph; the traced function finds them under {@link STATE}. */
export function baked(tensors: Readonly<Record<string, HostTensor>>): TracedInput[] {
  return Object.entries(tensors).map(([name, { shape, data }]) => ({
    name: STATE + name,
    shape,
    dtype: 'float32',
    baked: data,
  }));
}

/** The tensors whose names start with a prefix, without it. */
export function under(prefix: string, tensors: TensorMap): TensorMap {
  const names = Object.keys(tensors).filter((name) => name.startsWith(prefix));
  return Object.fromEntries(names.map((name) => [name.slice(prefix.length), tensors[name]!]));
}

/** The same tensors under longer names. */
export function prefixed(prefix: string, tensors: TensorMap): Record<string, Tensor> {
  return Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [prefix + name, tensor]));
}
