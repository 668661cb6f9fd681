import type { InferenceSession, Tensor } from 'onnxruntime-node';
import { ArgumentError } from '../core/errors.js';
import { sizeOf } from '../core/shape.js';
import type { EncodedGraph } from './serialise.js';
import { runtimeTensor } from './session.js';
import { dataFor, type TensorData, type TensorSpec, type TensorType, zerosOf } from './typed-array.js';

/** Numbers for the inputs of a run; plain numbers and arrays are converted. */
export type RunInputs = Readonly<Record<string, TensorData | readonly number[] | number>>;

/** What comes out of a run: a number for a scalar, else the numbers in row-major order. */
export type RunOutputs = Record<string, number | TensorData>;

/** Prefixes of names in a graph, so that inputs, outputs and state never collide. */
export const STATE = 'state/';
export const INPUT = 'input/';
export const OUTPUT = 'output/';
export const NEXT = 'next/';

/** Turns named numbers into tensors of the runtime, checking names and sizes. */
export async function feedsFor(
  who: string,
  specs: Readonly<Record<string, TensorSpec>>,
  inputs: RunInputs,
): Promise<Record<string, Tensor>> {
  const unknown = Object.keys(inputs).filter((name) => !(name in specs));
  if (unknown.length > 0) {
    throw new ArgumentError(`${who}: unknown input '${unknown[0]}'; the inputs are ${Object.keys(specs).join(', ')}`);
  }
  const feeds: Record<string, Tensor> = {};
  for (const [name, spec] of Object.entries(specs)) {
    const given = inputs[name];
    if (given === undefined) throw new ArgumentError(`${who}: the input '${name}' is missing`);
    feeds[INPUT + name] = await runtimeTensor(spec.dtype ?? 'float32', dataFor(who, name, spec, given), spec.shape);
  }
  return feeds;
}

/** Fresh tensors for a graph's reported outputs. */
export async function outputTensors(outputs: EncodedGraph['outputs']): Promise<Record<string, Tensor>> {
  const tensors: Record<string, Tensor> = {};
  for (const { name, shape, dtype } of outputs) {
    if (!name.startsWith(OUTPUT)) continue;
    tensors[name] = await runtimeTensor(dtype as TensorType, zerosOf(dtype as TensorType, sizeOf(shape)), shape);
  }
  return tensors;
}

/** Reported outputs as numbers and arrays. */
export function resultsOf(tensors: Readonly<Record<string, Tensor>>): RunOutputs {
  return Object.fromEntries(
    Object.entries(tensors).map(([name, tensor]) => {
      const data = tensor.data as TensorData;
      return [name.slice(OUTPUT.length), tensor.dims.length === 0 ? data[0]! : data];
    }),
  );
}

/** Runs a session; outputs land in the given tensors. */
export async function runInto(
  session: InferenceSession,
  feeds: Readonly<Record<string, Tensor>>,
  fetches: Readonly<Record<string, Tensor>>,
): Promise<void> {
  await session.run(feeds, fetches);
}
