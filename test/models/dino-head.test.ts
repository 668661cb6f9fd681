import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { stream } from '../../lib/core/random.js';
import { useEagerBackend } from '../../lib/engine/backend.js';
import { dinoHead, dinoHeadParams, dinoHeadShapes, paperDinoHead } from '../../lib/models/dino-head.js';
import { parameterCount, toTensors } from '../../lib/models/parameters.js';
import { fixtureArrays, fixtureParams, fixtureTensor, largestDifference } from '../fixtures/reference/fixture.js';

beforeAll(() => useEagerBackend('cpu'));

describe('dinoHead', () => {
  it.each(['dino_head_d48_k64', 'dinov2_head_d48_k64'])('equals the authors head: %s', (name) => {
    const arrays = fixtureArrays(name);
    const params = fixtureParams(name);
    expect(largestDifference(dinoHead(params, fixtureTensor(arrays.x)), arrays.y)).toBeLessThan(1e-5);
    const config = { inputWidth: 48, hiddenWidth: 96, bottleneckWidth: 32, prototypes: 64 };
    expect(dinoHeadShapes(config)).toEqual(Object.fromEntries(Object.entries(params).map(([k, t]) => [k, t.shape])));
  });

  it('gives cosines when the lengths are 1', () => {
    const config = { inputWidth: 8, hiddenWidth: 16, bottleneckWidth: 4, prototypes: 10 };
    const logits = dinoHead(
      toTensors(dinoHeadParams(config, stream(2, 'head'))),
      tf.randomStandardNormal([5, 8], 'float32', 1),
    );
    for (const x of logits.dataSync()) expect(Math.abs(x)).toBeLessThanOrEqual(1 + 1e-6);
  });

  it('has 65,536 prototypes of width 64 in the paper', () => {
    // 768 x 2048 + 2048 + 2048^2 + 2048 + 2048 x 64 + 64 + 65536 (1 + 64)
    expect(parameterCount(dinoHeadShapes(paperDinoHead(768)))).toBe(10_162_240);
  });
});
