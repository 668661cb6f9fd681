import { describe, expect, it } from 'vitest';
import type { CsvRow } from '../../lib/core/csv.js';
import { stream } from '../../lib/core/random.js';
import { frameStrip, readFrames } from '../../lib/experiments/scaling-study/frame-strip.js';
import { scalingFigures } from '../../lib/experiments/scaling-study/scaling-figures.js';
import { accuracy, headlineK, probesOf, scalingMetrics } from '../../lib/experiments/scaling-study/scaling-metrics.js';
import { besideThePaper, primaryTestSentence, takeaway } from '../../lib/experiments/scaling-study/scaling-report.js';
import type { LoadedRecord, RunInfo } from '../../lib/records/record.js';

/** Votes of an arm that is right on a patient's frames with the given chance. */
function votes(arm: string, step: number, k: number | 'linear', right: number, seed = 1): CsvRow[] {
  const random = stream(2 + seed, `${arm}/${step}/${k}`);
  return Array.from({ length: 60 }, (_, i) => {
    const label = i % 2 === 0 ? 'A4C' : 'PLAX:LV';
    return {
      sample: `clip-${i}`,
      patient: `p${Math.floor(i / 3)}`,
      split: 'test',
      label,
      prediction: random.chance(right) ? label : 'SC:4C',
      score: '0.5',
      seed: String(seed),
      arm,
      step: String(step),
      probe: k === 'linear' ? 'linear' : 'knn',
      k: k === 'linear' ? '' : String(k),
    };
  });
}

const samples = [
  ...votes('Echo3M', 0, 20, 0.2),
  ...votes('Echo3M', 100, 20, 0.3),
  ...votes('Echo3M', 100, 10, 0.3),
  ...votes('Echo12M', 0, 20, 0.2),
  ...votes('Echo12M', 100, 20, 0.7),
  ...votes('Echo20M', 0, 20, 0.7),
  ...votes('Echo20M', 50, 20, 0.9),
  ...votes('Echo3M', 100, 'linear', 0.4),
  ...votes('Echo12M', 100, 'linear', 0.8),
  ...votes('Echo20M', 50, 'linear', 0.9),
];

const record = {
  folder: '',
  run: { data: 'phantom', seeds: [1] } as unknown as RunInfo,
  tables: { samples },
  metrics: scalingMetrics({ samples }),
} satisfies LoadedRecord;

describe('metrics of the scaling study', () => {
  it('groups probes by arm, step and k', () => {
    const probes = probesOf(samples);
    expect(probes.map(({ arm, step, k, rows }) => [arm, step, k, rows.length])).toContainEqual(['Echo3M', 100, 10, 60]);
    expect(headlineK(probes)).toBe(20);
  });

  it('counts right votes, hand-counted', () => {
    const right = votes('Echo20M', 50, 20, 0.9).filter(({ label, prediction }) => label === prediction).length;
    const final = record.metrics.final as unknown as Record<
      string,
      { accuracy: number; low: number; high: number; patients: number }
    >;
    expect(final.Echo20M!.accuracy).toBe(right / 60);
    expect(final.Echo20M!.patients).toBe(20);
    expect(final.Echo20M!.low).toBeLessThan(final.Echo20M!.accuracy);
    expect(final.Echo20M!.high).toBeGreaterThan(final.Echo20M!.accuracy);
  });

  it('finds a difference that is there, with the patient as the unit, and gives the same p again', () => {
    const test = record.metrics.primaryTest as unknown as { p: number; difference: number; patients: number };
    expect(test.difference).toBeGreaterThan(0.4);
    expect(test.p).toBeLessThan(0.01);
    expect(test.patients).toBe(20);
    expect(scalingMetrics({ samples })).toEqual(record.metrics);
  });

  it('does not find one that is not there', () => {
    const level = samples.map((row) =>
      row.arm === 'Echo20M'
        ? { ...row, prediction: votes('Echo3M', 100, 20, 0.3)[Number(row.sample!.slice(5))]!.prediction! }
        : row,
    );
    expect((scalingMetrics({ samples: level }).primaryTest as unknown as { p: number }).p).toBe(1);
  });
});

describe('several seeds', () => {
  const repeated = [
    ...samples,
    ...votes('Echo3M', 100, 20, 0.3, 2),
    ...votes('Echo12M', 100, 20, 0.7, 2),
    ...votes('Echo20M', 50, 20, 0.9, 2),
    ...votes('Echo20M', 50, 'linear', 0.9, 2),
  ];
  const metrics = scalingMetrics({ samples: repeated });
  const final = metrics.final as unknown as Record<string, Record<string, number | null>>;

  it('gives the mean over seeds and its t interval, hand-solved for two', () => {
    const [a, b] = [1, 2].map((seed) => accuracy(votes('Echo20M', 50, 20, 0.9, seed))) as [number, number];
    expect(final.Echo20M!.accuracy).toBeCloseTo((a + b) / 2, 12);
    expect(final.Echo20M!.seeds).toBe(2);
    // t(0.975, 1) = 12.7062; the standard error of two values is half their distance
    expect(final.Echo20M!.seedHigh! - final.Echo20M!.accuracy!).toBeCloseTo((12.7062 * Math.abs(a - b)) / 2, 4);
  });

  it('leaves the interval over seeds out where there is one', () => {
    const one = record.metrics.final as unknown as Record<string, Record<string, number | null>>;
    expect(one.Echo20M!.seedLow).toBeNull();
    expect(one.Echo20M!.seeds).toBe(1);
  });

  it('draws the curve of the first seed alone', () => {
    expect(metrics.curve).toEqual(record.metrics.curve);
  });
});

describe('report of the scaling study', () => {
  it('puts the paper beside each arm and words the test by its numbers', () => {
    expect(besideThePaper(record).map((row) => [row['pretrained on'], row['paper, KNN (%)']])).toEqual([
      ['Echo3M', '70.2'],
      ['Echo12M', '87.5'],
      ['Echo20M', '91.5'],
    ]);
    expect(primaryTestSentence(record)).toContain('The wider set gives the better encoder');
    expect(takeaway(record)).toContain('**phantom** data');
    expect(takeaway(record)).toContain('Seen here: biplanes alone (Echo3M) transfer worst.');
  });
});

describe('figures of the scaling study', () => {
  it('are drawn from tables and pictures alone', async () => {
    const image = { width: 8, height: 8, data: Uint8Array.from({ length: 64 }, (_, i) => 4 * i) };
    const training = [1, 2, 3].map((step) => ({
      arm: 'Echo3M',
      step: String(step),
      loss: '5',
      teacherEntropy: '4',
      featureRank: '12',
      learningRate: '0.001',
    }));
    const map = samples
      .slice(0, 60)
      .map((row, i) => ({ ...row, view: row.label!, vendor: 'GE', x: String(i), y: String(i % 7) }));
    const figures = await scalingFigures(
      {
        samples,
        training,
        trainingFacts: [{ prototypes: '1024' }],
        map,
        mapFacts: [{ method: 'exact', perplexity: '19', divergence: '0.5' }],
        realClip: [{ frame: '2', prediction: 'A4C', score: '0.4' }],
        neighbours: [
          { rank: '0', sample: 'real clip', view: '', similarity: '1', origin: 'real', frame: '2' },
          { rank: '1', sample: 'clip-1#0', view: 'A4C', similarity: '0.9', origin: 'phantom', frame: '' },
        ],
      },
      { 'real-clip.png': await frameStrip([image]), 'neighbours.png': await frameStrip([image, image]) },
      'phantom',
    );
    expect(figures.map(({ meta }) => [meta.name, meta.dataOrigin])).toEqual([
      ['knn-curve', 'phantom'],
      ['knn-models', 'phantom'],
      ['tsne-map', 'phantom'],
      ['knn-confusion', 'phantom'],
      ['training-health', 'phantom'],
      ['real-clip', 'real'],
      ['real-clip-neighbours', 'phantom'],
    ]);
  });
});

describe('frame strip', () => {
  it('comes back pixel for pixel', async () => {
    const random = stream(1, 'strip');
    const frames = [0, 1, 2].map(() => ({
      width: 6,
      height: 6,
      data: Uint8Array.from({ length: 36 }, () => random.integer(256)),
    }));
    expect(await readFrames(await frameStrip(frames))).toEqual(frames);
  });
});
