import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { stream } from '../../../lib/core/random.js';
import { pixelBatch } from '../../../lib/evaluation/vit-encoder.js';
import { absorbNormalisation, paperRange } from '../../../lib/experiments/view-classification/input-range.js';
import { reasonsToDoubt } from '../../../lib/experiments/view-classification/judge-clip.js';
import { sequenceNovelty } from '../../../lib/experiments/view-classification/novelty-summary.js';
import {
  clipInMemory,
  type Sequence,
  SequenceFrames,
  squareOf,
} from '../../../lib/experiments/view-classification/sequence-frames.js';
import { toTensors } from '../../../lib/models/parameters.js';
import { vit } from '../../../lib/models/vit.js';
import { VIT_S8_TINY } from '../../../lib/models/vit-config.js';
import { vitParams } from '../../../lib/models/vit-params.js';

const random = stream(2, 'frames');
const image = (width: number, height: number): { width: number; height: number; data: Uint8Array } => ({
  width,
  height,
  data: Uint8Array.from({ length: width * height }, () => 1 + random.integer(255)),
});

describe('inputs in [-1, 1]', () => {
  it('run from -1 to 1', () => {
    const pixels = pixelBatch([{ width: 2, height: 1, data: Uint8Array.of(0, 255) }], 1, 1, paperRange(1));
    expect(pixels).toHaveLength(1);
    const square = { width: 2, height: 2, data: Uint8Array.of(0, 255, 0, 255) };
    const values = pixelBatch([square], 2, 1, paperRange(1));
    expect(Math.min(...values)).toBeCloseTo(-1, 6);
    expect(Math.max(...values)).toBeCloseTo(1, 6);
  });

  it('give the pretrained function exactly, once the patch embedding has absorbed the other range', () => {
    const config = { ...VIT_S8_TINY, depth: 1, imageSize: 16 };
    const own = { mean: [0.485, 0.456, 0.406], deviation: [0.229, 0.224, 0.225] }; // ImageNet's
    const params = vitParams(config, stream(1, 'vit'));
    const frame = image(16, 16);
    const cls = (weights: Parameters<typeof toTensors>[0], range: Parameters<typeof pixelBatch>[3]): Float32Array =>
      tf.tidy(() => {
        const pixels = tf.tensor(pixelBatch([frame], 16, 3, range), [1, 3, 16, 16]);
        return vit(toTensors(weights), pixels, config).cls.dataSync() as Float32Array;
      });
    const expected = cls(params, own);
    const got = cls(absorbNormalisation(params, own), paperRange(3));
    const without = cls(params, paperRange(3));
    expect(Math.max(...expected.map((value, i) => Math.abs(value - got[i]!)))).toBeLessThan(1e-5);
    expect(Math.max(...expected.map((value, i) => Math.abs(value - without[i]!)))).toBeGreaterThan(1e-2);
  });
});

describe('frames of sequences', () => {
  it('are padded to a square before they are resized', () => {
    const square = squareOf({ width: 2, height: 4, data: new Uint8Array(8).fill(200) }, 4);
    expect([...square.data]).toEqual(Array.from({ length: 4 }, () => [0, 200, 200, 0]).flat());
  });

  it('are kept while memory lasts and read again beyond it', async () => {
    let opened = 0;
    const sequence = (id: string): Sequence => {
      const data = image(32, 32 * 2).data;
      return {
        id,
        patient: id,
        label: 'A4C',
        set: 'views',
        origin: 'phantom',
        open: async () => {
          opened++;
          return clipInMemory({ width: 32, height: 32, frameCount: 2, framesPerSecond: null, data });
        },
      };
    };
    const frames = new SequenceFrames(32, (3 * 32 * 32) / 2 ** 20); // one sequence of two frames fits, and half of another
    const [first, second] = [sequence('a'), sequence('b')];
    const [before] = await frames.frames(first, () => [1]);
    expect(await frames.frames(first, (count) => [count - 1, 0])).toHaveLength(2);
    expect(opened).toBe(1);
    await frames.frames(second, () => [0]);
    await frames.frames(second, () => [0]);
    expect(opened).toBe(2); // the frame asked for was kept, the other was not
    const [again] = await frames.frames(second, () => [1]);
    await frames.frames(second, () => [1]);
    expect(opened).toBe(4);
    expect(again!.data.length).toBe(32 * 32);
    expect(before!.data).toEqual((await frames.frames(first, () => [1]))[0]!.data);
    expect(await frames.frameCount(second)).toBe(2);
  });
});

describe('doubt', () => {
  const sure = {
    view: 'A4C',
    probability: 0.9,
    frames: [0, 1, 2, 3, 4].map((frame) => ({ frame, view: 'A4C', probability: 0.9 })),
    agreement: 1,
    decidedBy: 'votes' as const,
    region: 'sector' as const,
    distance: 0.1,
    noveltyP: 0.4,
  };

  it('is silent on a clip that gives no cause', () => {
    expect(reasonsToDoubt(sure)).toEqual([]);
  });

  it('names every cause', () => {
    const frames = sure.frames.map((each, n) => (n < 3 ? each : { ...each, view: 'A5C' }));
    const reasons = reasonsToDoubt({
      ...sure,
      frames,
      agreement: 0.6,
      probability: 0.4,
      region: 'none',
      noveltyP: 0.01,
    });
    expect(reasons).toHaveLength(4);
    expect(reasons.join('\n')).toContain('3 of 5 say A4C');
    expect(reasons.join('\n')).toContain('at most 1.0 % of validation sequences');
  });

  it('measures a sequence by the median of its frames against the validation sequences', async () => {
    const features = { count: 2, width: 2, data: Float32Array.of(1, 0, 0, 1) };
    const summary = { features, k: 1, distances: Float64Array.of(0.1, 0.2, 0.5) };
    // cosine distances to the nearest of (1, 0) and (0, 1): 0, 1 - 1 / sqrt 2 = 0.2929 and 0; the median is 0
    const near = await sequenceNovelty(summary, Float32Array.of(2, 0, 1, 1, 0, 3));
    expect(near).toEqual({ distance: 0, p: 1 });
    const far = await sequenceNovelty(summary, Float32Array.of(1, 1));
    expect(far.distance).toBeCloseTo(0.2929, 4);
    expect(far.p).toBe(0.5); // one of three is as far: (1 + 1) / (3 + 1)
  });
});
