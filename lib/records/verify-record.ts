import type { LoadedRecord, Metrics, TextTables } from './record.js';

/** One value that differs between the record and its recomputation. */
export interface Difference {
  /** Path of the value, e.g. `knn/vit/accuracy`. */
  readonly what: string;
  readonly recorded: string;
  readonly recomputed: string;
}

/** Every leaf of nested metrics as `path -> JSON text`; equal texts mean equal to the last digit. */
function leaves(metrics: unknown, path = ''): Map<string, string> {
  const result = new Map<string, string>();
  if (typeof metrics === 'object' && metrics !== null) {
    for (const [name, value] of Object.entries(metrics)) {
      for (const [inner, text] of leaves(value, path === '' ? name : `${path}/${name}`)) result.set(inner, text);
    }
  } else {
    result.set(path, JSON.stringify(metrics) ?? 'undefined');
  }
  return result;
}

/** Compares two trees of numbers to the last digit. */
export function differences(recorded: unknown, recomputed: unknown): Difference[] {
  const before = leaves(recorded);
  const after = leaves(recomputed);
  const paths = [...new Set([...before.keys(), ...after.keys()])].sort();
  return paths
    .filter((path) => before.get(path) !== after.get(path))
    .map((path) => ({
      what: path,
      recorded: before.get(path) ?? 'absent',
      recomputed: after.get(path) ?? 'absent',
    }));
}

/** Recomputes the metrics of a record from its tables and names every difference. */
export function verifyMetrics(record: LoadedRecord, metricsOf: (tables: TextTables) => Metrics): Difference[] {
  return differences(record.metrics, JSON.parse(JSON.stringify(metricsOf(record.tables))));
}
