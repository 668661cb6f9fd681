import type { InferenceSession, Tensor } from 'onnxruntime-node';
import { NEXT, runInto, STATE } from './runner.js';
import { runtimeTensor } from './session.js';
import type { StateStore } from './state-store.js';
import type { HostTensor } from './typed-array.js';
import { runWithoutCopies } from './zero-copy.js';

/** State in host memory, in two sets of buffers: a run reads one and writes the other, then they swap. */
export class HostState implements StateStore {
  readonly #session: InferenceSession;
  readonly #zeroCopy: boolean;
  #current: Record<string, Tensor>;
  #next: Record<string, Tensor>;

  private constructor(
    session: InferenceSession,
    zeroCopy: boolean,
    current: Record<string, Tensor>,
    next: Record<string, Tensor>,
  ) {
    this.#session = session;
    this.#zeroCopy = zeroCopy;
    this.#current = current;
    this.#next = next;
  }

  /** Buffers filled with copies of the initial values. `zeroCopy`: the graph went through {@link stopCopies}. */
  static async create(
    session: InferenceSession,
    state: Readonly<Record<string, HostTensor>>,
    zeroCopy: boolean,
  ): Promise<HostState> {
    const current: Record<string, Tensor> = {};
    const next: Record<string, Tensor> = {};
    for (const [name, { shape, data }] of Object.entries(state)) {
      current[name] = await runtimeTensor('float32', Float32Array.from(data), shape);
      next[name] = await runtimeTensor('float32', new Float32Array(data.length), shape);
    }
    return new HostState(session, zeroCopy, current, next);
  }

  async run(inputs: Readonly<Record<string, Tensor>>, outputs: Readonly<Record<string, Tensor>>): Promise<void> {
    const feeds: Record<string, Tensor> = { ...inputs };
    const fetches: Record<string, Tensor> = { ...outputs };
    for (const [name, tensor] of Object.entries(this.#current)) feeds[STATE + name] = tensor;
    for (const [name, tensor] of Object.entries(this.#next)) fetches[NEXT + name] = tensor;
    await (this.#zeroCopy ? runWithoutCopies : runInto)(this.#session, feeds, fetches);
    [this.#current, this.#next] = [this.#next, this.#current];
  }

  async read(names: readonly string[]): Promise<Record<string, HostTensor>> {
    return Object.fromEntries(
      names.map((name) => {
        const tensor = this.#current[name]!;
        return [name, { shape: [...tensor.dims], data: Float32Array.from(tensor.data as Float32Array) }];
      }),
    );
  }

  async write(values: Readonly<Record<string, HostTensor>>): Promise<void> {
    for (const [name, { data }] of Object.entries(values)) (this.#current[name]!.data as Float32Array).set(data);
  }

  dispose(): Promise<void> {
    return this.#session.release();
  }
}
