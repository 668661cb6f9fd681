import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DataError } from '../core/errors.js';
import { sha256 } from '../core/hash.js';
import { plotlyJson } from '../figures/figure.js';
import { readAssets, readRecord } from '../records/read-record.js';
import { type Difference, verifyMetrics } from '../records/verify-record.js';
import type { AnyExperiment } from './experiment.js';

/**
 * Recomputes the metrics and figures of a record from its tables and pictures.
 *
 * @returns every difference; empty when the record holds to the last digit
 * @throws {DataError} if the record is of an experiment that this version does not have
 */
export async function verifyRecord(folder: string, experiments: readonly AnyExperiment[]): Promise<Difference[]> {
  const record = readRecord(folder);
  const experiment = experiments.find(({ id }) => id === record.run.experiment);
  if (!experiment) {
    throw new DataError(
      `verifyRecord: ${folder} is a record of ${record.run.experiment}, which this version does not have`,
    );
  }
  const differences = verifyMetrics(record, (tables) => experiment.metrics(tables));
  for (const figure of await experiment.figures(record.tables, readAssets(folder), record.run.data)) {
    const path = join(folder, 'figures', `${figure.meta.name}.plotly.json`);
    const recomputed = `${JSON.stringify(plotlyJson(figure))}\n`;
    const recorded = existsSync(path) ? readFileSync(path, 'utf8') : '';
    if (recorded !== recomputed) {
      differences.push({
        what: `figure ${figure.meta.name}`,
        recorded: recorded === '' ? 'absent' : sha256(recorded),
        recomputed: sha256(recomputed),
      });
    }
  }
  return differences;
}
