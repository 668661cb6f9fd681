import type { Tensor } from '@tensorflow/tfjs';
import type { RunInputs, RunOutputs } from './runner.js';
import type { SessionOptions } from './session.js';
import type { HostTensor, TensorSpec } from './typed-array.js';

/** Tensors by name. */
export type TensorMap = Readonly<Record<string, Tensor>>;

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
  /** False: let the binding copy the state after every run, see zero-copy.ts. Default: no copies where that is proven to work. */
  readonly zeroCopy?: boolean;
}

export interface InferenceOptions extends CompileOptions {
  /** Baked into the graph. */
  readonly params: Readonly<Record<string, HostTensor>>;
}

/** How long compiling took and what came out; zeros on eager devices. */
export interface CompileReport {
  readonly traceMs: number;
  readonly sessionMs: number;
  readonly nodeCount: number;
  readonly bytes: number;
  /** Floating-point operations of all products and convolutions of one run. */
  readonly flops: number;
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
