import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { silentProgress } from '../../lib/core/progress.js';
import type { Experiment, ExperimentConfig } from '../../lib/experiments/experiment.js';
import { runExperiment } from '../../lib/experiments/run-experiment.js';
import { settings } from '../../lib/experiments/settings.js';
import { verifyRecord } from '../../lib/experiments/verify-record.js';
import { curve } from '../../lib/figures/curve.js';
import type { Scale } from '../../lib/records/record.js';

interface Config extends ExperimentConfig {
  readonly cases: number;
}

let folder: string;
const before = { ...process.env };
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'echolab-run-'));
  process.env.ECHOLAB_RESULTS = join(folder, 'results');
  process.env.ECHOLAB_WORK = join(folder, 'work');
});
afterEach(() => {
  process.env = { ...before };
  rmSync(folder, { recursive: true, force: true });
});

/** A small experiment: even numbers are called right. Counts how often it ran; throws while `broken`. */
function counting(state: { runs: number; broken: boolean }, cases = 4): Experiment<Config> {
  const config: Config = { seeds: [1], cases };
  return {
    id: 'e98-counting',
    title: 'Counting',
    notebook: '98-counting',
    configs: Object.fromEntries(
      (['smoke', 'mini', 'full', 'paper'] as Scale[]).map((scale) => [scale, config]),
    ) as Record<Scale, Config>,
    async run(given, context) {
      state.runs += 1;
      writeFileSync(join(context.workFolder, `checkpoint-${readdirSync(context.workFolder).length}`), '');
      if (state.broken) throw new Error('killed');
      const left = readdirSync(context.workFolder).length;
      if (left > 1) context.note(`resumed from ${left - 1} checkpoints`);
      const rows = Array.from({ length: given.cases }, (_, i) => ({
        sample: String(i),
        patient: String(i),
        split: 'test',
        label: '0',
        prediction: String(i % 2),
        score: i / 3,
        seed: 1,
      }));
      return {
        tables: { samples: { columns: Object.keys(rows[0]!), rows } },
        assets: {},
        manifests: {},
        engine: { device: 'cpu' },
      };
    },
    metrics: ({ samples = [] }) => ({ right: samples.filter(({ label, prediction }) => label === prediction).length }),
    figures: async ({ samples = [] }) => [
      curve({
        name: 'scores',
        title: 'Scores',
        dataOrigin: 'none',
        series: [{ name: 'score', x: samples.map((_, i) => i), y: samples.map(({ score }) => Number(score)) }],
        abscissa: 'Sample',
        ordinate: 'Score',
      }),
    ],
  };
}

const options = { scale: 'smoke', data: 'phantom', progress: silentProgress, say: () => {} } as const;

describe('runExperiment', () => {
  it('loads a record of the same config and code, and computes again when asked or when the config changed', async () => {
    const state = { runs: 0, broken: false };
    await runExperiment(counting(state), options);
    const again = await runExperiment(counting(state), options);
    expect([state.runs, again.metrics.right]).toEqual([1, 2]);
    await runExperiment(counting(state), { ...options, record: 'fresh' });
    expect(state.runs).toBe(2);
    const changed = await runExperiment(counting(state, 8), options);
    expect([state.runs, changed.metrics.right]).toEqual([3, 4]);
  });

  it('loads any record as it is when asked to, and computes nothing where there is none', async () => {
    const state = { runs: 0, broken: false };
    const any = { ...options, record: 'any' } as const;
    await expect(runExperiment(counting(state), any)).rejects.toThrow('must hold a record, got none');
    await runExperiment(counting(state), options);
    const old = await runExperiment(counting(state, 8), any);
    expect([state.runs, old.metrics.right]).toEqual([1, 2]);
  });

  it('finds its checkpoints again after a kill, and removes them once the record is written', async () => {
    const state = { runs: 0, broken: true };
    await expect(runExperiment(counting(state), options)).rejects.toThrow('killed');
    state.broken = false;
    const record = await runExperiment(counting(state), options);
    expect(record.run.notes).toEqual(['resumed from 1 checkpoints']);
    expect(readdirSync(join(folder, 'work'))).toEqual([]);
  });

  it('leaves a record that verifies, and a changed row is named', async () => {
    const experiment = counting({ runs: 0, broken: false });
    const { folder: record } = await runExperiment(experiment, options);
    expect(await verifyRecord(record, [experiment])).toEqual([]);
    writeFileSync(join(record, 'samples.csv'), 'sample,label,prediction,score\n0,0,0,1\n');
    expect((await verifyRecord(record, [experiment])).map(({ what }) => what)).toEqual(['right', 'figure scores']);
  });
});

describe('settings', () => {
  it('come from the environment, with defaults, and refuse what is not known', () => {
    expect(settings({})).toEqual({ scale: 'mini', data: 'phantom', record: 'unchanged' });
    expect(settings({ ECHOLAB_SCALE: 'smoke', ECHOLAB_RECORD: 'fresh' })).toEqual({
      scale: 'smoke',
      data: 'phantom',
      record: 'fresh',
    });
    expect(() => settings({ ECHOLAB_SCALE: 'tiny' })).toThrow(
      'settings: ECHOLAB_SCALE must be smoke, mini, full, paper, got tiny',
    );
  });
});
