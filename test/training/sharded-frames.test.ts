import { copyFileSync, cpSync, existsSync, openSync, readFileSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DataError } from '../../lib/core/errors.js';
import { stream } from '../../lib/core/random.js';
import { openShardedFrames, ShardedFrameReader, type ShardedFrames } from '../../lib/datasets/shards/sharded-frames.js';
import { type ShardFrame, writeShards } from '../../lib/datasets/shards/write-shards.js';
import type { MultiCropConfig } from '../../lib/imaging/augmentation/multi-crop.js';
import { CropLoader } from '../../lib/training/crop-loader.js';
import { frameAt, makeFrameSet, setFrame } from '../../lib/training/frame-set.js';
import { allFrames, type FrameSource } from '../../lib/training/frame-source.js';
import { RunOrder } from '../../lib/training/self-distillation/run-order.js';
import { temporaryFolder } from '../datasets/miniature.js';

const CONFIG: MultiCropConfig = {
  globalSize: 16,
  globalScale: [0.25, 1],
  localCount: 1,
  localSize: 8,
  localScale: [0.05, 0.25],
  blur: [1, 0.1, 0.5],
  channels: 1,
  mean: [0.449],
  deviation: [0.226],
};
const COUNT = 50;
const folder = temporaryFolder();
const root = join(folder.path, 'shards');
const memory = makeFrameSet(COUNT, 24, 24);
let shards: ShardedFrames;
afterAll(folder.remove);

beforeAll(async () => {
  const random = stream(1, 'frames');
  for (let n = 0; n < COUNT; n++) {
    setFrame(memory, n, { width: 24, height: 24, data: Uint8Array.from({ length: 576 }, () => random.integer(256)) });
  }
  await writeShards(root, frames(), { framesPerShard: 12, quality: 'lossless' });
  shards = openShardedFrames(root);
});

function* frames(): Generator<ShardFrame> {
  for (let n = 0; n < COUNT; n++) yield { patient: `p${n % 5}`, clip: 'c', frame: n, image: frameAt(memory, n) };
}

/** Views of the runs from `first` on, of two epochs. */
async function views(source: FrameSource, threads: number, first = 0): Promise<Float32Array[]> {
  const order = new RunOrder({ batchSize: 8, epochs: 2 }, allFrames(source), 4, first);
  const loader = new CropLoader(source, CONFIG, 8, threads, 2);
  const result: Float32Array[] = [];
  try {
    for (let run = first; run < 12; run++) {
      while (loader.hasRoom && order.asked < 12) loader.prepare(order.next());
      const batch = await loader.take();
      result.push(batch.globals.slice(), batch.locals.slice());
      loader.giveBack(batch);
    }
  } finally {
    await loader.close();
  }
  return result;
}

const compiled = existsSync(new URL('../../lib/dist/training/frame-source.js', import.meta.url));

describe.runIf(compiled)('views from shards', () => {
  it('equal those from memory, byte for byte, on one thread and on three', async () => {
    const expected = await views(memory, 1);
    expect(await views(shards, 1)).toEqual(expected);
    expect(await views(shards, 3)).toEqual(expected);
  });

  it('go on exactly where an interrupted run stopped', async () => {
    expect(await views(shards, 2, 7)).toEqual((await views(shards, 1)).slice(14));
  });

  it('name the member that is damaged', async () => {
    const damaged = join(folder.path, 'damaged');
    cpSync(root, damaged, { recursive: true });
    const file = openSync(join(damaged, 'frames-000002.tar'), 'r+');
    writeSync(file, Buffer.from('xx'), 0, 2, new Uint32Array(shards.offsets)[30]! + 512 + 200);
    const loader = new CropLoader(openShardedFrames(damaged), CONFIG, 2);
    loader.prepare({ seed: 1, epoch: 0, samples: [29, 30] });
    const failure = await loader.take().catch((error: unknown) => error);
    await loader.close();
    expect(failure).toBeInstanceOf(DataError);
    expect(String(failure)).toMatch(/frames-000002\.tar: p0\/c\/000030\.png \(frame 30\) is damaged/);
  });
});

describe('ShardedFrameReader', () => {
  it('reads every frame as it was written, JPEG as well', async () => {
    const reader = new ShardedFrameReader(shards);
    for (const n of [0, 11, 12, 35, 49, 3]) expect((await reader.read(n)).data).toEqual(frameAt(memory, n).data);
    await expect(reader.read(50)).rejects.toThrow('index must be in [0, 49], got 50');
    reader.close();
    const lossy = join(folder.path, 'jpeg');
    await writeShards(lossy, flat(), { framesPerShard: 3 });
    const jpeg = new ShardedFrameReader(openShardedFrames(lossy));
    for (let n = 0; n < 5; n++) expect(Math.abs((await jpeg.read(n)).data[7]! - 40 * n)).toBeLessThanOrEqual(2);
    jpeg.close();
  });

  it('keeps 64 files open at most, and its memory', async () => {
    const many = join(folder.path, 'many');
    await writeShards(many, flat(150), { framesPerShard: 1 });
    const reader = new ShardedFrameReader(openShardedFrames(many));
    const { readdirSync } = await import('node:fs');
    const open = (): number => readdirSync('/proc/self/fd').length;
    const before = existsSync('/proc/self/fd') ? open() : 0;
    const pass = async (): Promise<void> => {
      for (let n = 0; n < 150; n++) await reader.read(n);
    };
    for (let n = 0; n < 5; n++) await pass();
    if (before > 0) expect(open() - before).toBeLessThanOrEqual(64);
    const held = (): number => process.memoryUsage().arrayBuffers + process.memoryUsage().external;
    const after = held();
    for (let n = 0; n < 15; n++) await pass();
    expect(held() - after).toBeLessThan(16 * 2 ** 20); // 2,250 frames; what waits for the collector included
    reader.close();
  });

  it('names what is missing, cut short or changed', async () => {
    const broken = join(folder.path, 'broken');
    cpSync(root, broken, { recursive: true });
    writeFileSync(join(broken, 'frames-000000.tar'), readFileSync(join(root, 'frames-000000.tar')).subarray(0, 700));
    copyFileSync(join(root, 'frames-000003.offsets'), join(broken, 'frames-000001.offsets'));
    const reader = new ShardedFrameReader(openShardedFrames(broken));
    await expect(reader.read(0)).rejects.toThrow(/frames-000000\.tar: frame 0, byte 0: the shard is cut short/);
    await expect(reader.read(13)).rejects.toThrow(/frames-000001\.tar/);
    reader.close();
    writeFileSync(join(broken, 'frames-000001.offsets'), 'short');
    expect(() => openShardedFrames(broken)).toThrow(/frames-000001\.offsets must have 96 bytes for 12 frames, got 5/);
  });
});

function* flat(count = 5): Generator<ShardFrame> {
  for (let n = 0; n < count; n++) {
    const image = { width: 16, height: 16, data: new Uint8Array(256).fill((40 * n) % 240) };
    yield { patient: 'p', clip: 'c', frame: n, image };
  }
}
