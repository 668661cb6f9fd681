import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeJsonWhole } from '../core/files.js';
import { type CellState, cellState } from './cell-state.js';
import type { PlannedCell } from './sweep.js';

/** What was last asked of a sweep's folder, in its `sweep.json`. */
export interface SweepPlan {
  readonly name: string;
  /** Name of the cell function. */
  readonly cell: string;
  readonly codeHash: string;
  readonly retries: number;
  readonly cells: readonly PlannedCell[];
}

/** How a sweep stands. */
export interface SweepStatus {
  readonly name: string;
  readonly folder: string;
  readonly cells: readonly { readonly key: string; readonly label: string; readonly state: CellState }[];
}

/** Notes what is asked of a sweep's folder. */
export function writePlan(folder: string, plan: SweepPlan): void {
  writeJsonWhole(join(folder, 'sweep.json'), plan);
}

/** How the cells of a sweep stand, from its folder alone; `undefined` if it was never started. Changes nothing. */
export function sweepStatus(folder: string): SweepStatus | undefined {
  const path = join(folder, 'sweep.json');
  if (!existsSync(path)) return undefined;
  const { name, cells, codeHash, retries } = JSON.parse(readFileSync(path, 'utf8')) as SweepPlan;
  return {
    name,
    folder,
    cells: cells.map((cell) => ({
      key: cell.key,
      label: cell.label,
      state: cellState(cell, { folder, codeHash, retries }),
    })),
  };
}
