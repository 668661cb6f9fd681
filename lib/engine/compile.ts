import { ArgumentError } from '../core/errors.js';
import { type Built, baked, build, fed, prefixed, under } from './build.js';
import { type Device, isEager, resolveDevice } from './devices.js';
import { EagerStep } from './eager-step.js';
import { GpuState } from './gpu-state.js';
import { HostState } from './host-state.js';
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
import { checkNames, checkNextState, checkReplacement, checkState, shapesOf } from './state-names.js';
import type { StateStore } from './state-store.js';
import type {
  CompiledInference,
  CompiledStep,
  CompileReport,
  InferenceFunction,
  InferenceOptions,
  StepFunction,
  StepOptions,
} from './step.js';
import { trace } from './trace.js';
import type { HostTensor, TensorSpec } from './typed-array.js';
import { canSkipCopies } from './zero-copy.js';

export type { RunInputs, RunOutputs } from './runner.js';
export type {
  CompiledInference,
  CompiledStep,
  CompileOptions,
  CompileReport,
  InferenceFunction,
  InferenceOptions,
  StepFunction,
  StepOptions,
  TensorMap,
} from './step.js';
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

/**
 * Compiles a training step.
 *
 * @param fn runs once, synchronously, on symbolic tensors. It must be a pure function of them.
 * @throws {TraceError} if `fn` cannot become a graph
 * @throws {ShapeError} if a tensor of the next state differs in shape or type from the state
 * @throws {ArgumentError} if `fn` leaves out a tensor of the state or names one that is not in it
 */
export async function compileStep(fn: StepFunction, options: StepOptions): Promise<CompiledStep> {
  const who = options.name ?? (fn.name || 'compileStep');
  checkState(who, options.state);
  const shapes = shapesOf(options.state);
  const device = await resolveDevice(options.device);
  const { report, ...step } = isEager(device)
    ? await eagerStep(who, fn, options, device)
    : await graphStep(who, fn, options, device);
  return {
    report,
    run: exclusive(who, step.run),
    readState: async (names = [...shapes.keys()]) => {
      checkNames(who, shapes, names);
      return step.read(names);
    },
    writeState: async (values) => {
      checkReplacement(who, shapes, values);
      await step.write(values);
    },
    dispose: step.dispose,
  };
}

/** A step before its arguments are checked. */
interface RawStep {
  readonly report: CompileReport;
  run(inputs: RunInputs): Promise<RunOutputs>;
  read(names: readonly string[]): Promise<Record<string, HostTensor>>;
  write(values: Readonly<Record<string, HostTensor>>): Promise<void>;
  dispose(): Promise<void>;
}

async function graphStep(who: string, fn: StepFunction, options: StepOptions, device: Device): Promise<RawStep> {
  const zeroCopy = device === 'cpu' && options.zeroCopy !== false && (await canSkipCopies());
  const { session, outputs, report } = await buildStep(who, fn, options, { device, zeroCopy });
  const store =
    device === 'webgpu'
      ? await GpuState.create(session, device, options.state)
      : await HostState.create(session, options.state, zeroCopy);
  return stepOver(who, options.inputs, outputs, store, report);
}

function buildStep(
  who: string,
  fn: StepFunction,
  options: StepOptions,
  place: { readonly device: Device; readonly zeroCopy: boolean },
): Promise<Built> {
  const { state: before, frozen = {}, inputs } = options;
  const stays = place.device === 'webgpu' ? Object.keys(before).map((name) => NEXT + name) : [];
  const traced = [...fed(STATE, before), ...baked(frozen), ...fed(INPUT, inputs)];
  return build(who, traced, options, { ...place, stays }, (tensors) => {
    const { outputs, state } = fn(under(STATE, tensors), under(INPUT, tensors));
    checkNextState(who, before, state);
    return { ...prefixed(OUTPUT, outputs), ...prefixed(NEXT, state) };
  });
}

/** Apart from {@link graphStep}, so that nothing here keeps the initial state in memory. */
function stepOver(
  who: string,
  inputs: Readonly<Record<string, TensorSpec>>,
  outputs: EncodedGraph['outputs'],
  store: StateStore,
  report: CompileReport,
): RawStep {
  return {
    report,
    run: async (given) => {
      const feeds = await feedsFor(who, inputs, given);
      const results = await outputTensors(outputs);
      await store.run(feeds, results);
      return resultsOf(results);
    },
    read: (names) => store.read(names),
    write: (values) => store.write(values),
    dispose: () => store.dispose(),
  };
}

async function eagerStep(who: string, fn: StepFunction, options: StepOptions, device: Device): Promise<RawStep> {
  const step = await EagerStep.create(who, fn, options, device);
  return {
    report: { traceMs: 0, sessionMs: 0, nodeCount: 0, bytes: 0, flops: 0 },
    run: (inputs) => step.run(inputs),
    read: (names) => step.read(names),
    write: (values) => step.write(values),
    dispose: () => step.dispose(),
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
  checkState(who, options.params);
  const device = await resolveDevice(options.device);
  if (isEager(device)) {
    const forward: StepFunction = (params, inputs) => ({ outputs: fn(params, inputs), state: {} });
    const { report, run, dispose } = await eagerStep(
      who,
      forward,
      { ...options, state: {}, frozen: options.params },
      device,
    );
    return { report, run: exclusive(who, run), dispose };
  }
  const traced = [...baked(options.params), ...fed(INPUT, options.inputs)];
  const built = await build(who, traced, options, { device, zeroCopy: false, stays: [] }, (tensors) =>
    prefixed(OUTPUT, fn(under(STATE, tensors), under(INPUT, tensors))),
  );
  return inferenceOver(who, options.inputs, built);
}

/** Apart from {@link compileInference}, so that nothing here keeps the parameters in memory a second time. */
function inferenceOver(
  who: string,
  inputs: Readonly<Record<string, TensorSpec>>,
  { session, outputs, report }: Built,
): CompiledInference {
  return {
    report,
    run: exclusive(who, async (given: RunInputs) => {
      const feeds = await feedsFor(who, inputs, given);
      const results = await outputTensors(outputs);
      await runInto(session, feeds, results);
      return resultsOf(results);
    }),
    dispose: () => session.release(),
  };
}

/**
 * The bytes of an ONNX file that computes `fn`, parameters included. Inputs and outputs carry their plain names.
 *
 * @param options.metadata stored in the file
 */
export function exportOnnx(
  fn: InferenceFunction,
  options: Pick<InferenceOptions, 'params' | 'inputs' | 'name'> & {
    readonly metadata?: Readonly<Record<string, string>>;
  },
): Uint8Array {
  const who = options.name ?? (fn.name || 'exportOnnx');
  const traced = trace(who, [...baked(options.params), ...fed('', options.inputs)], (tensors) => {
    const names = Object.keys(options.inputs);
    return { ...fn(under(STATE, tensors), Object.fromEntries(names.map((name) => [name, tensors[name]!]))) };
  });
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
