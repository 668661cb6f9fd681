import * as tf from '@tensorflow/tfjs';
import { type Optimizer, optimizerOver } from './optimizer.js';
import type { ParameterGroup } from './parameter-groups.js';

export interface AdamWOptions {
  /** Decay of the two moments; default 0.9 and 0.999. */
  readonly betas?: readonly [number, number];
  /** Default 1e-8. */
  readonly epsilon?: number;
}

/**
 * AdamW: Adam with decoupled weight decay.
 *
 * Source: Loshchilov and Hutter 2019, algorithm 2, as `torch.optim.AdamW`. Deviates: the moments are stored divided by
 * 1 - beta, which saves two passes over the parameters; `adamw.first/x` times 1 - beta1 is PyTorch's `exp_avg`.
 */
export function adamW(groups: readonly ParameterGroup[], options: AdamWOptions = {}): Optimizer {
  const [beta1, beta2] = options.betas ?? [0.9, 0.999];
  const epsilon = options.epsilon ?? 1e-8;
  return optimizerOver(groups, {
    who: 'adamW',
    prefix: 'adamw',
    slots: ['adamw.first', 'adamw.second'],
    scalarNames: ({ gated }) => ['keep', 'size', 'epsilon', ...(gated ? ['beta1', 'beta2', 'gate'] : [])],
    scalars({ rate, decay, updates }) {
      // With M = m / (1 - beta1) and V = v / (1 - beta2):
      // m^ / (sqrt(v^) + epsilon) = M (1 - beta1) / (1 - beta1^t) / root / (sqrt(V) + epsilon / root)
      const root = Math.sqrt((1 - beta2) / (1 - beta2 ** Math.max(updates, 1)));
      const on = updates > 0;
      return {
        keep: on ? 1 - rate * decay : 1,
        size: on ? (rate * (1 - beta1)) / (1 - beta1 ** updates) / root : 0,
        epsilon: epsilon / root,
        beta1: on ? beta1 : 1,
        beta2: on ? beta2 : 1,
        gate: on ? 1 : 0,
      };
    },
    update({ gated }, { param, gradient: raw, slots: [first, second] }, scalar) {
      const gradient = gated ? tf.mul(raw, scalar('gate')) : raw;
      const moved = tf.add(tf.mul(first!, gated ? scalar('beta1') : beta1), gradient);
      const spread = tf.add(tf.mul(second!, gated ? scalar('beta2') : beta2), tf.square(gradient));
      const direction = tf.div(moved, tf.add(tf.sqrt(spread), scalar('epsilon')));
      const kept = tf.mul(param, scalar('keep'));
      return { param: tf.sub(kept, tf.mul(direction, scalar('size'))), slots: [moved, spread] };
    },
  });
}
