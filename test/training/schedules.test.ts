import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { cosineSchedule, teacherTemperature } from '../../lib/training/schedules.js';

// facebookresearch/dino at 7c446df, utils.cosine_scheduler(base, final, epochs=10, niter_per_ep=7, warmup_epochs=3 for lr)
const expected = JSON.parse(
  readFileSync(new URL('../fixtures/dino-schedules/schedules.json', import.meta.url), 'utf8'),
) as Record<'lr' | 'wd' | 'mom', number[]>;

describe('cosineSchedule', () => {
  const cases = {
    lr: { base: 5e-4, final: 1e-6, steps: 70, warmupSteps: 21 },
    wd: { base: 0.04, final: 0.4, steps: 70 },
    mom: { base: 0.996, final: 1, steps: 70 },
  } as const;
  for (const name of ['lr', 'wd', 'mom'] as const) {
    it(`equals the authors' schedule of ${name}`, () => {
      expected[name].forEach((value, step) => {
        expect(cosineSchedule(cases[name], step)).toBeCloseTo(value, 12);
      });
    });
  }

  it('refuses a step outside the run', () => {
    expect(() => cosineSchedule(cases.lr, 70)).toThrow('cosineSchedule: step must be in [0, 69], got 70');
  });
});

describe('teacherTemperature', () => {
  it('warms up as numpy.linspace(0.04, 0.07, 4) and stays', () => {
    const schedule = { start: 0.04, final: 0.07, warmupEpochs: 4 };
    const values = [0, 1, 2, 3, 4, 9].map((epoch) => teacherTemperature(schedule, epoch));
    [0.04, 0.05, 0.06, 0.07, 0.07, 0.07].forEach((value, i) => {
      expect(values[i]).toBeCloseTo(value, 12);
    });
  });
});
