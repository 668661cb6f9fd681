import * as tf from '@tensorflow/tfjs';
import type { RunInputs, TensorSpec } from '../../engine/compile.js';
import { need, type Optimizer, updatesOf, zeroSlots } from './optimizer.js';
import type { ParameterGroup } from './parameter-groups.js';

export interface AdamWOptions {
  /** Decay of the two moments; default 0.9 and 0.999. */
  readonly betas?: readonly [number, number];
  /** Default 1e-8. */
  readonly epsilon?: number;
}

const FIRST = 'adamw.first';
const SECOND = 'adamw.second';

/**
 * AdamW: Adam with decoupled weight decay.
 *
 * Source: Loshchilov and Hutter 2019, algorithm 2, as `torch.optim.AdamW`. Deviates: the moments are stored divided by
 * 1 - beta, which saves two passes over the parameters; `adamw.first/x` times 1 - beta1 is PyTorch's `exp_avg`.
 */
export function adamW(groups: readonly ParameterGroup[], options: AdamWOptions = {}): Optimizer {
  const [beta1, beta2] = options.betas ?? [0.9, 0.999];
  const epsilon = options.epsilon ?? 1e-8;
  const input = (group: ParameterGroup, scalar: string): string => `adamw/${group.name}/${scalar}`;
  const names = (group: ParameterGroup): string[] => [
    ...['keep', 'size', 'epsilon'],
    ...(group.gated ? ['beta1', 'beta2', 'gate'] : []),
  ];
  return {
    groups,
    initialState: (params) => ({ ...zeroSlots(FIRST, groups, params), ...zeroSlots(SECOND, groups, params) }),
    inputs: Object.fromEntries(
      groups.flatMap((group) => names(group).map((name): [string, TensorSpec] => [input(group, name), { shape: [] }])),
    ),
    scalars(step) {
      const scalars: Record<string, number> = {};
      for (const group of groups) {
        const updates = updatesOf('adamW', group, step);
        const rate = step.learningRate * group.rateScale;
        // With M = m / (1 - beta1) and V = v / (1 - beta2):
        // m^ / (sqrt(v^) + epsilon) = M (1 - beta1) / (1 - beta1^t) / root / (sqrt(V) + epsilon / root)
        const root = Math.sqrt((1 - beta2) / (1 - beta2 ** Math.max(updates, 1)));
        const on = updates > 0;
        const values: Record<string, number> = {
          keep: on ? 1 - rate * step.weightDecay * group.decayScale : 1,
          size: on ? (rate * (1 - beta1)) / (1 - beta1 ** updates) / root : 0,
          epsilon: epsilon / root,
          beta1: on ? beta1 : 1,
          beta2: on ? beta2 : 1,
          gate: on ? 1 : 0,
        };
        for (const name of names(group)) scalars[input(group, name)] = values[name]!;
      }
      return scalars as RunInputs;
    },
    update(params, gradients, state, inputs) {
      const next: Record<string, tf.Tensor> = {};
      for (const group of groups) {
        const scalar = (name: string): tf.Tensor => need('adamW', inputs, input(group, name));
        for (const name of group.parameters) {
          const raw = need('adamW', gradients, name);
          const gradient = group.gated ? tf.mul(raw, scalar('gate')) : raw;
          const first = tf.mul(need('adamW', state, `${FIRST}/${name}`), group.gated ? scalar('beta1') : beta1);
          const second = tf.mul(need('adamW', state, `${SECOND}/${name}`), group.gated ? scalar('beta2') : beta2);
          const moved = tf.add(first, gradient);
          const spread = tf.add(second, tf.square(gradient));
          const direction = tf.div(moved, tf.add(tf.sqrt(spread), scalar('epsilon')));
          const kept = tf.mul(need('adamW', params, name), scalar('keep'));
          next[name] = tf.sub(kept, tf.mul(direction, scalar('size')));
          next[`${FIRST}/${name}`] = moved;
          next[`${SECOND}/${name}`] = spread;
        }
      }
      return next;
    },
  };
}
