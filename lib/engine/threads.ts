import { availableParallelism } from 'node:os';
import { EnvironmentError } from '../core/errors.js';

/**
 * Threads of an engine session that is told none: `$ECHOLAB_THREADS`, else every core given to the process. A sweep's worker process sets it to its
 * cell's cores, so that cells side by side do not take each other's.
 *
 * @throws {EnvironmentError} if `$ECHOLAB_THREADS` is no positive integer
 */
export function defaultThreads(): number {
  const given = process.env.ECHOLAB_THREADS;
  if (given === undefined || given === '') return availableParallelism();
  const threads = Number(given);
  if (!Number.isInteger(threads) || threads < 1) {
    throw new EnvironmentError(
      `ECHOLAB_THREADS must be a positive integer, got "${given}"; unset it to use every core`,
    );
  }
  return threads;
}
