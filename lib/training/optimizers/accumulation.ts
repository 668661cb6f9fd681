import * as tf from '@tensorflow/tfjs';
import { ArgumentError } from '../../core/errors.js';
import type { HostTensor, RunInputs, TensorMap, TensorSpec } from '../../engine/compile.js';
import { need } from './optimizer.js';

const SUM = 'accumulated';
const CLEAR = 'accumulation/keep';

/**
 * Averages gradients over several runs before an update.
 *
 * Every run adds its gradients; the optimiser's groups must be gated, and get 0 `updates` in all runs but the last of
 * each round. With one run a round nothing is kept and gradients pass as they are.
 *
 * @example
 * const rounds = gradientAccumulation(names, 4);
 * // in the step: const { gradients, state: sums } = rounds.add(grads, state, inputs);
 * // at run i:    step.run({ ...batch, ...rounds.scalars(i), ...optimizer.scalars({ ..., updates: rounds.isLast(i) ? n : 0 }) })
 */
export interface GradientAccumulation {
  initialState(params: Readonly<Record<string, HostTensor>>): Record<string, HostTensor>;
  readonly inputs: Readonly<Record<string, TensorSpec>>;
  /** True if run `run` (from 0) ends a round: the optimiser updates. */
  isLast(run: number): boolean;
  /** Numbers for {@link inputs} at run `run`, from 0. */
  scalars(run: number): RunInputs;
  /** Mean gradients of the round so far divided by its full length, and the next sums. */
  add(
    gradients: TensorMap,
    state: TensorMap,
    inputs: TensorMap,
  ): { readonly gradients: Record<string, tf.Tensor>; readonly state: Record<string, tf.Tensor> };
}

const PASS: GradientAccumulation = {
  initialState: () => ({}),
  inputs: {},
  isLast: () => true,
  scalars: () => ({}),
  add: (gradients) => ({ gradients: { ...gradients }, state: {} }),
};

/** @throws {ArgumentError} if `runs` is not a positive integer */
export function gradientAccumulation(parameters: readonly string[], runs: number): GradientAccumulation {
  if (!Number.isInteger(runs) || runs < 1) {
    throw new ArgumentError(`gradientAccumulation: runs must be an integer >= 1, got ${runs}`);
  }
  if (runs === 1) return PASS;
  return {
    initialState(params) {
      const slots = parameters.map((name) => {
        const { shape, data } = params[name]!;
        return [`${SUM}/${name}`, { shape, data: new Float32Array(data.length) }];
      });
      return Object.fromEntries(slots) as Record<string, HostTensor>;
    },
    inputs: { [CLEAR]: { shape: [] } },
    isLast: (run) => (run + 1) % runs === 0,
    scalars: (run) => ({ [CLEAR]: run % runs === 0 ? 0 : 1 }),
    add(gradients, state, inputs) {
      const keep = need('gradientAccumulation', inputs, CLEAR);
      const means: Record<string, tf.Tensor> = {};
      const sums: Record<string, tf.Tensor> = {};
      for (const name of parameters) {
        const before = tf.mul(need('gradientAccumulation', state, `${SUM}/${name}`), keep);
        const sum = tf.add(before, tf.mul(need('gradientAccumulation', gradients, name), 1 / runs));
        means[name] = sum;
        sums[`${SUM}/${name}`] = sum;
      }
      return { gradients: means, state: sums };
    },
  };
}
