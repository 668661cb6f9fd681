import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ArgumentError } from '../../../lib/core/errors.js';
import { stream } from '../../../lib/core/random.js';
import { arrayOf, compileInference, compileStep, type HostTensor, scalarOf } from '../../../lib/engine/compile.js';
import { toTensors } from '../../../lib/models/parameters.js';
import { segmentPrompts } from '../../../lib/models/sam/sam.js';
import { tinySamPrompts } from '../../../lib/models/sam/sam-config.js';
import { VIT_S8_TINY } from '../../../lib/models/vit-config.js';
import { fanInVitParams } from '../../../lib/training/dino/initial-params.js';
import { multiForwardModel } from '../../../lib/training/segmentation/multi-forward.js';
import {
  type PromptSampling,
  promptBatch,
  type TrainingItem,
} from '../../../lib/training/segmentation/prompt-batch.js';
import { maskLogits, type SegmenterConfig, segmenterParams } from '../../../lib/training/segmentation/segmenter.js';
import { clicksOnError } from '../../../lib/training/segmentation/simulated-click.js';
import { type SegmenterRecipe, trainSegmenter } from '../../../lib/training/segmentation/train-segmenter.js';
import { makeSupervisedStep } from '../../../lib/training/supervised/supervised-step.js';

const SIZE = 16;
const GRID = 2;
const WIDTH = 16;

function configOf(slots: SegmenterConfig['slots']): SegmenterConfig {
  const encoder = { ...VIT_S8_TINY, imageSize: SIZE, channels: 1, width: WIDTH, depth: 1, heads: 2 };
  const prompts = tinySamPrompts({ imageSize: SIZE, grid: GRID, width: WIDTH });
  return {
    name: 'tiny-sam',
    encoder,
    prompts: { ...prompts, textWidth: slots.text ? 8 : null },
    slots,
    imageSize: SIZE,
    normalisation: { mean: [0.5], deviation: [0.25] },
  };
}

function paramsOf(config: SegmenterConfig): Record<string, HostTensor> {
  return segmenterParams(config, fanInVitParams(config.encoder, stream(1, 'vit')), stream(1, 'sam'));
}

/** Pictures of one bright square each; its label is 1. */
function items(count: number, text?: Float32Array): TrainingItem[] {
  const random = stream(5, 'items');
  return Array.from({ length: count }, () => {
    const [left, top, side] = [random.integer(7), random.integer(7), 5 + random.integer(4)];
    const image = new Uint8Array(SIZE * SIZE).fill(30);
    const labels = new Uint8Array(SIZE * SIZE);
    for (let y = top; y < top + side; y++) {
      for (let x = left; x < left + side; x++) {
        image[y * SIZE + x] = 220;
        labels[y * SIZE + x] = 1;
      }
    }
    return { square: { side: SIZE, image, labels }, structure: 1, ...(text && { text }) };
  });
}

const sampling: PromptSampling = {
  shares: { box: 1, points: 0, text: 0, boxAndText: 0 },
  boxJitter: 0.15,
  warp: null,
  augmentation: 0,
};

describe('maskLogits', () => {
  const random = stream(3, 'inputs');
  const embedding = Float32Array.from({ length: 2 * WIDTH * GRID * GRID }, () => random.normal());
  const boxes = [2, 3, 9, 12, 0, 0, 15, 15];

  it('with boxes alone is SAM', async () => {
    const config = configOf({ points: 0, box: true, text: false });
    const params = paramsOf(config);
    const [ours, sam] = tf.tidy(() => {
      const tensors = toTensors(params as never);
      const image = tf.tensor(embedding, [2, WIDTH, GRID, GRID]);
      const prompts = { boxes: tf.tensor(boxes, [2, 4]) };
      return [
        maskLogits(tensors, image, prompts, config).arraySync(),
        segmentPrompts(tensors, image, prompts, config.prompts).masks.arraySync(),
      ];
    });
    expect(ours).toEqual(sam);
  });

  it('does not see an absent prompt', () => {
    const config = configOf({ points: 2, box: true, text: true });
    const params = paramsOf(config);
    const run = (box: number[], text: number): number[] =>
      tf.tidy(() =>
        Array.from(
          maskLogits(
            toTensors(params as never),
            tf.tensor(embedding, [2, WIDTH, GRID, GRID]),
            {
              points: tf.tensor([4, 5, 0, 0, 8, 8, 0, 0], [2, 2, 2]),
              labels: tf.tensor([1, -1, 1, -1], [2, 2]),
              boxes: tf.tensor([...box, ...box], [2, 4]),
              boxGiven: tf.zeros([2, 1]),
              text: tf.fill([2, 8], text),
              textGiven: tf.zeros([2, 1]),
            },
            config,
          ).dataSync(),
        ),
      );
    expect(run([1, 2, 9, 9], 1)).toEqual(run([5, 5, 14, 14], -3));
  });

  it('names a slot that is not filled', () => {
    const config = configOf({ points: 0, box: true, text: true });
    expect(() =>
      tf.tidy(() =>
        maskLogits(
          toTensors(paramsOf(config) as never),
          tf.tensor(embedding, [2, WIDTH, GRID, GRID]),
          { boxes: tf.tensor(boxes, [2, 4]) },
          config,
        ),
      ),
    ).toThrow(ArgumentError);
  });
});

describe('clicksOnError', () => {
  it('clicks the wrong cell with the highest noise, says inside or outside, and is -1 without an error', async () => {
    const graph = await compileInference(
      (_params, { logits, truth, noise }) => {
        const { points, labels } = clicksOnError(logits!, truth!, noise!, 8);
        return { points, labels };
      },
      {
        params: {},
        inputs: { logits: { shape: [3, 1, 2, 2] }, truth: { shape: [3, 1, 2, 2] }, noise: { shape: [3, 4] } },
      },
    );
    const outputs = await graph.run({
      logits: Float32Array.of(-1, -1, 1, -1, 1, 1, -1, -1, 1, -1, -1, -1),
      truth: Float32Array.of(1, 0, 0, 1, 0, 1, 0, 0, 1, 0, 0, 0),
      noise: Float32Array.of(0.2, 0.9, 0.3, 0.8, 0.5, 0.9, 0.9, 0.9, 0.1, 0.2, 0.3, 0.4),
    });
    await graph.dispose();
    expect(Array.from(arrayOf(outputs, 'labels'))).toEqual([1, 0, -1]);
    // cells are 4 pixels wide: centres at 1.5 and 5.5; the first image's wrong cells are 0, 2 and 3
    expect(Array.from(arrayOf(outputs, 'points').slice(0, 4))).toEqual([5.5, 5.5, 1.5, 1.5]);
  });
});

describe('multiForwardModel', () => {
  const config = configOf({ points: 3, box: true, text: true });
  const text = Float32Array.from({ length: 8 }, (_, i) => Math.cos(i));
  const mixed: PromptSampling = { ...sampling, shares: { box: 1, points: 1, text: 1, boxAndText: 0 } };

  it('adds the passes with falling weights, the last one as its term; with one pass they are the same', async () => {
    const params = paramsOf(config);
    const lossOf = async (passes: number, decay: number): Promise<Record<string, number>> => {
      const model = multiForwardModel(config, {
        params,
        multiForward: { passes, decay },
        batchSize: 4,
        encoderRule: () => ({}),
      });
      const graph = await compileInference(
        (weights, inputs) => {
          const { loss, terms } = model.loss(weights, inputs);
          return { loss, last: terms!.lastPass! };
        },
        { params, inputs: model.inputs },
      );
      const outputs = await graph.run(promptBatch(items(4, text), config, mixed, passes, stream(2, 'batch')));
      await graph.dispose();
      return { loss: scalarOf(outputs, 'loss'), last: scalarOf(outputs, 'last') };
    };
    const once = await lossOf(1, 0.9);
    expect(once.loss).toBeCloseTo(once.last!, 6);
    const [whole, half] = [await lossOf(2, 0.9), await lossOf(2, 0.5)];
    expect(whole.loss).toBeCloseTo(once.loss! + 0.9 * whole.last!, 5);
    expect(half.loss).toBeCloseTo(once.loss! + 0.5 * half.last!, 5);
  });

  it('trains everything that the loss reaches, and nothing of a frozen encoder', async () => {
    const params = paramsOf(config);
    const model = multiForwardModel(config, {
      params,
      multiForward: { passes: 2, decay: 0.9 },
      batchSize: 8,
      encoderRule: () => 'frozen',
    });
    const made = makeSupervisedStep(model, {
      epochs: 1,
      optimizer: 'adamw',
      learningRate: 1e-2,
      weightDecay: 0,
      schedule: 'constant',
    });
    expect(made.changing.some((key) => key.startsWith('encoder.'))).toBe(false);
    const step = await compileStep(made.step, {
      state: made.state,
      frozen: made.frozen,
      inputs: made.inputs,
      name: 'multi-forward',
    });
    await step.run({
      ...promptBatch(items(8, text), config, mixed, 2, stream(7, 'batch')),
      ...made.scalars({ learningRate: 1e-2, weightDecay: 0, updates: 1 }),
    });
    const after = await step.readState(made.changing);
    await step.dispose();
    const still = made.changing.filter((key) => after[key]!.data.every((value, i) => value === params[key]!.data[i]));
    // a key bias adds the same to every score of a softmax; the click embeddings wait for an image that opens with a click
    expect(still.filter((key) => !/k_proj\.bias$|embed/.test(key))).toEqual([]);
  });
});

describe('promptBatch', () => {
  it('refuses prompts that the segmenter has no room for', () => {
    const config = configOf({ points: 0, box: true, text: false });
    const wrong: PromptSampling = { ...sampling, shares: { box: 1, points: 1, text: 0, boxAndText: 0 } };
    expect(() => promptBatch(items(2), config, wrong, 1, stream(1, 'batch'))).toThrow(ArgumentError);
  });

  it('refuses a box with a text where there is room for one of them alone', () => {
    const both: PromptSampling = { ...sampling, shares: { box: 1, points: 0, text: 0, boxAndText: 1 } };
    for (const slots of [
      { points: 0, box: true, text: false },
      { points: 2, box: true, text: false },
    ]) {
      const draw = () => promptBatch(items(2), configOf(slots), both, 1, stream(1, 'batch'));
      expect(draw).toThrow(ArgumentError);
      expect(draw).toThrow('tiny-sam has no room for boxAndText');
    }
    const textOnly: PromptSampling = { ...sampling, shares: { box: 0, points: 0, text: 1, boxAndText: 1 } };
    const noBox = configOf({ points: 2, box: false, text: true });
    expect(() => promptBatch(items(2, new Float32Array(8)), noBox, textOnly, 1, stream(1, 'batch'))).toThrow(
      'tiny-sam has no room for boxAndText',
    );
  });

  it('gives the box and the text together, the box jittered', () => {
    const config = configOf({ points: 2, box: true, text: true });
    const text = Float32Array.from({ length: 8 }, (_, i) => i + 1);
    const boxesOf = (boxJitter: number): number[] => {
      const both: PromptSampling = { ...sampling, boxJitter, shares: { box: 0, points: 0, text: 0, boxAndText: 1 } };
      const batch = promptBatch(items(6, text), config, both, 2, stream(4, 'batch')) as Record<string, Float32Array>;
      expect([...batch.boxGiven!]).toEqual([1, 1, 1, 1, 1, 1]);
      expect([...batch.textGiven!]).toEqual([1, 1, 1, 1, 1, 1]);
      expect([...batch.text!]).toEqual(Array.from({ length: 6 }, () => [...text]).flat());
      expect(batch.labels!.every((label) => label === -1)).toBe(true);
      return [...batch.boxes!];
    };
    const exact = boxesOf(0);
    const jittered = boxesOf(0.15);
    const moved = jittered.map((corner, i) => Math.abs(corner - exact[i]!));
    expect(Math.max(...moved)).toBeGreaterThan(0);
    expect(Math.max(...moved)).toBeLessThan(0.15 * 8 + 1e-5); // squares are at most 8 pixels wide
  });

  it('draws each kind as often as its share says', () => {
    const config = configOf({ points: 2, box: true, text: true });
    const shares = { box: 1, points: 2, text: 1, boxAndText: 4 };
    const count = 2000;
    const batch = promptBatch(
      items(count, new Float32Array(8).fill(2)),
      config,
      { ...sampling, shares },
      1,
      stream(6, 'batch'),
    ) as Record<string, Float32Array>;
    const seen = { box: 0, points: 0, text: 0, boxAndText: 0 };
    for (let b = 0; b < count; b++) {
      const [box, words, click] = [batch.boxGiven![b] === 1, batch.textGiven![b] === 1, batch.labels![2 * b] === 1];
      expect(click).toBe(!box && !words);
      seen[box && words ? 'boxAndText' : box ? 'box' : words ? 'text' : 'points'] += 1;
    }
    for (const kind of ['box', 'points', 'text', 'boxAndText'] as const) {
      const share = shares[kind] / 8;
      const deviation = Math.sqrt((share * (1 - share)) / count); // of a binomial share
      expect(Math.abs(seen[kind] / count - share)).toBeLessThan(4 * deviation);
    }
  });

  it('draws what it drew before boxes with texts were there, where their share is 0', () => {
    const config = configOf({ points: 2, box: true, text: true });
    const text = new Float32Array(8).fill(2);
    const three: PromptSampling = { ...sampling, shares: { box: 1, points: 1, text: 1, boxAndText: 0 } };
    const batch = promptBatch(items(12, text), config, three, 2, stream(4, 'batch')) as Record<string, Float32Array>;
    // as the batch was before `boxAndText` was there
    expect(batch.boxGiven!.join('')).toBe('011000010000');
    expect(batch.textGiven!.join('')).toBe('100100000011');
    expect([...batch.boxes!.slice(4, 8)].map((corner) => corner.toFixed(5))).toEqual([
      '3.07304',
      '0.97160',
      '8.41221',
      '7.98791',
    ]);
    expect(batch.clicking!.join('')).toBe('000011101100');
    expect(batch.clickNoise!.at(-1)).toBeCloseTo(0.8404906, 6);
  });

  it('gives each image one kind of prompt, the box around its target', () => {
    const config = configOf({ points: 2, box: true, text: true });
    const text = new Float32Array(8).fill(2);
    const exact: PromptSampling = { ...sampling, boxJitter: 0, shares: { box: 1, points: 1, text: 1, boxAndText: 0 } };
    const batch = promptBatch(items(12, text), config, exact, 2, stream(4, 'batch')) as Record<string, Float32Array>;
    for (let b = 0; b < 12; b++) {
      const kinds = [batch.boxGiven![b]!, batch.textGiven![b]!, batch.labels![2 * b]! === 1 ? 1 : 0];
      expect(kinds.reduce((sum, kind) => sum + kind, 0)).toBe(1);
      const target = batch.targets!.subarray(b * SIZE * SIZE, (b + 1) * SIZE * SIZE);
      if (kinds[0] === 1) {
        const [x0, y0, x1, y1] = batch.boxes!.subarray(4 * b, 4 * b + 4);
        const inside = target.filter((_, i) => {
          const [x, y] = [i % SIZE, Math.floor(i / SIZE)];
          return x >= x0! && x <= x1! && y >= y0! && y <= y1!;
        });
        expect(inside.length).toBe(target.filter((share) => share > 0.5).length); // squares fill their box
      }
      if (kinds[2] === 1) expect(target[batch.points![4 * b + 1]! * SIZE + batch.points![4 * b]!]).toBe(1);
    }
  });
});

describe('trainSegmenter', () => {
  const folder = mkdtempSync(join(tmpdir(), 'segmenter-'));
  beforeAll(() => rmSync(folder, { recursive: true, force: true }));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('learns bright squares from boxes', async () => {
    const config = configOf({ points: 0, box: true, text: false });
    const recipe: SegmenterRecipe = {
      epochs: 3,
      optimizer: 'adamw',
      learningRate: 5e-3,
      weightDecay: 0.005,
      schedule: 'linear',
      gradientClip: 1,
      multiForward: { passes: 2, decay: 0.9 },
      batchSize: 8,
      stepsPerEpoch: 20,
      encoder: 'all',
      encoderRate: 1,
      sampling,
      validationBatches: 2,
    };
    const { rows, bestEpoch } = await trainSegmenter(config, recipe, {
      params: paramsOf(config),
      train: items(40).slice(0, 32),
      validation: items(40).slice(32),
      seed: 1,
      folder,
      progress: { update: () => undefined, finish: () => undefined },
      say: () => undefined,
    });
    expect(rows).toHaveLength(3);
    expect(bestEpoch).toBe(3);
    expect(rows[2]!.validationLoss).toBeLessThan((0.6 * rows[0]!.loss) / 1.9); // one pass; the training loss adds two
  });
});
