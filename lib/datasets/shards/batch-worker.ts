import { parentPort, workerData } from 'node:worker_threads';
import { messageOf } from '../../core/errors.js';
import { decodeJpegLuma } from '../../imaging/jpeg.js';
import type { FrameBatch } from './load-batches.js';
import { decodePngGray, isPng } from './png-frame.js';
import { ShardStream, type ShardStreamOptions } from './shard-stream.js';

/** What the worker is started with. */
export interface BatchWorkerData {
  readonly folder: string;
  readonly batchSize: number;
  readonly stream: ShardStreamOptions;
}

/** One batch, or why there is none. */
export type BatchAnswer = { readonly batch: FrameBatch } | { readonly failure: string };

if (parentPort !== null) {
  const port = parentPort;
  const { folder, batchSize, stream } = workerData as BatchWorkerData;
  let source: ShardStream | undefined;
  let turn: Promise<void> = Promise.resolve();
  port.on('message', () => {
    turn = turn.then(async () => {
      try {
        source ??= new ShardStream(folder, stream);
        const batch = await prepare(source, batchSize);
        port.postMessage({ batch } satisfies BatchAnswer, [batch.images.buffer as ArrayBuffer]);
      } catch (error) {
        port.postMessage({ failure: messageOf(error) } satisfies BatchAnswer);
      }
    });
  });
}

async function prepare(source: ShardStream, batchSize: number): Promise<FrameBatch> {
  const { size } = source.index;
  const images = new Uint8Array(batchSize * size * size);
  const patients: string[] = [];
  const clips: string[] = [];
  const frames: number[] = [];
  for (let n = 0; n < batchSize; n++) {
    const { patient, clip, frame, packed } = await source.next();
    const origin = `${clip} frame ${frame}`;
    const image = isPng(packed) ? await decodePngGray(packed, origin) : await decodeJpegLuma(packed, origin);
    if (image.width !== size || image.height !== size) {
      throw new Error(`${origin} is ${image.width} x ${image.height}, the index says ${size} x ${size}`);
    }
    images.set(image.data, n * size * size);
    patients.push(patient);
    clips.push(clip);
    frames.push(frame);
  }
  return { size, images, patients, clips, frames, position: source.position() };
}
