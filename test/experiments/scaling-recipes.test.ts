import { describe, expect, it } from 'vitest';
import type { StudyModel } from '../../lib/experiments/scaling-study/scaling-config.js';
import { SCALING_CONFIGS } from '../../lib/experiments/scaling-study/scaling-scales.js';
import { SCALES } from '../../lib/records/record.js';
import { dinoStage } from '../../lib/training/dino/dino-stage.js';
import { dino2Stage } from '../../lib/training/dino2/dino2-stage.js';

const MODELS: readonly StudyModel[] = ['vit-small', 'vit-base', 'resnet50'];

describe.each(SCALES)('recipes of the study, %s', (scale) => {
  const config = SCALING_CONFIGS[scale];

  it.each(MODELS)('stage 1 of %s is one that the trainer takes', (model) => {
    const stage = dinoStage({ ...config.stage1[model], encoder: config.encoders[model], epochs: 2 });
    expect(Object.keys(stage.inputs).length).toBeGreaterThan(0);
  });

  it('stage 2 too', () => {
    const stage = dino2Stage({
      ...config.stage2,
      encoder: { ...config.encoders['vit-base'], maskToken: true },
      epochs: 2,
    });
    expect(Object.keys(stage.inputs).length).toBeGreaterThan(0);
  });
});

it("stage 1 at paper scale has DINO's values where Table 1 has none (main_dino.py)", () => {
  const { 'vit-small': vit, resnet50 } = SCALING_CONFIGS.paper.stage1;
  expect(vit).toMatchObject({
    learningRate: 5e-4,
    warmupEpochs: 10,
    dropPathRate: 0.1,
    gradientClip: 3,
    teacherMomentum: [0.996, 1],
  });
  expect(resnet50).toMatchObject({ optimizer: 'sgd', learningRate: 0.03, weightDecay: [1e-4, 1e-4], dropPathRate: 0 });
});
