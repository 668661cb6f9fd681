import { describe, expect, it } from 'vitest';
import { stream } from '../../lib/core/random.js';
import type { MultiCropConfig } from '../../lib/imaging/augmentation/multi-crop.js';
import { type CropBatch, fillCropBatch, makeCropBatch } from '../../lib/training/crop-batch.js';
import { CropLoader } from '../../lib/training/crop-loader.js';
import { frameAt, makeFrameSet, setFrame } from '../../lib/training/frame-set.js';

const CONFIG: MultiCropConfig = {
  globalSize: 16,
  globalScale: [0.25, 1],
  localCount: 2,
  localSize: 8,
  localScale: [0.05, 0.25],
  blur: [1, 0.1, 0.5],
  channels: 1,
  mean: [0.449],
  deviation: [0.226],
};

const frames = makeFrameSet(6, 20, 20);
const random = stream(1, 'frames');
for (let i = 0; i < 6; i++) {
  setFrame(frames, i, { width: 20, height: 20, data: Uint8Array.from({ length: 400 }, () => random.integer(256)) });
}

const REQUESTS = [
  { seed: 2, epoch: 0, samples: [3, 1] },
  { seed: 2, epoch: 0, samples: [0, 5] },
  { seed: 2, epoch: 1, samples: [1, 3] },
  { seed: 2, epoch: 1, samples: [2, 4] },
];

const copy = (batch: CropBatch): number[][] => [[...batch.globals], [...batch.locals]];

async function load(threads: number): Promise<number[][][]> {
  const loader = new CropLoader(frames, CONFIG, 2, threads, 2);
  try {
    const result: number[][][] = [];
    const waiting = [...REQUESTS];
    while (result.length < REQUESTS.length) {
      while (loader.hasRoom && waiting.length > 0) loader.prepare(waiting.shift()!);
      const batch = await loader.take();
      result.push(copy(batch));
      loader.giveBack(batch);
    }
    return result;
  } finally {
    await loader.close();
  }
}

describe('CropLoader', () => {
  it('gives the same views on one thread, on two, and without any', async () => {
    const alone = REQUESTS.map((request) => {
      const batch = makeCropBatch(CONFIG, 2);
      fillCropBatch(frames, CONFIG, request, batch);
      return copy(batch);
    });
    expect(await load(1)).toEqual(alone);
    expect(await load(2)).toEqual(alone);
  });

  it('an image has the same views whatever its place in the batch', () => {
    const first = makeCropBatch(CONFIG, 2);
    const second = makeCropBatch(CONFIG, 2);
    fillCropBatch(frames, CONFIG, { seed: 2, epoch: 1, samples: [1, 3] }, first);
    fillCropBatch(frames, CONFIG, { seed: 2, epoch: 1, samples: [3, 1] }, second);
    expect([...first.globals.subarray(0, 256)]).toEqual([...second.globals.subarray(256, 512)]);
  });

  it('reports a failing thread', async () => {
    const loader = new CropLoader(frames, CONFIG, 1);
    loader.prepare({ seed: 1, epoch: 0, samples: [99] });
    await expect(loader.take()).rejects.toThrow(/frameAt: index must be in \[0, 5\], got 99/);
    await loader.close();
  });
});

describe('FrameSet', () => {
  it('keeps frames apart and refuses another size', () => {
    expect(frameAt(frames, 2).data).not.toEqual(frameAt(frames, 3).data);
    expect(() => setFrame(frames, 0, { width: 3, height: 3, data: new Uint8Array(9) })).toThrow(/resize them first/);
  });
});
