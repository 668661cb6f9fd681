import { readFileSync } from 'node:fs';
import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { ShapeError } from '../../lib/core/errors.js';
import { useEagerBackend } from '../../lib/engine/backend.js';
import { compileInference, type TensorMap } from '../../lib/engine/compile.js';
import {
  avgPool2d,
  batchNorm,
  conv2d,
  convTranspose2d,
  gelu,
  layerNorm,
  linear,
  maxPool2d,
  resize2d,
  samplingMatrix,
} from '../../lib/engine/ops.js';

/** Every building block against torch 1.13.1 (test/fixtures/engine-ops/generate.py), compiled and eager. */

interface Numbers {
  readonly shape: number[];
  readonly data: number[];
}

interface Case {
  readonly name: string;
  readonly inputs: Record<string, Numbers>;
  readonly output: Numbers;
  readonly gradients: Record<string, number[]>;
}

const fixture = JSON.parse(readFileSync(new URL('../fixtures/engine-ops/torch.json', import.meta.url), 'utf8')) as {
  cases: Case[];
  running: { x: number[]; mean: number[]; var: number[] };
};

const norm = (x: tf.Tensor, weight: tf.Tensor, bias: tf.Tensor, training: boolean): tf.Tensor =>
  batchNorm(x, { weight, bias, runningMean: tf.fill([4], 0.2), runningVar: tf.fill([4], 1.7) }, { training }).output;

const OPS: Record<string, (t: Record<string, tf.Tensor>) => tf.Tensor> = {
  linear: ({ x, w, b }) => linear(x!, w!, b),
  layerNorm: ({ x, w, b }) => layerNorm(x!, w!, b!, 1e-6),
  gelu: ({ x }) => gelu(x!),
  conv2d: ({ x, w, b }) => conv2d(x!, w!, b),
  'conv2d stride 2 padding 1': ({ x, w }) => conv2d(x!, w!, undefined, { stride: 2, padding: 1 }),
  'conv2d 1 x 1 stride 2': ({ x, w }) => conv2d(x!, w!, undefined, { stride: 2 }),
  'conv2d 1 x 1': ({ x, w }) => conv2d(x!, w!),
  'conv2d dilation 2': ({ x, w }) => conv2d(x!, w!, undefined, { padding: 2, dilation: 2 }),
  'conv2d patches': ({ x, w }) => conv2d(x!, w!, undefined, { stride: [3, 2] }),
  'conv2d groups 2': ({ x, w }) => conv2d(x!, w!, undefined, { padding: 1, groups: 2 }),
  'conv2d depthwise': ({ x, w }) => conv2d(x!, w!, undefined, { stride: 2, padding: 1, groups: 4 }),
  convTranspose2d: ({ x, w, b }) => convTranspose2d(x!, w!, b, { stride: 2 }),
  'convTranspose2d padded': ({ x, w }) =>
    convTranspose2d(x!, w!, undefined, { stride: 2, padding: 1, outputPadding: 1 }),
  'convTranspose2d groups 2': ({ x, w }) => convTranspose2d(x!, w!, undefined, { padding: 1, groups: 2 }),
  'maxPool2d 3 stride 2 padding 1': ({ x }) => maxPool2d(x!, { size: 3, stride: 2, padding: 1 }),
  'avgPool2d 2': ({ x }) => avgPool2d(x!, { size: 2 }),
  'avgPool2d 3 stride 2 padding 1': ({ x }) => avgPool2d(x!, { size: 3, stride: 2, padding: 1 }),
  bicubic: ({ x }) => resize2d(x!, [9, 5], { mode: 'bicubic' }),
  'bicubic scale': ({ x }) => resize2d(x!, [6, 9], { mode: 'bicubic', scale: [6.1 / 5, 9.1 / 7] }),
  bilinear: ({ x }) => resize2d(x!, [3, 11], { mode: 'bilinear' }),
  'bilinear corners': ({ x }) => resize2d(x!, [3, 11], { mode: 'bilinear', alignCorners: true }),
  nearest: ({ x }) => resize2d(x!, [8, 3], { mode: 'nearest' }),
  'batchNorm training': ({ x, w, b }) => norm(x!, w!, b!, true),
  'batchNorm evaluating': ({ x, w, b }) => norm(x!, w!, b!, false),
};

function withGradients(test: Case, inputs: TensorMap): Record<string, tf.Tensor> {
  const names = Object.keys(test.inputs);
  const op = OPS[test.name]!;
  const weights = Float32Array.from({ length: test.output.data.length }, (_, j) => Math.sin(1 + 1.7 * j));
  const functional = (...values: tf.Tensor[]): tf.Scalar => {
    const y = op(Object.fromEntries(names.map((name, i) => [name, values[i]!])));
    return tf.sum(tf.mul(y, tf.tensor(weights, y.shape)));
  };
  const gradients = tf.grads(functional)(names.map((name) => inputs[name]!));
  return { output: op({ ...inputs }), ...Object.fromEntries(names.map((name, i) => [name, gradients[i]!])) };
}

function expectClose(name: string, got: ArrayLike<number>, expected: readonly number[]): void {
  expect(got.length, name).toBe(expected.length);
  expected.forEach((value, i) => {
    const error = Math.abs(got[i]! - value) / (1 + Math.abs(value));
    if (!(error < 3e-5)) expect.fail(`${name} at ${i}: torch ${value}, got ${got[i]}`);
  });
}

describe('building blocks equal torch 1.13.1, values and gradients', () => {
  it('covers every case of the fixture', () => {
    expect(Object.keys(OPS)).toEqual(fixture.cases.map(({ name }) => name));
  });

  it.each(fixture.cases)('$name, compiled', async (test) => {
    const step = await compileInference((_params, inputs) => withGradients(test, inputs), {
      params: {},
      inputs: Object.fromEntries(Object.entries(test.inputs).map(([name, { shape }]) => [name, { shape }])),
      device: 'cpu',
      threads: 1,
    });
    const data = Object.entries(test.inputs).map(([name, numbers]) => [name, numbers.data] as const);
    const outputs = await step.run(Object.fromEntries(data));
    await step.dispose();
    const numbers = (name: string): ArrayLike<number> => outputs[name] as Float32Array;
    expectClose('output', numbers('output'), test.output.data);
    for (const [name, expected] of Object.entries(test.gradients)) expectClose(name, numbers(name), expected);
  });

  it.each(fixture.cases)('$name, eager', async (test) => {
    await useEagerBackend('cpu');
    tf.tidy(() => {
      const inputs = Object.entries(test.inputs).map(
        ([name, { data, shape }]) => [name, tf.tensor(data, shape)] as const,
      );
      const results = withGradients(test, Object.fromEntries(inputs));
      expect(results.output!.shape).toEqual(test.output.shape);
      expectClose('output', results.output!.dataSync(), test.output.data);
      for (const [name, expected] of Object.entries(test.gradients)) {
        expectClose(name, results[name]!.dataSync(), expected);
      }
    });
  });
});

describe('batchNorm', () => {
  it("moves the running statistics as PyTorch's F.batch_norm", async () => {
    await useEagerBackend('cpu');
    const { x, mean, var: variance } = fixture.running;
    const params = {
      weight: tf.ones([4]),
      bias: tf.zeros([4]),
      runningMean: tf.zeros([4]),
      runningVar: tf.ones([4]),
    };
    const result = batchNorm(tf.tensor(x, [2, 4, 7, 6]), params, { training: true });
    expectClose('mean', result.runningMean.dataSync(), mean);
    expectClose('variance', result.runningVar.dataSync(), variance);
  });
});

describe('resize2d', () => {
  it.each(['bilinear', 'bicubic'] as const)('keeps a constant image constant (%s)', (mode) => {
    const matrix = samplingMatrix(5, 13, { mode });
    for (let row = 0; row < 13; row++) {
      const sum = matrix.slice(row * 5, row * 5 + 5).reduce((a, b) => a + b, 0);
      expect(sum).toBeCloseTo(1, 6);
    }
  });

  it('is the identity at equal size', () => {
    const identity = [1, 0, 0, 0, 1, 0, 0, 0, 1];
    expect([...samplingMatrix(3, 3, { mode: 'bicubic' })].map(Math.abs)).toEqual(identity);
  });
});

describe('building blocks refuse', () => {
  it('channels that do not fit', () => {
    expect(() => conv2d(tf.zeros([1, 3, 4, 4]), tf.zeros([2, 4, 3, 3]))).toThrow(ShapeError);
    expect(() => convTranspose2d(tf.zeros([1, 3, 4, 4]), tf.zeros([2, 4, 3, 3]))).toThrow(ShapeError);
  });

  it('kernels larger than the image', () => {
    expect(() => conv2d(tf.zeros([1, 3, 2, 2]), tf.zeros([2, 3, 3, 3]))).toThrow(/larger than the padded image/);
  });
});
