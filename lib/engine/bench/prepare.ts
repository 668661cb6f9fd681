import * as tf from '@tensorflow/tfjs';
import { stream } from '../../core/random.js';
import {
  compileInference,
  compileStep,
  type HostTensor,
  type RunInputs,
  type TensorMap,
  type TensorSpec,
} from '../compile.js';
import type { Device } from '../devices.js';

/** How a case runs. */
export interface BenchPlace {
  readonly device: Device;
  readonly threads: number;
  readonly zeroCopy: boolean;
}

/** A case ready to run again and again. */
export interface Prepared {
  /** Products' floating-point operations of one run, from the graph. */
  readonly flops: number;
  readonly compileMs: number;
  run(): Promise<unknown>;
}

/** An input; int32 numbers are drawn from [0, below). */
export interface BenchInput extends TensorSpec {
  readonly below?: number;
}

type BenchInputs = Readonly<Record<string, BenchInput>>;

function batchOf(specs: BenchInputs): RunInputs {
  const draw = stream(1, 'bench/batch');
  const numbers = ({ shape, dtype, below = 2 }: BenchInput): Float32Array | Int32Array => {
    const length = shape.reduce((a, b) => a * b, 1);
    return dtype === 'int32'
      ? Int32Array.from({ length }, () => draw.integer(below))
      : Float32Array.from({ length }, () => draw.normal());
  };
  return Object.fromEntries(Object.entries(specs).map(([name, spec]) => [name, numbers(spec)]));
}

/** A training step with AdamW at a fixed step: the cost of an update does not depend on its numbers. */
export async function prepareTraining(
  place: BenchPlace,
  params: Readonly<Record<string, HostTensor>>,
  inputs: BenchInputs,
  loss: (params: TensorMap, inputs: TensorMap, teacher: TensorMap) => tf.Scalar,
  withTeacher = false,
): Promise<Prepared> {
  const names = Object.keys(params);
  const state: Record<string, HostTensor> = {};
  for (const [name, { shape, data }] of Object.entries(params)) {
    state[name] = { shape, data };
    for (const slot of ['first', 'second']) state[`${slot}/${name}`] = { shape, data: new Float32Array(data.length) };
    if (withTeacher) state[`teacher/${name}`] = { shape, data };
  }
  const step = await compileStep(
    (now, given) => {
      const teacher = Object.fromEntries(names.map((name) => [name, now[`teacher/${name}`] ?? now[name]!]));
      const objective = (...values: tf.Tensor[]): tf.Scalar =>
        loss(Object.fromEntries(names.map((name, i) => [name, values[i]!])), given, teacher);
      const { value, grads } = tf.valueAndGrads(objective)(names.map((name) => now[name]!));
      const next: Record<string, tf.Tensor> = {};
      names.forEach((name, i) => {
        const first = tf.add(tf.mul(now[`first/${name}`]!, 0.9), grads[i]!);
        const second = tf.add(tf.mul(now[`second/${name}`]!, 0.999), tf.square(grads[i]!));
        const direction = tf.div(first, tf.add(tf.sqrt(second), given.epsilon!));
        next[name] = tf.sub(tf.mul(now[name]!, given.keep!), tf.mul(direction, given.size!));
        next[`first/${name}`] = first;
        next[`second/${name}`] = second;
        if (withTeacher) {
          next[`teacher/${name}`] = tf.add(
            tf.mul(teacher[name]!, given.momentum!),
            tf.mul(next[name]!, tf.sub(1, given.momentum!)),
          );
        }
      });
      return { outputs: { loss: value }, state: next };
    },
    {
      state,
      inputs: {
        ...inputs,
        keep: { shape: [] },
        size: { shape: [] },
        epsilon: { shape: [] },
        ...(withTeacher && { momentum: { shape: [] } }),
      },
      ...place,
    },
  );
  const batch = {
    ...batchOf(inputs),
    keep: 0.9999,
    size: 1e-6,
    epsilon: 1e-7,
    ...(withTeacher && { momentum: 0.996 }),
  };
  const { report } = step;
  return { flops: report.flops, compileMs: report.traceMs + report.sessionMs, run: () => step.run(batch) };
}

/** A forward pass with its parameters baked in. */
export async function prepareForward(
  place: BenchPlace,
  params: Readonly<Record<string, HostTensor>>,
  inputs: BenchInputs,
  forward: (params: TensorMap, inputs: TensorMap) => TensorMap,
): Promise<Prepared> {
  const inference = await compileInference(forward, { params, inputs, device: place.device, threads: place.threads });
  const batch = batchOf(inputs);
  const { report } = inference;
  return { flops: report.flops, compileMs: report.traceMs + report.sessionMs, run: () => inference.run(batch) };
}
