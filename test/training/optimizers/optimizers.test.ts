import { readFileSync } from 'node:fs';
import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import {
  type CompiledStep,
  compileStep,
  type HostTensor,
  scalarOf,
  type TensorMap,
} from '../../../lib/engine/compile.js';
import { linear } from '../../../lib/engine/ops.js';
import {
  adamW,
  clipByGlobalNorm,
  clipByParameter,
  emaUpdate,
  gradientAccumulation,
  groupParameters,
  isExemptFromDecay,
  type Optimizer,
  sgd,
} from '../../../lib/training/optimizers/index.js';

/** Twenty steps against torch 1.13.1; test/fixtures/optimizers/generate.py made the numbers. */

interface TorchRun {
  readonly params: readonly Record<string, number[]>[];
  readonly losses: readonly number[];
  readonly norms: readonly number[];
  readonly teacher?: Record<string, number[]>;
}

const fixture = JSON.parse(readFileSync(new URL('../../fixtures/optimizers/torch.json', import.meta.url), 'utf8')) as {
  start: Record<string, { shape: number[]; data: number[] }>;
  x: number[][];
  y: number[][];
  rates: number[];
  decays: number[];
  runs: Record<string, TorchRun>;
};

const NAMES = Object.keys(fixture.start);
const start: Record<string, HostTensor> = Object.fromEntries(
  Object.entries(fixture.start).map(([name, { shape, data }]) => [name, { shape, data: Float32Array.from(data) }]),
);
const one = groupParameters(start, () => ({})).groups;
const grouped = (gate?: string) =>
  groupParameters(start, (name, shape) => {
    const rateScale = name.startsWith('body') ? 0.5 : 1;
    const decayScale = isExemptFromDecay(name, shape) ? 0 : 1;
    return name === 'head.weight' && gate ? { rateScale, decayScale, gate } : { rateScale, decayScale };
  }).groups;

interface Variant {
  readonly optimizer: Optimizer;
  readonly clip?: typeof clipByParameter;
  readonly lateHead?: number;
  readonly rounds?: number;
  readonly teacher?: number;
}

function modelLoss(params: TensorMap, inputs: TensorMap): tf.Scalar {
  const hidden = tf.tanh(linear(inputs.x!, params['body.weight']!, params['body.bias']!));
  const error = tf.sub(linear(hidden, params['head.weight']!), inputs.y!);
  return tf.mul(tf.mean(tf.square(error)), 10);
}

async function compileVariant({ optimizer, clip, rounds, teacher }: Variant): Promise<CompiledStep> {
  const accumulation = gradientAccumulation(NAMES, rounds ?? 1);
  const average = teacher === undefined ? {} : start;
  return compileStep(
    (state, inputs) => {
      const loss = (...values: tf.Tensor[]): tf.Scalar =>
        modelLoss(Object.fromEntries(NAMES.map((name, i) => [name, values[i]!])), inputs);
      const { value, grads } = tf.valueAndGrads(loss)(NAMES.map((name) => state[name]!));
      const raw = Object.fromEntries(NAMES.map((name, i) => [name, grads[i]!]));
      const summed = rounds ? accumulation.add(raw, state, inputs) : { gradients: raw, state: {} };
      const { gradients, norm } = (clip ?? clipByGlobalNorm)(summed.gradients, clip ? 0.5 : 1e30);
      const next = optimizer.update(state, gradients, state, inputs);
      const before = Object.fromEntries(Object.keys(average).map((name) => [name, state[`teacher.${name}`]!]));
      const after = teacher === undefined ? {} : emaUpdate(before, next, inputs.momentum!);
      const teachers = Object.fromEntries(Object.entries(after).map(([name, tensor]) => [`teacher.${name}`, tensor]));
      return { outputs: { loss: value, norm }, state: { ...next, ...summed.state, ...teachers } };
    },
    {
      state: {
        ...start,
        ...optimizer.initialState(start),
        ...(rounds ? accumulation.initialState(start) : {}),
        ...Object.fromEntries(Object.entries(average).map(([name, tensor]) => [`teacher.${name}`, tensor])),
      },
      inputs: {
        x: { shape: [8, 5] },
        y: { shape: [8, 3] },
        ...optimizer.inputs,
        ...(rounds ? accumulation.inputs : {}),
        ...(teacher === undefined ? {} : { momentum: { shape: [] } }),
      },
      threads: 1,
    },
  );
}

async function expectAsTorch(name: string, variant: Variant, tolerance = 2e-6): Promise<void> {
  const { optimizer, lateHead = 0, rounds, teacher } = variant;
  const expected = fixture.runs[name]!;
  const step = await compileVariant(variant);
  const accumulation = gradientAccumulation(NAMES, rounds ?? 1);
  for (let i = 0; i < 20; i++) {
    const done = Math.floor((i + 1) / (rounds ?? 1));
    const outputs = await step.run({
      x: fixture.x[i]!,
      y: fixture.y[i]!,
      ...optimizer.scalars({
        learningRate: fixture.rates[i]!,
        weightDecay: fixture.decays[i]!,
        updates: (group) => {
          if (!accumulation.isLast(i)) return 0;
          return group.name.startsWith('late') ? Math.max(0, i + 1 - lateHead) : done;
        },
      }),
      ...(rounds ? accumulation.scalars(i) : {}),
      ...(teacher === undefined ? {} : { momentum: teacher + ((1 - teacher) * i) / 20 }),
    });
    const state = await step.readState(NAMES);
    expect(scalarOf(outputs, 'loss')).toBeCloseTo(expected.losses[i]!, 4);
    if (accumulation.isLast(i)) expect(scalarOf(outputs, 'norm')).toBeCloseTo(expected.norms[done - 1]!, 4);
    for (const param of NAMES) {
      const worst = largestDifference(state[param]!.data, expected.params[i]![param]!);
      expect(worst, `${name}: ${param} after step ${i + 1}`).toBeLessThan(tolerance);
    }
  }
  for (const [param, values] of Object.entries(expected.teacher ?? {})) {
    const state = await step.readState([`teacher.${param}`]);
    expect(largestDifference(state[`teacher.${param}`]!.data, values)).toBeLessThan(tolerance);
  }
  await step.dispose();
}

function largestDifference(got: Float32Array, expected: readonly number[]): number {
  return Math.max(...expected.map((value, i) => Math.abs(got[i]! - value)));
}

describe('optimisers equal torch 1.13.1 for 20 steps', () => {
  it('AdamW', () => expectAsTorch('adamw', { optimizer: adamW(one) }));
  it('AdamW with other betas and epsilon', () =>
    expectAsTorch('adamw betas', { optimizer: adamW(one, { betas: [0.8, 0.95], epsilon: 1e-3 }) }));
  it('AdamW with groups', () => expectAsTorch('adamw groups', { optimizer: adamW(grouped()) }));
  it('AdamW with a last layer that starts after six steps', () =>
    expectAsTorch('adamw late head', { optimizer: adamW(grouped('late')), lateHead: 6 }));
  it('AdamW, clipped by parameter', () =>
    expectAsTorch('adamw clip by parameter', { optimizer: adamW(one), clip: clipByParameter }));
  it('AdamW, clipped by global norm', () =>
    expectAsTorch('adamw clip by global norm', { optimizer: adamW(one), clip: clipByGlobalNorm }));
  it('AdamW, gradients accumulated over four runs', () => {
    const gated = groupParameters(start, () => ({ gate: 'all' })).groups;
    return expectAsTorch('adamw accumulation', { optimizer: adamW(gated), rounds: 4 });
  });
  it('AdamW with a teacher', () => expectAsTorch('adamw teacher', { optimizer: adamW(one), teacher: 0.9 }));
  it('SGD', () => expectAsTorch('sgd', { optimizer: sgd(one) }));
  it('SGD, Nesterov, with groups', () =>
    expectAsTorch('sgd nesterov groups', { optimizer: sgd(grouped(), { momentum: 0.8, nesterov: true }) }));
  it('SGD with a last layer that starts after six steps', () =>
    expectAsTorch('sgd late head', { optimizer: sgd(grouped('late')), lateHead: 6 }));
});

describe('optimisers', () => {
  it('leave a gated group bit for bit as it is', async () => {
    const optimizer = adamW(groupParameters(start, () => ({ gate: 'all' })).groups);
    const step = await compileVariant({ optimizer });
    const before = await step.readState();
    const scalars = optimizer.scalars({ learningRate: 1, weightDecay: 1, updates: 0 });
    await step.run({ x: fixture.x[0]!, y: fixture.y[0]!, ...scalars });
    expect(await step.readState()).toEqual(before);
    await step.dispose();
  });

  it('refuse to count updates wrongly', () => {
    const optimizer = sgd(one);
    expect(() => optimizer.scalars({ learningRate: 1, weightDecay: 0, updates: 0 })).toThrow(/only gated groups/);
    expect(() => optimizer.scalars({ learningRate: 1, weightDecay: 0, updates: 1.5 })).toThrow(/integer/);
  });

  it('name a missing gradient', () => {
    expect(() => adamW(one).update({}, {}, {}, {})).toThrow(/adamW: 'body.weight' is missing/);
  });
});
