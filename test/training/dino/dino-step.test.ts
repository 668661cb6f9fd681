import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { sizeOf } from '../../../lib/core/shape.js';
import { compileStep, type HostTensor, scalarOf } from '../../../lib/engine/compile.js';
import { dinoHeadShapes } from '../../../lib/models/dino-head.js';
import { prefixParams } from '../../../lib/models/parameters.js';
import { vitShapes } from '../../../lib/models/vit-params.js';
import type { DinoConfig } from '../../../lib/training/dino/dino-config.js';
import { dinoSchedules } from '../../../lib/training/dino/dino-stage.js';
import { makeDinoStep } from '../../../lib/training/dino/dino-step.js';
// @ts-expect-error a plain module, shared with the process that the resume test kills
import { TINY_DINO } from '../../fixtures/pretrain/tiny-dino.mjs';

// torch 1.13.1, made by test/fixtures/dino-training/make.py: an independent writing of the authors' recipe
const torch = JSON.parse(readFileSync(new URL('../../fixtures/dino-training/torch.json', import.meta.url), 'utf8')) as {
  rows: { loss: number; gradientNorm: number }[];
  teacher: Record<string, number[]>;
  student: Record<string, number[]>;
};

const config = TINY_DINO as DinoConfig;
const PER_EPOCH = 5;

/** The formula of make.py. */
function wave(count: number, phase: number, scale = 1): Float32Array {
  return Float32Array.from({ length: count }, (_, i) => scale * Math.sin(1.7 * i + phase));
}

function startParams(): Record<string, HostTensor> {
  const shapes = {
    ...prefixParams(vitShapes(config.encoder), 'backbone.'),
    ...prefixParams(dinoHeadShapes({ ...config.head, inputWidth: config.encoder.width }), 'head.'),
  };
  const ones = /weight_g$|norm1\.weight$|norm2\.weight$|norm\.weight$/;
  return Object.fromEntries(
    Object.entries(shapes).map(([key, shape], index) => {
      const size = sizeOf(shape);
      return [key, { shape, data: ones.test(key) ? new Float32Array(size).fill(1) : wave(size, index, 0.2) }];
    }),
  );
}

describe('makeDinoStep', () => {
  it('follows PyTorch for 20 steps: losses, gradient norms, student and teacher', async () => {
    const params = startParams();
    expect(Object.keys(params).sort()).toEqual(Object.keys(torch.student).sort());
    const dino = makeDinoStep(config);
    const step = await compileStep(dino.step, { ...dino.initialState(params), inputs: dino.inputs });
    for (const [done, expected] of torch.rows.entries()) {
      const outputs = await step.run({
        globals: wave(8 * 256, 100 + done),
        locals: wave(8 * 64, 200 + done),
        ...dino.scalars(dinoSchedules(config, done, PER_EPOCH), 0),
      });
      expect(Math.abs(scalarOf(outputs, 'loss') - expected.loss)).toBeLessThan(1e-4);
      expect(Math.abs(scalarOf(outputs, 'gradientNorm') / expected.gradientNorm - 1)).toBeLessThan(1e-3);
    }
    const state = await step.readState();
    for (const who of ['student', 'teacher'] as const) {
      for (const [key, values] of Object.entries(torch[who])) {
        if (key.endsWith('weight_g')) continue;
        values.forEach((value, i) => {
          expect(Math.abs(state[`${who}.${key}`]!.data[i]! - value), `${who} ${key}`).toBeLessThan(1e-4);
        });
      }
    }
    await step.dispose();
  });

  it('leaves the last layer and its moments alone in the first epoch', async () => {
    const params = startParams();
    const dino = makeDinoStep(config);
    const step = await compileStep(dino.step, { ...dino.initialState(params), inputs: dino.inputs });
    await step.run({
      globals: wave(8 * 256, 1),
      locals: wave(8 * 64, 2),
      ...dino.scalars(dinoSchedules(config, 3, PER_EPOCH), 0),
    });
    const state = await step.readState();
    const key = 'head.last_layer.weight_v';
    expect(state[`student.${key}`]!.data).toEqual(params[key]!.data);
    expect(state[`student.head.mlp.0.weight`]!.data).not.toEqual(params['head.mlp.0.weight']!.data);
    await step.dispose();
  });
});
