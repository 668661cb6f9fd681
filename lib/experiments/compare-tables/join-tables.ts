import { basename } from 'node:path';
import { type CsvRow, readCsv } from '../../core/csv.js';
import { DataError } from '../../core/errors.js';

/** Names shown of each side before the rest is counted. */
const NAMES_SHOWN = 10;

/** Two tables do not hold the same samples. Carries the names that each side alone has. */
export class UnequalSetsError extends DataError {
  override name = 'UnequalSetsError';
  readonly onlyFirst: readonly string[];
  readonly onlySecond: readonly string[];

  constructor(first: string, second: string, onlyFirst: readonly string[], onlySecond: readonly string[]) {
    super(
      `compare: both tables must hold the same samples; ${missing(second, onlyFirst)}, ${missing(first, onlySecond)}; repair the tables, or take the common part with --common-only`,
    );
    this.onlyFirst = onlyFirst;
    this.onlySecond = onlySecond;
  }
}

/** What to join by, and what must be there. */
export interface JoinOptions {
  /** Columns that name a sample, together unique in each table; default `sample`. */
  readonly key?: readonly string[];
  /** Columns that both tables must have. */
  readonly columns: readonly string[];
  /** Column of the independent unit, e.g. `patient`. Default: every sample is independent. */
  readonly unit?: string;
  /** Takes the samples that both have instead of refusing. */
  readonly commonOnly?: boolean;
}

/** A sample of both tables. */
export interface JoinedSample {
  readonly sample: string;
  /** Absent without a unit column. */
  readonly unit?: string;
  readonly first: CsvRow;
  readonly second: CsvRow;
}

/** Two tables joined by sample. */
export interface JoinedTables {
  readonly samples: readonly JoinedSample[];
  /** Left out by `commonOnly`. */
  readonly onlyFirst: readonly string[];
  readonly onlySecond: readonly string[];
}

/**
 * Joins two per-sample tables by sample, in the order of the first.
 *
 * @throws {UnequalSetsError} if one table has samples that the other has not, unless `commonOnly`
 * @throws {DataError} if a column is missing, a sample stands twice, no sample is common, or the tables name different units
 */
export function joinTables(firstPath: string, secondPath: string, options: JoinOptions): JoinedTables {
  const key = options.key ?? ['sample'];
  const unit = options.unit;
  const first = bySample(firstPath, key, [...options.columns, ...(unit === undefined ? [] : [unit])]);
  const second = bySample(secondPath, key, options.columns);
  const onlyFirst = [...first.keys()].filter((name) => !second.has(name));
  const onlySecond = [...second.keys()].filter((name) => !first.has(name));
  if (onlyFirst.length + onlySecond.length > 0 && options.commonOnly !== true) {
    throw new UnequalSetsError(basename(firstPath), basename(secondPath), onlyFirst, onlySecond);
  }
  const samples = [...first].flatMap(([sample, row]): JoinedSample[] => {
    const other = second.get(sample);
    if (other === undefined) return [];
    return [
      {
        sample,
        first: row,
        second: other,
        ...(unit !== undefined && { unit: unitOf(sample, unit, row, other, [firstPath, secondPath]) }),
      },
    ];
  });
  if (samples.length === 0) {
    throw new DataError(
      `compare: ${basename(firstPath)} and ${basename(secondPath)} have no sample in common; join by another column with --key`,
    );
  }
  return { samples, onlyFirst, onlySecond };
}

function bySample(path: string, key: readonly string[], columns: readonly string[]): Map<string, CsvRow> {
  const rows = readCsv(path, [...key, ...columns]);
  const found = new Map<string, CsvRow>();
  for (const row of rows) {
    const sample = key.map((column) => row[column]).join(', ');
    if (found.has(sample)) {
      throw new DataError(
        `compare: ${basename(path)} holds the sample ${sample} twice; name every column that tells rows apart, e.g. --key sample,seed`,
      );
    }
    found.set(sample, row);
  }
  return found;
}

function unitOf(
  sample: string,
  column: string,
  first: CsvRow,
  second: CsvRow,
  [firstPath, secondPath]: readonly [string, string],
): string {
  const own = first[column] ?? '';
  const other = second[column];
  if (own === '') {
    throw new DataError(
      `compare: ${basename(firstPath)} must name the ${column} of every sample, got none for ${sample}`,
    );
  }
  if (other !== undefined && other !== own) {
    throw new DataError(
      `compare: sample ${sample} has the ${column} ${own} in ${basename(firstPath)} and ${other} in ${basename(secondPath)}; one of them is wrong`,
    );
  }
  return own;
}

function missing(table: string, names: readonly string[]): string {
  if (names.length === 0) return `nothing is missing in ${table}`;
  const rest = names.length > NAMES_SHOWN ? ` and ${names.length - NAMES_SHOWN} more` : '';
  return `${names.length} missing in ${table}: ${names.slice(0, NAMES_SHOWN).join(', ')}${rest}`;
}
