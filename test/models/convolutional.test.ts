import { readFileSync } from 'node:fs';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { stream } from '../../lib/core/random.js';
import { useEagerBackend } from '../../lib/engine/backend.js';
import { compileStep } from '../../lib/engine/compile.js';
import { DEEPLABV3_ECHONET, deeplab, deeplabParams, deeplabShapes, tinyDeeplab } from '../../lib/models/deeplab.js';
import { expectParams, isRunningStatistic, parameterCount, toTensors } from '../../lib/models/parameters.js';
import {
  R2PLUS1D_18_ECHONET,
  R2PLUS1D_TINY,
  r2plus1d,
  r2plus1dParams,
  r2plus1dShapes,
} from '../../lib/models/r2plus1d.js';
import { RESNET50, RESNET50_TINY, resnet, resnetParams, resnetShapes } from '../../lib/models/resnet.js';
import { largestGap, runCompiled } from '../fixtures/reference/compiled.js';
import {
  fixtureArrays,
  fixtureHostParams,
  fixtureParams,
  fixtureTensor,
  largestDifference,
} from '../fixtures/reference/fixture.js';
import { R2PLUS1D_EVALUATED } from '../fixtures/torch-models/expected.js';
import { sineInput, sineParams } from '../fixtures/torch-models/fill.js';

beforeAll(() => useEagerBackend('cpu'));

/** Names and shapes of an official checkpoint, without batch counters. */
function officialShapes(name: string): Record<string, number[]> {
  const file = new URL(`../fixtures/reference/${name}.json`, import.meta.url);
  const all = JSON.parse(readFileSync(file, 'utf8')) as Record<string, number[]>;
  return Object.fromEntries(Object.entries(all).filter(([key]) => !key.endsWith('num_batches_tracked')));
}

const small = { name: 'fixture', blocks: [1, 1, 1, 1] as const, base: 8 };

describe('resnet', () => {
  it('equals torchvision', () => {
    // fixture tv_resnet_bottleneck_w8: torchvision 0.14.1
    const arrays = fixtureArrays('tv_resnet_bottleneck_w8');
    const params = fixtureParams('tv_resnet_bottleneck_w8');
    const result = resnet(params, fixtureTensor(arrays.x), { ...small, classes: 5, dilated: false });
    expect(largestDifference(result.featureMap, arrays.feature_map)).toBeLessThan(1e-4);
    expect(largestDifference(result.pooled, arrays.pooled)).toBeLessThan(1e-4);
    expect(largestDifference(result.logits!, arrays.logits)).toBeLessThan(1e-4);
  });

  it('has the keys, shapes and number of parameters of ResNet50', () => {
    expect(resnetShapes(RESNET50)).toEqual(officialShapes('tv_resnet50_keys'));
    expect(parameterCount(resnetShapes(RESNET50))).toBe(25_557_032); // torchvision's documentation
  });

  it('moves the running statistics when training, and is compiled to the same numbers', async () => {
    const host = resnetParams(RESNET50_TINY, stream(1, 'resnet'));
    expectParams('test', resnetShapes(RESNET50_TINY), host);
    const images = sineInput(2 * 3 * 32 * 32);
    const x = tf.tensor4d(images, [2, 3, 32, 32]);
    const trained = resnet(toTensors(host), x, RESNET50_TINY, { training: true });
    expect(Object.keys(trained.statistics).every((key) => host[key] !== undefined)).toBe(true);
    expect(trained.statistics['bn1.running_mean']!.dataSync().some((mean) => mean !== 0)).toBe(true);
    const run = await runCompiled(
      (params, inputs) => ({ pooled: resnet(params, inputs.images!, RESNET50_TINY).pooled }),
      host,
      { images: { shape: [2, 3, 32, 32], data: images } },
    );
    const eager = resnet(toTensors(host), x, RESNET50_TINY).pooled;
    expect(largestDifference(eager, { shape: [2, 512], data: run.pooled! })).toBeLessThan(1e-5);
  });
});

describe('deeplab', () => {
  const config = {
    name: 'fixture',
    backbone: { ...small, classes: 0, dilated: true },
    channels: 16,
    rates: [12, 24, 36] as const,
    classes: 1,
  };

  it('equals torchvision', async () => {
    // fixture tv_deeplabv3_w8: torchvision 0.14.1. Compiled: the eager dilated convolutions take minutes.
    const arrays = fixtureArrays('tv_deeplabv3_w8');
    const result = await runCompiled(
      (params, { x }) => {
        const { featureMap, pyramid, coarse, logits } = deeplab(params, x!, config);
        return { featureMap, pyramid, coarse, logits };
      },
      fixtureHostParams('tv_deeplabv3_w8'),
      { x: arrays.x! },
    );
    expect(largestGap(result.featureMap, arrays.backbone)).toBeLessThan(1e-4);
    expect(largestGap(result.pyramid, arrays.aspp)).toBeLessThan(1e-4);
    expect(largestGap(result.coarse, arrays.low)).toBeLessThan(1e-4);
    expect(largestGap(result.logits, arrays.out)).toBeLessThan(1e-4);
  });

  it('has the keys, shapes and number of parameters of EchoNet-Dynamic', () => {
    expect(deeplabShapes(DEEPLABV3_ECHONET)).toEqual(officialShapes('tv_deeplabv3_resnet50_echonet_keys'));
    // fixture tv_deeplabv3_resnet50_official_shape: n_params of torchvision 0.14.1
    expect(parameterCount(deeplabShapes(DEEPLABV3_ECHONET))).toBe(39_633_729);
  });

  it('trains: a compiled step lowers the loss, with dropout as an input and moving statistics', async () => {
    const tiny = tinyDeeplab(2);
    const host = deeplabParams(tiny, stream(1, 'deeplab'));
    expectParams('test', deeplabShapes(tiny), host);
    const names = Object.keys(host).filter((key) => !isRunningStatistic(key));
    const step = await compileStep(
      (state, { images, dropout }) => {
        let statistics: Readonly<Record<string, tf.Tensor>> = {};
        const { value, grads } = tf.valueAndGrads((...values: tf.Tensor[]) => {
          const params = { ...state, ...Object.fromEntries(names.map((name, i) => [name, values[i]!])) };
          const result = deeplab(params, images!, tiny, { training: true }, { dropout: dropout! });
          statistics = result.statistics;
          return tf.mean(tf.square(result.logits)) as tf.Scalar;
        })(names.map((name) => state[name]!));
        const next = Object.fromEntries(names.map((name, i) => [name, tf.sub(state[name]!, tf.mul(grads[i]!, 0.01))]));
        return { outputs: { loss: value }, state: { ...next, ...statistics } };
      },
      { state: host, inputs: { images: { shape: [2, 3, 32, 32] }, dropout: { shape: [2, 32, 4, 4] } } },
    );
    const feeds = { images: sineInput(2 * 3 * 32 * 32), dropout: new Float32Array(2 * 32 * 16).fill(1) };
    const losses: number[] = [];
    for (let i = 0; i < 8; i++) losses.push((await step.run(feeds)).loss as number);
    expect(losses.every(Number.isFinite)).toBe(true);
    expect(losses.at(-1)).toBeLessThan(losses[0]! * 0.9);
    await step.dispose();
  });
});

describe('r2plus1d', () => {
  const config = {
    name: 'small',
    blocks: [1, 2, 1, 1] as const,
    widths: [8, 16, 24, 32] as const,
    stemWidth: 6,
    outputs: 2,
  };
  const clips = (): tf.Tensor => tf.tensor(sineInput(2 * 3 * 5 * 20 * 24), [2, 3, 5, 20, 24]);

  it('equals torch, evaluating and training, with gradients', () => {
    // test/fixtures/torch-models/r2plus1d.py, torch 1.13.1; training in float64, as BatchNorm over two pixels magnifies rounding:
    // torch's own float32 is 2e-4 off.
    const params = toTensors(sineParams(r2plus1dShapes(config)));
    const evaluated = r2plus1d(params, clips(), config);
    const expected = Float32Array.from(R2PLUS1D_EVALUATED);
    expect(largestDifference(evaluated.output, { shape: [2, 2], data: expected })).toBeLessThan(1e-5);
    const trained = r2plus1d(params, clips(), config, { training: true });
    const outputs = Float32Array.from([-0.4450292822, 0.3093699196, -0.6106939776, 0.7723200356]);
    expect(largestDifference(trained.output, { shape: [2, 2], data: outputs })).toBeLessThan(5e-4);
    const variance = trained.statistics['layer4.0.downsample.1.running_var']!.dataSync();
    for (const [i, x] of [0.5991382, 0.645329, 0.8041525, 1.2514832].entries()) expect(variance[i]).toBeCloseTo(x, 4);
    const mean = trained.statistics['stem.1.running_mean']!.dataSync();
    for (const [i, x] of [0.0126898, -0.0476695, -0.0856557, -0.0833225].entries()) expect(mean[i]).toBeCloseTo(x, 5);
    const key = 'layer4.0.downsample.0.weight';
    const gradient = tf.grad((weight) =>
      tf.sum(r2plus1d({ ...params, [key]: weight }, clips(), config, { training: true }).output),
    )(params[key]!);
    for (const [i, x] of [0.0117023, 0.0327358, 0.0029641, -0.0057489].entries())
      expect(gradient.dataSync()[i]).toBeCloseTo(x, 4);
  });

  it('has the keys, shapes and number of parameters of EchoNet-Dynamic', () => {
    expect(r2plus1dShapes(R2PLUS1D_18_ECHONET)).toEqual(officialShapes('tv_r2plus1d_18_echonet_keys'));
    // torchvision documents 31,505,325 with 400 classes: 399 outputs of 513 numbers fewer.
    expect(parameterCount(r2plus1dShapes(R2PLUS1D_18_ECHONET))).toBe(31_505_325 - 399 * 513);
  });

  it('starts at the mean ejection fraction', () => {
    const params = toTensors(r2plus1dParams(R2PLUS1D_TINY, stream(1, 'ef')));
    const output = r2plus1d(params, tf.zeros([1, 3, 4, 16, 16]), R2PLUS1D_TINY).output;
    expect(output.dataSync()[0]).toBeCloseTo(55.6, 1);
  });
});
