import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type CsvCell, formatCsv } from '../core/csv.js';
import { ArgumentError, DataError } from '../core/errors.js';
import { writeFileWhole, writeJsonWhole } from '../core/files.js';
import type { Machine } from '../records/record.js';
import type { PlannedCell } from './sweep.js';
import { cellFiles } from './sweep-folder.js';

/** A row as it stands in a result. */
export type ResultRow = Readonly<Record<string, CsvCell>>;

/** The record of one cell. */
export interface CellResult {
  readonly cell: string;
  readonly params: object;
  readonly seed: number;
  readonly configHash: string;
  readonly codeHash: string;
  readonly started: string;
  readonly finished: string;
  readonly seconds: number;
  readonly peakMemoryMiB: number;
  readonly machine: Machine;
  readonly rows: readonly ResultRow[];
}

/**
 * Rows as a result can hold them.
 *
 * @throws {ArgumentError} if columns differ between rows, or a value is no text, finite number, boolean or null
 */
export function checkRows(cell: string, rows: readonly object[]): ResultRow[] {
  const columns = Object.keys(rows[0] ?? {}).join(', ');
  return rows.map((row, index) => {
    const own = Object.keys(row).join(', ');
    if (own !== columns) {
      throw new ArgumentError(
        `${cell}: every row must have the columns of the first (${columns}); row ${index}: ${own}`,
      );
    }
    for (const [column, value] of Object.entries(row) as [string, unknown][]) {
      const fits = value === null || ['string', 'boolean'].includes(typeof value) || Number.isFinite(value);
      if (!fits) {
        throw new ArgumentError(
          `${cell}: ${column} of row ${index} must be text, a finite number, a boolean or null, got ${String(value)}`,
        );
      }
    }
    return row as ResultRow;
  });
}

/** Writes the record of a cell, whole or not at all. */
export function writeResult(sweep: string, key: string, result: CellResult): void {
  writeJsonWhole(cellFiles(sweep, key).result, result);
}

/** The record of a cell if it is whole and was made from this config by this code; otherwise the cell is yet to be computed. */
export function readResult(
  sweep: string,
  { key, configHash }: Pick<PlannedCell, 'key' | 'configHash'>,
  codeHash: string,
): CellResult | undefined {
  const path = cellFiles(sweep, key).result;
  if (!existsSync(path)) return undefined;
  let result: Partial<CellResult>;
  try {
    result = JSON.parse(readFileSync(path, 'utf8')) as Partial<CellResult>;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined; // damaged on disk: computed again, like a missing one
    throw error;
  }
  const whole = Array.isArray(result.rows) && result.configHash === configHash && result.codeHash === codeHash;
  return whole ? (result as CellResult) : undefined;
}

/**
 * Writes the rows of all finished cells as one table, `rows.csv` in the sweep's folder; the cell's key comes first.
 *
 * @throws {DataError} if cells have different columns
 */
export function writeRowTable(sweep: string, cells: readonly { key: string; rows: readonly object[] }[]): string {
  const rows = cells.flatMap(({ key, rows: own }) => own.map((row) => ({ key, ...(row as ResultRow) })));
  const columns = Object.keys(rows[0] ?? { key: '' });
  const odd = rows.find((row) => Object.keys(row).join() !== columns.join());
  if (odd) {
    throw new DataError(`writeRowTable: ${odd.key} has the columns ${Object.keys(odd)}, others have ${columns}`);
  }
  const path = join(sweep, 'rows.csv');
  writeFileWhole(path, formatCsv(rows, columns));
  return path;
}
