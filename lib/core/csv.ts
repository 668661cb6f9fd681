import { readFileSync } from 'node:fs';
import { parse } from 'csv-parse/sync';
import { stringify } from 'csv-stringify/sync';
import { DataError, messageOf } from './errors.js';
import { writeFileWhole } from './files.js';

/** One row of a CSV file: every cell is text, exactly as it stands in the file. */
export type CsvRow = Readonly<Record<string, string>>;

/** Cells that {@link writeCsv} accepts; `null` becomes an empty cell. Numbers keep all their digits. */
export type CsvCell = string | number | boolean | null;

/**
 * Reads a CSV file with a header line. Cells stay text, so `0012` and `n/a` survive.
 *
 * @param path file
 * @param columns columns that must be there
 * @throws {DataError} naming the file, on a missing column or a malformed row
 */
export function readCsv(path: string, columns: readonly string[] = []): CsvRow[] {
  return parseCsv(readFileSync(path, 'utf8'), path, columns);
}

/** As {@link readCsv}, from text; `origin` is named in errors. */
export function parseCsv(text: string, origin: string, columns: readonly string[] = []): CsvRow[] {
  let header: string[] = [];
  let rows: CsvRow[];
  try {
    rows = parse(text, {
      bom: true,
      skip_empty_lines: true,
      columns: (names: string[]) => {
        header = names.map((name) => name.trim());
        return header;
      },
    }) as CsvRow[];
  } catch (error) {
    throw new DataError(`readCsv: ${origin} is not a well-formed CSV file: ${messageOf(error)}`);
  }
  const missing = columns.filter((column) => !header.includes(column));
  if (missing.length > 0) {
    throw new DataError(
      `readCsv: ${origin} must have the columns ${columns.join(', ')}; missing ${missing.join(', ')}, got ${header.join(', ')}`,
    );
  }
  return rows;
}

/** CSV text with a header line; quotes what needs quoting. */
export function formatCsv(rows: readonly Readonly<Record<string, CsvCell>>[], columns: readonly string[]): string {
  return stringify(
    rows.map((row) => columns.map((column) => cellText(row[column] ?? null))),
    { header: true, columns: [...columns] },
  );
}

/** Writes a CSV file whole or not at all. */
export function writeCsv(
  path: string,
  rows: readonly Readonly<Record<string, CsvCell>>[],
  columns: readonly string[],
): void {
  writeFileWhole(path, formatCsv(rows, columns));
}

function cellText(cell: CsvCell): string {
  return cell === null ? '' : String(cell);
}
