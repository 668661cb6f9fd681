import type { Worker } from 'node:worker_threads';
import { DataError } from '../../core/errors.js';
import { startWorker } from '../../core/workers.js';
import type { CurationOutcome } from './curate-file.js';
import type { CurationAnswer, CurationTask } from './curate-worker.js';

/** A file that takes longer is hostile or broken. */
const SLOWEST_SECONDS = 300;

/**
 * Curates files on worker threads. A file that crashes its worker, fills its memory or takes more than five minutes is quarantined; the worker
 * is replaced and the rest goes on.
 *
 * @throws {DataError} on a failure that is not the file's, such as a full disk
 */
export async function curateOnWorkers(
  tasks: readonly CurationTask[],
  workers: number,
  onDone: (task: CurationTask, outcome: CurationOutcome) => void,
): Promise<void> {
  let next = 0;
  let failed: DataError | undefined;
  const lane = async (): Promise<void> => {
    let worker: Worker | undefined;
    try {
      while (next < tasks.length && failed === undefined) {
        const task = tasks[next++]!;
        worker ??= freshWorker();
        const answer = await ask(worker, task);
        if (answer === null) {
          await worker.terminate();
          worker = undefined;
          onDone(task, {
            status: 'quarantined',
            reason: 'too-slow',
            detail: `the worker crashed or took more than ${SLOWEST_SECONDS} s`,
          });
        } else if ('failure' in answer) {
          failed ??= new DataError(`curateFolder: cannot go on: ${answer.failure}`);
        } else onDone(task, answer.outcome);
      }
    } finally {
      await worker?.terminate();
    }
  };
  await Promise.all(Array.from({ length: Math.min(workers, tasks.length) }, lane));
  if (failed !== undefined) throw failed;
}

function freshWorker(): Worker {
  const worker = startWorker(import.meta.url, './curate-worker.js', {
    resourceLimits: { maxOldGenerationSizeMb: 4096 },
  });
  worker.on('error', () => {}); // between two files nobody listens; the next file finds the worker gone
  return worker;
}

/** The worker's answer; null if it died or was too slow. */
function ask(worker: Worker, task: CurationTask): Promise<CurationAnswer | null> {
  return new Promise((resolve) => {
    const gone = (): void => finish(null);
    const finish = (answer: CurationAnswer | null): void => {
      clearTimeout(timer);
      worker.off('message', finish);
      worker.off('error', gone);
      worker.off('exit', gone);
      resolve(answer);
    };
    const timer = setTimeout(gone, SLOWEST_SECONDS * 1000);
    worker.on('message', finish);
    worker.on('error', gone);
    worker.on('exit', gone);
    worker.postMessage(task);
  });
}
