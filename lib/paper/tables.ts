import { ArgumentError } from '../core/errors.js';
import { cellOf, type PaperCell, type PaperTable } from './paper-table.js';
import { TABLE_10, TABLE_11, TABLE_12, TABLE_13, TABLE_14 } from './tables-measurements.js';
import { TABLE_1 } from './tables-pretraining.js';
import { TABLE_8, TABLE_9 } from './tables-segmentation.js';
import {
  type PaperView,
  TABLE_2,
  TABLE_3,
  TABLE_4,
  TABLE_5,
  TABLE_6,
  TABLE_7,
  type ViewModel,
} from './tables-views.js';

/** All 14 tables of the paper, in order. */
export const PAPER_TABLES: readonly PaperTable[] = [
  TABLE_1,
  TABLE_2,
  TABLE_3,
  TABLE_4,
  TABLE_5,
  TABLE_6,
  TABLE_7,
  TABLE_8,
  TABLE_9,
  TABLE_10,
  TABLE_11,
  TABLE_12,
  TABLE_13,
  TABLE_14,
];

/** A column of Tables 5 to 7. */
export type ViewMetric = 'Accuracy' | 'F1-Score' | 'BACC';

/**
 * A table by its number.
 *
 * @throws {ArgumentError} outside 1 to 14
 */
export function tableNumber(number: number): PaperTable {
  const table = PAPER_TABLES[number - 1];
  if (table === undefined) throw new ArgumentError(`tableNumber: the paper has tables 1 to 14, got ${number}`);
  return table;
}

/** A cell of Tables 5 to 7 by model and view. */
export function viewCell(model: ViewModel, view: PaperView, metric: ViewMetric): PaperCell {
  if (model === 'ResNet50-IN') return cellOf(TABLE_5, view, metric);
  const table = model === 'EchoApex-AdaS' || model === 'EchoApex-S' ? TABLE_6 : TABLE_7;
  return cellOf(table, `${model} ${view}`, metric);
}
