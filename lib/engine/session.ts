import { availableParallelism } from 'node:os';
import type { InferenceSession, Tensor } from 'onnxruntime-node';
import type { EncodedGraph } from './serialise.js';
import type { TensorData, TensorType } from './typed-array.js';

/** Settings of an ONNX Runtime session. */
export interface SessionOptions {
  /** Threads inside one operation; default every core given to the process. */
  readonly threads?: number;
}

type Runtime = typeof import('onnxruntime-node');

let runtime: Promise<Runtime> | undefined;

/** ONNX Runtime, loaded on first use. */
export function loadRuntime(): Promise<Runtime> {
  runtime ??= import('onnxruntime-node').then((module) => ('default' in module ? (module.default as Runtime) : module));
  return runtime;
}

/** Starts a session: whole-graph optimisation, one operation at a time, denormals flushed to zero. */
export async function createSession(graph: EncodedGraph, options: SessionOptions): Promise<InferenceSession> {
  const { InferenceSession } = await loadRuntime();
  return InferenceSession.create(graph.bytes, {
    executionProviders: ['cpu'],
    graphOptimizationLevel: 'all',
    executionMode: 'sequential',
    intraOpNumThreads: options.threads ?? availableParallelism(),
    interOpNumThreads: 1,
    logSeverityLevel: 3,
    extra: { session: { set_denormal_as_zero: '1' } },
  });
}

/** A tensor of the runtime over the given numbers, without a copy. */
export async function runtimeTensor(dtype: TensorType, data: TensorData, shape: readonly number[]): Promise<Tensor> {
  const { Tensor } = await loadRuntime();
  return new Tensor(dtype, data as never, [...shape]);
}
