import type * as tf from '@tensorflow/tfjs';
import { ArgumentError } from '../../core/errors.js';
import type { HostTensor, RunInputs, TensorMap, TensorSpec } from '../../engine/compile.js';
import type { ParameterGroup } from './parameter-groups.js';

/** Where the schedules stand at one step. */
export interface OptimizerStep {
  /** Before the groups' own scales. A function gives it for each group, where one has a schedule of its own. */
  readonly learningRate: number | ((group: ParameterGroup) => number);
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
  update(params: TensorMap, gradients: TensorMap, state: TensorMap, inputs: TensorMap): Record<string, tf.Tensor>;
}

/** What a group's update is computed from at one step. */
export interface GroupStep {
  readonly group: ParameterGroup;
  /** The group's own learning rate. */
  readonly rate: number;
  /** The group's own weight decay. */
  readonly decay: number;
  /** Updates so far, this one included; 0 leaves the group as it is. */
  readonly updates: number;
}

/** What sets one kind of optimiser apart: {@link optimizerOver} does the rest. */
export interface UpdateRule {
  /** Named in errors. */
  readonly who: string;
  /** Stands before the names of the scalar inputs. */
  readonly prefix: string;
  /** Stand before a parameter's name in the state, one a slot. */
  readonly slots: readonly string[];
  /** Names of the scalars that a group's update reads. */
  scalarNames(group: ParameterGroup): readonly string[];
  /** Their values, and perhaps others. */
  scalars(step: GroupStep): Readonly<Record<string, number>>;
  /**
   * One parameter's update.
   *
   * @param slots in the order of {@link slots}
   * @param scalar finds a scalar of the parameter's group
   * @returns the parameter's and the slots' next values
   */
  update(
    group: ParameterGroup,
    values: { readonly param: tf.Tensor; readonly gradient: tf.Tensor; readonly slots: readonly tf.Tensor[] },
    scalar: (name: string) => tf.Tensor,
  ): { readonly param: tf.Tensor; readonly slots: readonly tf.Tensor[] };
}

/** An optimiser that applies a rule to each parameter of its groups; gated groups may stand still. */
export function optimizerOver(groups: readonly ParameterGroup[], rule: UpdateRule): Optimizer {
  const input = (group: ParameterGroup, scalar: string): string => `${rule.prefix}/${group.name}/${scalar}`;
  return {
    groups,
    initialState: (params) => Object.assign({}, ...rule.slots.map((slot) => zeroSlots(slot, groups, params))),
    inputs: Object.fromEntries(
      groups.flatMap((group) =>
        rule.scalarNames(group).map((name): [string, TensorSpec] => [input(group, name), { shape: [] }]),
      ),
    ),
    scalars(step) {
      const scalars: Record<string, number> = {};
      for (const group of groups) {
        const rate = typeof step.learningRate === 'number' ? step.learningRate : step.learningRate(group);
        const values = rule.scalars({
          group,
          rate: rate * group.rateScale,
          decay: step.weightDecay * group.decayScale,
          updates: updatesOf(rule.who, group, step),
        });
        for (const name of rule.scalarNames(group)) scalars[input(group, name)] = values[name]!;
      }
      return scalars as RunInputs;
    },
    update(params, gradients, state, inputs) {
      const next: Record<string, tf.Tensor> = {};
      for (const group of groups) {
        const scalar = (name: string): tf.Tensor => need(rule.who, inputs, input(group, name));
        for (const name of group.parameters) {
          const param = need(rule.who, params, name);
          const gradient = need(rule.who, gradients, name);
          const slots = rule.slots.map((slot) => need(rule.who, state, `${slot}/${name}`));
          const updated = rule.update(group, { param, gradient, slots }, scalar);
          next[name] = updated.param;
          for (const [i, slot] of rule.slots.entries()) next[`${slot}/${name}`] = updated.slots[i]!;
        }
      }
      return next;
    },
  };
}

/** How many updates a group has seen, this step's included. */
function updatesOf(who: string, group: ParameterGroup, { updates }: OptimizerStep): number {
  const count = typeof updates === 'number' ? updates : updates(group);
  const least = group.gated ? 0 : 1;
  if (Number.isInteger(count) && count >= least) return count;
  throw new ArgumentError(
    `${who}: the updates of group ${group.name} must be an integer >= ${least}, got ${count}; only gated groups may stand still`,
  );
}

/** Zeros shaped like each parameter of the groups, under `prefix/name`. */
function zeroSlots(
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
export function need(who: string, tensors: TensorMap, name: string): tf.Tensor {
  const tensor = tensors[name];
  if (tensor) return tensor;
  throw new ArgumentError(`${who}: '${name}' is missing; it has ${Object.keys(tensors).slice(0, 6).join(', ')}, …`);
}
