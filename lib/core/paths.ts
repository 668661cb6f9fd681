import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { EnvironmentError } from './errors.js';

/** The folder that holds the workbench: the nearest one above this file whose package.json is `echolab-workbench`. */
export function workbenchRoot(): string {
  for (let folder = dirname(fileURLToPath(import.meta.url)); ; folder = dirname(folder)) {
    const manifest = join(folder, 'package.json');
    if (existsSync(manifest)) {
      const { name } = JSON.parse(readFileSync(manifest, 'utf8')) as {
        name?: string;
      };
      if (name === 'echolab-workbench') return folder;
    }
    if (folder === dirname(folder)) {
      throw new EnvironmentError(
        'workbenchRoot: no package.json named "echolab-workbench" above the library; run from a clone',
      );
    }
  }
}

/** Where data sets made on the spot live: `$ECHOLAB_DATA` or `<root>/data`. */
export function dataFolder(): string {
  return process.env.ECHOLAB_DATA ?? join(workbenchRoot(), 'data');
}

/** Where records live: `$ECHOLAB_RESULTS` or `<root>/results`. */
export function resultsFolder(): string {
  return process.env.ECHOLAB_RESULTS ?? join(workbenchRoot(), 'results');
}

/** Where interrupted runs keep their checkpoints: `$ECHOLAB_WORK` or `<root>/.echolab/work`. */
export function workFolder(): string {
  return process.env.ECHOLAB_WORK ?? join(workbenchRoot(), '.echolab', 'work');
}
