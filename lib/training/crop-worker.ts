import { parentPort, workerData } from 'node:worker_threads';
import { EnvironmentError } from '../core/errors.js';
import type { MultiCropConfig } from '../imaging/augmentation/multi-crop.js';
import { type CropBatch, type CropRequest, fillCropBatch, memoryOf } from './crop-batch.js';
import type { FrameSet } from './frame-set.js';

/** What the thread gets at its start. */
export interface CropWorkerData {
  readonly frames: FrameSet;
  readonly config: MultiCropConfig;
}

/** One job: fill this batch, whose memory is handed over, then hand it back. */
export interface CropJob {
  readonly ticket: number;
  readonly request: CropRequest;
  readonly batch: CropBatch;
}

/** The answer to a job. */
export interface CropDone {
  readonly ticket: number;
  readonly batch: CropBatch;
}

const port = parentPort;
if (!port) throw new EnvironmentError('crop-worker: must run as a worker thread; it is started by CropLoader');
const { frames, config } = workerData as CropWorkerData;
port.on('message', ({ ticket, request, batch }: CropJob) => {
  fillCropBatch(frames, config, request, batch);
  const done: CropDone = { ticket, batch };
  port.postMessage(done, memoryOf(batch));
});
