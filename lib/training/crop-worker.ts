import { parentPort, workerData } from 'node:worker_threads';
import { EnvironmentError, messageOf } from '../core/errors.js';
import type { MultiCropConfig } from '../imaging/augmentation/multi-crop.js';
import { type CropBatch, type CropRequest, cutCropBatch, memoryOf } from './crop-batch.js';
import { type FrameSource, readerOf } from './frame-source.js';

/** What the thread gets at its start. */
export interface CropWorkerData {
  readonly frames: FrameSource;
  readonly config: MultiCropConfig;
}

/** One job: fill this batch, whose memory is handed over, then hand it back. */
export interface CropJob {
  readonly ticket: number;
  readonly request: CropRequest;
  readonly batch: CropBatch;
}

/** The answer to a job: the batch, or why there is none. */
export type CropDone = { readonly ticket: number; readonly batch: CropBatch } | { readonly failure: string };

const port = parentPort;
if (!port) throw new EnvironmentError('crop-worker: must run as a worker thread; it is started by CropLoader');
const { frames, config } = workerData as CropWorkerData;
const reader = readerOf(frames);
let turn: Promise<void> = Promise.resolve();
port.on('message', (job: CropJob) => {
  turn = turn.then(() => answer(job));
});

async function answer({ ticket, request, batch }: CropJob): Promise<void> {
  let done: CropDone;
  try {
    cutCropBatch(await (await reader)(request.samples), config, request, batch);
    done = { ticket, batch };
  } catch (error) {
    done = { failure: messageOf(error) };
  }
  port!.postMessage(done, 'batch' in done ? memoryOf(done.batch) : []);
}
