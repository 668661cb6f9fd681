import { stream } from '../../core/random.js';
import type { RunInputs, TensorSpec } from '../../engine/compile.js';
import { dropPathFactors } from '../../models/drop-path.js';
import type { RunPlace } from './stage.js';

/** Stochastic depth of the student in one stage. */
export interface DropPathPlan {
  /** One a block. */
  readonly rates: readonly number[];
  readonly mode: 'per-image' | 'subset';
  /** Rows of the global and of the local views of a run. */
  readonly globalRows: number;
  readonly localRows: number;
}

/** Inputs for the factors of global and local views; none if nothing is ever dropped. */
export function dropPathInputs(plan: DropPathPlan): Record<string, TensorSpec> {
  if (plan.rates.every((rate) => rate === 0)) return {};
  const rows = 2 * plan.rates.length;
  return {
    globalDropPath: { shape: [rows, plan.globalRows] },
    ...(plan.localRows > 0 && { localDropPath: { shape: [rows, plan.localRows] } }),
  };
}

/** The factors of one run, for {@link dropPathInputs}. */
export function drawDropPath(plan: DropPathPlan, { seed, epoch, run }: RunPlace): RunInputs {
  const random = stream(seed, `drop-path/${epoch}/${run}`);
  const draw = (rows: number, views: string): Float32Array =>
    dropPathFactors(plan.rates, rows, plan.mode, random.child(views));
  if (plan.rates.every((rate) => rate === 0)) return {};
  return {
    globalDropPath: draw(plan.globalRows, 'globals'),
    ...(plan.localRows > 0 && { localDropPath: draw(plan.localRows, 'locals') }),
  };
}
