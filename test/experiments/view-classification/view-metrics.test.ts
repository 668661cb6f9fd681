import { describe, expect, it } from 'vitest';
import { frameStrip } from '../../../lib/experiments/scaling-study/frame-strip.js';
import { pairComparisons } from '../../../lib/experiments/view-classification/view-comparisons.js';
import { viewFigures } from '../../../lib/experiments/view-classification/view-figures.js';
import {
  efficiencyCurves,
  viewMetrics,
  viewScores,
} from '../../../lib/experiments/view-classification/view-metrics.js';
import {
  viewAgainstPaper,
  viewByView,
  viewDisagreement,
  viewPrimarySentence,
  viewRealSentence,
  viewTakeaway,
  viewUnseenRows,
} from '../../../lib/experiments/view-classification/view-report.js';
import { viewCell } from '../../../lib/paper/tables.js';
import { PAPER_VIEWS, VIEW_MODELS } from '../../../lib/paper/tables-views.js';
import type { LoadedRecord, Metrics, RunInfo } from '../../../lib/records/record.js';
import { viewTables } from './view-tables.js';

const tables = viewTables();
const record: LoadedRecord = {
  folder: '',
  run: { data: 'phantom', seeds: [1, 2, 3] } as unknown as RunInfo,
  tables,
  metrics: viewMetrics(tables),
};
const group = (metrics: Metrics, ...path: string[]): Record<string, number> =>
  path.reduce((inner, name) => inner[name] as Metrics, metrics) as unknown as Record<string, number>;

describe("the paper's balanced accuracy", () => {
  it('is one view against the rest: recall and a specificity that can be, in all 90 rows of Tables 5 to 7', () => {
    for (const model of VIEW_MODELS) {
      for (const view of PAPER_VIEWS) {
        const recall = viewCell(model, view, 'Accuracy').value;
        const specificity = 2 * viewCell(model, view, 'BACC').value - recall;
        expect(specificity).toBeGreaterThan(0.95);
        expect(specificity).toBeLessThanOrEqual(1.0015); // both cells are rounded to three digits
      }
    }
    // Table 5, PLAX:LV: (0.802 + 0.986) / 2 = 0.894
    expect(2 * viewCell('ResNet50-IN', 'PLAX:LV', 'BACC').value - 0.802).toBeCloseTo(0.986, 6);
  });

  it('is computed so, counted by hand', () => {
    const rows = tables.samples!.filter(({ model, set }) => model === 'EchoApex-S' && set === 'views');
    const own = rows.filter(({ label }) => label === 'A4C');
    const rest = rows.filter(({ label }) => label !== 'A4C');
    const recall = own.filter(({ prediction }) => prediction === 'A4C').length / own.length;
    const specificity = rest.filter(({ prediction }) => prediction !== 'A4C').length / rest.length;
    const score = viewScores(tables, 'EchoApex-S').find(({ name }) => name === 'A4C')!;
    expect(score.balancedAccuracy).toBeCloseTo((recall + specificity) / 2, 12);
    expect(score.deviation).toBeGreaterThan(0);
  });
});

describe('metrics of the view study', () => {
  it('give an interval over patients around the mean and are the same again', () => {
    const { balancedAccuracy, low, high, sequences, patients } = group(record.metrics, 'models', 'EchoApex-S');
    expect([sequences, patients]).toEqual([240, 48]);
    expect(low).toBeLessThan(balancedAccuracy!);
    expect(high).toBeGreaterThan(balancedAccuracy!);
  });

  it('report accuracy alone where one view occurs, F1 and BACC where there are two', () => {
    expect(Object.keys(group(record.metrics, 'unseen', 'echonet-dynamic (phantom)', 'EchoApex-S'))).toEqual([
      'accuracy',
      'sequences',
    ]);
    expect(group(record.metrics, 'unseen', 'camus (phantom)', 'EchoApex-S').f1).toBeGreaterThan(0);
  });

  it('average label efficiency over seeds', () => {
    const echo = efficiencyCurves(tables).find(({ start }) => start === 'echo')!;
    expect(echo.points.map(({ percent, patients }) => [percent, patients])).toEqual([
      [1, 1],
      [5, 6],
      [10, 12],
      [50, 60],
      [100, 120],
    ]);
    expect(echo.points.at(-1)!.mean).toBeGreaterThan(echo.points[0]!.mean);
  });
});

describe('two readings of significance', () => {
  it('the published test calls nearly every lead significant, the valid ones do not', () => {
    const { views, counts, mean } = pairComparisons(tables)[0]!;
    expect(views).toHaveLength(18);
    expect(mean.p).toBeLessThan(0.01); // 0.8 against 0.55 right on 240 sequences
    expect(counts.publishedBetter).toBeGreaterThanOrEqual(counts.ahead! - 2);
    expect(counts.validBetter).toBeLessThan(counts.publishedBetter!);
    expect(counts.publishedOnly).toBeGreaterThanOrEqual(counts.publishedBetter! - counts.validBetter!);
    expect(viewDisagreement(record)).toContain(`disagree on ${counts.publishedOnly} of 18 views`);
  });
});

describe('report of the view study', () => {
  it("puts the paper's values beside ours", () => {
    expect(viewAgainstPaper(record).find(({ model }) => model === 'EchoApex-B')).toMatchObject({
      'Accuracy, paper': '0.956',
      'F1-score, paper': '0.954',
      'BACC, paper': '0.976',
    });
    expect(viewAgainstPaper(record).find(({ model }) => model === 'Generic-S')).toMatchObject({ 'BACC, paper': '' });
    expect(viewByView(record, 'ResNet50-IN').find(({ view }) => view === 'PLAX:Valves')).toMatchObject({
      'BACC, paper': '0.949',
      sequences: 13,
    });
    expect(
      viewUnseenRows(record).find(({ set, model }) => set === 'camus (phantom)' && model === 'EchoApex-S'),
    ).toMatchObject({ 'Accuracy, paper': '0.947', 'F1, paper': '0.962', 'BACC, paper': '0.963' });
  });

  it('words the outcome by its numbers', () => {
    expect(viewPrimarySentence(record)).toContain(
      '(240 sequences of 48 patients, threshold 0.01). The pretrained transformer is better',
    );
    expect(viewTakeaway(record)).toContain('Seen here: EchoApex-S beats the convolutional baseline');
    expect(viewRealSentence(record)).toContain('which is wrong: it is A4C');
    expect(viewRealSentence(record)).toContain('ECHOLAB_CAMUS_SAMPLES');
  });
});

describe('figures of the view study', () => {
  it('are drawn from tables and pictures alone', async () => {
    const image = { width: 64, height: 64, data: Uint8Array.from({ length: 4096 }, (_, i) => (i * 3) % 200) };
    const assets = {
      'mistakes.png': await frameStrip(tables.mistakes!.map(() => image)),
      'realClip.png': await frameStrip([image, image]),
    };
    const figures = await viewFigures(tables, assets, 'phantom');
    expect(figures.map(({ meta }) => [meta.name, meta.dataOrigin])).toEqual([
      ['confusion', 'phantom'],
      ['bacc-baseline', 'phantom'],
      ['two-tests', 'phantom'],
      ['bacc-variants', 'phantom'],
      ['label-efficiency', 'phantom'],
      ['reliability', 'phantom'],
      ['mistakes', 'phantom'],
      ['real-clip', 'real'],
      ['training', 'phantom'],
    ]);
  });
});
