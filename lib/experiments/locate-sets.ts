import { join } from 'node:path';
import { DataError } from '../core/errors.js';
import { dataFolder } from '../core/paths.js';
import type { ProgressFactory } from '../core/progress.js';
import { PHANTOM_SCALES } from '../phantom/data-config.js';
import { makePhantomData, type PhantomSetName } from '../phantom/make-phantom-data.js';
import { phantomFolder } from '../phantom/phantom-summary.js';
import type { DataKind } from '../records/record.js';

/** Where an experiment finds its data sets: each is a folder of its name. */
export interface DataRoot {
  readonly root: string;
  /** Folder of one set, e.g. `echonet-dynamic`. */
  folder(set: string): string;
  /** Name of the manifest: `phantom-camus` on phantom data, `camus` on real. */
  manifest(set: string): string;
}

/**
 * The folder of the data sets; phantom sets that are missing are made first.
 *
 * @param phantom scale of the phantom; `null` where only real data make sense
 * @param sets those that the experiment needs; real ones are looked for under `data/real/`
 * @throws {DataError} if the scale has no phantom and real data were not asked for
 */
export async function locateSets(
  phantom: keyof typeof PHANTOM_SCALES | null,
  sets: readonly PhantomSetName[],
  data: DataKind,
  progress: ProgressFactory,
): Promise<DataRoot> {
  if (data === 'real') return rootAt(join(dataFolder(), 'real'), '');
  if (phantom === null) {
    throw new DataError(
      'locateSets: the paper scale runs on real data; use --data real, or --scale full for the phantom',
    );
  }
  const config = PHANTOM_SCALES[phantom];
  const folder = phantomFolder(config);
  await makePhantomData(folder, config, progress, { sets });
  return rootAt(folder, 'phantom-');
}

function rootAt(root: string, prefix: string): DataRoot {
  return { root, folder: (set) => join(root, set), manifest: (set) => `${prefix}${set}` };
}
