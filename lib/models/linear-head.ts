import type * as tf from '@tensorflow/tfjs';
import type { RandomStream } from '../core/random.js';
import { linear } from '../engine/ops.js';
import { constant, drawParams, type HostParam, normal, type ParamShapes, type Params, param } from './parameters.js';

/** Keys and shapes of a linear classifier. */
export function linearHeadShapes(width: number, classes: number): ParamShapes {
  return { 'linear.weight': [classes, width], 'linear.bias': [classes] };
}

/** Random initialisation as DINO's eval_linear.py: weights normal 0.01, biases 0. */
export function linearHeadParams(width: number, classes: number, random: RandomStream): Record<string, HostParam> {
  return drawParams(linearHeadShapes(width, classes), random, (key) =>
    key.endsWith('bias') ? constant(0) : normal(0.01),
  );
}

/**
 * Linear classifier on the CLS token (paper A.2, view classification).
 *
 * @param features `[B, D]`
 * @returns logits `[B, classes]`
 */
export function linearHead(params: Params, features: tf.Tensor): tf.Tensor {
  return linear(features, param(params, 'linear.weight'), param(params, 'linear.bias'));
}
