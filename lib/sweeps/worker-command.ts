import { join } from 'node:path';
import { workbenchRoot } from '../core/paths.js';

/** Exit codes of a worker process that say more than done (0) or failed (1). */
export const WORKER_EXIT = { claimed: 75, otherCode: 76, stopped: 143 } as const;

/** Program and first arguments of a worker process: `echolab sweep-cell`, which knows every registered cell. */
export function workerCommand(): string[] {
  return [process.execPath, join(workbenchRoot(), 'lib', 'dist', 'cli', 'main.js'), 'sweep-cell'];
}
