import { cellOf, type PaperCell } from './paper-table.js';
import { viewCell } from './tables.js';
import { MEASUREMENTS, TABLE_11, TABLE_12, TABLE_13, TABLE_14 } from './tables-measurements.js';
import { TABLE_9 } from './tables-segmentation.js';
import { PAPER_VIEWS, TABLE_3, TABLE_4 } from './tables-views.js';

/** An adapter model beside its fully fine-tuned twin, in one cell of the paper. */
export interface AdapterDegradation {
  readonly adapter: PaperCell;
  readonly fineTuned: PaperCell;
  /** Worsening relative to the fine-tuned value in percent; negative where the adapter is better. */
  readonly percent: number;
  /** Worsening in the unit of the cell. */
  readonly absolute: number;
}

const PAIRS = [
  ['EchoApex-AdaS', 'EchoApex-S'],
  ['EchoApex-AdaB', 'EchoApex-B'],
] as const;

/** Every cell of Tables 3 to 7, 9 and 11 to 14 that has an adapter and a fine-tuned twin, worst degradation first. */
export function adapterDegradations(): AdapterDegradation[] {
  const rows: AdapterDegradation[] = [];
  for (const [adapter, fineTuned] of PAIRS) {
    for (const table of [TABLE_3, TABLE_4]) {
      for (const column of table.columns) {
        rows.push(degradation(cellOf(table, adapter, column), cellOf(table, fineTuned, column), 1));
      }
    }
    for (const view of PAPER_VIEWS) {
      for (const metric of ['Accuracy', 'F1-Score', 'BACC'] as const) {
        rows.push(degradation(viewCell(adapter, view, metric), viewCell(fineTuned, view, metric), 1));
      }
    }
    for (const table of [TABLE_11, TABLE_12, TABLE_13, TABLE_14]) {
      for (const measurement of MEASUREMENTS) {
        const column = `${measurement} mean`;
        rows.push(degradation(cellOf(table, adapter, column), cellOf(table, fineTuned, column), -1));
      }
    }
    for (const table of [TABLE_11, TABLE_13]) {
      rows.push(degradation(cellOf(table, adapter, 'R2'), cellOf(table, fineTuned, 'R2'), 1));
    }
  }
  for (const row of TABLE_9.rows) {
    rows.push(degradation(cellOf(TABLE_9, row, 'EchoApex-SAM-AdaB'), cellOf(TABLE_9, row, 'EchoApex-SAM-B'), 1));
  }
  return rows.sort((a, b) => b.percent - a.percent);
}

/** @param better 1: larger is better; -1: smaller is better */
function degradation(adapter: PaperCell, fineTuned: PaperCell, better: 1 | -1): AdapterDegradation {
  const absolute = better * (fineTuned.value - adapter.value);
  return { adapter, fineTuned, absolute, percent: (100 * absolute) / fineTuned.value };
}
