import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { stream } from '../../lib/core/random.js';
import { useEagerBackend } from '../../lib/engine/backend.js';
import { compileStep } from '../../lib/engine/compile.js';
import { landmarkLoss } from '../../lib/losses/task-losses.js';
import { adapter, everyBlock, isAdapterKey, paperAdapters, withAdapters } from '../../lib/models/adapter.js';
import { efDecoder, efDecoderConfig, efDecoderParams, efDecoderShapes } from '../../lib/models/ef-decoder.js';
import {
  LANDMARK_DECODER_B,
  LANDMARK_DECODER_S,
  landmarkDecoder,
  landmarkDecoderParams,
  landmarkDecoderShapes,
  tinyLandmarkDecoder,
} from '../../lib/models/landmark-decoder.js';
import { linearHead, linearHeadParams } from '../../lib/models/linear-head.js';
import { isRunningStatistic, parameterCount, toTensors } from '../../lib/models/parameters.js';
import {
  tinyUnet,
  UNET_CAMUS_1,
  UNET_CAMUS_2,
  type UnetConfig,
  unet,
  unetParams,
  unetShapes,
} from '../../lib/models/unet.js';
import { vit } from '../../lib/models/vit.js';
import { VIT_B14, VIT_S8, VIT_S8_TINY } from '../../lib/models/vit-config.js';
import { adapterShare, vitParams, vitShapes } from '../../lib/models/vit-params.js';
import { runCompiled } from '../fixtures/reference/compiled.js';
import { UNET_DEEP, UNET_PLAIN } from '../fixtures/torch-models/expected.js';
import { sineInput, sineParams } from '../fixtures/torch-models/fill.js';

beforeAll(() => useEagerBackend('cpu'));

describe('unet', () => {
  const deep: UnetConfig = {
    name: 'small',
    channels: 1,
    down: [6, 8, 10],
    up: [8, 6],
    classes: 2,
    upsampling: 'deconvolution',
    batchNorm: true,
  };
  const plain: UnetConfig = {
    name: 'small',
    channels: 2,
    down: [6, 8, 10],
    up: [9, 5],
    classes: 2,
    upsampling: 'repeat',
    batchNorm: false,
  };

  // test/fixtures/torch-models/unet.py, torch 1.13.1: every 37th logit
  it.each([
    ['deconvolutions and BatchNorm', deep, UNET_DEEP],
    ['repeated pixels', plain, UNET_PLAIN],
  ])('equals torch: %s', (_, config, expected) => {
    const images = tf.tensor4d(sineInput(config.channels * 256), [1, config.channels, 16, 16]);
    const logits = unet(toTensors(sineParams(unetShapes(config))), images, config).logits.dataSync();
    for (const [i, x] of expected.entries())
      expect(Math.abs(logits[37 * i]! - x)).toBeLessThan(1e-5 * Math.max(1, Math.abs(x)) * 5);
  });

  it('has the published sizes: 2 M and 18 M parameters', () => {
    // Leclerc et al. 2019, Table II
    expect(parameterCount(unetShapes(UNET_CAMUS_1)) / 1e6).toBeCloseTo(2.0, 1);
    expect(Math.round(parameterCount(unetShapes(UNET_CAMUS_2)) / 1e6)).toBeGreaterThanOrEqual(17);
    expect(Math.round(parameterCount(unetShapes(UNET_CAMUS_2)) / 1e6)).toBeLessThanOrEqual(18);
  });

  it('draws its parameters and refuses sizes it cannot halve', () => {
    const config = tinyUnet(1, 4);
    const params = toTensors(unetParams(config, stream(1, 'unet')));
    expect(unet(params, tf.ones([1, 1, 16, 24]), config).logits.shape).toEqual([1, 4, 16, 24]);
    expect(() => unet(params, tf.ones([1, 1, 12, 16]), config)).toThrow(/multiple of 8/);
  });
});

describe('landmarkDecoder', () => {
  it('has the paper sizes: 3 M and 14 M parameters', () => {
    // EchoApex Table 10
    expect(parameterCount(landmarkDecoderShapes(LANDMARK_DECODER_S)) / 1e6).toBeCloseTo(3.0, 1);
    expect(parameterCount(landmarkDecoderShapes(LANDMARK_DECODER_B)) / 1e6).toBeCloseTo(14.0, 0);
  });

  it('gives heatmaps at the size of the image, also where upsampling overshoots it', () => {
    for (const [side, upsamplings, grid] of [
      [32, 3, 4],
      [42, 4, 3],
    ] as const) {
      const config = tinyLandmarkDecoder(16, 4, upsamplings);
      const params = toTensors(landmarkDecoderParams(config, stream(1, 'landmarks')));
      const layers = config.taps.map((_, i) => tf.mul(tf.ones([2, grid * grid, 16]), i));
      const logits = landmarkDecoder(params, layers, [grid, grid], tf.ones([2, 3, side, side]), config);
      expect(logits.shape).toEqual([2, 4, side, side]);
    }
  });

  it('learns: a compiled step with encoder and decoder lowers the landmark loss', async () => {
    const decoder = tinyLandmarkDecoder(VIT_S8_TINY.width, VIT_S8_TINY.depth, 3);
    const encoder = vitParams(VIT_S8_TINY, stream(1, 'encoder'));
    const state = landmarkDecoderParams(decoder, stream(1, 'decoder'));
    const names = Object.keys(state);
    const step = await compileStep(
      (tensors, { images, targets }) => {
        const found = vit(tensors, images!, VIT_S8_TINY, { layers: decoder.taps });
        const patches = found.layers.map((layer) => tf.slice(layer, [0, 1, 0], [1, 16, 64]));
        const { value, grads } = tf.valueAndGrads((...values: tf.Tensor[]) => {
          const params = Object.fromEntries(names.map((name, i) => [name, values[i]!]));
          return landmarkLoss(landmarkDecoder(params, patches, found.grid, images!, decoder), targets!);
        })(names.map((name) => tensors[name]!));
        const next = names.map((name, i) => [name, tf.sub(tensors[name]!, tf.mul(grads[i]!, 0.5))]);
        return { outputs: { loss: value }, state: Object.fromEntries(next) };
      },
      { state, frozen: encoder, inputs: { images: { shape: [1, 3, 32, 32] }, targets: { shape: [1, 4, 32, 32] } } },
    );
    const targets = new Float32Array(4 * 1024);
    for (let c = 0; c < 4; c++) targets.fill(1, c * 1024 + 200 * c + 100, c * 1024 + 200 * c + 105);
    const losses: number[] = [];
    for (let i = 0; i < 10; i++) losses.push((await step.run({ images: sineInput(3072), targets })).loss as number);
    expect(losses.at(-1)).toBeLessThan(losses[0]! - 0.01);
    await step.dispose();
  });
});

describe('efDecoder', () => {
  const config = efDecoderConfig(32, 2);

  it('starts at the mean ejection fraction and stays in (0, 100)', () => {
    const host = efDecoderParams(config, stream(1, 'ef'));
    expect(Object.keys(host)).toEqual(Object.keys(efDecoderShapes(config)));
    const output = efDecoder(toTensors(host), tf.zeros([3, 8, 32]), config).dataSync();
    expect(output.length).toBe(3);
    for (const x of output) expect(Math.abs(x - 55.6)).toBeLessThan(9);
  });

  it('depends on the order of the frames, through the temporal tokens only', () => {
    const host = efDecoderParams(config, stream(1, 'ef'));
    const frames = tf.tensor3d(sineInput(256), [1, 8, 32]);
    const turned = tf.reverse(frames, 1);
    const ordered = toTensors({ ...host, temporal_tokens: { shape: [1, 8, 32], data: sineInput(256).reverse() } });
    const blind = toTensors({ ...host, temporal_tokens: { shape: [1, 8, 32], data: new Float32Array(256) } });
    const value = (params: Record<string, tf.Tensor>, x: tf.Tensor): number =>
      efDecoder(params, x, config).dataSync()[0]!;
    expect(value(ordered, frames)).not.toBeCloseTo(value(ordered, turned), 3);
    expect(value(blind, frames)).toBeCloseTo(value(blind, turned), 3);
  });

  it('gives the same numbers when compiled', async () => {
    const host = efDecoderParams(config, stream(1, 'ef'));
    const x = { shape: [2, 8, 32], data: sineInput(512) };
    const run = await runCompiled((params, inputs) => ({ ef: efDecoder(params, inputs.x!, config) }), host, { x });
    const eager = efDecoder(toTensors(host), tf.tensor(x.data, x.shape), config).dataSync();
    for (const [i, ef] of [...eager].entries()) expect(run.ef![i]).toBeCloseTo(ef, 3);
  });
});

describe('adapters', () => {
  it('stay under 4 % in the last three blocks, not in all of them', () => {
    // Paper: hidden 192 and 384, "less than 4 % of trainable parameters"
    for (const config of [VIT_S8, VIT_B14]) {
      const share = adapterShare(withAdapters(config, paperAdapters(config)));
      expect(share).toBeLessThan(0.04);
      expect(share).toBeGreaterThan(0.035);
      expect(adapterShare(withAdapters(config, everyBlock(config)))).toBeGreaterThan(0.13);
    }
    expect(paperAdapters(VIT_S8)).toEqual({ width: 192, blocks: [9, 10, 11] });
    expect(paperAdapters(VIT_B14).width).toBe(384);
  });

  it('hardly change the model at the start', () => {
    const config = withAdapters(VIT_S8_TINY, everyBlock(VIT_S8_TINY));
    const host = vitParams(config, stream(1, 'vit'));
    const images = tf.tensor4d(sineInput(3072), [1, 3, 32, 32]);
    const adapted = vit(toTensors(host), images, config).cls;
    const plain = vit(toTensors(host), images, VIT_S8_TINY).cls;
    expect(tf.max(tf.abs(tf.sub(adapted, plain))).dataSync()[0]).toBeLessThan(1e-3);
    expect(Object.keys(vitShapes(config)).filter(isAdapterKey).length).toBe(4 * 8);
  });

  it('is x + up(gelu(down x))', () => {
    // down = identity, up = 2 identity: x + 2 gelu(x); gelu(1) = 0.8413447, gelu(-1) = -0.1586553 (scipy 1.17.1 norm.cdf)
    const eye = tf.eye(2);
    const params = {
      'a.down.weight': eye,
      'a.down.bias': tf.zeros([2]),
      'a.up.weight': tf.mul(eye, 2),
      'a.up.bias': tf.zeros([2]),
    };
    const [first, second] = adapter(params, 'a.', tf.tensor2d([[1, -1]])).dataSync();
    expect(first).toBeCloseTo(1 + 2 * 0.8413447, 5);
    expect(second).toBeCloseTo(-1 - 2 * 0.1586553, 5);
  });
});

describe('linearHead', () => {
  it('maps features to classes', () => {
    const host = linearHeadParams(8, 3, stream(1, 'head'));
    expect(linearHead(toTensors(host), tf.ones([5, 8])).shape).toEqual([5, 3]);
    expect(Object.keys(host).some(isRunningStatistic)).toBe(false);
  });
});
