import type { Worker } from 'node:worker_threads';
import { ArgumentError, DataError } from '../core/errors.js';
import { startWorker } from '../core/workers.js';
import type { MultiCropConfig } from '../imaging/augmentation/multi-crop.js';
import { type CropBatch, type CropRequest, makeCropBatch, memoryOf } from './crop-batch.js';
import type { CropDone, CropJob, CropWorkerData } from './crop-worker.js';
import type { FrameSource } from './frame-source.js';

/**
 * Cuts the views of coming batches on worker threads while the engine computes.
 *
 * Ask with {@link CropLoader.prepare} ahead of time and take with {@link CropLoader.take} in the same order. The views do not depend on
 * the number of threads. Frames that cannot be read end it: {@link CropLoader.take} throws a DataError that names them.
 */
export class CropLoader {
  readonly #workers: Worker[];
  readonly #free: CropBatch[];
  readonly #pending: Promise<CropBatch>[] = [];
  readonly #settle = new Map<number, { resolve: (batch: CropBatch) => void; reject: (error: Error) => void }>();
  #ticket = 0;
  #failure: Error | undefined;
  /** Seconds that {@link take} had to wait since the start. */
  waitedSeconds = 0;

  /**
   * @param frames in memory, or in shards, which the threads read themselves
   * @param images images a batch
   * @param threads worker threads, at least 1
   * @param ahead batches in flight or ready, at least 1
   */
  constructor(frames: FrameSource, config: MultiCropConfig, images: number, threads = 1, ahead = 3) {
    if (threads < 1 || ahead < 1) {
      throw new ArgumentError(`CropLoader: threads and ahead must be at least 1, got ${threads} and ${ahead}`);
    }
    // one more than may be in flight: the batch that the caller holds
    this.#free = Array.from({ length: ahead + 1 }, () => makeCropBatch(config, images));
    const workerData: CropWorkerData = { frames, config };
    this.#workers = Array.from({ length: threads }, () => {
      const worker = startWorker(import.meta.url, './crop-worker.js', { workerData });
      worker.on('message', (done: CropDone) => {
        if ('failure' in done) return this.#fail(new DataError(`CropLoader: ${done.failure}`));
        this.#settle.get(done.ticket)?.resolve(done.batch);
        this.#settle.delete(done.ticket);
      });
      worker.on('error', (error) => this.#fail(error instanceof Error ? error : new Error(String(error))));
      return worker;
    });
  }

  /** True if another batch can be asked for now. */
  get hasRoom(): boolean {
    return this.#free.length > 1;
  }

  /** Starts cutting a batch. */
  prepare(request: CropRequest): void {
    if (this.#failure) throw this.#failure;
    const batch = this.#free.pop();
    if (!batch) throw new ArgumentError('CropLoader.prepare: no room; take a batch and give it back first');
    const ticket = this.#ticket++;
    const done = new Promise<CropBatch>((resolve, reject) => this.#settle.set(ticket, { resolve, reject }));
    done.catch(() => {}); // reported by take
    this.#pending.push(done);
    const job: CropJob = { ticket, request, batch };
    this.#workers[ticket % this.#workers.length]?.postMessage(job, memoryOf(batch));
  }

  /** The oldest batch asked for; give it back when its contents are no longer needed. */
  async take(): Promise<CropBatch> {
    const next = this.#pending.shift();
    if (!next) throw new ArgumentError('CropLoader.take: nothing was asked for; call prepare first');
    const start = performance.now();
    const batch = await next;
    this.waitedSeconds += (performance.now() - start) / 1000;
    return batch;
  }

  /** Returns a batch's memory for reuse. */
  giveBack(batch: CropBatch): void {
    this.#free.push(batch);
  }

  /** Ends the threads. */
  async close(): Promise<void> {
    await Promise.all(this.#workers.map((worker) => worker.terminate()));
  }

  #fail(error: Error): void {
    this.#failure = error;
    for (const { reject } of this.#settle.values()) reject(error);
    this.#settle.clear();
  }
}
