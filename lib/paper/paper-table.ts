import { ArgumentError } from '../core/errors.js';
import { type PrintedNumber, printedNumber } from './printed-number.js';

/** A table of the paper, cell by cell as printed. Letters: R = rows, C = columns. */
export interface PaperTable {
  readonly number: number;
  readonly caption: string;
  /** `[R]` names, unique; the paper's own words where it has them (EchoApex-S, EchoApex-AdaB, ...). */
  readonly rows: readonly string[];
  /** `[C]` names, unique. */
  readonly columns: readonly string[];
  /** `[R][C]` as printed; an empty text where the table has no cell. */
  readonly printed: readonly (readonly string[])[];
  /** What was read into the print, e.g. that two columns come from one "mean ± std". */
  readonly note?: string;
}

/** A cell of a table with its place. */
export interface PaperCell extends PrintedNumber {
  /** `Table 5, PLAX:LV, BACC`. */
  readonly place: string;
}

/** Builds a table from rows of `name, cell, cell, ...`. */
export function paperTable(
  number: number,
  caption: string,
  columns: readonly string[],
  lines: readonly (readonly string[])[],
  note?: string,
): PaperTable {
  for (const line of lines) {
    if (line.length !== columns.length + 1) {
      throw new ArgumentError(
        `paperTable: Table ${number}, row ${line[0]} needs ${columns.length} cells, got ${line.length - 1}`,
      );
    }
  }
  return {
    number,
    caption,
    rows: lines.map((line) => line[0]!),
    columns,
    printed: lines.map((line) => line.slice(1)),
    ...(note !== undefined && { note }),
  };
}

/**
 * Text of a cell as printed.
 *
 * @throws {ArgumentError} if the table has no such row, column or cell
 */
export function printedCell(table: PaperTable, row: string, column: string): string {
  const r = table.rows.indexOf(row);
  const c = table.columns.indexOf(column);
  const text = table.printed[r]?.[c];
  if (text === undefined || text === '') {
    throw new ArgumentError(
      `printedCell: Table ${table.number} has no cell "${row}", "${column}"; rows ${table.rows.join(', ')}; columns ${table.columns.join(', ')}`,
    );
  }
  return text;
}

/**
 * A numeric cell with its place.
 *
 * @throws {ArgumentError} if the table has no such cell or it holds no number
 */
export function cellOf(table: PaperTable, row: string, column: string): PaperCell {
  return { ...printedNumber(printedCell(table, row, column)), place: `Table ${table.number}, ${row}, ${column}` };
}

/** All numeric cells of a column, in the order of the rows; rows without a cell are left out. */
export function columnCells(table: PaperTable, column: string): PaperCell[] {
  const c = table.columns.indexOf(column);
  return table.rows.filter((_, r) => table.printed[r]![c] !== '').map((row) => cellOf(table, row, column));
}
