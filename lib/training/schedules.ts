import { ArgumentError } from '../core/errors.js';

/** A value for each step of a run. */
export interface CosineSchedule {
  /** Value after the warm-up, before the cosine sets in. */
  readonly base: number;
  /** Value at the end. */
  readonly final: number;
  /** Steps of the whole run, warm-up included. */
  readonly steps: number;
  /** Steps of linear warm-up from `start` to `base`; default 0. */
  readonly warmupSteps?: number;
  /** First value of the warm-up; default 0. */
  readonly start?: number;
}

/**
 * Value of a cosine schedule with linear warm-up at a step.
 *
 * Source: `facebookresearch/dino` utils.py `cosine_scheduler`: the warm-up is inclusive (its last step has the base value), and the
 * cosine never quite reaches the final value.
 *
 * @param step 0 to steps - 1
 */
export function cosineSchedule(schedule: CosineSchedule, step: number): number {
  const { base, final, steps, warmupSteps = 0, start = 0 } = schedule;
  if (!Number.isInteger(step) || step < 0 || step >= steps) {
    throw new ArgumentError(`cosineSchedule: step must be in [0, ${steps - 1}], got ${step}`);
  }
  if (step < warmupSteps) return warmupSteps === 1 ? start : start + ((base - start) * step) / (warmupSteps - 1);
  const share = (step - warmupSteps) / (steps - warmupSteps);
  return final + 0.5 * (base - final) * (1 + Math.cos(Math.PI * share));
}

/**
 * Teacher temperature of an epoch: linear from `start` to `final` over `warmupEpochs`, then `final`.
 *
 * Source: `facebookresearch/dino` main_dino.py `DINOLoss.teacher_temp_schedule`.
 */
export function teacherTemperature(
  schedule: { readonly start: number; readonly final: number; readonly warmupEpochs: number },
  epoch: number,
): number {
  const { start, final, warmupEpochs } = schedule;
  if (epoch >= warmupEpochs) return final;
  return warmupEpochs === 1 ? start : start + ((final - start) * epoch) / (warmupEpochs - 1);
}
