import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { readCsv } from '../core/csv.js';
import { DataError, messageOf } from '../core/errors.js';
import type { LoadedRecord, Metrics, RunInfo } from './record.js';

/** True if a folder holds a record. */
export function hasRecord(folder: string): boolean {
  return existsSync(join(folder, 'run.json'));
}

/**
 * Reads a record.
 *
 * @throws {DataError} if a file is missing or damaged
 */
export function readRecord(folder: string): LoadedRecord {
  if (!hasRecord(folder)) {
    throw new DataError(`readRecord: no run.json in ${folder}; run the experiment first`);
  }
  const tables = readdirSync(folder)
    .filter((file) => file.endsWith('.csv'))
    .sort()
    .map((file) => [basename(file, '.csv'), readCsv(join(folder, file))] as const);
  return {
    folder,
    run: readJson<RunInfo>(join(folder, 'run.json')),
    tables: Object.fromEntries(tables),
    metrics: readJson<Metrics>(join(folder, 'metrics.json')),
  };
}

/** The pictures and other files of a record, by name. */
export function readAssets(folder: string): Record<string, Uint8Array> {
  const assets = join(folder, 'assets');
  if (!existsSync(assets)) return {};
  const files = readdirSync(assets, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return Object.fromEntries(
    files.map((entry) => {
      const path = join(entry.parentPath, entry.name);
      return [path.slice(assets.length + 1), readFileSync(path)];
    }),
  );
}

/** Every record under a results folder, sorted by path. */
export function findRecords(results: string): string[] {
  if (!existsSync(results)) return [];
  return readdirSync(results, { recursive: true, encoding: 'utf8' })
    .filter((file) => basename(file) === 'run.json' && !/(^|[\\/])\./.test(file))
    .map((file) => join(results, file, '..'))
    .sort();
}

function readJson<T>(path: string): T {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as T;
  } catch (error) {
    throw new DataError(`readRecord: ${path} is missing or not JSON (${messageOf(error)}); run the experiment again`);
  }
}
