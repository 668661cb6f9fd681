import { describe, expect, it } from 'vitest';
import { stream } from '../../lib/core/random.js';
import { blandAltman } from '../../lib/statistics/bland-altman.js';
import { cohenKappa } from '../../lib/statistics/cohen-kappa.js';
import { confusionMatrix } from '../../lib/statistics/confusion.js';
import { intraclassCorrelation } from '../../lib/statistics/intraclass-correlation.js';
import { linConcordance } from '../../lib/statistics/lin-concordance.js';
import { expectClose, expectRate } from './close.js';

const x = [62, 55, 48, 70, 35, 58, 66, 41, 52, 60];
const y = [60, 57, 45, 66, 39, 61, 63, 44, 50, 55];

describe('cohenKappa', () => {
  it('matches scikit-learn 1.2.1', () => {
    const matrix = confusionMatrix([...'AAAAABBBBCCCCCCD'], [...'AAABCBBBACCCCCAC'], ['A', 'B', 'C', 'D']);
    expectClose(cohenKappa(matrix), 0.5375722543352601);
    expectClose(cohenKappa(matrix, 'linear'), 0.5555555555555556);
    expectClose(cohenKappa(matrix, 'quadratic'), 0.5809523809523809);
  });

  it('is 1 for perfect agreement and undefined for one class', () => {
    expect(cohenKappa(confusionMatrix(['A', 'B'], ['A', 'B'], ['A', 'B']))).toBe(1);
    expect(() => cohenKappa(confusionMatrix(['A'], ['A'], ['A', 'B']))).toThrow(/undefined/);
  });
});

describe('intraclassCorrelation', () => {
  // Shrout and Fleiss 1979, Table 2: 6 cases, 4 judges
  const ratings = [
    [9, 2, 5, 8],
    [6, 1, 3, 2],
    [8, 4, 6, 8],
    [7, 1, 2, 6],
    [10, 5, 6, 9],
    [6, 2, 4, 7],
  ];

  it.each([
    // printed there as .17, .29, .71; digits and bounds from the formulae with scipy 1.17.1 stats.f, as R psych::ICC prints
    ['one-way', 0.16574176840547544, -0.13293232487475098, 0.722560062328121],
    ['agreement', 0.2897637795275591, 0.018786513374712, 0.7610843696489529],
    ['consistency', 0.7148407148407149, 0.3424647650339253, 0.9458582599553595],
  ] as const)('%s', (form, estimate, low, high) => {
    const result = intraclassCorrelation(ratings, form);
    expectClose(result.estimate, estimate);
    expectClose(result.interval.low, low, 1e-9);
    expectClose(result.interval.high, high, 1e-9);
  });

  it('ignores a constant offset only as consistency', () => {
    const shifted = [1, 4, 2, 8].map((value) => [value, value + 3]);
    expectClose(intraclassCorrelation(shifted, 'consistency').estimate, 1);
    expect(intraclassCorrelation(shifted, 'consistency').interval.low).toBe(1);
    expect(intraclassCorrelation(shifted, 'agreement').estimate).toBeLessThan(0.8);
    expect(intraclassCorrelation([1, 4, 2].map((value) => [value, value])).interval).toMatchObject({ low: 1, high: 1 });
  });

  it('covers a known correlation', () => {
    const random = stream(61, 'icc');
    let covered = 0;
    for (let study = 0; study < 2000; study++) {
      const rows = Array.from({ length: 30 }, () => {
        const truth = Math.sqrt(0.7) * random.normal();
        return [truth + Math.sqrt(0.3) * random.normal(), truth + Math.sqrt(0.3) * random.normal()];
      });
      const { interval } = intraclassCorrelation(rows, 'consistency');
      if (interval.low <= 0.7 && interval.high >= 0.7) covered++;
    }
    expectRate(covered, 2000, 0.95);
  });

  it('names what it cannot compute', () => {
    expect(() => intraclassCorrelation([[1, 2]])).toThrow(/at least 2 cases/);
    expect(() => intraclassCorrelation([[1, 2], [1]])).toThrow(/row 1/);
    expect(() =>
      intraclassCorrelation([
        [1, 1],
        [1, 1],
      ]),
    ).toThrow(/undefined/);
  });
});

describe('blandAltman', () => {
  it('matches the formulae', () => {
    // numpy 2.4.6 and scipy 1.17.1 stats.t.ppf(.975, 9)
    const result = blandAltman(x, y);
    expectClose(result.bias, 0.7);
    expectClose(result.standardDeviation, 3.3349995835415367);
    expectClose(result.lowerLimit, -5.836599183741412);
    expectClose(result.upperLimit, 7.236599183741412);
    expectClose(result.biasInterval.high - result.bias, 2.385714983495729);
    expectClose(result.upperLimitInterval.high - result.upperLimit, 4.223606513049715);
  });

  it('covers its bias', () => {
    const random = stream(62, 'ba');
    let covered = 0;
    for (let study = 0; study < 5000; study++) {
      const first = Array.from({ length: 15 }, () => random.normal());
      const { biasInterval } = blandAltman(first, new Float64Array(15));
      if (biasInterval.low <= 0 && biasInterval.high >= 0) covered++;
    }
    expectRate(covered, 5000, 0.95);
  });

  it('collapses on constant differences', () => {
    const result = blandAltman([2, 3], [1, 2]);
    expect([result.lowerLimit, result.upperLimit]).toEqual([1, 1]);
    expect(() => blandAltman([1], [1])).toThrow(/at least 2/);
  });
});

describe('linConcordance', () => {
  it('matches the formulae', () => {
    // numpy 2.4.6, from the definition
    const result = linConcordance(x, y);
    expectClose(result.estimate, 0.9425915800984145);
    expectClose(result.interval.low, 0.8297452431914719, 1e-9);
    expectClose(result.interval.high, 0.9814025978073252, 1e-9);
  });

  it('covers a known concordance', () => {
    // truth with variance .8, two readings with errors of variance .2: concordance .8
    const random = stream(63, 'lin');
    let covered = 0;
    for (let study = 0; study < 1500; study++) {
      const truth = Array.from({ length: 150 }, () => Math.sqrt(0.8) * random.normal());
      const reading = (): number[] => truth.map((value) => value + Math.sqrt(0.2) * random.normal());
      const { interval } = linConcordance(reading(), reading());
      if (interval.low <= 0.8 && interval.high >= 0.8) covered++;
    }
    expectRate(covered, 1500, 0.95);
  });

  it('is 1 on the identity, less with an offset', () => {
    expectClose(linConcordance(x, x).estimate, 1);
    expect(
      linConcordance(
        x,
        x.map((value) => value + 9),
      ).estimate,
    ).toBeLessThan(0.8);
    expect(() => linConcordance([1, 1, 1], [1, 2, 3])).toThrow(/constant/);
    expect(() => linConcordance([1, 2], [1, 2])).toThrow(/at least 3/);
  });
});
