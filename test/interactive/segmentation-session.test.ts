import * as tf from '@tensorflow/tfjs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pixelBatch } from '../../lib/evaluation/vit-encoder.js';
import type { GrayImage } from '../../lib/imaging/image.js';
import type { FrameGroup } from '../../lib/interactive/frame-source.js';
import { compileSegmenter, type PromptSegmenter } from '../../lib/interactive/prompt-segmenter.js';
import { gatherPrompts, type PromptStep } from '../../lib/interactive/prompt-steps.js';
import { SegmentationSession } from '../../lib/interactive/segmentation-session.js';
import { toTensors } from '../../lib/models/parameters.js';
import { embedImages, maskLogits } from '../../lib/training/segmentation/segmenter.js';
import { randomSegmenter } from './random-segmenter.js';

const [WIDTH, HEIGHT] = [80, 50];
const image: GrayImage = {
  width: WIDTH,
  height: HEIGHT,
  data: Uint8Array.from({ length: WIDTH * HEIGHT }, (_value, i) => (i * 37 + (i % WIDTH) * 11) % 256),
};

const loaded = randomSegmenter();
let segmenter: PromptSegmenter;
beforeAll(async () => {
  await tf.setBackend('cpu');
  segmenter = await compileSegmenter(loaded, 'test');
}, 60_000);
afterAll(() => segmenter.dispose());

const point = (x: number, y: number, inside = true): PromptStep => ({ kind: 'point', x, y, inside });
const box: PromptStep = { kind: 'box', x0: 60, y0: 40, x1: 20, y1: 10 };
const text: PromptStep = { kind: 'text', text: ' Left  VENTRICLE' };

/** What the model's own functions give in eager tfjs. Coordinates in pixels of its 32 x 32 input, pixel centres from 0. */
function eagerLogits(
  points: readonly (readonly [number, number, number])[],
  corners: readonly number[] | null,
  words: Float32Array | null,
  previous: Float32Array | null,
): Float32Array {
  const { config, params } = loaded;
  return tf.tidy(() => {
    const weights = toTensors(params);
    const pixels = pixelBatch([image], 32, 1, config.normalisation);
    const embedding = embedImages(weights, tf.tensor4d(pixels, [1, 1, 32, 32]), config);
    const slots = Array.from({ length: config.slots.points }, (_value, slot) => points[slot] ?? [0, 0, -1]);
    const given = {
      points: tf.tensor3d([slots.map(([x, y]) => [x!, y!])]),
      labels: tf.tensor2d([slots.map(([, , label]) => label!)]),
      boxes: tf.tensor2d([[...(corners ?? [0, 0, 0, 0])]]),
      boxGiven: tf.tensor2d([[corners === null ? 0 : 1]]),
      text: tf.tensor2d(words ?? new Float32Array(64), [1, 64]),
      textGiven: tf.tensor2d([[words === null ? 0 : 1]]),
      ...(previous && { masks: tf.tensor4d(previous, [1, 1, 16, 16]) }),
    };
    return maskLogits(weights, embedding, given, config).dataSync() as Float32Array;
  });
}

function largestDifference(a: Float32Array, b: Float32Array): number {
  expect(a.length).toBe(b.length);
  return a.reduce((most, value, i) => Math.max(most, Math.abs(value - b[i]!)), 0);
}

describe('compileSegmenter', () => {
  it('gives what the model gives in eager tfjs, prompts scaled to its square', async () => {
    const frame = await segmenter.embed(image);
    const steps = [point(40, 25), point(10, 5, false)];
    // (40, 25) of 80 x 50 is the middle, 16 of 32, which is pixel centre 15.5.
    const points = [
      [15.5, 15.5, 1],
      [4 - 0.5, 3.2 - 0.5, 0],
    ] as const;
    const first = await segmenter.predict(frame, gatherPrompts(steps), null);
    expect(largestDifference(first, eagerLogits(points, null, null, null))).toBeLessThan(2e-4);
    const words = loaded.embeddings.get('left ventricle')!;
    const corners = [7.5, 5.9, 23.5, 25.1]; // 20, 10, 60, 40 scaled by 0.4 and 0.64, less half a pixel
    const second = await segmenter.predict(frame, gatherPrompts([...steps, box, text]), first);
    expect(largestDifference(second, eagerLogits(points, corners, words, first))).toBeLessThan(2e-4);
    expect(largestDifference(second, first)).toBeGreaterThan(1e-3);
  });

  it('takes more clicks than it was trained with', async () => {
    const frame = await segmenter.embed(image);
    const many = Array.from({ length: 7 }, (_value, i) => point(8 * i + 4, 20, i % 2 === 0));
    expect(await segmenter.predict(frame, gatherPrompts(many), null)).toHaveLength(16 * 16);
  });

  it('refuses what it does not know, with what it does', async () => {
    const frame = await segmenter.embed(image);
    await expect(segmenter.predict(frame, gatherPrompts([{ kind: 'text', text: 'spleen' }]), null)).rejects.toThrow(
      /not taught "spleen"; it knows left ventricle, left atrium/,
    );
    const boxes = await compileSegmenter(randomSegmenter({ points: 0, box: true, text: false }), 'test');
    expect([boxes.takesPoints, boxes.takesBoxes, boxes.texts]).toEqual([false, true, []]);
    const other = await boxes.embed(image);
    await expect(boxes.predict(other, gatherPrompts([point(1, 1)]), null)).rejects.toThrow(
      /takes no clicks, only boxes/,
    );
    expect(await boxes.predict(other, gatherPrompts([box]), null)).toHaveLength(16 * 16);
    await boxes.dispose();
  });
});

describe('SegmentationSession', () => {
  /** A clip of two frames whose first has the left half as truth. */
  const opened: string[] = [];
  const group: FrameGroup = {
    id: 'g',
    title: 'G',
    origin: 'phantom',
    clips: [{ id: 'c', title: 'c', patient: 'p', attributes: {} }],
    open: async (id) => {
      opened.push(id);
      return {
        frameCount: 2,
        spacing: null,
        marks: [],
        readFrame: async () => image,
        readTruth: async (frame) =>
          frame === 0
            ? [{ structure: 'half', mask: Uint8Array.from(image.data, (_value, i) => (i % WIDTH < WIDTH / 2 ? 1 : 0)) }]
            : [],
        close: async () => {},
      };
    },
  };
  const place = { group: 'g', clip: 'c', frame: 0 };

  it('is a function of the steps: going back and forth changes nothing, each step is fed the mask before', async () => {
    const session = new SegmentationSession([group], segmenter);
    const steps = [point(40, 25), point(60, 30), box];
    const [one, , three] = [
      await session.segment(place, steps.slice(0, 1)),
      await session.segment(place, steps.slice(0, 2)),
      await session.segment(place, steps),
    ];
    expect((await session.segment(place, steps.slice(0, 1))).logits).toEqual(one.logits);
    const fresh = new SegmentationSession([group], segmenter);
    expect((await fresh.segment(place, steps)).logits).toEqual(three.logits);
    const frame = await segmenter.embed(image);
    const alone = await segmenter.predict(frame, gatherPrompts(steps), null);
    const fed = await segmenter.predict(
      frame,
      gatherPrompts(steps),
      await segmenter.predict(
        frame,
        gatherPrompts(steps.slice(0, 2)),
        await segmenter.predict(frame, gatherPrompts(steps.slice(0, 1)), null),
      ),
    );
    expect(largestDifference(alone, fed)).toBeGreaterThan(1e-3);
    const mean = (values: Float32Array): number => values.reduce((sum, value) => sum + value, 0) / values.length;
    expect(mean(three.logits)).toBeCloseTo(mean(fed), 1); // bilinear enlargement keeps the mean but for the border
  });

  it('encodes a frame once, counts pixels and compares with the truth', async () => {
    const session = new SegmentationSession([group], segmenter);
    await session.warm(place);
    const mask = await session.segment(place, [point(20, 20)]);
    expect(mask.encoderMs).toBeLessThan(mask.decoderMs);
    const inside = mask.logits.filter((logit) => logit > 0).length;
    const both = mask.logits.filter((logit, i) => logit > 0 && i % WIDTH < WIDTH / 2).length;
    expect(mask.area).toBe(inside);
    expect(mask.dice).toEqual([{ structure: 'half', value: (2 * both) / (inside + (WIDTH * HEIGHT) / 2) }]);
    expect((await session.segment({ ...place, frame: 1 }, [point(20, 20)])).dice).toEqual([]);
    expect(opened.filter((id) => id === 'c').length).toBeLessThanOrEqual(3); // once a session
  });

  it('serves calls that come at once, in turn', async () => {
    const session = new SegmentationSession([group], segmenter);
    const [a, b] = await Promise.all([
      session.segment(place, [point(20, 20)]),
      session.segment(place, [point(20, 20), point(50, 20)]),
      session.prepare([point(20, 20)]),
    ]);
    expect((await session.segment(place, [point(20, 20)])).logits).toEqual(a.logits);
    expect(b.logits).not.toEqual(a.logits);
  });

  it('names frames and groups that are not there', async () => {
    const session = new SegmentationSession([group], segmenter);
    await expect(session.segment({ ...place, frame: 2 }, [point(1, 1)])).rejects.toThrow(/must be in \[0, 1\], got 2/);
    await expect(session.clip('x', 'c')).rejects.toThrow(/no group "x"/);
  });
});
