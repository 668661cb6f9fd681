import { describe, expect, it } from 'vitest';
import type { CsvRow } from '../../../lib/core/csv.js';
import { stream } from '../../../lib/core/random.js';
import { compareDice, summariseDice, summariseTarget } from '../../../lib/experiments/segmentation/dice-summary.js';
import {
  PUBLISHED_FEW_SHOT,
  PUBLISHED_GENERALISATION,
  publishedAverage,
  publishedDice,
} from '../../../lib/experiments/segmentation/published-dice.js';
import { SEGMENTATION_CONFIGS } from '../../../lib/experiments/segmentation/segmentation-config.js';
import { segmentationFigures } from '../../../lib/experiments/segmentation/segmentation-figures.js';
import { segmentationMetrics, TABLE_9_MODELS } from '../../../lib/experiments/segmentation/segmentation-metrics.js';
import {
  realCamusSentence,
  segmentationTakeaway,
  segmentationTestSentence,
} from '../../../lib/experiments/segmentation/segmentation-report.js';
import {
  fewShotTable,
  generalisationTable,
  promptTable,
  realCamusTable,
  segmentationAverages,
  segmentationCounts,
  segmentationMeasures,
  segmentationTable9,
} from '../../../lib/experiments/segmentation/segmentation-tables.js';
import { weightedDice } from '../../../lib/paper/claims-segmentation.js';
import type { LoadedRecord, RunInfo } from '../../../lib/records/record.js';

const TARGETS: readonly (readonly [target: string, set: string, structure: string, cases: number])[] = [
  ['CAMUS LV-ES', 'camus', 'leftVentricle', 8],
  ['CAMUS LV-ED', 'camus', 'leftVentricle', 8],
  ['CAMUS LA-ES', 'camus', 'leftAtrium', 8],
  ['CAMUS LA-ED', 'camus', 'leftAtrium', 8],
  ['ENDym LV-ES', 'echonet-dynamic', 'leftVentricle', 12],
  ['ENDym LV-ED', 'echonet-dynamic', 'leftVentricle', 12],
  ['ENPed-A4C LV', 'echonet-pediatric', 'leftVentricle', 4],
  ['ENPed-PSAX LV', 'echonet-pediatric', 'leftVentricle', 4],
  ['Vol-biplane RV', 'vol-biplane', 'rightVentricle', 8],
];

/** Scores of a model about a mean, two cases a patient. */
function scores(model: string, prompt: string, mean: number, sets: readonly string[] = []): CsvRow[] {
  return TARGETS.filter(([, set]) => sets.length === 0 || sets.includes(set)).flatMap(
    ([target, set, structure, cases]) =>
      Array.from({ length: cases }, (_, i) => {
        const dice = Math.min(1, mean + stream(i, `${target}/${model}`).between(-0.03, 0.03));
        return {
          sample: `${target}/${i}`,
          patient: `${set}/${Math.floor(i / 2)}`,
          split: 'test',
          label: '1000',
          prediction: '1000',
          score: String(dice),
          seed: '1',
          set,
          view: 'A4C',
          phase: 'ED',
          structure,
          target,
          overlap: String(Math.round(1000 * dice)),
          hausdorff: i === 0 ? '' : '4',
          averageSurfaceDistance: i === 0 ? '' : '1',
          unit: set === 'camus' ? 'mm' : 'px',
          areaError: i % 2 === 0 ? '-6' : '2',
          volumeError: structure === 'leftVentricle' ? '-9' : '',
          model,
          prompt,
        };
      }),
  );
}

function fewShot(): CsvRow[] {
  return ['box', 'text'].flatMap((prompt) =>
    ['echo', 'generic'].flatMap((start) =>
      [16, 64].flatMap((frames) =>
        [1, 2, 3].flatMap((repeat) =>
          Array.from({ length: 24 }, (_, i) => ({
            sample: `case-${i}`,
            patient: `p${Math.floor(i / 2)}`,
            target: 'CAMUS LV-ED',
            start,
            frames: String(frames),
            repeat: String(repeat),
            prompt,
            dice: String(
              0.7 + frames / 1000 + (start === 'echo' && frames === 64 ? 0.05 : 0) + repeat / 100 + i / 1000,
            ),
          })),
        ),
      ),
    ),
  );
}

const leftVentricle = (rows: readonly CsvRow[]): CsvRow[] =>
  rows.filter(({ structure }) => structure === 'leftVentricle');

const tables = {
  samples: [
    ...scores('EchoApex-SAM-S', 'exact box', 0.91),
    ...scores('EchoApex-SAM-S', 'box jittered 15 % and text', 0.89),
    ...scores('EchoApex-SAM-S', 'text', 0.85),
    ...scores('EchoApex-SAM-B', 'exact box', 0.93),
    ...scores('EchoApex-SAM-AdaB', 'exact box', 0.9),
    ...scores('UNet', 'none', 0.88, ['camus']),
    ...scores('DeepLabV3', 'none', 0.87, ['echonet-dynamic']),
  ],
  generalisation: leftVentricle([...scores('EchoApex-SAM-S', 'text', 0.88), ...scores('DeepLabV3', 'none', 0.8)]),
  fewShot: fewShot(),
  realCamus: [
    ...scores('EchoApex-SAM-S', 'exact box', 0.93, ['camus']),
    ...scores('EchoApex-SAM-S', 'box jittered 15 % and text', 0.95, ['camus']),
    ...scores('EchoApex-SAM-S', 'box jittered 15 %', 0.91, ['camus']),
    ...scores('EchoApex-SAM-S', 'text', 0.92, ['camus']),
    ...scores('control: black picture', 'exact box', 0.85, ['camus']),
    ...scores('control: ellipse in the box', 'exact box', 0.88, ['camus']),
  ],
  training: ['EchoApex-SAM-S', 'UNet'].flatMap((model) =>
    [1, 2].map((epoch) => ({ model, epoch: String(epoch), step: '', loss: String(2 / epoch), validationLoss: '0.5' })),
  ),
  counts: [
    { row: 'CAMUS LV A4C', patients: '50', clips: '50', annotated: '196', evaluated: '24' },
    { row: 'Vol-biplane', patients: '40', clips: '160', annotated: '160', evaluated: '48' },
  ],
  shown: [],
};

const metrics = segmentationMetrics(tables);
const record: LoadedRecord = {
  folder: '',
  run: { data: 'phantom', seeds: [1], notes: [] } as unknown as RunInfo,
  tables,
  metrics,
};

describe('dice summaries', () => {
  const rows = scores('EchoApex-SAM-B', 'exact box', 0.9, ['camus']);

  it('take the mean of images, and the pooled Dice from added overlaps', () => {
    const summary = summariseTarget(rows, 'test');
    const mean = rows.reduce((sum, { score }) => sum + Number(score), 0) / rows.length;
    expect(summary.dice).toBeCloseTo(mean, 12);
    expect(summary.pooledDice).toBeCloseTo(mean, 3); // all structures are of one size here
    expect(summary.low).toBeLessThan(mean);
    expect(summary.high).toBeGreaterThan(mean);
    expect(summary).toMatchObject({ areaBias: -2, areaError: 4, hausdorff: 4, unit: 'mm', images: 32, empty: 0 });
  });

  it('have wider intervals when the cases of a patient agree', () => {
    const twice = rows.flatMap((row) => [row, { ...row, sample: `${row.sample}'` }]);
    const independent = twice.map((row, i) => ({ ...row, patient: String(i) }));
    const width = ({ low, high }: { low: number; high: number }): number => high - low;
    expect(width(summariseDice(twice, 'a'))).toBeGreaterThan(width(summariseDice(independent, 'a')));
  });

  it('compare by case, with the patient as the unit', () => {
    const worse = rows.map((row) => ({
      ...row,
      score: String(Number(row.score) - 0.01 - 0.001 * Number(row.sample!.at(-1))),
    }));
    const test = compareDice(rows, worse, 'test');
    expect(test.patients).toBe(4);
    expect(test.images).toBe(32);
    expect(test.p).toBeCloseTo(1 / 16, 12); // all four patients better: one of 2^4 swaps
    expect(test.publishedP).toBeLessThan(1e-6); // images taken for independent
    expect(test.difference).toBeGreaterThan(0.01);
  });
});

describe('segmentationMetrics', () => {
  const weighted = metrics.weighted as unknown as Record<string, { dice: number; plain: number; images: number }>;

  it('weighs targets by their evaluated images, as the paper does', () => {
    expect(weighted['EchoApex-SAM-B']!.images).toBe(16 + 16 + 24 + 4 + 4);
    const table9 = metrics.table9 as unknown as Record<string, Record<string, { dice: number; images: number }>>;
    const own = table9['EchoApex-SAM-B']!;
    const targets = ['CAMUS LV mean', 'CAMUS LA mean', 'ENDym LV mean', 'ENPed-A4C LV', 'ENPed-PSAX LV'];
    const sum = targets.reduce((total, target) => total + own[target]!.dice * own[target]!.images, 0);
    expect(weighted['EchoApex-SAM-B']!.dice).toBeCloseTo(sum / 64, 12);
    expect(own['CAMUS LV mean']!.dice).toBeCloseTo((own['CAMUS LV-ES']!.dice + own['CAMUS LV-ED']!.dice) / 2, 12);
  });

  it('tests EchoApex-SAM-B against the specialists on their own sets', () => {
    expect(metrics.primaryTest).toMatchObject({ images: 56, patients: 4 + 6 });
    expect((metrics.primaryTest as unknown as { p: number }).p).toBeLessThan(0.01);
  });

  it('finds the few-shot difference where there is one, and only there', () => {
    const text = (metrics.fewShot as Record<string, Record<string, Record<string, Record<string, number>>>>).text!;
    expect(text['64 frames']!.test!.difference).toBeCloseTo(0.05, 12);
    expect(text['64 frames']!.test!.pHolm).toBeLessThan(0.01);
    expect(text['16 frames']!.test!.pHolm).toBe(1);
    expect(text['16 frames']!.echo!.deviationOverRepeats).toBeCloseTo(0.01, 12); // repeats 0.01 apart
  });

  it('is the same twice', () => {
    expect(segmentationMetrics(tables)).toEqual(metrics);
  });
});

describe('the paper beside ours', () => {
  it('holds the stated averages', () => {
    expect(publishedAverage('EchoApex-SAM-B')).toBeCloseTo(0.927, 3); // abstract
    expect(publishedAverage('Specialist')).toBeCloseTo(0.904, 3);
    expect(publishedAverage('MedSAM')).toBeCloseTo(0.87, 3);
    expect(publishedDice('CAMUS LV-ES', 'EchoApex-SAM-B')).toBe(0.93); // Table 9
    expect(publishedDice('Vol-biplane RV', 'EchoApex-SAM-B')).toBeNull();
    expect(PUBLISHED_FEW_SHOT.at(-1)).toMatchObject({ frames: 5000, echo: 0.923, echoDeviation: 0.037 }); // 2.3.1
    expect(PUBLISHED_GENERALISATION.DeepLabV3).toMatchObject({ camus: 0.848, outside: 0.834 }); // 2.3.2
  });

  it('stands in every table', () => {
    const table9 = segmentationTable9(record);
    expect(table9[0]).toMatchObject({ target: 'CAMUS LV-ES', MedSAM: '0.856 / –' });
    expect(table9.at(-1)!.target).toBe('Vol-biplane RV');
    expect(segmentationAverages(record).find(({ model }) => model === 'EchoApex-SAM-B')).toMatchObject({
      'paper, weighted': '0.927',
    });
    expect(segmentationCounts(record)[1]).toMatchObject({ 'evaluated, paper': '1827', 'evaluated, here': 48 });
    expect(promptTable(record).map(({ prompt }) => prompt)).toEqual([
      'exact box',
      'box jittered 15 % and text',
      'text',
    ]);
    const measures = segmentationMeasures(record);
    expect(measures).toHaveLength(3 * 12 + 9); // 9 targets and 3 means; the specialists have 6 and 3
    expect(measures.filter(({ target }) => target === 'CAMUS LV-ES').map(({ model }) => model)).toEqual([
      'Specialist',
      'EchoApex-SAM-AdaB',
      'EchoApex-SAM-B',
      'EchoApex-SAM-S',
    ]);
    expect(fewShotTable(record)).toHaveLength(4);
    expect(generalisationTable(record)[0]!.CAMUS).toMatch(/^0\.905 \/ 0\.8/);
  });

  it('averages the paper over the targets that a model has here', () => {
    const averages = segmentationAverages(record);
    // Tables 9 and 8: 0.928 over 160, 0.904 over 160 and 0.915 over 2552 images; over all five targets 0.904
    expect(publishedAverage('Specialist', ['CAMUS LV mean', 'CAMUS LA mean', 'ENDym LV mean'])).toBeCloseTo(
      (0.928 * 160 + 0.904 * 160 + 0.915 * 2552) / 2872,
      12,
    );
    expect(averages[0]).toMatchObject({ model: 'Specialist', 'paper, weighted': '0.915', targets: '3 of 5' });
    expect(averages.find(({ model }) => model === 'EchoApex-SAM-B')).toMatchObject({ targets: '5 of 5' });
    for (const model of TABLE_9_MODELS) expect(publishedAverage(model)).toBe(weightedDice(model).value);
    expect(publishedAverage('Specialist', [])).toBeNull();
    expect(publishedAverage('Specialist', ['CAMUS LV mean', 'Vol-biplane RV'])).toBeNull();
  });

  it('sets the MedSAM of 112 pixels beside the paper, and that of its own size apart', async () => {
    const both = [...scores('MedSAM', 'exact box', 0.8), ...scores('MedSAM at 112 px', 'exact box', 0.6)];
    const samples = [...tables.samples, ...both];
    const own = { ...record, metrics: segmentationMetrics({ ...tables, samples }) };
    const dice = own.metrics.table9 as unknown as Record<string, Record<string, { dice: number }>>;
    const [whole, small] = [dice.MedSAM!['CAMUS LV-ES']!.dice, dice['MedSAM at 112 px']!['CAMUS LV-ES']!.dice];
    expect(segmentationTable9(own)[0]).toMatchObject({
      MedSAM: `0.856 / ${small.toFixed(3)}`,
      'MedSAM at its own size': whole.toFixed(3),
    });
    expect(Object.keys(segmentationTable9(record)[0]!)).not.toContain('MedSAM at its own size');
    const averages = segmentationAverages(own);
    expect(averages.find(({ model }) => model === 'MedSAM at 112 px')).toMatchObject({ 'paper, weighted': '0.870' });
    expect(averages.find(({ model }) => model === 'MedSAM at its own size')).toMatchObject({ 'paper, weighted': '' });
    const [figure] = await segmentationFigures({ ...tables, samples }, {}, 'phantom');
    const names = figure!.data.map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(['MedSAM at 112 px', 'MedSAM at its own size', 'MedSAM, paper']));
  });

  it('names structures for which a control is ahead of a model with the same prompt', () => {
    const sentence = (realCamus: CsvRow[]): string =>
      realCamusSentence({ ...record, metrics: segmentationMetrics({ ...tables, realCamus }) });
    const model = scores('EchoApex-SAM-S', 'exact box', 0.9, ['camus']);
    const ellipse = (mean: number): CsvRow[] => scores('control: ellipse in the box', 'exact box', mean, ['camus']);
    const ahead = [...ellipse(0.8), ...ellipse(0.98)].filter(
      ({ structure }, i, all) => (structure === 'leftAtrium') === i >= all.length / 2,
    );
    expect(sentence([...model, ...ahead])).toMatch(
      /A control scores higher .* here: left atrium, exact box: ellipse in the box 0\.9\d\d against EchoApex-SAM-S 0\.\d{3}\. /,
    );
    expect(sentence([...model, ...ellipse(0.8)])).toContain('No control scores higher');
    expect(sentence(model)).not.toContain('ontrol');
    // another prompt is another question
    const text = scores('control: black picture', 'text', 0.98, ['camus']);
    expect(sentence([...model, ...text])).toContain('No control scores higher');
  });

  it('says in words what was seen and what was not', () => {
    expect(segmentationTestSentence(record)).toContain('ahead, as in the paper');
    expect(segmentationTakeaway(record)).toContain('Seen here: full training is ahead of adapters');
    expect(realCamusSentence(record)).toMatch(
      /jittered box .* \(aim 0\.925: not reached\).*text alone .* \(aim 0\.9: reached\)/,
    );
    const both = (metrics.realCamus as Record<string, Record<string, Record<string, { dice: number }>>>)[
      'EchoApex-SAM-S'
    ]!['box jittered 15 % and text']!;
    expect(realCamusSentence(record)).toContain(
      `The jittered box and the text together: left ventricle ${both.leftVentricle!.dice.toFixed(3)}. `,
    );
    expect(realCamusTable(record)).toHaveLength(8); // 4 prompts, 2 structures
    const without = { ...record, metrics: segmentationMetrics({ ...tables, realCamus: [] }) };
    expect(realCamusSentence(without)).toContain('not present');
  });
});

describe('segmentationFigures', () => {
  it('draws what there is', async () => {
    const names = (await segmentationFigures(tables, {}, 'phantom')).map(({ meta }) => meta.name);
    expect(names).toEqual([
      'benchmark-dice',
      'few-shot-box',
      'few-shot-text',
      'generalisation',
      'real-camus',
      'training-health',
    ]);
    const without = await segmentationFigures({ ...tables, realCamus: [], generalisation: [] }, {}, 'phantom');
    expect(without).toHaveLength(4);
  });

  it('gives every prompt on real frames a row of its own', async () => {
    const figures = await segmentationFigures(tables, {}, 'phantom');
    const { layout } = figures.find(({ meta }) => meta.name === 'real-camus')!;
    const rows = (layout as { yaxis: { ticktext: string[] } }).yaxis.ticktext;
    expect(rows).toContain('LV, box jittered 15 % and text');
    expect(rows).toContain('LV, box jittered 15 %');
  });

  it('marks real frames as real', async () => {
    const figures = await segmentationFigures(tables, {}, 'phantom');
    expect(figures.find(({ meta }) => meta.name === 'real-camus')!.meta.dataOrigin).toBe('real');
    expect(figures[0]!.meta.dataOrigin).toBe('phantom');
  });
});

describe('the configs', () => {
  it('on the phantom teach EchoApex-SAM-S the box with the text, which the paper does not', () => {
    for (const scale of ['smoke', 'mini', 'full'] as const) {
      const { small, base, adapters, generalisation, fewShot: few } = SEGMENTATION_CONFIGS[scale];
      expect(small.sampling.shares).toEqual({ box: 1, points: 1, text: 1, boxAndText: 1 });
      for (const one of [base, adapters, generalisation, few.recipe]) expect(one.sampling.shares.boxAndText).toBe(0);
    }
    expect(SEGMENTATION_CONFIGS.paper.small.sampling.shares).toEqual({ box: 1, points: 1, text: 1, boxAndText: 0 });
  });

  it('at paper scale are those of A.3', () => {
    const { base, fewShot: few, imageSize, textTower, phantom } = SEGMENTATION_CONFIGS.paper;
    expect(base).toMatchObject({
      epochs: 60,
      optimizer: 'adamw',
      learningRate: 5e-4,
      weightDecay: 0.005,
      schedule: 'linear',
    });
    expect(base.multiForward).toEqual({ passes: 4, decay: 0.9 });
    expect(base.sampling.boxJitter).toBe(0.15);
    expect(few).toMatchObject({ sizes: [50, 100, 500, 1000, 5000], repeats: 24 });
    expect({ imageSize, textTower, phantom }).toEqual({ imageSize: 112, textTower: 'clip', phantom: null });
  });
});
