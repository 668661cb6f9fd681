import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { JSDOM } from 'jsdom';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { silentProgress } from '../../lib/core/progress.js';
import { countVolumes } from '../../lib/experiments/phantom-heart/count-volumes.js';
import { PHANTOM_HEART_CONFIGS } from '../../lib/experiments/phantom-heart/phantom-config.js';
import { phantomHeart } from '../../lib/experiments/phantom-heart/phantom-heart.js';
import { PRIMARY_CHECK, phantomHeartMetrics } from '../../lib/experiments/phantom-heart/phantom-metrics.js';
import {
  besidePublished,
  greySentence,
  phantomCheckSentence,
  phantomCheckTable,
  phantomVendorTable,
} from '../../lib/experiments/phantom-heart/phantom-report.js';
import { SPACE_ASSET } from '../../lib/experiments/phantom-heart/space-surfaces.js';
import { runExperiment } from '../../lib/experiments/run-experiment.js';
import { verifyRecord } from '../../lib/experiments/verify-record.js';
import { type Figure, PHANTOM_MARK, plotlyJson, renderSvg, type Trace } from '../../lib/figures/figure.js';
import { clientBox } from '../../lib/figures/svg-metrics.js';
import { heartOf } from '../../lib/phantom/clip-plan.js';
import { readAssets } from '../../lib/records/read-record.js';
import type { LoadedRecord } from '../../lib/records/record.js';
import { asText } from '../../lib/records/write-record.js';

/** Smaller than smoke: every path, few people. */
const SMALL = {
  ...phantomHeart,
  configs: {
    ...phantomHeart.configs,
    smoke: {
      ...PHANTOM_HEART_CONFIGS.smoke,
      patients: { adult: 40, paediatric: 12 },
      counting: { hearts: 3, instants: 2, lattice: 2 },
      anatomy: { lattice: 4, angles: 2, instants: 3, size: 80 },
      frameSize: 64,
      greyClips: 3,
    },
  },
};

/** Volume inside a closed surface, by the divergence theorem, the unit of its axes cubed. */
function enclosed(trace: Trace): number {
  const [x, y, z, i, j, k] = ['x', 'y', 'z', 'i', 'j', 'k'].map((name) => trace[name] as number[]);
  let sum = 0;
  for (let n = 0; n < i!.length; n++) {
    const [a, b, c] = [i![n]!, j![n]!, k![n]!];
    sum +=
      x![a]! * (y![b]! * z![c]! - y![c]! * z![b]!) +
      y![a]! * (z![b]! * x![c]! - z![c]! * x![b]!) +
      z![a]! * (x![b]! * y![c]! - x![c]! * y![b]!);
  }
  return Math.abs(sum) / 6;
}

let results: string;
let record: LoadedRecord;
let figures: readonly Figure[];
const before = process.env.ECHOLAB_RESULTS;

beforeAll(async () => {
  results = mkdtempSync(join(tmpdir(), 'echolab-phantom-heart-'));
  process.env.ECHOLAB_RESULTS = results;
  // no real CAMUS frames, whatever lies beside the clone
  const none = join(results, 'no-camus');
  mkdirSync(none);
  vi.stubEnv('ECHOLAB_CAMUS_SAMPLES', none);
  vi.stubEnv('ECHOLAB_DATA', none);
  record = await runExperiment(SMALL, { scale: 'smoke', data: 'phantom', record: 'fresh', progress: silentProgress });
  figures = await phantomHeart.figures(record.tables, readAssets(record.folder), 'phantom');
}, 120_000);
afterAll(() => {
  vi.unstubAllEnvs();
  if (before === undefined) delete process.env.ECHOLAB_RESULTS;
  else process.env.ECHOLAB_RESULTS = before;
  rmSync(results, { recursive: true, force: true });
});

describe('the record of notebook 00', () => {
  it('verifies to the last digit, and names a changed row', async () => {
    expect(await verifyRecord(record.folder, [phantomHeart])).toEqual([]);
    const path = join(record.folder, 'volumes.csv');
    const whole = readFileSync(path, 'utf8');
    const { cavityCounted } = record.tables.volumes![0]!;
    writeFileSync(path, whole.replace(cavityCounted!, String(2 * Number(cavityCounted))));
    const changed = (await verifyRecord(record.folder, [phantomHeart])).map(({ what }) => what);
    writeFileSync(path, whole);
    expect(changed).toContain('checks/labels are exact/largest');
    expect(changed).toContain('figure exact-labels');
  });

  it('holds the primary check', () => {
    expect(record.metrics.headline).toMatchObject({ 'checks held, of 3': 3 });
    expect(phantomCheckTable(record).map(({ held }) => held)).toEqual(['yes', 'yes', 'yes']);
    expect(phantomCheckSentence(record)).toContain('All 3 parts hold');
    // sqrt(pi / (4 - pi)), hand-solved
    expect(PRIMARY_CHECK.rayleigh).toBeCloseTo(1.9131, 4);
  });

  it('has one row a person, one a view and one a transducer', () => {
    expect(record.tables.samples).toHaveLength(52);
    expect(new Set(record.tables.samples!.map(({ patient }) => patient)).size).toBe(52);
    expect(record.tables.views).toHaveLength(18);
    expect(phantomVendorTable(record).map((row) => row['share (%)'])).toEqual([68, 15, 16, 1, null]); // EchoApex A.1
    expect(besidePublished(record)).toHaveLength(6);
    expect(greySentence(record)).not.toContain('NaN');
  });

  it('is the same again with the same seed, and of phantoms also where real data were asked for', async () => {
    const notes: string[] = [];
    const output = await phantomHeart.run(SMALL.configs.smoke, {
      scale: 'smoke',
      data: 'real',
      progress: silentProgress,
      workFolder: results,
      stage: async (_name, work) => work(),
      note: (text) => notes.push(text),
      say: () => undefined,
    });
    expect(asText(output.tables)).toEqual(record.tables);
    expect(notes).toEqual([
      expect.stringContaining('phantoms are shown'),
      expect.stringContaining('real CAMUS frames: not present'),
    ]);
  }, 60_000);
});

describe('the primary check', () => {
  it('fails, and says so, when a label is off', () => {
    const tables = structuredClone(record.tables) as Record<string, Record<string, string>[]>;
    tables.volumes![0]!.cavityClosed = String(1.02 * Number(tables.volumes![0]!.cavityClosed));
    const metrics = phantomHeartMetrics(tables);
    expect(metrics.headline).toMatchObject({ 'checks held, of 3': 2 });
    expect(phantomCheckSentence({ ...record, metrics })).toContain('failed: labels are exact');
  });

  it('counts finer as the lattice gets finer', () => {
    const heart = heartOf(5, 'adult-0001', 'adult');
    const volume = heart.leftVentricle.cavityVolume(0);
    const error = (spacing: number): number => Math.abs(countVolumes(heart, 0, spacing).cavity / volume - 1);
    expect(error(1.5)).toBeLessThan(0.005);
    expect(error(6)).toBeLessThan(0.06);
  });
});

describe('the figures of notebook 00', () => {
  it('say that they are of phantoms and cut off no words', async () => {
    expect(figures.map(({ meta }) => meta.name)).toEqual([
      'anatomy',
      'beat',
      'eighteen-views',
      'vendors',
      'beside-a-real-frame',
      'grey-levels',
      'population',
      'exact-labels',
      'speckle',
    ]);
    for (const figure of figures) {
      for (const format of ['notebook', 'phone'] as const) {
        const { document } = new JSDOM(await renderSvg(figure, format), { contentType: 'image/svg+xml' }).window;
        const [width, height] = (document.documentElement.getAttribute('viewBox') ?? '')
          .split(' ')
          .slice(2)
          .map(Number);
        const texts = [...document.querySelectorAll('text')].filter(({ textContent }) => textContent?.trim());
        expect(texts.map(({ textContent }) => textContent)).toContain(PHANTOM_MARK);
        const outside = texts.filter((text) => {
          const box = clientBox(text);
          return !box || box.left < -0.5 || box.top < -0.5 || box.right > width! + 0.5 || box.bottom > height! + 0.5;
        });
        expect(outside.map(({ textContent }) => `${figure.meta.name} ${format}: ${textContent}`)).toEqual([]);
      }
    }
  }, 60_000);

  it('show the anatomy in space, at one scale, with a still for all that cannot turn it', async () => {
    const anatomy = figures[0]!;
    expect(anatomy.data.map(({ type, name }) => `${type} ${name}`)).toEqual([
      'mesh3d LV cavity',
      'mesh3d Myocardium',
      'mesh3d Left atrium',
      'mesh3d Right ventricle',
      'mesh3d Right atrium',
      'mesh3d Great arteries',
      'mesh3d Veins',
    ]);
    expect(anatomy.layout.scene).toMatchObject({ aspectmode: 'data', zaxis: { title: { text: 'z (mm)' } } });
    expect(JSON.stringify(plotlyJson(anatomy)).length).toBeLessThan(1_500_000);
    const volume = enclosed(anatomy.data[0]!);
    // the cavity as a closed surface, counted against the label of the same heart
    const labelled = 1000 * Math.max(...record.tables.volumeCurve!.map((row) => Number(row.volume)));
    expect(Math.abs(volume / labelled - 1)).toBeLessThan(0.15);
    expect(anatomy.still!.data.every(({ type }) => type === 'scatter')).toBe(true);
    expect(await renderSvg(anatomy)).toBe(await renderSvg(anatomy.still!));
    // a record from before has pictures alone
    const { [SPACE_ASSET]: _space, ...before } = readAssets(record.folder);
    const old = (await phantomHeart.figures(record.tables, before, 'phantom'))[0]!;
    expect([old.meta.name, old.still]).toEqual(['anatomy', undefined]);
  });

  it('label the real frame as real', () => {
    const figure = figures.find(({ meta }) => meta.name === 'beside-a-real-frame')!;
    const words = (figure.layout.annotations as { text: string }[]).map(({ text }) => text);
    expect(words.filter((text) => text === 'REAL')).toHaveLength(1);
    expect(words[0]).toBe('REAL');
  });
});
