import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stream } from '../core/random.js';
import type { DataBenchRow } from '../datasets/bench-data.js';
import { openShardedFrames, ShardedFrameReader } from '../datasets/shards/sharded-frames.js';
import { type ShardFrame, writeShards } from '../datasets/shards/write-shards.js';
import type { MultiCropConfig } from '../imaging/augmentation/multi-crop.js';
import { CropLoader } from './crop-loader.js';
import { PAPER_DINO2 } from './dino2/dino2-config.js';
import { type FrameSet, frameAt, makeFrameSet, setFrame } from './frame-set.js';
import { allFrames, type FrameSource } from './frame-source.js';
import { RunOrder } from './self-distillation/run-order.js';

const FRAMES = 96;
const SIZE = 112;
const BATCH = 16;

/** Measures the loader of pretraining: frames read by number from shards, and the paper's views cut on one thread from shards beside memory. */
export async function benchLoader(
  crops: MultiCropConfig = PAPER_DINO2.crops,
  frames = FRAMES,
): Promise<DataBenchRow[]> {
  const folder = mkdtempSync(join(tmpdir(), 'echolab-bench-'));
  try {
    const memory = speckle(frames);
    await writeShards(folder, framesOf(memory), { framesPerShard: 64 });
    const shards = openShardedFrames(folder);
    const reader = new ShardedFrameReader(shards);
    const order = stream(1, 'bench/order').shuffled(allFrames(shards));
    await reader.read(0);
    const start = performance.now();
    for (const index of order) await reader.read(index);
    const read = (performance.now() - start) / frames;
    reader.close();
    // in turn, so that what else the machine does falls on both
    const [a, b] = [await cut(memory, crops), await cut(shards, crops)];
    const [c, d] = [await cut(memory, crops), await cut(shards, crops)];
    const fromMemory = (a + c) / 2;
    return [
      { what: 'read and decode by number from shards', unit: 'ms a frame', value: read, reference: null },
      {
        what: `cut ${2 + crops.localCount} views on one thread, from shards`,
        unit: 'ms a frame',
        value: (b + d) / 2,
        reference: { tool: 'from memory', value: fromMemory },
      },
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Milliseconds a frame over one epoch, after one batch. */
async function cut(source: FrameSource, crops: MultiCropConfig): Promise<number> {
  const order = new RunOrder({ batchSize: BATCH, epochs: 1 }, allFrames(source), 1, 0);
  const loader = new CropLoader(source, crops, BATCH);
  const total = order.perEpoch;
  let start = 0;
  try {
    for (let run = 0; run < total; run++) {
      while (loader.hasRoom && order.asked < total) loader.prepare(order.next());
      loader.giveBack(await loader.take());
      if (run === 0) start = performance.now();
    }
    return (performance.now() - start) / (BATCH * (total - 1));
  } finally {
    await loader.close();
  }
}

function speckle(count: number): FrameSet {
  const random = stream(1, 'bench/speckle');
  const frames = makeFrameSet(count, SIZE, SIZE);
  for (let n = 0; n < count; n++) {
    const data = Uint8Array.from(
      { length: SIZE ** 2 },
      (_, i) => 60 + 40 * Math.sin((i + n) / 9) + 60 * random.uniform() ** 2,
    );
    setFrame(frames, n, { width: SIZE, height: SIZE, data });
  }
  return frames;
}

function* framesOf(set: FrameSet): Generator<ShardFrame> {
  for (let frame = 0; frame < set.count; frame++) {
    yield { patient: 'bench', clip: 'speckle', frame, image: frameAt(set, frame) };
  }
}
