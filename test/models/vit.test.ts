import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { stream } from '../../lib/core/random.js';
import { useEagerBackend } from '../../lib/engine/backend.js';
import { compileInference } from '../../lib/engine/compile.js';
import { dropPathFactors, linearRates, uniformRates } from '../../lib/models/drop-path.js';
import { expectParams, type Params, parameterCount, toTensors } from '../../lib/models/parameters.js';
import { patchMap, vit, vitPositions } from '../../lib/models/vit.js';
import {
  VIT_B14,
  VIT_B14_REG4,
  VIT_B14_TINY,
  VIT_S8,
  VIT_S8_TINY,
  type VitConfig,
} from '../../lib/models/vit-config.js';
import { vitParams, vitShapes } from '../../lib/models/vit-params.js';
import { runCompiled } from '../fixtures/reference/compiled.js';
import {
  fixtureArrays,
  fixtureParams,
  fixtureTensor,
  largestDifference,
  relativeDifference,
} from '../fixtures/reference/fixture.js';

beforeAll(() => useEagerBackend('cpu'));

const small = { width: 48, depth: 2, heads: 3 };
const dino: VitConfig = { ...VIT_S8, ...small, name: 'fixture', imageSize: 32 };
const dinov2: VitConfig = { ...VIT_B14, ...small, name: 'fixture', imageSize: 42 };

describe('vit as DINOv1', () => {
  // fixture dino_vit_d48_l2_p8_i32: facebookresearch/dino 7c446df
  const name = 'dino_vit_d48_l2_p8_i32';
  const arrays = fixtureArrays(name);

  it('equals the authors CLS, layers and attention', () => {
    const params = fixtureParams(name);
    const result = vit(params, fixtureTensor(arrays.x), dino, { layers: [0, 1], attention: [1] });
    expect(largestDifference(result.cls, arrays.cls)).toBeLessThan(1e-5);
    expect(largestDifference(tf.stack([...result.layers]), arrays.last2)).toBeLessThan(1e-5);
    expect(largestDifference(result.attention[0]!, arrays.attn)).toBeLessThan(1e-5);
    expect(result.registers).toBeNull();
  });

  it('interpolates positions with the shift of 0.1', () => {
    const params = fixtureParams(name);
    const positions = vitPositions(params, dino, [3, 5]); // CLS and 3 x 5 patches
    expect(largestDifference(tf.expandDims(positions, 0), arrays.pos_24x40)).toBeLessThan(1e-5);
    expect(largestDifference(vit(params, fixtureTensor(arrays.x_24x40), dino).cls, arrays.cls_24x40)).toBeLessThan(
      1e-5,
    );
    expect(largestDifference(vit(params, fixtureTensor(arrays.x_48), dino).cls, arrays.cls_48)).toBeLessThan(1e-5);
  });
});

describe.each([
  ['reg0', dinov2],
  ['reg4', { ...dinov2, registers: 4, interpolateOffset: 0, interpolateAntialias: true }],
  ['swiglu', { ...dinov2, feedForward: 'swiglu' as const }],
])('vit as DINOv2 %s', (kind, config) => {
  // fixture dinov2_vit_d48_l2_p14_i42_*: facebookresearch/dinov2 b8931f7
  const name = `dinov2_vit_d48_l2_p14_i42_${kind}`;
  const arrays = fixtureArrays(name);

  it('equals the authors tokens, masked tokens, layers and other sizes', () => {
    const params = fixtureParams(name);
    const x = fixtureTensor(arrays.x);
    const plain = vit(params, x, config, { layers: [0, 1] });
    expect(largestDifference(plain.cls, arrays.cls)).toBeLessThan(1e-5);
    expect(largestDifference(plain.patches, arrays.patch)).toBeLessThan(1e-5);
    if (plain.registers) expect(largestDifference(plain.registers, arrays.reg)).toBeLessThan(1e-5);
    const skip = 1 + config.registers;
    const maps = plain.layers.map((layer) => patchMap(tf.slice(layer, [0, skip, 0], [2, 9, 48]), plain.grid));
    expect(largestDifference(tf.stack(maps), arrays.inter_patch)).toBeLessThan(1e-5);
    const masked = vit(params, x, config, { mask: fixtureTensor(arrays.mask) });
    expect(largestDifference(masked.cls, arrays.cls_masked)).toBeLessThan(1e-5);
    expect(largestDifference(masked.patches, arrays.patch_masked)).toBeLessThan(1e-5);
    expect(largestDifference(vit(params, fixtureTensor(arrays.x_56x70), config).cls, arrays.cls_56x70)).toBeLessThan(
      1e-5,
    );
  });

  it('has the keys and shapes of the checkpoint', () => {
    const shapes = Object.fromEntries(Object.entries(fixtureParams(name)).map(([key, tensor]) => [key, tensor.shape]));
    expect(vitShapes(config)).toEqual(shapes);
  });

  it('gives the same numbers when compiled', async () => {
    const host = vitParams({ ...config, layerScale: 0.5 }, stream(1, 'vit'));
    const images = Float32Array.from({ length: 3 * 56 * 42 }, (_, i) => Math.sin(i));
    const eager = vit(toTensors(host), tf.tensor4d(images, [1, 3, 56, 42]), config);
    const compiled = await compileInference(
      (params, inputs) => {
        const { cls, patches } = vit(params, inputs.images!, config);
        return { cls, patches };
      },
      { params: host, inputs: { images: { shape: [1, 3, 56, 42] } } },
    );
    const result = await compiled.run({ images });
    const same = (key: 'cls' | 'patches'): number =>
      largestDifference(eager[key], { shape: eager[key].shape, data: result[key] as Float32Array });
    expect(same('cls')).toBeLessThan(1e-5);
    expect(same('patches')).toBeLessThan(1e-5);
    await compiled.dispose();
  });
});

describe('gradients', () => {
  it('are the same compiled and eager, in every parameter', async () => {
    const config: VitConfig = {
      ...dinov2,
      depth: 1,
      width: 24,
      heads: 2,
      registers: 2,
      layerScale: 0.5,
      adapters: { width: 8, blocks: [0] },
    };
    const host = vitParams(config, stream(5, 'vit'));
    const names = Object.keys(host);
    const images = Float32Array.from({ length: 3 * 56 * 42 }, (_, i) => Math.sin(i));
    const gradients = (params: Params, x: tf.Tensor): Record<string, tf.Tensor> => {
      const { grads } = tf.valueAndGrads((...values: tf.Tensor[]) => {
        const moved = Object.fromEntries(names.map((name, i) => [name, values[i]!]));
        const mask = tf.tensor2d([[1, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 0]]);
        const { cls, patches } = vit(moved, x, config, { mask, dropPath: tf.tensor2d([[1.5], [0.5]]) });
        return tf.add(tf.sum(tf.mul(cls, tf.sin(cls))), tf.mean(tf.square(patches))) as tf.Scalar;
      })(names.map((name) => params[name]!));
      return Object.fromEntries(names.map((name, i) => [name, grads[i]!]));
    };
    const eager = gradients(toTensors(host), tf.tensor4d(images, [1, 3, 56, 42]));
    const compiled = await runCompiled((params, { x }) => gradients(params, x!), host, {
      x: { shape: [1, 3, 56, 42], data: images },
    });
    for (const name of names) {
      const expected = { shape: [...host[name]!.shape], data: compiled[name]! };
      expect(expected.data.some((g) => g !== 0)).toBe(true);
      expect(relativeDifference(eager[name]!, expected)).toBeLessThan(1e-3);
    }
  });
});

describe('vitShapes', () => {
  it('counts the published parameters', () => {
    // timm 1.0 and the DINO and DINOv2 READMEs: 21 M and 86 M; exact counts from the shapes of the official files.
    expect(parameterCount(vitShapes(VIT_S8))).toBe(21_670_272);
    expect(parameterCount(vitShapes(VIT_B14))).toBe(86_580_480);
    expect(parameterCount(vitShapes(VIT_B14_REG4))).toBe(86_583_552);
  });
});

describe('vitParams', () => {
  it('draws every key once, near the authors spread, and the same for the same seed', () => {
    for (const config of [VIT_S8_TINY, VIT_B14_TINY]) {
      const host = vitParams(config, stream(3, 'init'));
      expectParams('test', vitShapes(config), host);
      const weight = host['blocks.1.mlp.fc1.weight']!.data;
      const deviation = Math.sqrt(weight.reduce((sum, x) => sum + x * x, 0) / weight.length);
      expect(deviation).toBeGreaterThan(0.0195);
      expect(deviation).toBeLessThan(0.0205);
      expect(vitParams(config, stream(3, 'init'))['norm.weight']!.data).toEqual(host['norm.weight']!.data);
      expect(vitParams(config, stream(3, 'init'))['blocks.0.attn.qkv.weight']!.data).toEqual(
        host['blocks.0.attn.qkv.weight']!.data,
      );
    }
  });
});

describe('dropPath', () => {
  it('keeps the mean and an exact subset', () => {
    const factors = dropPathFactors(uniformRates(200, 0.3), 10, 'subset', stream(1, 'drop'));
    for (let row = 0; row < 400; row++) {
      const cells = [...factors.subarray(row * 10, row * 10 + 10)];
      expect(cells.filter((x) => x > 0).length).toBe(7);
      expect(cells.reduce((a, b) => a + b)).toBeCloseTo(10, 5);
    }
    const each = dropPathFactors(uniformRates(500, 0.1), 10, 'per-image', stream(1, 'drop'));
    const mean = each.reduce((a, b) => a + b) / each.length;
    expect(Math.abs(mean - 1)).toBeLessThan(0.02);
    expect(linearRates(5, 0.2)).toEqual([0, 0.05, 0.1, 0.15000000000000002, 0.2]);
  });

  it('leaves an image untouched when every branch is dropped', () => {
    const config = { ...VIT_S8_TINY, depth: 2 };
    const params = toTensors(vitParams(config, stream(1, 'x')));
    const images = tf.ones([2, 3, 32, 32]);
    const factors = tf.tensor2d([
      [1, 0],
      [1, 0],
      [1, 0],
      [1, 0],
    ]);
    const dropped = vit(params, images, config, { dropPath: factors });
    const whole = vit(params, images, config);
    const none = vit(params, images, { ...config, depth: 0 });
    const row = (x: tf.Tensor, i: number): Float32Array => tf.slice(x, [i, 0], [1, 64]).dataSync() as Float32Array;
    expect(row(dropped.cls, 0)).toEqual(row(whole.cls, 0));
    expect(row(dropped.cls, 1)).toEqual(row(none.cls, 1));
  });
});

describe('vit', () => {
  it('names what is wrong with an image size or a block', () => {
    const params = toTensors(vitParams(VIT_S8_TINY, stream(1, 'x')));
    expect(() => vit(params, tf.ones([1, 3, 30, 32]), VIT_S8_TINY)).toThrow(/multiple of 8, got 30 x 32/);
    expect(() => vit(params, tf.ones([1, 3, 32, 32]), VIT_S8_TINY, { layers: [9] })).toThrow(/blocks 0 to 3/);
    expect(() => vit({}, tf.ones([1, 3, 32, 32]), VIT_S8_TINY)).toThrow(/patch_embed.proj.weight is missing/);
  });
});
