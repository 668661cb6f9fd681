import type { Tensor } from 'onnxruntime-node';
import type { HostTensor } from './typed-array.js';

/** Where the state of a compiled step lives between runs. Names and shapes are checked by the caller. */
export interface StateStore {
  /** Runs the step once: reads the state, fills `outputs`, replaces the state. */
  run(inputs: Readonly<Record<string, Tensor>>, outputs: Readonly<Record<string, Tensor>>): Promise<void>;
  /** Copies to the host. */
  read(names: readonly string[]): Promise<Record<string, HostTensor>>;
  write(values: Readonly<Record<string, HostTensor>>): Promise<void>;
  dispose(): Promise<void>;
}
