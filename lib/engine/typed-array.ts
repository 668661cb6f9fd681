import { ShapeError } from '../core/errors.js';
import { sizeOf } from '../core/shape.js';

/** Element types of tensors that cross the engine's border. */
export type TensorType = 'float32' | 'int32' | 'bool';

/** Numbers of a tensor; `bool` is a Uint8Array of 0 and 1. */
export type TensorData = Float32Array | Int32Array | Uint8Array;

/** What a tensor looks like. */
export interface TensorSpec {
  readonly shape: readonly number[];
  /** Default float32. */
  readonly dtype?: TensorType;
}

/** A tensor on the host. */
export interface HostTensor {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/** Zeros of a type. */
export function zerosOf(dtype: TensorType, size: number): TensorData {
  return dtype === 'float32' ? new Float32Array(size) : dtype === 'int32' ? new Int32Array(size) : new Uint8Array(size);
}

/**
 * Checks numbers against a spec and copies plain numbers and arrays into the right typed array.
 *
 * @throws {ShapeError} naming `who` and the tensor, on a wrong length or a wrong array type
 */
export function dataFor(
  who: string,
  name: string,
  spec: TensorSpec,
  given: TensorData | readonly number[] | number,
): TensorData {
  const dtype = spec.dtype ?? 'float32';
  const size = sizeOf(spec.shape);
  const values = typeof given === 'number' ? [given] : given;
  if (values.length !== size) {
    throw new ShapeError(`${who}: '${name}' must have ${size} numbers for shape [${spec.shape}], got ${values.length}`);
  }
  const array = zerosOf(dtype, 0).constructor as typeof Float32Array;
  if (values instanceof array) return values as TensorData;
  if (Array.isArray(values)) {
    const data = zerosOf(dtype, size);
    data.set(values);
    return data;
  }
  throw new ShapeError(`${who}: '${name}' is ${dtype} and must come as ${array.name}, got ${values.constructor.name}`);
}
