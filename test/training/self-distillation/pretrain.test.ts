import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { silentProgress } from '../../../lib/core/progress.js';
import { stream } from '../../../lib/core/random.js';
import type { HostTensor } from '../../../lib/engine/compile.js';
import { vitShapes } from '../../../lib/models/vit-params.js';
import type { DinoConfig } from '../../../lib/training/dino/dino-config.js';
import { pretrainDino } from '../../../lib/training/dino/pretrain.js';
import type { Dino2Config } from '../../../lib/training/dino2/dino2-config.js';
import { continueStage1 } from '../../../lib/training/dino2/dino2-params.js';
import { pretrainDino2 } from '../../../lib/training/dino2/pretrain-dino2.js';
import { type FrameSet, makeFrameSet, setFrame } from '../../../lib/training/frame-set.js';
import type { PretrainOptions } from '../../../lib/training/self-distillation/pretrain.js';
// @ts-expect-error plain modules, shared with the process that the resume test kills
import { TINY_DINO } from '../../fixtures/pretrain/tiny-dino.mjs';
// @ts-expect-error as above
import { TINY_DINO2 } from '../../fixtures/pretrain/tiny-dino2.mjs';

const stage2 = TINY_DINO2 as Dino2Config;
/** Stage 1 with the encoder of stage 2, its LayerScale at 1 and paths dropped. */
const stage1: DinoConfig = {
  ...(TINY_DINO as DinoConfig),
  encoder: { ...stage2.encoder, layerScale: 1 },
  crops: { ...stage2.crops, blur: [1, 0.1, 0.5] },
  dropPathRate: 0.1,
  accumulate: 2,
  epochs: 2,
};

let folder: string;
let frames: FrameSet;
const said: string[] = [];
const live: string[] = [];

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'echolab-pretrain-'));
  const random = stream(5, 'frames');
  frames = makeFrameSet(26, 40, 40);
  for (let i = 0; i < frames.count; i++) {
    setFrame(frames, i, { width: 40, height: 40, data: Uint8Array.from({ length: 1600 }, () => random.integer(256)) });
  }
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function optionsOf(name: string, probes: number[] = [], encoder = stage1.encoder): PretrainOptions {
  return {
    seed: 3,
    folder: join(folder, name),
    checkpointEvery: 5,
    probeEvery: 6,
    probe: async (step, backbone: Record<string, HostTensor>) => {
      const shapes = Object.fromEntries(Object.entries(backbone).map(([key, { shape }]) => [key, shape]));
      expect(shapes).toEqual(vitShapes(encoder));
      probes.push(step);
    },
    progress: { ...silentProgress('', 0, ''), update: (_done, note) => live.push(note ?? '') },
    say: (text) => said.push(text),
  };
}

describe('pretraining in both stages', () => {
  it('accumulates, probes, and goes on from stage 1 to stage 2 with one loop', async () => {
    const probes: number[] = [];
    const first = await pretrainDino(frames, stage1, optionsOf('one', probes));
    expect(probes).toEqual([0, 6, 12]); // 26 images, six updates of four an epoch, two epochs
    expect(first.rows.map(({ step }) => step)).toEqual(Array.from({ length: 12 }, (_, i) => i + 1));
    const row = first.rows[11]!;
    for (const value of Object.values(row)) expect(Number.isFinite(value)).toBe(true);
    expect(row.featureRank).toBeGreaterThanOrEqual(1);
    expect(row.featureRank).toBeLessThanOrEqual(2); // first global views of the first of two runs: two images
    expect(row.dino).toBe(row.loss); // no KoLeo in this config
    const written = readFileSync(join(folder, 'one', 'steps.jsonl'), 'utf8')
      .trim()
      .split('\n');
    expect(JSON.parse(written[11]!)).toEqual(row);
    expect(live.at(-1)).toMatch(/^loss \d\.\d{3}, entropy \d\.\d\d of 3\.47, rank \d\.\d, .* images\/s$/);

    const second = await pretrainDino2(
      frames,
      { ...stage2, epochs: 2 },
      {
        ...optionsOf('two'),
        initial: continueStage1(stage2, 3, first),
      },
    );
    const terms = second.rows[0]!;
    const sum = terms.dinoGlobal! + terms.dinoLocal! + terms.ibot! + terms.koleo!;
    expect(sum).toBeCloseTo(terms.loss, 4);
    expect(terms.dino).toBeCloseTo(terms.dinoGlobal! + terms.dinoLocal!, 5);
    expect(live.at(-1)).toMatch(/^loss .*\(dinoGlobal .*, dinoLocal .*, ibot .*, koleo .*\), entropy/);
    expect(Object.keys(second.teacher).some((key) => key.startsWith('ibot_head.'))).toBe(true);
  });

  it('calls a collapse by its name, once a kind', async () => {
    // Black frames: every view is the same, so that the teacher can only choose one prototype.
    const black = makeFrameSet(24, 40, 40);
    const before = said.length;
    const { collapses } = await pretrainDino(
      black,
      { ...(TINY_DINO as DinoConfig), epochs: 5 },
      optionsOf('black', [], (TINY_DINO as DinoConfig).encoder),
    );
    expect(collapses.map(({ kind }) => kind)).toContain('one-prototype');
    const named = said.slice(before);
    expect(named).toEqual(collapses.map(({ message }) => `pretrainDino: ${message}`));
    expect(named[0]).toMatch(/^pretrainDino: collapse .* at step 26 .*likely causes/); // one epoch of warm-up, then 20 steps
  });
});
