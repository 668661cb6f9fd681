import { describe, expect, it } from 'vitest';
import type { Dino2Config } from '../../lib/training/dino2/dino2-config.js';
import { tryPaperStage } from '../../lib/training/paper-stage-trial.js';
// @ts-expect-error a plain module, shared with the process that the resume test kills
import { TINY_DINO2 } from '../fixtures/pretrain/tiny-dino2.mjs';

describe('tryPaperStage', () => {
  it('makes real updates of a recipe and measures them', async () => {
    const said: string[] = [];
    const recipe = { ...(TINY_DINO2 as Dino2Config), warmupEpochs: 0, freezeLastLayerEpochs: 0 };
    const trial = await tryPaperStage({ recipe, say: (text) => said.push(text) });
    expect(trial).toMatchObject({ encoder: 'tiny', imagesPerRun: 2, runsPerUpdate: 2 });
    expect(trial.losses).toHaveLength(2);
    for (const { loss, dinoGlobal, dinoLocal, ibot, koleo, gradientNorm } of trial.losses) {
      expect(dinoGlobal! + dinoLocal! + ibot! + koleo!).toBeCloseTo(loss!, 3);
      expect(gradientNorm).toBeGreaterThan(0);
    }
    expect(trial.losses[1]!.loss).not.toBe(trial.losses[0]!.loss);
    expect(trial.flopsPerRun).toBeGreaterThan(1e6);
    expect(trial.peakMebibytes).toBeGreaterThan(50);
    expect(said.at(-1)).toMatch(/^update 2 of 2: /);
  });
});
