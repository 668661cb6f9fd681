import { readResult } from './cell-result.js';
import { type Claim, liveClaim } from './claim.js';
import { type Failure, failuresOf } from './failures.js';
import type { PlannedCell } from './sweep.js';
import { cellFiles } from './sweep-folder.js';

/** How a cell stands, read from its folder alone. */
export type CellState =
  | { readonly is: 'done' }
  | { readonly is: 'running'; readonly claim: Claim }
  | { readonly is: 'failed'; readonly failures: readonly Failure[] }
  | { readonly is: 'waiting'; readonly failures: readonly Failure[] };

/** What the state of a cell hangs on, besides its folder. */
export interface StateRules {
  readonly folder: string;
  readonly codeHash: string;
  readonly retries: number;
}

/** How a cell stands: done, running somewhere, failed for good, or waiting for its next attempt. */
export function cellState(cell: PlannedCell, { folder, codeHash, retries }: StateRules): CellState {
  if (readResult(folder, cell, codeHash)) return { is: 'done' };
  const claim = liveClaim(cellFiles(folder, cell.key).claim);
  if (claim) return { is: 'running', claim };
  // A worker writes its result before it drops its claim: look again, so that one that just ended is not taken for none.
  if (readResult(folder, cell, codeHash)) return { is: 'done' };
  const failures = failuresOf(folder, cell.key, codeHash);
  return { is: failures.length > retries ? 'failed' : 'waiting', failures };
}
