import type { CsvCell } from '../core/csv.js';
import type { ProgressFactory } from '../core/progress.js';

/** Constraint of a cell's rows: an object of CSV cells. Numbers must be finite; write `null` where there is no value. */
export type CellRow<Row> = { readonly [Column in keyof Row]: CsvCell };

/** What a cell may use while it runs, in a process of its own. */
export interface CellContext {
  /** Seeds every random stream of the cell. */
  readonly seed: number;
  /**
   * A folder of this cell's own for checkpoints. A cell that was killed, preempted or timed out finds it again on its next
   * attempt; it is removed once the result is written.
   */
  readonly checkpointFolder: string;
  /** Threads that the cell may use; hand them to sessions and loaders. */
  readonly cores: number;
  /** Reports are seen by whoever watches the sweep, and go to the log. */
  readonly progress: ProgressFactory;
  /** A line in the cell's log. */
  say(text: string): void;
}

/**
 * A function that fills cells of a sweep, registered by name so that a worker process finds it.
 *
 * It must be a function of its parameters and seed alone: two runs give the same rows. Whatever else the rows depend on, the
 * hash of the data set above all, belongs into the parameters.
 */
export interface SweepCell<Params extends object, Row extends CellRow<Row>> {
  /** Kebab-case, e.g. `few-shot-segmentation`. */
  readonly name: string;
  /**
   * Computes one cell.
   *
   * @returns its rows; every row must have the same columns
   */
  run(params: Params, context: CellContext): Promise<readonly Row[]>;
}

/** What the machinery needs of a cell function, whatever its parameters and rows. */
export interface AnySweepCell {
  readonly name: string;
  run(params: object, context: CellContext): Promise<readonly object[]>;
}
