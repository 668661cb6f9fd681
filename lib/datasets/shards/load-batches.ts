import type { Worker } from 'node:worker_threads';
import { ArgumentError, DataError, messageOf } from '../../core/errors.js';
import { startWorker } from '../../core/workers.js';
import type { BatchAnswer, BatchWorkerData } from './batch-worker.js';
import type { ShardPosition, ShardStreamOptions } from './shard-stream.js';

/** A batch of decoded frames. */
export interface FrameBatch {
  readonly size: number;
  /** `[batch, size, size]`, 0 to 255. */
  readonly images: Uint8Array;
  readonly patients: readonly string[];
  readonly clips: readonly string[];
  readonly frames: readonly number[];
  /** Goes on after this batch; save it with the checkpoint that this batch led to. */
  readonly position: ShardPosition;
}

/** Batches that a worker thread prepares ahead. Close it. */
export interface BatchLoader {
  next(): Promise<FrameBatch>;
  /** Seconds spent waiting in {@link BatchLoader.next}: 0 when preparing keeps ahead. For the record. */
  waitSeconds(): number;
  close(): Promise<void>;
}

/** Options of {@link loadBatches}. */
export interface LoadBatchesOptions extends ShardStreamOptions {
  readonly batchSize: number;
  /** Batches kept ready; default 3. */
  readonly ahead?: number;
}

/**
 * Loads batches from shards on a worker thread, so that training does not wait for the disk or for JPEG.
 *
 * @throws {DataError} from `next()` if a shard is damaged
 */
export function loadBatches(folder: string, options: LoadBatchesOptions): BatchLoader {
  const { batchSize, ahead = 3, ...stream } = options;
  if (!Number.isInteger(batchSize) || batchSize < 1 || !Number.isInteger(ahead) || ahead < 1) {
    throw new ArgumentError(
      `loadBatches: batchSize and ahead must be positive integers, got ${batchSize} and ${ahead}`,
    );
  }
  const data: BatchWorkerData = { folder, batchSize, stream };
  const worker: Worker = startWorker(import.meta.url, './batch-worker.js', { workerData: data });
  const ready: BatchAnswer[] = [];
  const waiting: ((answer: BatchAnswer) => void)[] = [];
  const deliver = (answer: BatchAnswer): void => {
    const receiver = waiting.shift();
    if (receiver === undefined) ready.push(answer);
    else receiver(answer);
  };
  let ended: BatchAnswer | undefined;
  const end = (failure: string): void => {
    ended ??= { failure };
    for (const receiver of waiting.splice(0)) receiver(ended);
  };
  worker.on('message', deliver);
  worker.on('error', (error) => end(messageOf(error)));
  worker.on('exit', () => end('the worker thread ended'));
  for (let n = 0; n < ahead; n++) worker.postMessage('next');
  let waited = 0;
  return {
    async next() {
      const start = performance.now();
      const early = ready.shift() ?? ended;
      const answer = early ?? (await new Promise<BatchAnswer>((resolve) => waiting.push(resolve)));
      if (early === undefined) waited += (performance.now() - start) / 1000;
      if ('failure' in answer) throw new DataError(`loadBatches: ${folder}: ${answer.failure}`);
      worker.postMessage('next');
      return answer.batch;
    },
    waitSeconds: () => waited,
    async close() {
      await worker.terminate();
    },
  };
}
