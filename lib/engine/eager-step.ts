import * as tf from '@tensorflow/tfjs';
import { type EagerBackend, useEagerBackend } from './backend.js';
import type { Device } from './devices.js';
import type { RunInputs, RunOutputs } from './runner.js';
import { checkNextState } from './state-names.js';
import type { StepFunction, StepOptions, TensorMap } from './step.js';
import { dataFor, type HostTensor, type TensorData, type TensorSpec } from './typed-array.js';

/** Runs a step function op by op on an eager backend of tfjs, with the state as tensors there. */
export class EagerStep {
  readonly #who: string;
  readonly #fn: StepFunction;
  readonly #options: StepOptions;
  readonly #backend: EagerBackend;
  readonly #frozen: TensorMap;
  #state: Record<string, tf.Tensor> = {};

  private constructor(who: string, fn: StepFunction, options: StepOptions, backend: EagerBackend) {
    this.#who = who;
    this.#fn = fn;
    this.#options = options;
    this.#backend = backend;
    this.#frozen = tensorsOf(options.frozen ?? {});
    this.#state = tensorsOf(options.state);
  }

  static async create(who: string, fn: StepFunction, options: StepOptions, device: Device): Promise<EagerStep> {
    const backend = device === 'tfjs-node-gpu' ? 'tensorflow' : device === 'wasm' ? 'wasm' : 'cpu';
    await useEagerBackend(backend);
    return new EagerStep(who, fn, options, backend);
  }

  async run(given: RunInputs): Promise<RunOutputs> {
    await useEagerBackend(this.#backend);
    const before = this.#state;
    const { outputs, state } = tf.tidy(() => {
      const inputs = Object.entries(this.#options.inputs).map(
        ([name, spec]) => [name, tensorOf(this.#who, name, spec, given[name])] as const,
      );
      const result = this.#fn({ ...before, ...this.#frozen }, Object.fromEntries(inputs));
      checkNextState(this.#who, this.#options.state, result.state);
      // A step may hand a tensor on unchanged; the clone outlives the disposal of the old one.
      return { outputs: { ...result.outputs }, state: cloned(result.state) } as unknown as tf.TensorContainerObject;
    }) as unknown as { outputs: TensorMap; state: Record<string, tf.Tensor> };
    this.#state = state;
    tf.dispose(before);
    const results: RunOutputs = {};
    for (const [name, tensor] of Object.entries(outputs)) {
      const data = (await tensor.data()) as TensorData;
      results[name] = tensor.rank === 0 ? data[0]! : data;
      if (!Object.values(state).includes(tensor)) tensor.dispose();
    }
    return results;
  }

  async read(names: readonly string[]): Promise<Record<string, HostTensor>> {
    const copies: Record<string, HostTensor> = {};
    for (const name of names) {
      const tensor = this.#state[name]!;
      copies[name] = { shape: [...tensor.shape], data: Float32Array.from((await tensor.data()) as Float32Array) };
    }
    return copies;
  }

  async write(values: Readonly<Record<string, HostTensor>>): Promise<void> {
    await useEagerBackend(this.#backend);
    for (const [name, tensor] of Object.entries(tensorsOf(values))) {
      this.#state[name]?.dispose();
      this.#state[name] = tensor;
    }
  }

  async dispose(): Promise<void> {
    tf.dispose(this.#state);
    tf.dispose({ ...this.#frozen });
  }
}

function tensorsOf(tensors: Readonly<Record<string, HostTensor>>): Record<string, tf.Tensor> {
  return Object.fromEntries(
    Object.entries(tensors).map(([name, { shape, data }]) => [name, tf.tensor(Float32Array.from(data), [...shape])]),
  );
}

function tensorOf(who: string, name: string, spec: TensorSpec, given: RunInputs[string] | undefined): tf.Tensor {
  return tf.tensor(dataFor(who, name, spec, given ?? []), [...spec.shape], spec.dtype ?? 'float32');
}

function cloned(tensors: TensorMap): Record<string, tf.Tensor> {
  return Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [name, tf.clone(tensor)]));
}
