import type { Tensor } from 'onnxruntime-node';
import { ArgumentError, ShapeError } from '../core/errors.js';
import { sameShape, sizeOf } from '../core/shape.js';
import { runtimeTensor } from './session.js';
import type { HostTensor } from './typed-array.js';

/** The state of a step in two sets of buffers: a run reads one and writes the other, then they swap. */
export class StateBuffers {
  readonly names: readonly string[];
  #current: Record<string, Tensor>;
  #next: Record<string, Tensor>;

  private constructor(current: Record<string, Tensor>, next: Record<string, Tensor>) {
    this.names = Object.keys(current);
    this.#current = current;
    this.#next = next;
  }

  /** Buffers filled with copies of the initial values. */
  static async create(who: string, state: Readonly<Record<string, HostTensor>>): Promise<StateBuffers> {
    const current: Record<string, Tensor> = {};
    const next: Record<string, Tensor> = {};
    for (const [name, { shape, data }] of Object.entries(state)) {
      if (data.length !== sizeOf(shape)) {
        throw new ShapeError(`${who}: the state '${name}' has shape [${shape}] but ${data.length} numbers`);
      }
      current[name] = await runtimeTensor('float32', Float32Array.from(data), shape);
      next[name] = await runtimeTensor('float32', new Float32Array(data.length), shape);
    }
    return new StateBuffers(current, next);
  }

  /** What the coming run reads. */
  get current(): Readonly<Record<string, Tensor>> {
    return this.#current;
  }

  /** What the coming run writes. */
  get next(): Readonly<Record<string, Tensor>> {
    return this.#next;
  }

  /** Makes what the last run wrote the current state. */
  swap(): void {
    [this.#current, this.#next] = [this.#next, this.#current];
  }

  /** Copies of the current state. */
  read(who: string, names: readonly string[] = this.names): Record<string, HostTensor> {
    return Object.fromEntries(
      names.map((name) => {
        const tensor = this.#tensor(who, name);
        return [name, { shape: [...tensor.dims], data: Float32Array.from(tensor.data as Float32Array) }];
      }),
    );
  }

  /** Overwrites the named tensors of the current state. */
  write(who: string, values: Readonly<Record<string, HostTensor>>): void {
    for (const [name, { shape, data }] of Object.entries(values)) {
      const tensor = this.#tensor(who, name);
      if (!sameShape(shape, tensor.dims)) {
        throw new ShapeError(`${who}: the state '${name}' has shape [${tensor.dims}], got [${shape}]`);
      }
      (tensor.data as Float32Array).set(data);
    }
  }

  #tensor(who: string, name: string): Tensor {
    const tensor = this.#current[name];
    if (tensor) return tensor;
    throw new ArgumentError(`${who}: no '${name}' in the state; it has ${this.names.slice(0, 8).join(', ')}, …`);
  }
}
