import { ArgumentError, ShapeError } from '../core/errors.js';
import { sameShape, sizeOf } from '../core/shape.js';
import type { TensorMap } from './step.js';
import type { HostTensor } from './typed-array.js';

/** Throws unless every tensor of the state holds as many numbers as its shape says. */
export function checkState(who: string, state: Readonly<Record<string, HostTensor>>): void {
  for (const [name, { shape, data }] of Object.entries(state)) {
    if (data.length !== sizeOf(shape)) {
      throw new ShapeError(`${who}: the state '${name}' has shape [${shape}] but ${data.length} numbers`);
    }
  }
}

/** Throws unless a step returned a next value of the right shape for exactly the names of the state. */
export function checkNextState(who: string, before: Readonly<Record<string, HostTensor>>, after: TensorMap): void {
  for (const [name, { shape }] of Object.entries(before)) {
    const next = after[name];
    if (!next) {
      throw new ArgumentError(
        `${who}: the step returned no next value of the state '${name}'; return it, or pass it under frozen`,
      );
    }
    if (!sameShape(next.shape, shape)) {
      throw new ShapeError(`${who}: the state '${name}' has shape [${shape}], its next value [${next.shape}]`);
    }
    if (next.dtype !== 'float32') {
      throw new ShapeError(`${who}: the state '${name}' is float32, its next value ${next.dtype}`);
    }
  }
  const extra = Object.keys(after).find((name) => !(name in before));
  if (extra) {
    throw new ArgumentError(`${who}: the step returned '${extra}', which is not in the state; give its initial value`);
  }
}

/** Throws unless values can replace tensors of the state. */
export function checkReplacement(
  who: string,
  shapes: ReadonlyMap<string, readonly number[]>,
  values: Readonly<Record<string, HostTensor>>,
): void {
  checkNames(who, shapes, Object.keys(values));
  for (const [name, { shape }] of Object.entries(values)) {
    if (!sameShape(shape, shapes.get(name)!)) {
      throw new ShapeError(`${who}: the state '${name}' has shape [${shapes.get(name)}], got [${shape}]`);
    }
  }
  checkState(who, values);
}

/** Throws unless all names are in the state. */
export function checkNames(
  who: string,
  shapes: ReadonlyMap<string, readonly number[]>,
  names: readonly string[],
): void {
  const unknown = names.find((name) => !shapes.has(name));
  if (unknown === undefined) return;
  const known = [...shapes.keys()];
  throw new ArgumentError(
    `${who}: no '${unknown}' in the state of ${known.length} tensors (${known.slice(0, 6).join(', ')}, …)`,
  );
}

/** The shapes of a state by name. */
export function shapesOf(state: Readonly<Record<string, HostTensor>>): ReadonlyMap<string, readonly number[]> {
  return new Map(Object.entries(state).map(([name, { shape }]) => [name, shape]));
}
