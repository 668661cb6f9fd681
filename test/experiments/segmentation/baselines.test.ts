import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { ArgumentError } from '../../../lib/core/errors.js';
import { stream } from '../../../lib/core/random.js';
import type { AnnotatedFrame } from '../../../lib/experiments/segmentation/annotated-frames.js';
import { fewShotSweep } from '../../../lib/experiments/segmentation/few-shot.js';
import { medsamMasks } from '../../../lib/experiments/segmentation/medsam.js';
import { newSegmenter } from '../../../lib/experiments/segmentation/new-segmenter.js';
import type { SegmentationCase } from '../../../lib/experiments/segmentation/score-mask.js';
import { caseSegmenter, type TestPrompt } from '../../../lib/experiments/segmentation/segment-cases.js';
import { specialistMasks } from '../../../lib/experiments/segmentation/segment-specialist.js';
import { benchmarkStructures, spread } from '../../../lib/experiments/segmentation/segmentation-data.js';
import { drawParams, normal } from '../../../lib/models/parameters.js';
import { samShapes } from '../../../lib/models/sam/sam.js';
import type { SamConfig } from '../../../lib/models/sam/sam-config.js';
import type { Specialist } from '../../../lib/training/segmentation/specialist.js';

/** A bright block on dark ground, traced as the left ventricle. */
function blockCase(grey: number): SegmentationCase {
  const [width, height] = [24, 16];
  const image = new Uint8Array(width * height).fill(20);
  const labels = new Uint8Array(width * height);
  for (let y = 4; y < 12; y++) {
    for (let x = 8; x < 16; x++) {
      image[y * width + x] = grey;
      labels[y * width + x] = 1;
    }
  }
  const frame: AnnotatedFrame = {
    id: `camus/block-${grey}`,
    patient: 'camus/block',
    set: 'camus',
    view: 'A4C',
    phase: 'ED',
    structures: ['leftVentricle', 'myocardium'],
    clip: { read: () => Promise.resolve([]) },
    place: 0,
  };
  return {
    frame,
    picture: { image: { width, height, data: image }, labels, spacing: null },
    structure: 'leftVentricle',
  };
}

const TINY_SAM: SamConfig = {
  name: 'sam-tiny',
  encoder: {
    imageSize: 32,
    patchSize: 8,
    width: 16,
    depth: 1,
    heads: 2,
    window: 2,
    globalBlocks: [0],
    outputChannels: 16,
  },
  prompts: {
    imageSize: 32,
    grid: 4,
    width: 16,
    maskChannels: 4,
    maskEmbeddingWidth: null,
    textWidth: null,
    decoderDepth: 1,
    decoderHeads: 2,
    decoderHidden: 16,
    multimasks: 3,
    iouHidden: 8,
  },
};

describe('medsamMasks', () => {
  it('gives a mask of the picture for each case, at its own size and at a smaller one', async () => {
    const params = drawParams(samShapes(TINY_SAM), stream(1, 'medsam'), () => normal(0.3));
    const cases = [blockCase(200), blockCase(120)];
    for (const pixels of [16, 32]) {
      const masks = await medsamMasks(params, cases, pixels, TINY_SAM);
      expect(masks.map(({ length }) => length)).toEqual([24 * 16, 24 * 16]);
      expect(new Set(masks.flatMap((mask) => [...mask])).size).toBeLessThanOrEqual(2);
    }
  });
});

describe('specialistMasks', () => {
  /** Channel 0 wins on dark, channel 1 on bright pixels. */
  const threshold: Specialist = {
    name: 'threshold',
    channels: 1,
    normalisation: { mean: [0.4], deviation: [0.5] },
    classes: [0, 1],
    initial: () => ({}),
    forward: (_params, images) => ({ logits: tf.concat([tf.neg(images), images], 1), statistics: {} }),
  };

  it('takes the structure where its channel leads, at the size of the picture', async () => {
    const one = blockCase(220);
    const [mask] = await specialistMasks(threshold, {}, [one], 24, 2);
    expect(Array.from(mask!)).toEqual(Array.from(one.picture.labels));
  });
});

describe('caseSegmenter', () => {
  const { config, params } = newSegmenter({
    name: 'EchoApex-SAM-S',
    start: 'random',
    size: 'small',
    slots: { points: 2, box: true, text: true },
    imageSize: 16,
    textWidth: 4,
    data: 'phantom',
    seed: 1,
  });
  const embeddings = new Map([['left ventricle', Float32Array.of(1, -1, 2, 0)]]);

  it('answers every kind of prompt, the same twice; a black picture hides the picture but not the prompt', async () => {
    const cases = [blockCase(220), blockCase(90)];
    const seeing = await caseSegmenter({ config, params, embeddings }, { batch: 3, passes: 2 });
    for (const prompt of [
      { kind: 'box', jitter: 0.15 },
      { kind: 'box', jitter: 0.15, text: true },
      { kind: 'text' },
      { kind: 'points', clicks: 2 },
    ] as const) {
      const masks = await seeing.segment(cases, prompt, 1);
      expect(masks.map(({ length }) => length)).toEqual([384, 384]);
      expect(await seeing.segment(cases, prompt, 1)).toEqual(masks);
    }
    await seeing.dispose();
    const blind = await caseSegmenter({ config, params, embeddings }, { batch: 2, passes: 1, blank: true });
    const [a, b] = await blind.segment(cases, { kind: 'box', jitter: 0 }, 1);
    expect(a).toEqual(b);
    await blind.dispose();
  });

  it('gives the text beside the box where it is asked for: the mask answers to both', async () => {
    const cases = [blockCase(220)];
    const box = { kind: 'box', jitter: 0 } as const;
    const answers = async (text: Float32Array): Promise<Record<'box' | 'both' | 'text', string>> => {
      const one = { config, params, embeddings: new Map([['left ventricle', text]]) };
      const compiled = await caseSegmenter(one, { batch: 1, passes: 1 });
      const answer = async (prompt: TestPrompt): Promise<string> =>
        (await compiled.segment(cases, prompt, 1)).map((mask) => mask.join('')).join();
      const found = {
        box: await answer(box),
        both: await answer({ ...box, text: true }),
        text: await answer({ kind: 'text' }),
      };
      await compiled.dispose();
      return found;
    };
    const first = await answers(Float32Array.of(10, -10, 20, 0));
    const second = await answers(Float32Array.of(-10, 20, 0, 10));
    expect(first.both).not.toBe(first.box);
    expect(first.both).not.toBe(first.text);
    expect(first.both).not.toBe(second.both);
    expect(first.box).toBe(second.box); // alone it does not see the text
  });

  it('refuses a prompt that the segmenter has no room for', async () => {
    const boxes = newSegmenter({
      name: 'EchoApex-SAM-B',
      start: 'random',
      size: 'small',
      slots: { points: 0, box: true, text: false },
      imageSize: 16,
      textWidth: 0,
      data: 'phantom',
      seed: 1,
    });
    const compiled = await caseSegmenter({ ...boxes, embeddings: new Map() }, { batch: 1, passes: 1 });
    for (const [prompt, missing] of [
      [{ kind: 'box', jitter: 0, text: true }, 'a text'],
      [{ kind: 'text' }, 'a text'],
      [{ kind: 'points', clicks: 1 }, 'clicks'],
    ] as const) {
      const answer = compiled.segment([blockCase(220)], prompt, 1);
      await expect(answer).rejects.toThrow(ArgumentError);
      await expect(answer).rejects.toThrow(`EchoApex-SAM-B has no room for ${missing}`);
    }
    await compiled.dispose();
  });
});

describe('the few-shot sweep', () => {
  it('is planned only over data and encoders that are there', async () => {
    const setting = {
      scale: 'paper',
      data: 'phantom',
      progress: () => ({ update() {}, finish() {} }),
      say() {},
    } as const;
    await expect(fewShotSweep(setting)).rejects.toThrow('paper scale runs on real data');
  });
});

describe('what is asked of a frame', () => {
  it('leaves the wall out of the benchmark', () => {
    expect(benchmarkStructures(blockCase(1).frame)).toEqual(['leftVentricle']);
  });

  it('spreads a smaller number of cases evenly', () => {
    expect(spread([0, 1, 2, 3, 4, 5, 6, 7], 4)).toEqual([1, 3, 5, 7]);
    expect(spread([1, 2], null)).toEqual([1, 2]);
    expect(spread([1, 2], 5)).toEqual([1, 2]);
  });
});
