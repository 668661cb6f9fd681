import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type CsvRow, readCsv } from '../core/csv.js';
import { DataError } from '../core/errors.js';
import type { Findings } from './finding.js';

/**
 * Reads a data set's CSV file.
 *
 * @throws {DataError} saying which file of which data set is missing, or which column
 */
export function readTable(dataset: string, root: string, file: string, columns: readonly string[]): CsvRow[] {
  const path = join(root, file);
  if (!existsSync(path)) {
    throw new DataError(
      `${dataset}: ${file} is not in ${root}; the root must be the folder that holds it (see data-manifests/${dataset}.json)`,
    );
  }
  return readCsv(path, columns);
}

/** `FileList.csv row 12`: rows count from 1 after the header, as a spreadsheet's rows less one. */
export function rowOf(file: string, index: number): string {
  return `${file} row ${index + 1}`;
}

/**
 * A cell as a finite number; `null` if it is empty or reads `nan`.
 * Anything else is a finding and `null`.
 */
export function numberIn(row: CsvRow, column: string, where: string, findings: Findings): number | null {
  const text = (row[column] ?? '').trim();
  if (text === '' || text.toLowerCase() === 'nan') return null;
  const value = Number(text);
  if (Number.isFinite(value)) return value;
  findings.add(
    'implausible-value',
    'repaired',
    where,
    `${column} must be a number, got ${JSON.stringify(text)}`,
    'taken as missing',
  );
  return null;
}

/**
 * Drops repeated rows: equal ones are a harmless note, rows that contradict each other cannot be repaired and all go.
 *
 * @param key what must be unique
 */
export function uniqueRows(
  file: string,
  rows: readonly CsvRow[],
  key: (row: CsvRow) => string,
  findings: Findings,
): { readonly row: CsvRow; readonly index: number }[] {
  const groups = new Map<string, { row: CsvRow; index: number }[]>();
  rows.forEach((row, index) => {
    const name = key(row);
    const group = groups.get(name);
    if (group === undefined) groups.set(name, [{ row, index }]);
    else group.push({ row, index });
  });
  const kept: { row: CsvRow; index: number }[] = [];
  for (const [name, group] of groups) {
    const [first] = group as [{ row: CsvRow; index: number }];
    if (group.length > 1) {
      const same = group.every(({ row }) => JSON.stringify(row) === JSON.stringify(first.row));
      const where = group.map(({ index }) => rowOf(file, index)).join(', ');
      if (!same) {
        findings.add(
          'conflicting-rows',
          'unrepairable',
          where,
          `${name} stands in ${group.length} different rows`,
          'left out',
        );
        continue;
      }
      findings.add('duplicate-row', 'repaired', where, `${name} stands ${group.length} times`, 'taken once');
    }
    kept.push(first);
  }
  return kept;
}
