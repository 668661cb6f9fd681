import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { silentProgress } from '../../../lib/core/progress.js';
import type { Experiment } from '../../../lib/experiments/experiment.js';
import {
  HYPERTROPHY_CONFIGS,
  type HypertrophyConfig,
} from '../../../lib/experiments/lv-hypertrophy/hypertrophy-config.js';
import {
  ceilingTable,
  hypertrophyPrimarySentence,
  hypertrophyTakeaway,
  measurementErrorTable,
  severityTable,
} from '../../../lib/experiments/lv-hypertrophy/hypertrophy-report.js';
import { lvHypertrophy } from '../../../lib/experiments/lv-hypertrophy/lv-hypertrophy.js';
import { runExperiment } from '../../../lib/experiments/run-experiment.js';
import { verifyRecord } from '../../../lib/experiments/verify-record.js';
import type { LoadedRecord, Scale } from '../../../lib/records/record.js';

/** Everything of the smoke scale, but one step of training from random weights on small pictures. */
const CONFIG: HypertrophyConfig = {
  ...HYPERTROPHY_CONFIGS.smoke,
  passesPerEpoch: 1,
  arms: HYPERTROPHY_CONFIGS.smoke.arms
    .filter(({ name }) => name === 'EchoApex-S' || name === 'DeepLabV3')
    .map((arm) => ({
      ...arm,
      ...(arm.kind === 'encoder' && { start: 'random' as const }),
      imageSize: 32,
      batchSize: 4,
      recipe: { ...arm.recipe, epochs: 1 },
    })),
};
const EXPERIMENT: Experiment<HypertrophyConfig> = {
  ...lvHypertrophy,
  configs: Object.fromEntries(
    (['smoke', 'mini', 'full', 'paper'] as Scale[]).map((scale) => [scale, CONFIG]),
  ) as Record<Scale, HypertrophyConfig>,
};

describe('the whole of notebook 04', () => {
  const folder = mkdtempSync(join(tmpdir(), 'hypertrophy-'));
  const before = { ...process.env };
  let record: LoadedRecord;

  beforeAll(async () => {
    for (const name of ['DATA', 'RESULTS', 'WORK']) process.env[`ECHOLAB_${name}`] = join(folder, name);
    record = await runExperiment(EXPERIMENT, {
      scale: 'smoke',
      data: 'phantom',
      record: 'fresh',
      progress: silentProgress,
      say: () => {},
    });
  }, 300_000);
  afterAll(() => {
    process.env = before;
    rmSync(folder, { recursive: true, force: true });
  });

  it('has a row for each caliper, model and test frame', () => {
    const rows = record.tables.samples!;
    // 2 test patients with 2 frames of 3 calipers; 6 frames of Unity with 3 each
    const perModel = 2 * 2 * 3 + 6 * 3;
    expect(rows.length).toBe(2 * perModel);
    expect(new Set(rows.filter(({ set }) => set === 'Unity').map(({ unit }) => unit))).toEqual(new Set(['px']));
    expect(record.tables.observers!.length).toBe(12);
    expect(record.tables.shown!.length).toBe(4);
  });

  it('leaves measurements that are missing empty, and says how many', () => {
    const rows = record.tables.samples!.filter(({ set }) => set === 'EchoNet-LVH');
    const missing = rows.filter(({ prediction }) => prediction === '');
    for (const row of missing) expect(row.landmarkError).toBe('');
    const table = measurementErrorTable(record, 'EchoNet-LVH', 'absolute error');
    const counted = table.map((row) => Number(String(row.missing).split(' ')[0]));
    expect(counted.reduce((a, b) => a + b)).toBe(missing.length);
    expect(table.find(({ model }) => model === 'DeepLabV3')!['IVS paper (mm)']).toBe('1.77 ± 2.04'); // Table 11
  });

  it('can be recomputed from its rows to the last digit', async () => {
    expect(await verifyRecord(record.folder, [EXPERIMENT])).toEqual([]);
  });

  it('reports without measurements too', () => {
    expect(hypertrophyPrimarySentence(record)).toMatch(/^\*\*Primary test\.\*\*/);
    expect(hypertrophyTakeaway(record)).toContain('phantom');
    expect(severityTable(record)).toHaveLength(4); // two models, two sexes
    expect(ceilingTable(record)).toHaveLength(3);
  });
});
