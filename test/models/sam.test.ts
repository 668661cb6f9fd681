import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { stream } from '../../lib/core/random.js';
import { useEagerBackend } from '../../lib/engine/backend.js';
import { parameterCount, paramsUnder, toTensors } from '../../lib/models/parameters.js';
import { samImageEncoder } from '../../lib/models/sam/image-encoder.js';
import { mapToTokens } from '../../lib/models/sam/layers.js';
import { type SamPrompts, samDensePositions, samPromptEncoder } from '../../lib/models/sam/prompt-encoder.js';
import { sam, samPromptParams, samPromptShapes, samShapes, segmentPrompts } from '../../lib/models/sam/sam.js';
import { echoapexSamPrompts, SAM_VIT_B, type SamConfig, tinySamPrompts } from '../../lib/models/sam/sam-config.js';
import { medsamInput, samInput, samOutput } from '../../lib/models/sam/sam-images.js';
import { twoWayTransformer } from '../../lib/models/sam/two-way-transformer.js';
import { runCompiled } from '../fixtures/reference/compiled.js';
import {
  fixtureArrays,
  fixtureHostParams,
  fixtureParams,
  fixtureTensor,
  largestDifference,
} from '../fixtures/reference/fixture.js';

beforeAll(() => useEagerBackend('cpu'));

// fixtures sam_*: facebookresearch/segment-anything dca509f, a small SAM on 128 px
const config: SamConfig = {
  name: 'fixture',
  encoder: {
    imageSize: 128,
    patchSize: 16,
    width: 48,
    depth: 2,
    heads: 3,
    window: 3,
    globalBlocks: [1],
    outputChannels: 32,
  },
  prompts: {
    imageSize: 128,
    grid: 8,
    width: 32,
    maskChannels: 16,
    maskEmbeddingWidth: null,
    textWidth: null,
    decoderDepth: 2,
    decoderHeads: 4,
    decoderHidden: 64,
    multimasks: 3,
    iouHidden: 32,
  },
};

describe('samShapes', () => {
  it('has the keys and shapes of the official checkpoint', () => {
    const official = fixtureHostParams('sam_tiny');
    expect(samShapes(config)).toEqual(Object.fromEntries(Object.entries(official).map(([k, p]) => [k, p.shape])));
  });

  it('counts the published parameters of ViT-B', () => {
    // sam_vit_b_01ec64.pth: 93,735,472 parameters; the fixed Gaussian matrix, 256 numbers, is a buffer
    expect(parameterCount(samShapes(SAM_VIT_B))).toBe(93_735_472);
  });
});

describe('samImageEncoder', () => {
  it('equals the authors patches, windowed and global blocks and embedding', () => {
    const arrays = fixtureArrays('sam_image_encoder');
    const result = samImageEncoder(
      fixtureParams('sam_tiny', 'image_encoder.'),
      fixtureTensor(arrays.x),
      config.encoder,
    );
    expect(largestDifference(result.patches, arrays.patch_plus_pos)).toBeLessThan(1e-5);
    expect(largestDifference(result.blocks[0]!, arrays.block0_windowed)).toBeLessThan(2e-5);
    expect(largestDifference(result.blocks[1]!, arrays.block1_global)).toBeLessThan(2e-5);
    expect(largestDifference(result.embedding, arrays.embedding)).toBeLessThan(2e-5);
  });
});

/** The prompts of the fixtures, by their names. */
function promptsOf(kind: string, arrays: ReturnType<typeof fixtureArrays>): SamPrompts {
  const parts = kind.split('_');
  return {
    ...(parts.includes('points') && { points: fixtureTensor(arrays.points), labels: fixtureTensor(arrays.labels) }),
    ...(parts.includes('box') && { boxes: fixtureTensor(arrays.box) }),
    ...(parts.includes('mask') && { masks: fixtureTensor(arrays.mask_input) }),
  };
}

const KINDS = ['points', 'box', 'points_box', 'mask', 'points_box_mask'];

describe('samPromptEncoder', () => {
  const arrays = fixtureArrays('sam_prompt_encoder');

  it('equals the authors dense positions', () => {
    const positions = samDensePositions(fixtureParams('sam_tiny', 'prompt_encoder.'), config.prompts);
    expect(largestDifference(positions, arrays.dense_pe)).toBeLessThan(1e-5);
  });

  it.each(KINDS)('equals the authors tokens and map: %s', (kind) => {
    const result = samPromptEncoder(
      fixtureParams('sam_tiny', 'prompt_encoder.'),
      promptsOf(kind, arrays),
      config.prompts,
    );
    if (result.sparse) expect(largestDifference(result.sparse, arrays[`sparse_${kind}`])).toBeLessThan(1e-5);
    else expect(arrays[`sparse_${kind}`]!.shape).toEqual([1, 0, 32]);
    expect(largestDifference(result.dense, arrays[`dense_${kind}`])).toBeLessThan(1e-5);
  });

  it('names what is missing', () => {
    const params = fixtureParams('sam_tiny', 'prompt_encoder.');
    expect(() => samPromptEncoder(params, {}, config.prompts)).toThrow(/got none/);
    expect(() => samPromptEncoder(params, { points: tf.zeros([1, 1, 2]) }, config.prompts)).toThrow(/labels/);
    expect(() => samPromptEncoder(params, { text: tf.zeros([1, 512]) }, config.prompts)).toThrow(/no text prompts/);
  });
});

describe('twoWayTransformer', () => {
  it('equals the authors', () => {
    // Random weights make the attention sharp: scaling the image embedding by 1 + 2e-7 already moves the result by 2e-5.
    const arrays = fixtureArrays('sam_two_way_transformer');
    const result = twoWayTransformer(
      fixtureParams('sam_tiny', 'mask_decoder.transformer.'),
      mapToTokens(fixtureTensor(arrays.image_embedding)),
      mapToTokens(fixtureTensor(arrays.image_pe)),
      fixtureTensor(arrays.point_embedding),
      config.prompts,
    );
    expect(largestDifference(result.tokens, arrays.queries)).toBeLessThan(1e-4);
    expect(largestDifference(result.image, arrays.keys)).toBeLessThan(1e-4);
  });
});

describe('segmentPrompts', () => {
  const arrays = fixtureArrays('sam_mask_decoder');

  it.each(KINDS)('equals the authors masks and overlaps: %s', (kind) => {
    const params = fixtureParams('sam_tiny');
    const image = fixtureTensor(arrays.image_embedding);
    for (const [name, multimask] of [
      ['multi', true],
      ['single', false],
    ] as const) {
      const result = segmentPrompts(params, image, promptsOf(kind, arrays), config.prompts, multimask);
      expect(largestDifference(result.masks, arrays[`masks_${kind}_${name}`])).toBeLessThan(2e-4);
      expect(largestDifference(result.iou, arrays[`iou_${kind}_${name}`])).toBeLessThan(1e-4);
    }
  });
});

describe('sam', () => {
  it('equals the authors end to end, compiled', async () => {
    const arrays = fixtureArrays('sam_predictor_e2e');
    const pixels = new Float32Array(3 * 96 * 128); // [96, 128, 3] -> [3, 96, 128]
    for (let c = 0; c < 3; c++) {
      for (let i = 0; i < 96 * 128; i++) pixels[c * 96 * 128 + i] = arrays.resized!.data[3 * i + c]!;
    }
    // The point (60, 45), label 1, and the box (20, 10, 100, 80) of the 120 x 90 image, scaled by 128 / 120.
    const { coords_resized: place } = arrays;
    const run = await runCompiled(
      (params, inputs) => {
        const prompts = { points: inputs.points!, labels: inputs.labels!, boxes: inputs.boxes! };
        const { masks, iou } = sam(params, samInput(inputs.images!, 128), prompts, config, true);
        const logits = samOutput(masks, { model: 128, input: [96, 128], original: [90, 120] });
        return { masks, iou, logits };
      },
      fixtureHostParams('sam_tiny'),
      {
        images: { shape: [1, 3, 96, 128], data: pixels },
        points: { shape: [1, 1, 2], data: Float32Array.from(place!.data) },
        labels: { shape: [1, 1], data: Float32Array.of(1) },
        boxes: { shape: [1, 4], data: Float32Array.from([20, 10, 100, 80], (x) => (x * 128) / 120) },
      },
    );
    const gap = (name: string, expected: ArrayLike<number>): number =>
      Math.max(...Array.from(expected, (x, i) => Math.abs(run[name]![i]! - x)));
    expect(gap('iou', arrays.iou!.data)).toBeLessThan(1e-4);
    expect(gap('masks', arrays.low_res!.data)).toBeLessThan(1e-3);
    expect(gap('logits', arrays.mask_logits!.data)).toBeLessThan(1e-3);
  });
});

describe('medsamInput', () => {
  it('stretches to the square and scales each image to [0, 1]', () => {
    const images = tf.concat([tf.fill([1, 3, 4, 6], 7), tf.reshape(tf.range(0, 72), [1, 3, 4, 6])]);
    const input = medsamInput(images, 16);
    expect(input.shape).toEqual([2, 3, 16, 16]);
    const second = tf.slice(input, [1, 0, 0, 0], [1, 3, 16, 16]).dataSync();
    expect(Math.min(...second)).toBe(0);
    expect(Math.max(...second)).toBe(1);
    expect(tf.max(tf.slice(input, 0, 1)).dataSync()[0]).toBeLessThan(1e3); // a flat image does not divide by zero
    expect(() => samInput(tf.zeros([1, 3, 20, 10]), 16)).toThrow(/at most 16 px, got 20 x 10/);
  });
});

describe('EchoApex-SAM', () => {
  it('reaches the encoder width in the mask embedding and takes text', () => {
    const paper = echoapexSamPrompts({ imageSize: 112, grid: 8, width: 768 });
    const shapes = samPromptShapes(paper);
    expect(shapes['prompt_encoder.mask_downscaling.6.weight']).toEqual([256, 16, 1, 1]);
    expect(shapes['prompt_encoder.mask_downscaling.9.weight']).toEqual([768, 256, 1, 1]);
    const tiny = tinySamPrompts({ imageSize: 32, grid: 4, width: 64 });
    const params = toTensors(samPromptParams(tiny, stream(1, 'sam')));
    const image = tf.ones([2, 64, 4, 4]);
    const text = segmentPrompts(params, image, { text: tf.ones([2, 64]) }, tiny);
    expect(text.masks.shape).toEqual([2, 1, 16, 16]);
    const again = segmentPrompts(params, image, { text: tf.ones([2, 64]), masks: text.masks }, tiny);
    expect(again.masks.dataSync().every(Number.isFinite)).toBe(true);
    expect(paramsUnder(params, 'prompt_encoder.')['text_proj.weight']!.shape).toEqual([64, 64]);
  });

  it('has a gradient in every parameter', async () => {
    const tiny = tinySamPrompts({ imageSize: 32, grid: 4, width: 64 });
    const host = samPromptParams(tiny, stream(1, 'sam'));
    const unused = /gaussian_matrix|text_proj|no_mask|point_embeddings.[023]|iou_|_mlps.[123]/; // not reached by this prompt and loss
    const names = Object.keys(host).filter((name) => !unused.test(name));
    const run = await runCompiled(
      (all, inputs) => {
        const asked = { points: inputs.points!, labels: inputs.labels!, masks: inputs.masks! };
        const { grads } = tf.valueAndGrads((...values: tf.Tensor[]) => {
          const moved = { ...all, ...Object.fromEntries(names.map((name, i) => [name, values[i]!])) };
          return tf.mean(tf.square(segmentPrompts(moved, inputs.image!, asked, tiny).masks)) as tf.Scalar;
        })(names.map((name) => all[name]!));
        return Object.fromEntries(names.map((name, i) => [name, grads[i]!]));
      },
      host,
      {
        image: { shape: [1, 64, 4, 4], data: new Float32Array(1024).fill(1) },
        points: { shape: [1, 1, 2], data: Float32Array.of(5, 6) },
        labels: { shape: [1, 1], data: Float32Array.of(1) },
        masks: { shape: [1, 1, 16, 16], data: new Float32Array(256).map((_, i) => Math.sin(i)) },
      },
    );
    for (const name of names) expect(run[name]!.some((x) => x !== 0) && run[name]!.every(Number.isFinite)).toBe(true);
  });
});
