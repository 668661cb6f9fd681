import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { sizeOf } from '../../../lib/core/shape.js';
import {
  type CompiledStep,
  compileStep,
  type HostTensor,
  type RunInputs,
  scalarOf,
} from '../../../lib/engine/compile.js';
import { ibotWeights } from '../../../lib/losses/ibot-loss.js';
import type { Dino2Config } from '../../../lib/training/dino2/dino2-config.js';
import { dino2Schedules } from '../../../lib/training/dino2/dino2-stage.js';
import { dino2Shapes, makeDino2Step } from '../../../lib/training/dino2/dino2-step.js';
// @ts-expect-error a plain module, shared with the process that the resume test kills
import { TINY_DINO2 } from '../../fixtures/pretrain/tiny-dino2.mjs';

type Term = 'loss' | 'dinoGlobal' | 'dinoLocal' | 'ibot' | 'koleo';

// torch 1.13.1, made by test/fixtures/dino2-training/make.py: an independent writing of the authors' recipe
const torch = JSON.parse(
  readFileSync(new URL('../../fixtures/dino2-training/torch.json', import.meta.url), 'utf8'),
) as {
  rows: (Record<Term, number> & { gradientNorm: number; centreNorm: number })[];
  teacher: Record<string, number[]>;
  student: Record<string, number[]>;
};

const config = TINY_DINO2 as Dino2Config;
const PER_EPOCH = 5;
/** Masked patches at most: 16 patches, 4 of 8 views masked at 0.2, 0.3, 0.4 and 0.5. */
const BOUND = 3 + 4 + 6 + 8;

/** The formulas of make.py. */
function wave(count: number, phase: number, scale = 1): Float32Array {
  return Float32Array.from({ length: count }, (_, i) => scale * Math.sin(1.7 * i + phase));
}

function dropped(views: number, step: number, phase: number): Float32Array {
  return Float32Array.from({ length: 4 * views }, (_, i) =>
    (Math.floor(i / views) + (i % views) + step + phase) % 3 === 0 ? 0 : 1.5,
  );
}

function maskInputs(step: number): RunInputs {
  const masks = Array.from({ length: 8 }, (_, view) =>
    Uint8Array.from({ length: 16 }, (_, n) => (view % 2 === 0 && (7 * n + 3 * view + step) % 4 === 0 ? 1 : 0)),
  );
  const { weights, index } = ibotWeights(masks, BOUND);
  return { masks: Float32Array.from(masks.flatMap((mask) => [...mask])), maskIndex: index, maskWeights: weights };
}

function viewsOf(step: number): RunInputs {
  return {
    globals: wave(8 * 1024, 100 + step),
    locals: wave(8 * 256, 200 + step),
    ...maskInputs(step),
    globalDropPath: dropped(8, step, 0),
    localDropPath: dropped(8, step, 1),
  };
}

function startParams(): Record<string, HostTensor> {
  const ones = /weight_g$|norm1\.weight$|norm2\.weight$|norm\.weight$|gamma$/;
  return Object.fromEntries(
    Object.entries(dino2Shapes(config)).map(([key, shape], index) => {
      const size = sizeOf(shape);
      return [key, { shape, data: ones.test(key) ? new Float32Array(size).fill(1) : wave(size, index, 0.2) }];
    }),
  );
}

async function compiled(
  settings: Dino2Config,
  device?: 'tfjs-cpu',
): Promise<{ step: CompiledStep; dino: ReturnType<typeof makeDino2Step> }> {
  const dino = makeDino2Step(settings);
  const step = await compileStep(dino.step, {
    ...dino.initialState(startParams()),
    inputs: dino.inputs,
    ...(device && { device }),
  });
  return { step, dino };
}

describe('makeDino2Step', () => {
  it('follows PyTorch for 20 updates: loss terms, gradient norms, centre, student and teacher', async () => {
    expect(Object.keys(startParams()).sort()).toEqual(Object.keys(torch.student).sort());
    const { step, dino } = await compiled(config);
    for (const [done, expected] of torch.rows.entries()) {
      const outputs = await step.run({ ...viewsOf(done), ...dino.scalars(dino2Schedules(config, done, PER_EPOCH), 0) });
      for (const term of ['loss', 'dinoGlobal', 'dinoLocal', 'ibot', 'koleo'] as const) {
        expect(Math.abs(scalarOf(outputs, term) - expected[term]), `${term} of ${done}`).toBeLessThan(1e-4);
      }
      expect(Math.abs(scalarOf(outputs, 'gradientNorm') / expected.gradientNorm - 1)).toBeLessThan(1e-3);
      const before = torch.rows[done - 1]?.centreNorm ?? 0; // the step reports the centre that it found
      expect(Math.abs(scalarOf(outputs, 'centreNorm') - before)).toBeLessThan(1e-4);
    }
    const state = await step.readState();
    for (const who of ['student', 'teacher'] as const) {
      for (const [key, values] of Object.entries(torch[who])) {
        values.forEach((value, i) => {
          expect(Math.abs(state[`${who}.${key}`]!.data[i]! - value), `${who} ${key}`).toBeLessThan(1e-4);
        });
      }
    }
    await step.dispose();
  });

  it('gives in two runs of half the images what is the mean of both, and changes nothing before the last', async () => {
    const settings = { ...config, batchSize: 8, accumulate: 2 };
    const { step, dino } = await compiled(settings);
    const values = dino2Schedules(settings, 7, PER_EPOCH);
    const before = await step.readState();
    await step.run({ ...viewsOf(0), ...dino.scalars(values, 0) });
    const between = await step.readState();
    for (const key of Object.keys(before).filter((name) => !name.startsWith('accumulated/'))) {
      expect(between[key]!.data, key).toEqual(before[key]!.data);
    }
    await step.run({ ...viewsOf(0), ...dino.scalars(values, 1) });
    const twice = await step.readState();
    const alone = await compiled(config);
    // the same run twice: the mean of its gradients is that of one, and the batch-scaled rate is given, so one run must do the same
    await alone.step.run({ ...viewsOf(0), ...alone.dino.scalars(values, 0) });
    const once = await alone.step.readState();
    for (const key of Object.keys(once)) {
      const difference = once[key]!.data.reduce(
        (most, value, i) => Math.max(most, Math.abs(value - twice[key]!.data[i]!)),
        0,
      );
      expect(difference, key).toBeLessThan(1e-6);
    }
    await step.dispose();
    await alone.step.dispose();
  });

  it('runs eagerly to the same numbers', async () => {
    const graph = await compiled(config);
    const eager = await compiled(config, 'tfjs-cpu');
    const inputs = { ...viewsOf(3), ...graph.dino.scalars(dino2Schedules(config, 7, PER_EPOCH), 0) };
    const [a, b] = [await graph.step.run(inputs), await eager.step.run(inputs)];
    for (const name of ['loss', 'ibot', 'gradientNorm']) expect(scalarOf(a, name)).toBeCloseTo(scalarOf(b, name), 4);
    const [left, right] = [await graph.step.readState(), await eager.step.readState()];
    const key = 'teacher.ibot_head.last_layer.weight_v';
    left[key]!.data.forEach((value, i) => {
      expect(value).toBeCloseTo(right[key]!.data[i]!, 5);
    });
    await graph.step.dispose();
    await eager.step.dispose();
  });

  it('keeps the lengths of the last layers at 1 as published', async () => {
    const dino = makeDino2Step({ ...config, variant: 'as-published' });
    const { state, frozen } = dino.initialState(startParams());
    expect(Object.keys(frozen)).toEqual(['dino_head.last_layer.weight_g', 'ibot_head.last_layer.weight_g']);
    expect(Object.keys(state).filter((key) => key.endsWith('weight_g'))).toEqual([]);
  });

  it('refuses weights of another model', () => {
    const { 'backbone.mask_token': _, ...rest } = startParams();
    expect(() => makeDino2Step(config).initialState(rest)).toThrow(
      'pretrain, student at the start: the parameter backbone.mask_token [1, 16] is missing',
    );
  });

  it('refuses an encoder without a mask token', () => {
    const encoder = { ...config.encoder, maskToken: false };
    expect(() => makeDino2Step({ ...config, encoder })).toThrow('tiny has no mask token, which iBOT needs');
  });
});

describe('dino2Schedules', () => {
  it('as released: square-root scaling, last layers at rate 0, temperature by update', () => {
    const at = (done: number) => dino2Schedules(config, done, PER_EPOCH);
    // 0.32 * sqrt(4 / 1024) = 0.02; numpy.linspace(0, 0.02, 5)[2] = 0.01; numpy.linspace(0.04, 0.07, 10)[2]
    expect(at(2).learningRate).toBeCloseTo(0.01, 12);
    expect(at(2)).toMatchObject({ lastLayerRate: 0, bodyUpdates: 3, lastLayerUpdates: 3 });
    expect(at(2).teacherTemperature).toBeCloseTo(0.04 + (0.03 * 2) / 9, 12);
    expect(at(5).lastLayerRate).toBe(at(5).learningRate);
  });

  it('as published: last layers without gradient, temperature by epoch', () => {
    const at = (done: number) => dino2Schedules({ ...config, variant: 'as-published' }, done, PER_EPOCH);
    expect(at(2)).toMatchObject({ lastLayerUpdates: 0, teacherTemperature: 0.04 });
    expect(at(2).lastLayerRate).toBe(at(2).learningRate);
    expect(at(5)).toMatchObject({ lastLayerUpdates: 1, teacherTemperature: 0.07 });
  });
});
