import { existsSync, readFileSync } from 'node:fs';
import { basename, dirname, extname, join } from 'node:path';
import type { DataOrigin } from '../../figures/figure.js';
import { compareClasses } from './compare-classes.js';
import { compareMetric } from './compare-metric.js';
import type { ComparisonOptions, TableComparison } from './comparison.js';
import { joinTables } from './join-tables.js';

/** Metric that is not a column: balanced accuracy of `prediction` against `label`. */
export const BALANCED_ACCURACY = 'bacc';

/**
 * Compares two models from anyone's per-sample tables, as published and as it should be.
 *
 * @param firstPath CSV with a header; a row a sample
 * @param secondPath the same samples of the other model
 * @throws {UnequalSetsError} if the tables hold different samples
 * @throws {DataError} on missing columns, repeated samples, cells that are no numbers, contradicting labels or units
 */
export function compareTables(firstPath: string, secondPath: string, options: ComparisonOptions): TableComparison {
  const ofClasses = options.metric === BALANCED_ACCURACY;
  const joined = joinTables(firstPath, secondPath, {
    columns: ofClasses ? ['label', 'prediction'] : [options.metric],
    ...(options.key !== undefined && { key: options.key }),
    ...(options.unit !== undefined && { unit: options.unit }),
    ...(options.commonOnly !== undefined && { commonOnly: options.commonOnly }),
  });
  const files = {
    paths: [firstPath, secondPath] as const,
    names: modelNames(firstPath, secondPath),
    origin: originOf([firstPath, secondPath]),
  };
  return ofClasses ? compareClasses(joined, files, options) : compareMetric(joined, files, options);
}

/** File names without suffix, or with their folders where they would be the same. */
function modelNames(firstPath: string, secondPath: string): readonly [string, string] {
  const short = (path: string): string => basename(path, extname(path));
  if (short(firstPath) !== short(secondPath)) return [short(firstPath), short(secondPath)];
  const long = (path: string): string => `${basename(dirname(path))}/${short(path)}`;
  return long(firstPath) === long(secondPath) ? [firstPath, secondPath] : [long(firstPath), long(secondPath)];
}

/** Tables of a record say what they were made from; of others nothing is known. */
function originOf(paths: readonly string[]): DataOrigin {
  const origins = paths.map((path): DataOrigin => {
    const run = join(dirname(path), 'run.json');
    if (!existsSync(run)) return 'none';
    const { data } = JSON.parse(readFileSync(run, 'utf8')) as { data?: unknown };
    return data === 'phantom' || data === 'real' ? data : 'none';
  });
  return origins.find((origin) => origin === 'phantom') ?? origins[0] ?? 'none';
}
