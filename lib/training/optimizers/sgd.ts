import * as tf from '@tensorflow/tfjs';
import type { RunInputs, TensorSpec } from '../../engine/compile.js';
import { need, type Optimizer, updatesOf, zeroSlots } from './optimizer.js';
import type { ParameterGroup } from './parameter-groups.js';

export interface SgdOptions {
  /** Default 0.9. */
  readonly momentum?: number;
  /** Look ahead along the velocity. Default false. */
  readonly nesterov?: boolean;
}

const VELOCITY = 'sgd.velocity';

/**
 * Stochastic gradient descent with momentum and coupled weight decay.
 *
 * Source: `torch.optim.SGD` without dampening: d = gradient + decay * p; velocity = momentum * velocity + d;
 * p -= rate * velocity (Nesterov: rate * (d + momentum * velocity)).
 */
export function sgd(groups: readonly ParameterGroup[], options: SgdOptions = {}): Optimizer {
  const momentum = options.momentum ?? 0.9;
  const nesterov = options.nesterov ?? false;
  const input = (group: ParameterGroup, scalar: string): string => `sgd/${group.name}/${scalar}`;
  const names = (group: ParameterGroup): string[] => ['size', 'decay', ...(group.gated ? ['momentum', 'gate'] : [])];
  return {
    groups,
    initialState: (params) => zeroSlots(VELOCITY, groups, params),
    inputs: Object.fromEntries(
      groups.flatMap((group) => names(group).map((name): [string, TensorSpec] => [input(group, name), { shape: [] }])),
    ),
    scalars(step) {
      const scalars: Record<string, number> = {};
      for (const group of groups) {
        const on = updatesOf('sgd', group, step) > 0;
        const values: Record<string, number> = {
          size: on ? step.learningRate * group.rateScale : 0,
          decay: step.weightDecay * group.decayScale,
          momentum: on ? momentum : 1,
          gate: on ? 1 : 0,
        };
        for (const name of names(group)) scalars[input(group, name)] = values[name]!;
      }
      return scalars as RunInputs;
    },
    update(params, gradients, state, inputs) {
      const next: Record<string, tf.Tensor> = {};
      for (const group of groups) {
        const scalar = (name: string): tf.Tensor => need('sgd', inputs, input(group, name));
        for (const name of group.parameters) {
          const param = need('sgd', params, name);
          const gradient = need('sgd', gradients, name);
          const decayed = group.decayScale > 0 ? tf.add(gradient, tf.mul(param, scalar('decay'))) : gradient;
          const push = group.gated ? tf.mul(decayed, scalar('gate')) : decayed;
          const before = need('sgd', state, `${VELOCITY}/${name}`);
          const velocity = tf.add(tf.mul(before, group.gated ? scalar('momentum') : momentum), push);
          const direction = nesterov ? tf.add(push, tf.mul(velocity, momentum)) : velocity;
          next[name] = tf.sub(param, tf.mul(direction, scalar('size')));
          next[`${VELOCITY}/${name}`] = velocity;
        }
      }
      return next;
    },
  };
}
