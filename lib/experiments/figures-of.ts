import type { Figure } from '../figures/figure.js';
import { readAssets } from '../records/read-record.js';
import type { LoadedRecord } from '../records/record.js';
import type { AnyExperiment } from './experiment.js';

/** The figures of a record by name; drawn again from its tables and pictures unless this process wrote the record. */
export async function figuresOf(experiment: AnyExperiment, record: LoadedRecord): Promise<Record<string, Figure>> {
  const figures =
    record.figures ?? (await experiment.figures(record.tables, readAssets(record.folder), record.run.data));
  return Object.fromEntries(figures.map((figure) => [figure.meta.name, figure]));
}
