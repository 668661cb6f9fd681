import type * as tf from '@tensorflow/tfjs';
import { batchNorm } from '../engine/ops.js';
import { type ParamShapes, type Params, param } from './parameters.js';

/** Whether BatchNorm uses the batch's statistics (and moves the running ones) or the running ones. */
export interface NormMode {
  readonly training: boolean;
  /** Weight of the new statistics; 0.1 if left out. */
  readonly momentum?: number;
}

/**
 * Applies the BatchNorm layers of one forward pass and gathers their running statistics.
 *
 * `statistics` then holds every `running_mean` and `running_var` after this batch, under its key: what a training step returns as the
 * next state. Evaluating, they are those that came in.
 */
export class BatchNormScope {
  readonly #params: Params;
  readonly #mode: NormMode;
  readonly statistics: Record<string, tf.Tensor> = {};

  constructor(params: Params, mode: NormMode) {
    this.#params = params;
    this.#mode = mode;
  }

  /**
   * @param x `[B, C, ...]`
   * @param prefix key prefix, `layer1.0.bn1.`
   */
  apply(x: tf.Tensor, prefix: string): tf.Tensor {
    const result = batchNorm(
      x,
      {
        weight: param(this.#params, `${prefix}weight`),
        bias: param(this.#params, `${prefix}bias`),
        runningMean: param(this.#params, `${prefix}running_mean`),
        runningVar: param(this.#params, `${prefix}running_var`),
      },
      this.#mode,
    );
    this.statistics[`${prefix}running_mean`] = result.runningMean;
    this.statistics[`${prefix}running_var`] = result.runningVar;
    return result.output;
  }
}

/** Keys and shapes of one BatchNorm layer. */
export function batchNormShapes(prefix: string, channels: number): ParamShapes {
  return {
    [`${prefix}weight`]: [channels],
    [`${prefix}bias`]: [channels],
    [`${prefix}running_mean`]: [channels],
    [`${prefix}running_var`]: [channels],
  };
}
