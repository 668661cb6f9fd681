import { ArgumentError } from '../../core/errors.js';
import { cosineSchedule } from '../schedules.js';

/** What decides how a supervised model is trained, besides its data: Tables 2 and 10 of the paper and A.2 to A.5. */
export interface SupervisedConfig {
  readonly epochs: number;
  readonly optimizer: 'adamw' | 'sgd';
  /** After the warm-up. */
  readonly learningRate: number;
  readonly weightDecay: number;
  /** How the rate goes on after the warm-up: `linear` and `cosine` end near 0. */
  readonly schedule: 'constant' | 'linear' | 'cosine';
  /** Epochs of linear warm-up from 0; may be fractional; default 0. */
  readonly warmupEpochs?: number;
  /** Largest Euclidean norm of all gradients together; no limit if left out. */
  readonly gradientClip?: number;
  /** Epochs without a better validation loss after which training ends; no early end if left out. */
  readonly patience?: number;
}

/**
 * Learning rate of a step.
 *
 * @param done steps done before, 0 to `steps - 1`
 * @param stepsPerEpoch of one epoch
 */
export function learningRateAt(config: SupervisedConfig, done: number, stepsPerEpoch: number): number {
  const steps = config.epochs * stepsPerEpoch;
  if (!Number.isInteger(done) || done < 0 || done >= steps) {
    throw new ArgumentError(`learningRateAt: done must be in [0, ${steps - 1}], got ${done}`);
  }
  const warmup = Math.min(steps - 1, Math.round((config.warmupEpochs ?? 0) * stepsPerEpoch));
  if (done < warmup) return (config.learningRate * (done + 1)) / (warmup + 1);
  switch (config.schedule) {
    case 'constant':
      return config.learningRate;
    case 'linear':
      return config.learningRate * (1 - (done - warmup) / (steps - warmup));
    case 'cosine':
      return cosineSchedule({ base: config.learningRate, final: 0, steps: steps - warmup }, done - warmup);
  }
}
