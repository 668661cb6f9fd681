import { beforeAll, describe, expect, it } from 'vitest';
import type { CsvRow } from '../../../lib/core/csv.js';
import { stream } from '../../../lib/core/random.js';
import { efFigures } from '../../../lib/experiments/ejection-fraction/ef-figures.js';
import { efMetrics, PRIMARY_TEST, rowsOf } from '../../../lib/experiments/ejection-fraction/ef-metrics.js';
import {
  efBesideThePaper,
  efIntervalSentence,
  efPrimaryTestSentence,
  efReaderTable,
  efSeedTable,
  efStageOneTable,
  efTakeaway,
  efThresholdTable,
} from '../../../lib/experiments/ejection-fraction/ef-report.js';
import { frameStrip } from '../../../lib/experiments/scaling-study/frame-strip.js';
import type { LoadedRecord, TextTables } from '../../../lib/records/record.js';
import { delongAuc } from '../../../lib/statistics/delong.js';
import { pairedTTest } from '../../../lib/statistics/paired-t.js';

const ARMS: readonly (readonly [string, number])[] = [
  ['EchoApex-ST', 4],
  ['Generic-ST', 9],
  ['Geometric', 6],
];

/** 40 patients a set, two seeds of the learned arms; errors as large as the arm says. */
function samples(): CsvRow[] {
  const rows: CsvRow[] = [];
  for (const set of ['EchoNet-Dynamic', 'CAMUS']) {
    const random = stream(1, set);
    const truth = Array.from({ length: 40 }, () => random.between(25, 70));
    for (const [arm, size] of ARMS) {
      for (const seed of arm === 'Geometric' ? ['1'] : ['1', '2']) {
        truth.forEach((label, i) => {
          const prediction = label + size * random.normal();
          rows.push({
            sample: `${set}-${i}`,
            patient: `${set}-${i}`,
            split: 'test',
            label: String(label),
            prediction: String(prediction),
            score: String(100 - prediction),
            seed,
            arm,
            set,
            view: 'A4C',
            quality: set === 'CAMUS' ? ['Good', 'Medium', 'Poor'][i % 3]! : '',
            beats: '1',
            found: 'beats',
          });
        });
      }
    }
  }
  return rows;
}

let tables: TextTables;
let record: LoadedRecord;
beforeAll(() => {
  const rows = samples();
  const first = rows.filter(({ arm, seed }) => arm === 'EchoApex-ST' && seed === '1');
  tables = {
    samples: rows,
    stageOne: first.map(({ sample, patient, set, label }) => ({
      sample: sample!,
      patient: patient!,
      set: set!,
      view: 'A4C',
      split: 'test',
      label: label!,
      found: 'beats',
      releasedFound: 'too short',
      foundED: '1',
      trueED: '3',
      foundES: '8',
      trueES: '8',
      releasedED: '',
      releasedES: '',
      diceED: '0.9',
      diceES: '0.8',
      simpson: String(Number(label) - 3),
      areaLength: '',
      releasedPixels: '',
      atTrueFrames: label!,
      trueOutlines: String(Number(label) + 1),
    })),
    biplane: [
      { patient: 'a', label: '50', biplane: '54' },
      { patient: 'b', label: '60', biplane: '58' },
    ],
    calibration: [1, 2, 3, 4].map((error) => ({
      patient: `v${error}`,
      label: '50',
      learned: String(50 + error),
      geometric: '',
    })),
    readers: first.map(({ sample, patient, set, label }) => ({
      sample: sample!,
      patient: patient!,
      set: set!,
      truth: label!,
      reader1: String(Number(label) + 2),
      reader2: String(Number(label) - 3),
      noise: '0.08',
    })),
    population: first.map(({ patient, set, label }) => ({
      patient: patient!,
      set: set!,
      split: 'test',
      ejectionFraction: label!,
    })),
    training: ['Outlines', 'EchoApex-ST', 'Generic-ST'].flatMap((arm) =>
      ['1', '2', '3'].map((epoch) => ({
        arm,
        seed: '1',
        epoch,
        loss: '0.5',
        validationLoss: '0.6',
        learningRate: '0.001',
      })),
    ),
    shownClip: [{ sample: 's', label: '60', learned: '55', geometric: '', framesPerSecond: '10' }],
    shownCurve: ['10', '12', '6', ''].map((volume, frame) => ({
      frame: String(frame),
      seconds: String(frame / 10),
      volume,
      traced: frame === 1 ? 'ED' : '',
    })),
    shownBeats: [{ endDiastole: '1', endSystole: '2', whole: 'true' }],
  };
  record = {
    folder: '',
    run: { data: 'phantom', seeds: [1, 2] } as unknown as LoadedRecord['run'],
    tables,
    metrics: efMetrics(tables),
  };
});

const at = (path: string): unknown =>
  path.split('/').reduce<unknown>((value, key) => (value as Record<string, unknown>)[key], record.metrics);

describe('metrics of ejection fraction', () => {
  it('are those of the rows', () => {
    const { truth, predicted } = rowsOf(tables, 'EchoApex-ST', 'CAMUS');
    const errors = truth.map((value, i) => Math.abs(value - predicted[i]!));
    expect(at('CAMUS/EchoApex-ST/mae')).toBeCloseTo(errors.reduce((a, b) => a + b) / 40, 12);
    const positive = truth.map((value) => value < 50);
    const auc = delongAuc(
      positive,
      predicted.map((value) => -value),
    );
    expect(at('CAMUS/EchoApex-ST/auc')).toBe(auc.estimate);
    expect(at('CAMUS/EchoApex-ST/aucLow')).toBe(auc.interval.low);
    const hits = positive.filter((is, i) => is && predicted[i]! < 50).length;
    expect(at('CAMUS/EchoApex-ST/sensitivity')).toBe(hits / positive.filter(Boolean).length);
  });

  it('test the errors, averaged over seeds, by the published t and by swapping patients', () => {
    const errors = (arm: string): number[] => {
      const [one, two] = ['1', '2'].map((seed) => rowsOf(tables, arm, 'EchoNet-Dynamic', seed));
      return one!.truth.map(
        (value, i) => (Math.abs(one!.predicted[i]! - value) + Math.abs(two!.predicted[i]! - value)) / 2,
      );
    };
    const t = pairedTTest(errors('Generic-ST'), errors('EchoApex-ST'), { alternative: 'greater' });
    expect(at('tests/primary/p')).toBe(t.p);
    expect(at('tests/primary/difference')).toBeCloseTo(t.estimate, 12);
    expect(at('tests/primary/permutationP')).toBeLessThan(0.001);
    expect(at('tests/primary/patients')).toBe(40);
    expect(efPrimaryTestSentence(record)).toContain('The echo encoder is better, as in the paper');
  });

  it('summarise stage 1, the biplane, readers and the interval', () => {
    expect(at('stageOne/CAMUS/framesOffED')).toBe(2);
    expect(at('stageOne/CAMUS/maeSimpson')).toBeCloseTo(3, 10);
    expect(at('stageOne/CAMUS/maeAreaLength')).toBeNull();
    expect(at('stageOne/CAMUS/maeTrueOutlines')).toBeCloseTo(1, 10);
    expect(at('biplane/mae')).toBe(3); // (4 + 2) / 2
    expect(at('biplane/bias')).toBe(1);
    expect(at('readers/CAMUS/MAE, the truth')).toBeCloseTo(2, 10);
    expect(at('readers/CAMUS/MAE, a second reader')).toBeCloseTo(5, 10);
    expect(at('intervals/halfWidth')).toBe(4); // ceil(5 x 0.8) = 4th of 1, 2, 3, 4
  });

  it('leave undefined what cannot be said', () => {
    const healthy = efMetrics({ samples: tables.samples!.filter(({ label }) => Number(label) >= 50) });
    expect((healthy.CAMUS as Record<string, Record<string, unknown>>)['EchoApex-ST']!.auc).toBeNull();
    expect((healthy.CAMUS as Record<string, Record<string, unknown>>)['EchoApex-ST']!.sensitivity).toBeNull();
    const one = efMetrics({ samples: tables.samples!.filter(({ sample }) => sample === 'EchoNet-Dynamic-0') });
    expect((one.tests as unknown as { primary: { p: unknown } }).primary.p).toBeNull();
    expect(efPrimaryTestSentence({ ...record, metrics: one })).toContain('undefined');
  });
});

describe('report of ejection fraction', () => {
  it('puts the paper beside each arm that has a counterpart', () => {
    const rows = efBesideThePaper(record);
    expect(rows.map((row) => [row.set, row.model, row['paper, MAE'], row['paper, AUC']])).toEqual([
      ['EchoNet-Dynamic', 'EchoApex-ST', '5.6%', '0.93'],
      ['EchoNet-Dynamic', 'Generic-ST', '6.1%', '0.89'],
      ['EchoNet-Dynamic', 'Geometric', null, null],
      ['CAMUS', 'EchoApex-ST', '10.7%', '0.69'],
      ['CAMUS', 'Generic-ST', '18.4%', '0.62'],
      ['CAMUS', 'Geometric', null, null],
    ]);
  });

  it('words the outcome by its numbers', () => {
    expect(efTakeaway(record)).toContain('**phantom** data');
    expect(efTakeaway(record)).toContain('Seen here: the echo encoder errs less than the generic one');
    expect(efTakeaway(record)).toContain('EchoApex-ST (MAE');
    expect(efIntervalSentence(record)).toContain('±4.0 points');
    expect(efThresholdTable(record)).toHaveLength(6);
    expect(efReaderTable(record)).toHaveLength(2);
    expect(efSeedTable(record).map(({ model }) => model)).toEqual(['EchoApex-ST', 'Generic-ST']);
    expect(efStageOneTable(record).at(-1)).toEqual({ what: 'MAE, biplane Simpson', 'EchoNet-Dynamic': null, CAMUS: 3 });
    expect(PRIMARY_TEST.alpha).toBe(0.01);
  });
});

describe('figures of ejection fraction', () => {
  it('are drawn from tables and pictures alone', async () => {
    const image = { width: 8, height: 8, data: Uint8Array.from({ length: 64 }, (_, i) => 4 * i) };
    const mask = { ...image, data: image.data.map((value) => (value > 128 ? 255 : 0)) };
    const figures = await efFigures(
      tables,
      {
        'shown-frames.png': await frameStrip([image, image, image, image]),
        'shown-masks.png': await frameStrip([mask, mask, mask, mask]),
      },
      'phantom',
    );
    expect(figures.map(({ meta }) => meta.name)).toEqual([
      'ef-distribution',
      'scatter-echonet',
      'roc-echonet',
      'bland-altman-echonet',
      'scatter-camus',
      'roc-camus',
      'bland-altman-camus',
      'error-by-band',
      'error-by-quality',
      'beat-to-beat',
      'reader-ceiling',
      'training',
    ]);
    expect(figures.every(({ meta }) => meta.dataOrigin === 'phantom')).toBe(true);
  });
});
