import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { formatCsv, parseCsv } from '../core/csv.js';
import { ArgumentError } from '../core/errors.js';
import { joinInside, writeFolderWhole } from '../core/files.js';
import { type Figure, sharePlotly, writeFigure } from '../figures/figure.js';
import type { LoadedRecord, Metrics, RunInfo, Table, TextTables } from './record.js';
import { SAMPLE_COLUMNS } from './record.js';

/** Path under the results folder of the one plotly file that all pages share. */
export const SHARED_PLOTLY = 'assets/plotly.min.js';

/** What a finished run hands over. */
export interface RecordContent {
  readonly run: RunInfo;
  /** `samples` must be there, with at least {@link SAMPLE_COLUMNS}. */
  readonly tables: Readonly<Record<string, Table>>;
  /** Files that figures need (pictures), by name. */
  readonly assets: Readonly<Record<string, Uint8Array>>;
  readonly metricsOf: (tables: TextTables) => Metrics;
  readonly figuresOf: (tables: TextTables, assets: Readonly<Record<string, Uint8Array>>) => Promise<readonly Figure[]>;
}

/** Tables as they will be read back. */
export function asText(tables: Readonly<Record<string, Table>>): TextTables {
  return Object.fromEntries(
    Object.entries(tables).map(([name, { rows, columns }]) => [
      name,
      parseCsv(formatCsv(rows, columns), `${name}.csv`),
    ]),
  );
}

/**
 * Writes a record: run.json, one CSV a table, metrics.json, assets/ and figures/. The folder appears whole or not at all.
 * Figure pages take plotly from the results folder, two levels up.
 *
 * Metrics and figures are derived from the tables as they stand in the files, so that reading the record again gives the same.
 */
export async function writeRecord(folder: string, content: RecordContent): Promise<LoadedRecord> {
  const samples = content.tables.samples;
  const missing = SAMPLE_COLUMNS.filter((column) => !samples?.columns.includes(column));
  if (missing.length > 0) {
    throw new ArgumentError(
      `writeRecord: the samples table must have ${SAMPLE_COLUMNS.join(', ')}; missing ${missing.join(', ')}`,
    );
  }
  const tables = asText(content.tables);
  const metrics = content.metricsOf(tables);
  const figures = await content.figuresOf(tables, content.assets);
  mkdirSync(dirname(folder), { recursive: true });
  await writeFolderWhole(folder, async (temporary) => {
    writeJson(join(temporary, 'run.json'), content.run);
    writeJson(join(temporary, 'metrics.json'), metrics);
    for (const [name, table] of Object.entries(content.tables)) {
      writeFileSync(join(temporary, `${name}.csv`), formatCsv(table.rows, table.columns));
    }
    for (const [name, bytes] of Object.entries(content.assets)) {
      const path = joinInside(join(temporary, 'assets'), name);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, bytes);
    }
    for (const figure of figures) {
      await writeFigure(join(temporary, 'figures'), figure, { plotly: { path: `../../../${SHARED_PLOTLY}` } });
    }
  });
  sharePlotly(join(folder, '..', '..', SHARED_PLOTLY));
  return { folder, run: content.run, tables, metrics, figures };
}

function writeJson(path: string, value: unknown): void {
  writeFileSync(path, `${JSON.stringify(value, null, 2)}\n`);
}
