import * as tf from '@tensorflow/tfjs';
import { type Optimizer, optimizerOver } from './optimizer.js';
import type { ParameterGroup } from './parameter-groups.js';

export interface SgdOptions {
  /** Default 0.9. */
  readonly momentum?: number;
  /** Look ahead along the velocity. Default false. */
  readonly nesterov?: boolean;
}

/**
 * Stochastic gradient descent with momentum and coupled weight decay.
 *
 * Source: `torch.optim.SGD` without dampening: d = gradient + decay * p; velocity = momentum * velocity + d;
 * p -= rate * velocity (Nesterov: rate * (d + momentum * velocity)).
 */
export function sgd(groups: readonly ParameterGroup[], options: SgdOptions = {}): Optimizer {
  const momentum = options.momentum ?? 0.9;
  const nesterov = options.nesterov ?? false;
  return optimizerOver(groups, {
    who: 'sgd',
    prefix: 'sgd',
    slots: ['sgd.velocity'],
    scalarNames: ({ gated }) => ['size', 'decay', ...(gated ? ['momentum', 'gate'] : [])],
    scalars({ rate, decay, updates }) {
      const on = updates > 0;
      return { size: on ? rate : 0, decay, momentum: on ? momentum : 1, gate: on ? 1 : 0 };
    },
    update({ gated, decayScale }, { param, gradient, slots: [before] }, scalar) {
      const decayed = decayScale > 0 ? tf.add(gradient, tf.mul(param, scalar('decay'))) : gradient;
      const push = gated ? tf.mul(decayed, scalar('gate')) : decayed;
      const velocity = tf.add(tf.mul(before!, gated ? scalar('momentum') : momentum), push);
      const direction = nesterov ? tf.add(push, tf.mul(velocity, momentum)) : velocity;
      return { param: tf.sub(param, tf.mul(direction, scalar('size'))), slots: [velocity] };
    },
  });
}
