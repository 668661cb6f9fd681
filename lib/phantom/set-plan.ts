import type { CsvCell } from '../core/csv.js';
import type { ClipPlan } from './clip-plan.js';

/** One file to draw. `file` is relative to the data folder. */
export interface ClipJob {
  readonly kind: 'avi';
  readonly file: string;
  readonly plan: ClipPlan;
}

/** A CSV file of a set; `file` is relative to the data folder. */
export interface TablePlan {
  readonly file: string;
  readonly columns: readonly string[];
  readonly rows: readonly Readonly<Record<string, CsvCell>>[];
}

/** A whole set before a pixel is drawn. Tables are made when asked for: they need each clip's geometry. */
export interface SetPlan {
  readonly name: string;
  readonly jobs: readonly ClipJob[];
  readonly tables: () => TablePlan[];
  /** The tables' files, known beforehand. */
  readonly tableFiles: readonly string[];
}
