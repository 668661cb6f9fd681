import * as tf from '@tensorflow/tfjs';
import { expect } from 'vitest';
import { type RandomStream, stream } from '../../lib/core/random.js';
import { useEagerBackend } from '../../lib/engine/backend.js';
import { compileInference, type TensorData, type TensorType } from '../../lib/engine/compile.js';

/** A tensor that a parity case draws. */
export interface Draw {
  readonly shape: readonly number[];
  readonly dtype: TensorType;
  readonly data: TensorData;
}

/** One function checked in both worlds. */
export interface ParityCase {
  readonly name: string;
  readonly inputs: Readonly<Record<string, Draw>>;
  readonly fn: (inputs: Record<string, tf.Tensor>) => tf.Tensor | tf.Tensor[];
  /** False where tfjs has no gradient. Default true: gradients by every float input are compared. */
  readonly gradient?: boolean;
  /** Largest |difference| / (1 + |expected|); default 2e-5. */
  readonly tolerance?: number;
}

export const draws: RandomStream = stream(20, 'test/engine/parity');

export function normal(...shape: number[]): Draw {
  return floats(shape, () => draws.normal());
}

/** Uniform in [0.2, 2): for logarithms, roots and divisors. */
export function positive(...shape: number[]): Draw {
  return floats(shape, () => draws.between(0.2, 2));
}

export function floats(shape: readonly number[], next: (index: number) => number): Draw {
  const size = shape.reduce((a, b) => a * b, 1);
  return { shape, dtype: 'float32', data: Float32Array.from({ length: size }, (_, i) => next(i)) };
}

export function integers(limit: number, ...shape: number[]): Draw {
  const size = shape.reduce((a, b) => a * b, 1);
  return { shape, dtype: 'int32', data: Int32Array.from({ length: size }, () => draws.integer(limit)) };
}

export function booleans(probability: number, ...shape: number[]): Draw {
  const size = shape.reduce((a, b) => a * b, 1);
  return { shape, dtype: 'bool', data: Uint8Array.from({ length: size }, () => Number(draws.chance(probability))) };
}

/** Outputs of the function, and the gradients of a fixed random functional of them by every float input. */
function valuesAndGradients(test: ParityCase, inputs: Record<string, tf.Tensor>): Record<string, tf.Tensor> {
  const listed = (result: tf.Tensor | tf.Tensor[]): tf.Tensor[] => (Array.isArray(result) ? result : [result]);
  const results: Record<string, tf.Tensor> = {};
  listed(test.fn(inputs)).forEach((value, i) => {
    results[`value ${i}`] = tf.cast(value, 'float32');
  });
  const names = Object.keys(inputs).filter((name) => inputs[name]!.dtype === 'float32');
  if (test.gradient === false || names.length === 0) return results;
  const functional = (...values: tf.Tensor[]): tf.Scalar => {
    const given = { ...inputs, ...Object.fromEntries(names.map((name, i) => [name, values[i]!])) };
    const terms = listed(test.fn(given)).map((value, i) => {
      const weights = Float32Array.from({ length: value.size }, (_, j) => Math.sin(1 + i + 1.7 * j));
      return tf.sum(tf.mul(value, tf.tensor(weights, value.shape)));
    });
    return tf.addN(terms) as tf.Scalar;
  };
  const gradients = tf.grads(functional)(names.map((name) => inputs[name]!));
  names.forEach((name, i) => {
    results[`gradient by ${name}`] = gradients[i]!;
  });
  return results;
}

/** Runs a case eagerly on tfjs's cpu backend and compiled, and compares every number. */
export async function expectParity(test: ParityCase): Promise<void> {
  await useEagerBackend('cpu');
  const eager = tf.tidy(() => {
    const inputs = Object.entries(test.inputs).map(
      ([name, { shape, dtype, data }]) => [name, tf.tensor(data, [...shape], dtype)] as const,
    );
    const results = Object.entries(valuesAndGradients(test, Object.fromEntries(inputs)));
    return results.map(([name, tensor]) => ({ name, data: tensor.dataSync(), shape: tensor.shape }));
  });
  const compiled = await compileInference((_params, inputs) => valuesAndGradients(test, { ...inputs }), {
    params: {},
    inputs: test.inputs,
    threads: 1,

    name: test.name,
  });
  const data = Object.fromEntries(Object.entries(test.inputs).map(([name, draw]) => [name, draw.data]));
  const outputs = await compiled.run(data);
  await compiled.dispose();
  const tolerance = test.tolerance ?? 2e-5;
  for (const { name, data: expected, shape } of eager) {
    const got = outputs[name]!;
    const numbers = typeof got === 'number' ? [got] : got;
    expect(numbers.length, `${name} [${shape}]`).toBe(expected.length);
    for (let i = 0; i < expected.length; i++) {
      const wanted = expected[i]!;
      if (Object.is(wanted, numbers[i]) || wanted === numbers[i]) continue;
      const error = Math.abs(numbers[i]! - wanted) / (1 + Math.abs(wanted));
      if (!(error <= tolerance)) expect.fail(`${name} [${shape}] at ${i}: eager ${wanted}, compiled ${numbers[i]}`);
    }
  }
}
