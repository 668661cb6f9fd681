import { parentPort } from 'node:worker_threads';
import { messageOf } from '../core/errors.js';
import type { PhantomJob } from './set-plan.js';
import { writeJob } from './write-job.js';

/** Asks a worker for one file. */
export interface ClipRequest {
  readonly number: number;
  readonly folder: string;
  readonly job: PhantomJob;
  readonly quality: number;
}

/** `error` is empty when the file is there. */
export interface ClipReply {
  readonly number: number;
  readonly error: string;
}

parentPort?.on('message', ({ number, folder, job, quality }: ClipRequest) => {
  writeJob(folder, job, quality).then(
    () => parentPort?.postMessage({ number, error: '' } satisfies ClipReply),
    (error: unknown) => parentPort?.postMessage({ number, error: messageOf(error) } satisfies ClipReply),
  );
});
