import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { knnCurve } from '../../lib/figures/knn-curve.js';
import { codeVersion, describeMachine, packageVersions } from '../../lib/records/environment.js';
import { writeIndexPage } from '../../lib/records/index-page.js';
import { findRecords, readAssets, readRecord } from '../../lib/records/read-record.js';
import type { Metrics, RunInfo, TextTables } from '../../lib/records/record.js';
import { StageClock } from '../../lib/records/stages.js';
import { differences, verifyMetrics } from '../../lib/records/verify-record.js';
import { type RecordContent, writeRecord } from '../../lib/records/write-record.js';

let results: string;
beforeEach(() => {
  results = mkdtempSync(join(tmpdir(), 'echolab-records-'));
});
afterEach(() => {
  rmSync(results, { recursive: true, force: true });
});

const RUN: RunInfo = {
  experiment: 'e99-example',
  title: 'An <example>',
  scale: 'smoke',
  data: 'phantom',
  origin: 'phantom',
  config: { k: 20 },
  configHash: '00',
  seeds: [1],
  manifests: {},
  code: { version: '0.1.0', commit: null, dirty: null, hash: '00' },
  machine: { node: 'v20', platform: 'linux-x64', processor: 'a processor', cores: 2, memoryGiB: 8 },
  packages: {},
  engine: { device: 'cpu' },
  started: '2026-01-01T00:00:00.000Z',
  finished: '2026-01-01T00:01:00.000Z',
  stages: [{ stage: 'all', seconds: 60, peakMemoryMiB: 100 }],
  notes: [],
};

const metricsOf = ({ samples = [] }: TextTables): Metrics => {
  const correct = samples.filter(({ label, prediction }) => label === prediction).length;
  return { headline: { accuracy: correct / samples.length }, count: samples.length };
};

const content: RecordContent = {
  run: RUN,
  tables: {
    samples: {
      columns: ['sample', 'patient', 'split', 'label', 'prediction', 'score', 'seed'],
      rows: [
        { sample: 'a', patient: 'p1', split: 'test', label: 'A4C', prediction: 'A4C', score: 0.1 + 0.2, seed: 1 },
        { sample: 'b', patient: 'p2', split: 'test', label: 'A4C', prediction: 'A2C', score: 1 / 3, seed: 1 },
        { sample: 'c', patient: 'p3', split: 'test', label: 'A2C', prediction: 'A2C', score: null, seed: 1 },
      ],
    },
  },
  assets: { 'sprites/a.bin': Uint8Array.from([1, 2, 3]) },
  metricsOf,
  figuresOf: async () => [
    knnCurve({
      name: 'knn-curve',
      title: 'An example',
      dataOrigin: 'phantom',
      segments: [{ name: 'one', at: [0, 1], accuracy: [0.2, 0.4] }],
      unit: 'step',
      k: 20,
    }),
  ],
};

describe('a record', () => {
  it('comes back as it was written, with its figures, and verifies to the last digit', async () => {
    const folder = join(results, 'e99-example', 'phantom-smoke');
    await writeRecord(folder, content);
    const record = readRecord(folder);
    expect(record.run).toEqual(RUN);
    expect(record.metrics).toEqual({ headline: { accuracy: 2 / 3 }, count: 3 });
    expect(record.tables.samples?.map(({ score }) => score)).toEqual(['0.30000000000000004', '0.3333333333333333', '']);
    expect([...readAssets(folder)['sprites/a.bin']!]).toEqual([1, 2, 3]);
    expect(readdirSync(join(folder, 'figures')).sort()).toEqual([
      'knn-curve.html',
      'knn-curve.plotly.json',
      'knn-curve.svg',
    ]);
    expect(readFileSync(join(folder, 'figures', 'knn-curve.html'), 'utf8')).toContain(
      'src="../../../assets/plotly.min.js"',
    );
    expect(existsSync(join(results, 'assets', 'plotly.min.js'))).toBe(true);
    expect(verifyMetrics(record, metricsOf)).toEqual([]);
  });

  it('names a changed prediction', async () => {
    const folder = join(results, 'e99-example', 'phantom-smoke');
    await writeRecord(folder, content);
    const path = join(folder, 'samples.csv');
    writeFileSync(path, readFileSync(path, 'utf8').replace('A4C,A2C', 'A4C,A4C'));
    expect(verifyMetrics(readRecord(folder), metricsOf)).toEqual([
      { what: 'headline/accuracy', recorded: '0.6666666666666666', recomputed: '1' },
    ]);
  });

  it('is not there at all when writing fails, and an older one stays', async () => {
    const folder = join(results, 'e99-example', 'phantom-smoke');
    const broken = {
      ...content,
      figuresOf: async () => {
        throw new Error('no figure');
      },
    };
    await expect(writeRecord(folder, broken)).rejects.toThrow('no figure');
    expect(existsSync(folder)).toBe(false);
    await writeRecord(folder, content);
    await expect(writeRecord(folder, broken)).rejects.toThrow('no figure');
    expect(readRecord(folder).metrics.count).toBe(3);
  });

  it('refuses samples without the columns that every record has', async () => {
    const tables = { samples: { columns: ['sample'], rows: [] } };
    await expect(writeRecord(join(results, 'x'), { ...content, tables })).rejects.toThrow(
      'writeRecord: the samples table must have sample, patient, split, label, prediction, score, seed; missing patient',
    );
  });

  it('appears on the index page with text escaped', async () => {
    await writeRecord(join(results, 'e99-example', 'phantom-smoke'), content);
    expect(findRecords(results)).toHaveLength(1);
    const page = readFileSync(await writeIndexPage(results), 'utf8');
    expect(page).toContain('An &lt;example&gt;');
    expect(page).toContain('phantom data, smoke scale');
    expect(page).toContain('<dt>accuracy</dt><dd>0.667</dd>');
    expect(page).toContain('e99-example/phantom-smoke/figures/knn-curve.svg');
  });
});

describe('differences', () => {
  it('tells absent from null and finds one bit', () => {
    expect(differences({ a: 0.1 }, { a: 0.1 })).toEqual([]);
    expect(differences({ a: 0.1 }, { a: 0.1 + 2 ** -56 })).toHaveLength(1);
    expect(differences({ a: null }, {})).toEqual([{ what: 'a', recorded: 'null', recomputed: 'absent' }]);
    expect(differences({ a: [1, 2] }, { a: [1, 3] })).toEqual([{ what: 'a/1', recorded: '2', recomputed: '3' }]);
  });
});

describe('what a record says of its surroundings', () => {
  it('names code, machine and every package', () => {
    expect(codeVersion().hash).toMatch(/^[0-9a-f]{64}$/);
    expect(describeMachine().node).toBe(process.version);
    expect(packageVersions()['@tensorflow/tfjs']).toBe('4.22.0');
    expect(Object.values(packageVersions()).every((version) => /^\d/.test(version))).toBe(true);
  });

  it('clocks a stage also when it throws', async () => {
    const clock = new StageClock();
    await expect(
      clock.measure('bad', () => {
        throw new Error('x');
      }),
    ).rejects.toThrow('x');
    expect(clock.stages[0]?.stage).toBe('bad');
    expect(clock.stages[0]?.peakMemoryMiB).toBeGreaterThan(0);
  });
});
