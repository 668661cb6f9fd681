import { describe, expect, it } from 'vitest';
import { stream } from '../../lib/core/random.js';
import { delongAuc, delongStandardError, delongTest } from '../../lib/statistics/delong.js';
import { rocAuc, rocCurve } from '../../lib/statistics/roc.js';
import { expectClose, expectRate } from './close.js';

const positive = [1, 0, 1, 1, 0, 0, 1, 0, 1, 0, 1, 1].map(Boolean);
const first = [0.9, 0.3, 0.6, 0.4, 0.4, 0.2, 0.8, 0.5, 0.7, 0.1, 0.35, 0.95];
const second = [0.8, 0.35, 0.5, 0.6, 0.45, 0.1, 0.9, 0.7, 0.55, 0.3, 0.25, 0.6];

describe('ROC', () => {
  it('matches scikit-learn 1.2.1', () => {
    expectClose(rocAuc(positive, first), 0.9);
    expectClose(rocAuc(positive, second), 0.7714285714285715);
    const curve = rocCurve(positive, first);
    // roc_curve(drop_intermediate=False); its first threshold is 1.95 there, infinite here
    expect(curve.map((point) => point.falsePositiveRate)).toEqual([0, 0, 0, 0, 0, 0, 0.2, 0.4, 0.4, 0.6, 0.8, 1]);
    expectClose(curve[7]!.truePositiveRate, 6 / 7);
    expect(curve[7]!.threshold).toBe(0.4);
  });

  it('has the trapezoid of its curve as area, and mirrors', () => {
    const curve = rocCurve(positive, second);
    let area = 0;
    for (let k = 1; k < curve.length; k++) {
      const width = curve[k]!.falsePositiveRate - curve[k - 1]!.falsePositiveRate;
      area += (width * (curve[k]!.truePositiveRate + curve[k - 1]!.truePositiveRate)) / 2;
    }
    expectClose(area, rocAuc(positive, second), 1e-12);
    expectClose(
      rocAuc(
        positive,
        second.map((value) => -value),
      ),
      1 - area,
      1e-12,
    );
    expect(rocAuc([true, false], [1, 1])).toBe(0.5);
  });

  it('names a missing kind', () => {
    expect(() => rocAuc([true, true], [1, 2])).toThrow(/undefined/);
    expect(() => rocAuc([true, false], [1, Number.NaN])).toThrow(/finite/);
  });
});

describe('DeLong', () => {
  it('matches the definition', () => {
    // numpy 2.4.6, from the matrix of pairwise comparisons
    expectClose(delongStandardError(positive, first), 0.09035079029052513);
    expectClose(delongStandardError(positive, second), 0.16078040967746793);
    const test = delongTest(positive, first, second);
    expectClose(test.statistic, 1.1991120975476843);
    expectClose(test.estimate, 0.9 - 0.7714285714285715);
    const { interval } = delongAuc(positive, first);
    expectClose(interval.low, 0.9 - 1.959963984540054 * 0.09035079029052513);
    expect(interval.high).toBe(1);
  });

  it('names what it cannot test', () => {
    expect(() =>
      delongTest(
        positive,
        first,
        first.map((value) => 2 * value),
      ),
    ).toThrow(/rank the cases alike/);
    expect(() => delongAuc([true, false, false], [1, 0, 0])).toThrow(/two cases of each kind/);
  });

  it('has its nominal size and coverage', () => {
    const random = stream(51, 'delong');
    const studies = 1500;
    const count = { five: 0, one: 0, covered: 0 };
    const kinds = Array.from({ length: 200 }, (_, i) => i < 90);
    for (let study = 0; study < studies; study++) {
      const base = kinds.map((kind) => (kind ? 1 : 0) + random.normal());
      const x = base.map((value) => value + 0.7 * random.normal());
      const y = base.map((value) => value + 0.7 * random.normal());
      const { p } = delongTest(kinds, x, y);
      if (p <= 0.05) count.five++;
      if (p <= 0.01) count.one++;
      const { interval } = delongAuc(kinds, base);
      // true area of unit normals one apart: scipy 1.17.1 stats.norm.cdf(1 / sqrt 2)
      if (interval.low <= 0.7602499389065233 && interval.high >= 0.7602499389065233) count.covered++;
    }
    expectRate(count.five, studies, 0.05);
    expectRate(count.one, studies, 0.01);
    expectRate(count.covered, studies, 0.95);
  });
});
