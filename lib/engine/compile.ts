import type * as tf from '@tensorflow/tfjs';
import type { InferenceSession, Tensor } from 'onnxruntime-node';
import { ArgumentError, ShapeError } from '../core/errors.js';
import { sameShape } from '../core/shape.js';
import {
  feedsFor,
  INPUT,
  NEXT,
  OUTPUT,
  outputTensors,
  type RunInputs,
  type RunOutputs,
  resultsOf,
  runInto,
  STATE,
} from './runner.js';
import { type EncodedGraph, encodeGraph } from './serialise.js';
import { createSession, type SessionOptions } from './session.js';
import { StateBuffers } from './state-buffers.js';
import { type TracedInput, trace } from './trace.js';
import type { HostTensor, TensorSpec } from './typed-array.js';
import { canSkipCopies, runWithoutCopies, stopCopies } from './zero-copy.js';

export type { RunInputs, RunOutputs } from './runner.js';
export type { HostTensor, TensorData, TensorSpec, TensorType } from './typed-array.js';

/**
 * Compiles plain tfjs code into one ONNX graph.
 *
 * @example
 * // A training step. `state` lives in the engine between runs; `inputs` come anew with every run.
 * const step = await compileStep(
 *   (state, inputs) => {
 *     const names = ['head.weight', 'head.bias'];
 *     const loss = (weight: tf.Tensor, bias: tf.Tensor): tf.Scalar =>
 *       tf.losses.meanSquaredError(inputs.target!, linear(inputs.image!, weight, bias));
 *     const { value, grads } = tf.valueAndGrads(loss)(names.map((name) => state[name]!));
 *     const next = Object.fromEntries(
 *       names.map((name, i) => [name, tf.sub(state[name]!, tf.mul(inputs.rate!, grads[i]!))]),
 *     );
 *     return { outputs: { loss: value }, state: next };
 *   },
 *   {
 *     state: { 'head.weight': { shape: [2, 3], data: weight }, 'head.bias': { shape: [2], data: bias } },
 *     inputs: { image: { shape: [8, 3] }, target: { shape: [8, 2] }, rate: { shape: [] } },
 *   },
 * );
 * const { loss } = await step.run({ image, target, rate: 0.1 }); // scalars come back as numbers
 * const weights = await step.readState(); // copies, for a checkpoint; writeState(weights) restores bit for bit
 * await step.dispose();
 *
 * @example
 * // Forward only. `params` are baked into the graph.
 * const encode = await compileInference((params, { image }) => ({ cls: vit(params, image!) }), {
 *   params, // Record<string, { shape, data }>
 *   inputs: { image: { shape: [16, 3, 112, 112] } },
 * });
 * const { cls } = await encode.run({ image: pixels }); // Float32Array, row-major
 */

/** Tensors by name. */
export type TensorMap = Readonly<Record<string, tf.Tensor>>;

/** One step: outputs to report, and the next value of every tensor of the state. */
export type StepFunction = (
  state: TensorMap,
  inputs: TensorMap,
) => { readonly outputs: TensorMap; readonly state: TensorMap };

/** A forward pass. */
export type InferenceFunction = (params: TensorMap, inputs: TensorMap) => TensorMap;

export interface CompileOptions extends SessionOptions {
  /** What each run is given. Scalars (learning rate, temperature, mask ratios) have shape `[]`. */
  readonly inputs: Readonly<Record<string, TensorSpec>>;
  /** Named in errors; default the function's name. */
  readonly name?: string;
}

export interface StepOptions extends CompileOptions {
  /** Initial values of what a run reads and replaces: parameters, optimiser moments, teachers, running statistics. */
  readonly state: Readonly<Record<string, HostTensor>>;
  /** Values that no run changes, baked into the graph; `fn` finds them among `state`. */
  readonly frozen?: Readonly<Record<string, HostTensor>>;
  readonly zeroCopy?: boolean;
}

export interface InferenceOptions extends CompileOptions {
  readonly params: Readonly<Record<string, HostTensor>>;
}

/** How long compiling took and what came out. */
export interface CompileReport {
  readonly traceMs: number;
  readonly sessionMs: number;
  readonly nodeCount: number;
  readonly bytes: number;
}

/** A compiled training step. One run at a time. */
export interface CompiledStep {
  readonly report: CompileReport;
  run(inputs: RunInputs): Promise<RunOutputs>;
  /** Copies of the state, all of it or the names asked for. */
  readState(names?: readonly string[]): Promise<Record<string, HostTensor>>;
  /** Replaces the named tensors of the state. */
  writeState(values: Readonly<Record<string, HostTensor>>): Promise<void>;
  dispose(): Promise<void>;
}

/** A compiled forward pass. */
export interface CompiledInference {
  readonly report: CompileReport;
  run(inputs: RunInputs): Promise<RunOutputs>;
  dispose(): Promise<void>;
}

/**
 * Compiles a training step.
 *
 * @param fn runs once, synchronously, on symbolic tensors. It must be a pure function of them.
 * @throws {TraceError} if `fn` cannot become a graph
 * @throws {ShapeError} if a tensor of the next state differs in shape from the state
 * @throws {ArgumentError} if `fn` leaves out a tensor of the state or names one that is not in it
 */
export async function compileStep(fn: StepFunction, options: StepOptions): Promise<CompiledStep> {
  const who = options.name ?? (fn.name || 'compileStep');
  const inputs = [...fed(STATE, options.state), ...baked(options.frozen ?? {}), ...fed(INPUT, options.inputs)];
  const zeroCopy = options.zeroCopy !== false && (await canSkipCopies());
  const { session, graph, report } = await build(who, inputs, { ...options, zeroCopy }, (tensors) => {
    const { outputs, state } = fn(under(STATE, tensors), under(INPUT, tensors));
    checkNextState(who, options.state, state);
    return { ...prefixed(OUTPUT, outputs), ...prefixed(NEXT, state) };
  });
  const buffers = await StateBuffers.create(who, options.state);
  const read: Record<string, Tensor> = {};
  return {
    report,
    run: exclusive(who, async (given: RunInputs) => {
      const feeds = await feedsFor(who, options.inputs, given);
      const fetches = await outputTensors(graph);
      for (const name of buffers.names) {
        feeds[STATE + name] = buffers.current[name]!;
        read[NEXT + name] = buffers.next[name]!;
      }
      await (zeroCopy ? runWithoutCopies : runInto)(session, feeds, { ...fetches, ...read });
      buffers.swap();
      return resultsOf(fetches);
    }),
    readState: async (names) => buffers.read(who, names),
    writeState: async (values) => buffers.write(who, values),
    dispose: () => session.release(),
  };
}

/**
 * Compiles a forward pass with its parameters baked in.
 *
 * @param fn runs once, synchronously, on symbolic tensors
 * @throws {TraceError} if `fn` cannot become a graph
 */
export async function compileInference(fn: InferenceFunction, options: InferenceOptions): Promise<CompiledInference> {
  const who = options.name ?? (fn.name || 'compileInference');
  const inputs = [...baked(options.params), ...fed(INPUT, options.inputs)];
  const { session, graph, report } = await build(who, inputs, options, (tensors) =>
    prefixed(OUTPUT, fn(under(STATE, tensors), under(INPUT, tensors))),
  );
  return {
    report,
    run: exclusive(who, async (given: RunInputs) => {
      const feeds = await feedsFor(who, options.inputs, given);
      const fetches = await outputTensors(graph);
      await runInto(session, feeds, fetches);
      return resultsOf(fetches);
    }),
    dispose: () => session.release(),
  };
}

/**
 * The bytes of an ONNX file that computes `fn`, parameters included. Inputs and outputs carry their plain names.
 *
 * @param options as for {@link compileInference}; `metadata` is stored in the file
 */
export function exportOnnx(
  fn: InferenceFunction,
  options: Pick<InferenceOptions, 'params' | 'inputs' | 'name'> & {
    readonly metadata?: Readonly<Record<string, string>>;
  },
): Uint8Array {
  const who = options.name ?? (fn.name || 'exportOnnx');
  const traced = trace(who, [...baked(options.params), ...fed('', options.inputs)], (tensors) =>
    fn(under(STATE, tensors), tensors),
  );
  return encodeGraph(traced, { metadata: options.metadata ?? {} }).bytes;
}

/** The number that a run reported under `name`. */
export function scalarOf(outputs: RunOutputs, name: string): number {
  const value = outputs[name];
  if (typeof value === 'number') return value;
  throw new ArgumentError(
    `scalarOf: '${name}' is ${value ? 'not a scalar' : 'not an output'}; the outputs are ${Object.keys(outputs).join(', ')}`,
  );
}

/** The float32 array that a run reported under `name`. */
export function arrayOf(outputs: RunOutputs, name: string): Float32Array {
  const value = outputs[name];
  if (value instanceof Float32Array) return value;
  throw new ArgumentError(
    `arrayOf: '${name}' is ${value === undefined ? 'not an output' : 'not a float32 array'}; the outputs are ${Object.keys(outputs).join(', ')}`,
  );
}

async function build(
  who: string,
  inputs: readonly TracedInput[],
  options: CompileOptions & { zeroCopy?: boolean },
  fn: (tensors: Record<string, tf.Tensor>) => Record<string, tf.Tensor>,
): Promise<{ session: InferenceSession; graph: EncodedGraph; report: CompileReport }> {
  const started = performance.now();
  const graph = encodeGraph(trace(who, inputs, fn), options.zeroCopy ? { rewrite: stopCopies } : {});
  const traced = performance.now();
  const session = await createSession(graph, options);
  const report = {
    traceMs: traced - started,
    sessionMs: performance.now() - traced,
    nodeCount: graph.nodeCount,
    bytes: graph.bytes.length,
  };
  return { session, graph, report };
}

function fed(prefix: string, specs: Readonly<Record<string, TensorSpec>>): TracedInput[] {
  return Object.entries(specs).map(([name, { shape, dtype }]) => ({
    name: prefix + name,
    shape,
    dtype: dtype ?? 'float32',
  }));
}

function baked(tensors: Readonly<Record<string, HostTensor>>): TracedInput[] {
  return Object.entries(tensors).map(([name, { shape, data }]) => ({
    name: STATE + name,
    shape,
    dtype: 'float32',
    baked: data,
  }));
}

function under(prefix: string, tensors: TensorMap): TensorMap {
  const names = Object.keys(tensors).filter((name) => name.startsWith(prefix));
  return Object.fromEntries(names.map((name) => [name.slice(prefix.length), tensors[name]!]));
}

function prefixed(prefix: string, tensors: TensorMap): Record<string, tf.Tensor> {
  return Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [prefix + name, tensor]));
}

function checkNextState(who: string, before: Readonly<Record<string, HostTensor>>, after: TensorMap): void {
  for (const [name, { shape }] of Object.entries(before)) {
    const next = after[name];
    if (!next)
      throw new ArgumentError(
        `${who}: the step returned no next value of the state '${name}'; return it, or pass it under frozen`,
      );
    if (!sameShape(next.shape, shape)) {
      throw new ShapeError(`${who}: the state '${name}' has shape [${shape}], its next value [${next.shape}]`);
    }
  }
  const extra = Object.keys(after).find((name) => !(name in before));
  if (extra)
    throw new ArgumentError(`${who}: the step returned '${extra}', which is not in the state; give its initial value`);
}

/** Refuses a second call while one is under way: runs share buffers. */
function exclusive<A, R>(who: string, run: (argument: A) => Promise<R>): (argument: A) => Promise<R> {
  let busy = false;
  return async (argument) => {
    if (busy) throw new ArgumentError(`${who}: a run is under way; await it before the next`);
    busy = true;
    try {
      return await run(argument);
    } finally {
      busy = false;
    }
  };
}
