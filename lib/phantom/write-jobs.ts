import type { Worker } from 'node:worker_threads';
import { DataError } from '../core/errors.js';
import { startWorker } from '../core/workers.js';
import type { ClipReply, ClipRequest } from './clip-worker.js';
import type { PhantomJob } from './set-plan.js';
import { writeJob } from './write-job.js';

/** Where jobs are done and how far they are. */
export interface WriteOptions {
  readonly folder: string;
  readonly quality: number;
  /** Threads; 0 does the work on the calling thread. */
  readonly workers: number;
  readonly signal?: AbortSignal | undefined;
  readonly onDone: (done: number) => void;
}

/**
 * Does all jobs, in any order; each result depends on its job alone, so the number of threads never shows in the files.
 *
 * @throws {DataError} naming the file that could not be drawn or written; the other threads are stopped
 */
export async function writeJobs(jobs: readonly PhantomJob[], options: WriteOptions): Promise<void> {
  const { folder, quality, workers, signal, onDone } = options;
  if (workers === 0 || jobs.length === 0) {
    for (let done = 0; done < jobs.length; done++) {
      signal?.throwIfAborted();
      await writeJob(folder, jobs[done]!, quality);
      onDone(done + 1);
    }
    return;
  }
  const threads = Array.from({ length: Math.min(workers, jobs.length) }, () =>
    startWorker(import.meta.url, './clip-worker.js'),
  );
  let next = 0;
  let done = 0;
  try {
    await Promise.all(
      threads.map(async (thread) => {
        while (next < jobs.length) {
          signal?.throwIfAborted();
          const number = next++;
          const job = jobs[number]!;
          const { error } = await ask(thread, { number, folder, job, quality }, signal);
          if (error !== '') throw new DataError(`makePhantomData: could not write ${job.file}: ${error}`);
          onDone(++done);
        }
      }),
    );
  } finally {
    await Promise.all(threads.map((thread) => thread.terminate()));
  }
}

function ask(thread: Worker, request: ClipRequest, signal: AbortSignal | undefined): Promise<ClipReply> {
  return new Promise((resolve, reject) => {
    const finish = (settle: () => void): void => {
      thread.off('message', onMessage);
      thread.off('error', onError);
      thread.off('exit', onExit);
      signal?.removeEventListener('abort', onAbort);
      settle();
    };
    const onMessage = (reply: ClipReply): void => finish(() => resolve(reply));
    const onError = (error: Error): void => finish(() => reject(error));
    const onExit = (code: number): void =>
      finish(() =>
        reject(new DataError(`makePhantomData: a worker ended with code ${code} while drawing ${request.job.file}`)),
      );
    const onAbort = (): void => finish(() => reject(signal?.reason));
    thread.on('message', onMessage);
    thread.on('error', onError);
    thread.on('exit', onExit);
    signal?.addEventListener('abort', onAbort, { once: true });
    thread.postMessage(request);
  });
}
