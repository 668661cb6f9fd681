import { join } from 'node:path';
import { workFolder } from '../core/paths.js';

/** Where the cells of a sweep live: `<work>/sweeps/<name>`, shared by the command and the notebooks. */
export function sweepFolder(name: string): string {
  return join(workFolder(), 'sweeps', name);
}

/** Files of one cell. */
export interface CellFiles {
  readonly folder: string;
  /** What the cell is computed from, for its worker. */
  readonly config: string;
  /** Its record, whole or not there. */
  readonly result: string;
  /** Who computes it now. */
  readonly claim: string;
  /** What its interrupted attempts left to go on from. */
  readonly checkpoint: string;
  /** One file a failed attempt. */
  readonly failures: string;
  /** Output of each attempt. */
  readonly logs: string;
}

/** Where the files of a cell are. */
export function cellFiles(sweep: string, key: string): CellFiles {
  const folder = join(sweep, 'cells', key);
  return {
    folder,
    config: join(folder, 'cell.json'),
    result: join(folder, 'result.json'),
    claim: join(folder, 'claim.json'),
    checkpoint: join(folder, 'checkpoint'),
    failures: join(folder, 'failures'),
    logs: join(folder, 'logs'),
  };
}
