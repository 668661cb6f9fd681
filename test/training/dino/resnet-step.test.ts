import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { sizeOf } from '../../../lib/core/shape.js';
import { compileStep, type HostTensor, scalarOf } from '../../../lib/engine/compile.js';
import type { ResnetConfig } from '../../../lib/models/resnet.js';
import { type DinoConfig, RESNET_DINO_RECIPE } from '../../../lib/training/dino/dino-config.js';
import { dinoSchedules } from '../../../lib/training/dino/dino-stage.js';
import { dinoShapes, makeDinoStep } from '../../../lib/training/dino/dino-step.js';
// @ts-expect-error a plain module, shared with the process that the resume test kills
import { TINY_DINO } from '../../fixtures/pretrain/tiny-dino.mjs';

// torch 1.13.1, made by test/fixtures/dino-resnet-training/make.py: an independent writing of the authors' recipe
const torch = JSON.parse(
  readFileSync(new URL('../../fixtures/dino-resnet-training/torch.json', import.meta.url), 'utf8'),
) as {
  rows: { loss: number; gradientNorm: number }[];
  teacher: Record<string, number[]>;
  student: Record<string, number[]>;
};

const PER_EPOCH = 4;
const tiny = TINY_DINO as DinoConfig;
const config: DinoConfig<ResnetConfig> = {
  ...tiny,
  ...RESNET_DINO_RECIPE,
  encoder: { name: 'tiny', blocks: [1, 1, 1, 1], base: 8, classes: 0, dilated: false },
  crops: { ...tiny.crops, ...RESNET_DINO_RECIPE.crops, globalSize: 64, localSize: 32, channels: 3 },
  learningRate: RESNET_DINO_RECIPE.learningRate * 64, // at a batch of 4: 0.03
  epochs: 2,
  teacherTemperature: { start: 0.07, final: 0.07, warmupEpochs: 1 },
  freezeLastLayerEpochs: 0,
};

/** The formula of make.py. */
function wave(count: number, phase: number, scale = 1): Float32Array {
  return Float32Array.from({ length: count }, (_, i) => scale * Math.sin(1.7 * i * i + phase));
}

function startParams(): Record<string, HostTensor> {
  const ones = /(weight_g|running_var|bn\d\.weight|downsample\.1\.weight)$/;
  return Object.fromEntries(
    Object.entries(dinoShapes(config)).map(([key, shape], index) => {
      const size = sizeOf(shape);
      if (key.endsWith('running_mean')) return [key, { shape, data: new Float32Array(size) }];
      return [key, { shape, data: ones.test(key) ? new Float32Array(size).fill(1) : wave(size, index, 0.2) }];
    }),
  );
}

describe('makeDinoStep with a ResNet', () => {
  it('follows PyTorch for 8 steps of SGD: losses, both sides, and the running statistics of each', async () => {
    expect(Object.keys(startParams()).sort()).toEqual(Object.keys(torch.student).sort());
    const dino = makeDinoStep(config);
    const step = await compileStep(dino.step, { ...dino.initialState(startParams()), inputs: dino.inputs });
    for (const [done, expected] of torch.rows.entries()) {
      const outputs = await step.run({
        globals: wave(8 * 3 * 4096, 100 + done),
        locals: wave(8 * 3 * 1024, 200 + done),
        ...dino.scalars(dinoSchedules(config, done, PER_EPOCH), 0),
      });
      expect(Math.abs(scalarOf(outputs, 'loss') - expected.loss), `loss of ${done}`).toBeLessThan(1e-4);
      // BatchNorm and ReLU pass rounding on enlarged: 1e-6 in the first steps, 1e-3 in the last
      expect(Math.abs(scalarOf(outputs, 'gradientNorm') / expected.gradientNorm - 1)).toBeLessThan(5e-3);
    }
    const state = await step.readState();
    for (const who of ['student', 'teacher'] as const) {
      for (const [key, values] of Object.entries(torch[who])) {
        if (key.endsWith('weight_g')) continue;
        values.forEach((value, i) => {
          const difference = Math.abs(state[`${who}.${key}`]!.data[i]! - value);
          expect(difference / Math.max(1, Math.abs(value)), `${who} ${key}`).toBeLessThan(1e-4);
        });
      }
    }
    await step.dispose();
  });

  it('refuses what a ResNet cannot have', () => {
    expect(() => makeDinoStep({ ...config, initialisation: 'fan-in' })).toThrow("a ResNet starts 'released'");
    expect(() => makeDinoStep({ ...config, crops: { ...config.crops, channels: 1 } })).toThrow(
      'a ResNet takes 3 planes',
    );
  });
});
