import type { ProgressFactory } from '../core/progress.js';
import type { CellResources, PlannedCell } from './sweep.js';

/** What an executor works on. */
export interface SweepWork {
  /** Name of the sweep. */
  readonly name: string;
  /** Folder of the sweep. */
  readonly folder: string;
  /** Every cell, those that have a result included. */
  readonly cells: readonly PlannedCell[];
  readonly codeHash: string;
  readonly resources: CellResources;
  /** Further attempts of a cell that failed. */
  readonly retries: number;
  /** Program and first arguments of a worker; folder and key follow. */
  readonly command: readonly string[];
  readonly progress: ProgressFactory;
  say(text: string): void;
  readonly signal?: AbortSignal;
}

/** Gets cells computed, in whatever place. */
export interface Executor {
  readonly name: string;
  /**
   * Returns when every cell has its result or has used up its attempts. Failures of cells are recorded, not thrown.
   *
   * @throws the signal's reason when it is aborted; nothing is half-written then
   */
  run(work: SweepWork): Promise<void>;
}
