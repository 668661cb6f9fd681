import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { silentProgress } from '../../../lib/core/progress.js';
import type { ExperimentOutput } from '../../../lib/experiments/experiment.js';
import { studyViews } from '../../../lib/experiments/view-classification/run-view-classification.js';
import {
  VIEW_CONFIGS,
  type ViewClassificationConfig,
} from '../../../lib/experiments/view-classification/view-config.js';
import { viewFigures } from '../../../lib/experiments/view-classification/view-figures.js';
import { viewMetrics } from '../../../lib/experiments/view-classification/view-metrics.js';
import {
  viewAgainstPaper,
  viewComparisonRows,
  viewPrimarySentence,
  viewTakeaway,
  viewUnseenRows,
} from '../../../lib/experiments/view-classification/view-report.js';
import type { LoadedRecord, RunInfo } from '../../../lib/records/record.js';
import { asText } from '../../../lib/records/write-record.js';
import { TOY_VIEWS, toySequences } from './toy-views.js';

/** The smoke study on toy sequences, every encoder from a random start, small pictures and few steps. */
const config: ViewClassificationConfig = {
  ...VIEW_CONFIGS.smoke,
  seeds: [1, 2],
  models: VIEW_CONFIGS.smoke.models.map((plan) => ({
    ...plan,
    start: 'random',
    imageSize: 32,
    batchSize: 8,
    training: { ...plan.training, epochs: 1 },
  })),
  efficiency: { percents: [10, 100], starts: ['echo'], framesPerSequence: 1, imageSize: 32 },
  noveltyNeighbours: 2,
};

let folder: string;
let output: ExperimentOutput;
let record: LoadedRecord;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'echolab-view-study-'));
  const unseen = toySequences(2, 'camus').map((sequence) => ({ ...sequence, set: 'camus' }));
  output = await studyViews(
    { ...config, efficiency: { ...config.efficiency, starts: ['random'] } },
    {
      classes: TOY_VIEWS,
      train: toySequences(4, 'train'),
      validation: toySequences(2, 'validation'),
      test: toySequences(3, 'test'),
      unseen: [{ set: 'camus', origin: 'phantom', sequences: unseen.filter(({ label }) => /^A[24]C$/.test(label)) }],
      manifests: {},
    },
    {
      scale: 'smoke',
      data: 'phantom',
      progress: silentProgress,
      workFolder: folder,
      stage: async (_name, work) => work(),
      note: () => {},
      say: () => {},
    },
  );
  const tables = asText(output.tables);
  record = {
    folder,
    run: { data: 'phantom', seeds: [1, 2], scale: 'smoke' } as unknown as RunInfo,
    tables,
    metrics: viewMetrics(tables),
  };
}, 120_000);
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

describe('the study of views, whole', () => {
  it('votes with every model on every sequence', () => {
    const samples = record.tables.samples!;
    for (const { name } of config.models) {
      const own = samples.filter(({ model }) => model === name);
      expect(own.filter(({ set }) => set === 'views')).toHaveLength(12);
      expect(own.filter(({ split }) => split === 'unseen')).toHaveLength(4);
    }
    for (const { score, votes } of samples) {
      expect(Number(score)).toBeGreaterThan(0);
      expect(Number(score)).toBeLessThanOrEqual(1);
      expect(votes).toMatch(/^.+ [1-5]/);
    }
  });

  it('probes with part of the labels, each seed a random encoder of its own', () => {
    const rows = record.tables.efficiency!;
    expect(rows).toHaveLength(2 * 2 * 12);
    expect(new Set(rows.map(({ percent, patients }) => `${percent}: ${patients}`))).toEqual(
      new Set(['10: 1', '100: 4']),
    );
  });

  it('says what of each model was trained', () => {
    const models = Object.fromEntries(record.tables.models!.map((row) => [row.model, row]));
    expect(Number(models['EchoApex-S']!.trainedShare)).toBe(1);
    expect(Number(models['EchoApex-AdaS']!.trainedShare)).toBeLessThan(0.05);
    expect(Number(models['EchoApex-AdaB']!.trainedShare)).toBeLessThan(0.05);
    expect(models['ResNet50-IN']!.source).toBe('random, seed 1');
  });

  it('looks at the real clip that ships, whatever it says, and keeps a classifier', () => {
    const [clip] = record.tables.realClip!;
    expect(clip).toMatchObject({ sample: 'a4c-cine.dcm', label: 'A4C' });
    expect(TOY_VIEWS).toContain(clip!.prediction);
    expect(output.assets['view-classifier.safetensors']!.length).toBeGreaterThan(1e6);
  });

  it('derives metrics again, the same, and words them', () => {
    expect(viewMetrics(asText(output.tables))).toEqual(record.metrics);
    expect(viewPrimarySentence(record)).toContain('12 sequences of 3 patients');
    expect(viewTakeaway(record)).toContain('**phantom**');
    expect(viewAgainstPaper(record)[0]).toMatchObject({ model: 'ResNet50-IN', 'BACC, paper': '0.959' });
    expect(viewUnseenRows(record).map(({ set }) => set)).toContain('camus (phantom)');
    expect(viewComparisonRows(record)).toHaveLength(5);
  });

  it('draws every figure and says what it is made from', async () => {
    const figures = await viewFigures(record.tables, output.assets, 'phantom');
    const origins = Object.fromEntries(figures.map(({ meta }) => [meta.name, meta.dataOrigin]));
    expect(origins).toMatchObject({
      confusion: 'phantom',
      'bacc-baseline': 'phantom',
      'bacc-variants': 'phantom',
      'two-tests': 'phantom',
      'label-efficiency': 'phantom',
      reliability: 'phantom',
      'real-clip': 'real',
      training: 'phantom',
    });
  });
});
