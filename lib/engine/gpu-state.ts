import type { InferenceSession, Tensor } from 'onnxruntime-node';
import type { Device } from './devices.js';
import { encodeModel, valueInfo } from './onnx.js';
import { NEXT, STATE } from './runner.js';
import { simpleNode } from './serialise.js';
import { createSession, runtimeTensor } from './session.js';
import type { StateStore } from './state-store.js';
import type { HostTensor } from './typed-array.js';

/**
 * State on a WebGPU device: what one run writes stays there and feeds the next.
 *
 * It is read through a second session that copies its inputs to the host; asking such a tensor for its data directly
 * ends the process (onnxruntime-node 1.30).
 */
export class GpuState implements StateStore {
  readonly #session: InferenceSession;
  readonly #device: Device;
  /** Host tensors at the start and after {@link write}, else on the device. */
  readonly #current = new Map<string, Tensor>();
  #reader: InferenceSession | undefined;

  private constructor(session: InferenceSession, device: Device) {
    this.#session = session;
    this.#device = device;
  }

  /** `session` was created with the next state's outputs on the device. */
  static async create(
    session: InferenceSession,
    device: Device,
    state: Readonly<Record<string, HostTensor>>,
  ): Promise<GpuState> {
    const store = new GpuState(session, device);
    await store.write(state);
    return store;
  }

  async run(inputs: Readonly<Record<string, Tensor>>, outputs: Readonly<Record<string, Tensor>>): Promise<void> {
    const feeds: Record<string, Tensor> = { ...inputs };
    for (const [name, tensor] of this.#current) feeds[STATE + name] = tensor;
    const wanted = [...Object.keys(outputs), ...[...this.#current.keys()].map((name) => NEXT + name)];
    const results = await this.#session.run(feeds, wanted);
    for (const [name, tensor] of Object.entries(outputs)) {
      (tensor.data as Float32Array).set(results[name]!.data as Float32Array);
    }
    for (const name of this.#current.keys()) this.#replace(name, results[NEXT + name]!);
  }

  async read(names: readonly string[]): Promise<Record<string, HostTensor>> {
    this.#reader ??= await this.#createReader();
    const feeds = Object.fromEntries(this.#current);
    const copies = await this.#reader.run(
      feeds,
      names.map((name) => `copy/${name}`),
    );
    return Object.fromEntries(
      names.map((name) => {
        const copy = copies[`copy/${name}`]!;
        return [name, { shape: [...copy.dims], data: Float32Array.from(copy.data as Float32Array) }];
      }),
    );
  }

  async write(values: Readonly<Record<string, HostTensor>>): Promise<void> {
    for (const [name, { shape, data }] of Object.entries(values)) {
      this.#replace(name, await runtimeTensor('float32', Float32Array.from(data), shape));
    }
  }

  async dispose(): Promise<void> {
    for (const tensor of this.#current.values()) if (tensor.location !== 'cpu') tensor.dispose();
    await this.#reader?.release();
    await this.#session.release();
  }

  #replace(name: string, tensor: Tensor): void {
    const old = this.#current.get(name);
    this.#current.set(name, tensor);
    if (old && old.location !== 'cpu') old.dispose();
  }

  #createReader(): Promise<InferenceSession> {
    const tensors = [...this.#current].map(([name, { dims }]) => ({ name, dims }));
    const bytes = encodeModel({
      name: 'read-state',
      node: tensors.map(({ name }) => simpleNode('Identity', [name], `copy/${name}`)),
      initializer: [],
      input: tensors.map(({ name, dims }) => valueInfo(name, 'float32', dims)),
      output: tensors.map(({ name, dims }) => valueInfo(`copy/${name}`, 'float32', dims)),
    });
    return createSession(bytes, this.#device, {});
  }
}
