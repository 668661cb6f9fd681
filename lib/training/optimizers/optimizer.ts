import type { Tensor } from '@tensorflow/tfjs';
import { ArgumentError } from '../../core/errors.js';
import type { HostTensor, RunInputs, TensorMap, TensorSpec } from '../../engine/compile.js';
import type { ParameterGroup } from './parameter-groups.js';

/** Where the schedules stand at one step. */
export interface OptimizerStep {
  readonly learningRate: number;
  readonly weightDecay: number;
  /**
   * Updates done so far, this one included; 1 at the first. A function gives it for each group, where groups start
   * at different steps; 0 leaves a gated group as it is, its moments too.
   */
  readonly updates: number | ((group: ParameterGroup) => number);
}

/**
 * An optimiser as a pure function of tensors, for use inside a compiled step.
 *
 * What changes from step to step enters as scalar inputs, computed on the host in double precision.
 */
export interface Optimizer {
  readonly groups: readonly ParameterGroup[];
  /** The optimiser's own part of the state, at the start. */
  initialState(params: Readonly<Record<string, HostTensor>>): Record<string, HostTensor>;
  /** The scalar inputs that each run needs. */
  readonly inputs: Readonly<Record<string, TensorSpec>>;
  /** Numbers for {@link inputs}. */
  scalars(step: OptimizerStep): RunInputs;
  /**
   * @param params the parameters of all groups, among others
   * @param gradients by parameter name
   * @param state holds this optimiser's part
   * @param inputs holds this optimiser's scalars
   * @returns the next values of the groups' parameters and of the optimiser's state
   */
  update(params: TensorMap, gradients: TensorMap, state: TensorMap, inputs: TensorMap): Record<string, Tensor>;
}

/** How many updates a group has seen, this step's included. */
export function updatesOf(who: string, group: ParameterGroup, { updates }: OptimizerStep): number {
  const count = typeof updates === 'number' ? updates : updates(group);
  const least = group.gated ? 0 : 1;
  if (Number.isInteger(count) && count >= least) return count;
  throw new ArgumentError(
    `${who}: the updates of group ${group.name} must be an integer >= ${least}, got ${count}; only gated groups may stand still`,
  );
}

/** Zeros shaped like each parameter of the groups, under `prefix/name`. */
export function zeroSlots(
  prefix: string,
  groups: readonly ParameterGroup[],
  params: Readonly<Record<string, HostTensor>>,
): Record<string, HostTensor> {
  const slots: Record<string, HostTensor> = {};
  for (const name of groups.flatMap(({ parameters }) => parameters)) {
    const param = params[name];
    if (!param) throw new ArgumentError(`optimizer: no initial value of ${name}; pass every parameter of the groups`);
    slots[`${prefix}/${name}`] = { shape: param.shape, data: new Float32Array(param.data.length) };
  }
  return slots;
}

/** A tensor that must be there. */
export function need(who: string, tensors: TensorMap, name: string): Tensor {
  const tensor = tensors[name];
  if (tensor) return tensor;
  throw new ArgumentError(`${who}: '${name}' is missing; it has ${Object.keys(tensors).slice(0, 6).join(', ')}, …`);
}
