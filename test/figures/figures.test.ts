import { describe, expect, it } from 'vitest';
import { blandAltman } from '../../lib/figures/bland-altman.js';
import { boxDistribution } from '../../lib/figures/box-distribution.js';
import { classBars } from '../../lib/figures/class-bars.js';
import { classLabels } from '../../lib/figures/class-labels.js';
import { confusionMatrix } from '../../lib/figures/confusion-matrix.js';
import { curve } from '../../lib/figures/curve.js';
import { distribution } from '../../lib/figures/distribution.js';
import { drawsLesson } from '../../lib/figures/draws-lesson.js';
import { embeddingMap } from '../../lib/figures/embedding-map.js';
import { fewShotCurve } from '../../lib/figures/few-shot-curve.js';
import { knnCurve } from '../../lib/figures/knn-curve.js';
import { COLOURS } from '../../lib/figures/palette.js';
import { reliabilityDiagram } from '../../lib/figures/reliability-diagram.js';
import { rocFigure } from '../../lib/figures/roc-curve.js';
import { scatterAgreement } from '../../lib/figures/scatter-agreement.js';
import { trainingCurves } from '../../lib/figures/training-curves.js';

const labels = { name: 'f', title: 'T', dataOrigin: 'phantom' } as const;

describe('knnCurve', () => {
  it('draws the first segment blue and its continuation orange, in percent', () => {
    const { data } = knnCurve({
      ...labels,
      unit: 'epoch',
      k: 20,
      segments: [
        { name: 'first', at: [0, 1], accuracy: [0.2, 0.5] },
        { name: 'then', at: [1, 2], accuracy: [0.5, 0.75] },
      ],
    });
    expect(data.map((trace) => (trace.line as { color: string }).color)).toEqual([COLOURS.blue, COLOURS.orange]);
    expect(data[1]?.y).toEqual([50, 75]);
  });

  it('refuses lengths that differ', () => {
    const segments = [{ name: 'first', at: [0, 1], accuracy: [0.2] }];
    expect(() => knnCurve({ ...labels, unit: 'step', k: 20, segments })).toThrow(/first must have 2 values, got 1/);
  });
});

describe('confusionMatrix', () => {
  it('colours by the share of the true class and blanks what is under half a percent', () => {
    const { data, meta } = confusionMatrix({
      ...labels,
      classes: ['a', 'b'],
      counts: [
        [399, 1],
        [0, 0],
      ],
    });
    expect(data[0]?.z).toEqual([
      [99.75, 0.25],
      [0, 0],
    ]);
    expect(data[0]?.text).toEqual([
      ['100', ''],
      ['', ''],
    ]);
    expect(meta.altText).toContain('400 samples, 399 on the diagonal');
  });

  it('refuses what is not square or negative', () => {
    expect(() => confusionMatrix({ ...labels, classes: ['a', 'b'], counts: [[1]] })).toThrow(/2 x 2/);
    expect(() => confusionMatrix({ ...labels, classes: ['a'], counts: [[-1]] })).toThrow(/>= 0/);
  });
});

describe('classBars', () => {
  const models = [{ model: 'm', scores: [0.8, 0.9], deviations: [0.05, 0.01] }];
  const input = { ...labels, classes: ['a', 'b'], models, score: 'BACC' };

  it('draws bars from 0 and points where the axis starts higher', () => {
    expect(classBars(input).data[0]?.type).toBe('bar');
    expect(classBars({ ...input, from: 0.7 }).data[0]?.type).toBe('scatter');
  });

  it('starts the axis below the lowest whisker', () => {
    const { layout } = classBars({ ...input, from: 0.78 });
    expect((layout.yaxis as { range: number[] }).range[0]).toBeLessThan(0.75);
    const kept = classBars({ ...input, from: 0.7 });
    expect((kept.layout.yaxis as { range: number[] }).range[0]).toBe(0.7);
  });

  it('puts a mark over the whisker of its class', () => {
    const { layout } = classBars({ ...input, marks: ['*', ''], marksMean: '* P < 0.01' });
    expect((layout.annotations as { text: string; x: number; y: number }[])[0]).toMatchObject({
      text: '<b>*</b>',
      x: 0,
    });
    expect((layout.annotations as { y: number }[])[0]?.y).toBeCloseTo(0.85, 12);
  });

  it('refuses marks that mean nothing and lists of the wrong length', () => {
    expect(() => classBars({ ...input, marks: ['*', ''] })).toThrow(/marksMean go together/);
    expect(() => classBars({ ...input, models: [{ model: 'm', scores: [1] }] })).toThrow(/scores of m must have 2/);
  });
});

describe('embeddingMap', () => {
  const point = { x: 0, y: 0, label: 'a', sample: 's', patient: 'p' };

  it('keeps a class in its colour whether or not other classes are present', () => {
    const colour = (points: (typeof point)[]): unknown =>
      embeddingMap({ ...labels, method: 'PCA', classes: ['a', 'b'], points }).data.find(({ name }) => name === 'b')
        ?.marker;
    const b = { ...point, label: 'b' };
    expect(colour([b])).toEqual(colour([point, b]));
  });

  it('refuses a class that the legend does not hold', () => {
    expect(() => embeddingMap({ ...labels, method: 'PCA', classes: ['b'], points: [point] })).toThrow(
      /"a" of s is missing/,
    );
  });
});

describe('classLabels', () => {
  it('names each class once, at its medians, and moves a name that would cover another', () => {
    const points = [
      ...[1, 2, 9].map((x) => ({ x, y: 0, label: 'left' })),
      ...[2, 2].map((x) => ({ x, y: 0, label: 'near' })),
      { x: 100, y: 100, label: 'far' },
    ];
    const named = classLabels(points, { width: 400, height: 400 }, 12);
    expect(named.map(({ x, y, yshift }) => [x, y, yshift === 0 || Object.is(yshift, -0)])).toEqual([
      [2, 0, true], // median of 1, 2, 9
      [2, 0, false],
      [100, 100, true],
    ]);
  });
});

describe('distribution', () => {
  it('gives all groups the same bins, which hold every value', () => {
    const { data } = distribution({
      ...labels,
      quantity: 'LVEF (%)',
      series: [
        { name: 'a', values: [21, 64] },
        { name: 'b', values: [40, 70] },
      ],
    });
    // 49 / 25 = 1.96, rounded up to 2
    expect(data.map(({ xbins }) => xbins)).toEqual([
      { start: 20, end: 72, size: 2 },
      { start: 20, end: 72, size: 2 },
    ]);
  });
});

describe('scatterAgreement and blandAltman', () => {
  const pair = { truth: [50, 60], predicted: [55, 58] };

  it('use one range for both axes', () => {
    const { layout } = scatterAgreement({ ...labels, quantity: 'EF', unit: '%', series: [{ name: 'm', ...pair }] });
    const range = (axis: unknown): unknown => (axis as { range: unknown }).range;
    expect(range(layout.xaxis)).toEqual(range(layout.yaxis));
  });

  it('draw the difference as predicted minus true', () => {
    const level = { value: 1.5 };
    const { data } = blandAltman({
      ...labels,
      ...pair,
      quantity: 'EF',
      unit: '%',
      bias: level,
      lower: level,
      upper: level,
    });
    expect(data[0]?.x).toEqual([52.5, 59]);
    expect(data[0]?.y).toEqual([5, -2]);
  });
});

describe('drawsLesson', () => {
  it('has a stop of the slider for each number of draws and writes p however small', () => {
    const { layout } = drawsLesson({
      ...labels,
      draws: [100, 100000],
      threshold: 0.01,
      series: [{ name: 'published', log10P: [-0.5, -1234.3] }],
    });
    const [slider] = layout.sliders as { steps: { label: string; args: Record<string, string>[] }[] }[];
    expect(slider?.steps.map(({ label }) => label)).toEqual(['100', '100,000']);
    // 10^-0.5 = 0.316..., 10^-1234.3 = 5.01e-1235
    expect(slider?.steps.map(({ args }) => args[1]?.['annotations[0].text'])).toEqual([
      '<b>100 draws</b><br>p = 0.32: published',
      '<b>100,000 draws</b><br>p = 5.0e−1235: published',
    ]);
  });
});

describe('refusals', () => {
  it.each([
    [
      'curve',
      () =>
        curve({
          ...labels,
          abscissa: 'n',
          ordinate: 'p',
          logarithmic: { y: true },
          series: [{ name: 'm', x: [1], y: [0] }],
        }),
      /m must be > 0 on a logarithmic axis/,
    ],
    ['rocFigure', () => rocFigure({ ...labels, condition: 'c', series: [] }), /at least one series/],
    [
      'fewShotCurve',
      () =>
        fewShotCurve({
          ...labels,
          score: 'Dice',
          abscissa: 'n',
          spread: 's',
          series: [{ name: 'm', samples: [0], mean: [1], deviation: [0] }],
        }),
      /must be > 0 on a logarithmic axis/,
    ],
    [
      'boxDistribution',
      () => boxDistribution({ ...labels, groups: ['a'], quantity: 'q', series: [{ name: 'm', values: [[]] }] }),
      /m must have values for each of a/,
    ],
    [
      'trainingCurves',
      () =>
        trainingCurves({
          ...labels,
          abscissa: 'Step',
          panels: [{ title: 'lr', logarithmic: true, series: [{ name: 'lr', at: [0], values: [0] }] }],
        }),
      /lr must be > 0 on a logarithmic axis/,
    ],
    [
      'reliabilityDiagram',
      () => reliabilityDiagram({ ...labels, bins: [], calibrationError: 0 }),
      /a bin with samples/,
    ],
    [
      'distribution',
      () => distribution({ ...labels, quantity: 'q', series: [{ name: 'a', values: [] }] }),
      /a has no values/,
    ],
  ])('%s says what is wrong', (_name, make, message) => {
    expect(make).toThrow(message);
  });
});
