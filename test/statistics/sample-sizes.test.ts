import { describe, expect, it } from 'vitest';
import { stream } from '../../lib/core/random.js';
import { aucSampleSize, hanleyVariance } from '../../lib/statistics/auc-sample-size.js';
import { mcnemarTest } from '../../lib/statistics/mcnemar.js';
import { mcnemarSampleSize } from '../../lib/statistics/proportions-sample-size.js';
import { expectClose } from './close.js';

describe('mcnemarSampleSize', () => {
  it('matches the formula', () => {
    // Connor 1987 with scipy 1.17.1 stats.norm quantiles
    expect(mcnemarSampleSize(0.94, 0.8, 0)).toBe(119);
    expect(mcnemarSampleSize(0.888, 0.802, 0.5)).toBe(188);
    expect(mcnemarSampleSize(0.94, 0.8, 0, { alpha: 0.05, power: 0.9, oneSided: false })).toBe(123);
    expect(mcnemarSampleSize(1, 0.9, 1)).toBe(mcnemarSampleSize(1, 0.9, 0));
  });

  it('gives about the power that simulation finds', () => {
    const random = stream(81, 'mcnemar');
    const n = mcnemarSampleSize(0.9, 0.8, 0, { alpha: 0.05 });
    let found = 0;
    for (let study = 0; study < 2000; study++) {
      const a = Array.from({ length: n }, () => random.chance(0.9));
      const b = Array.from({ length: n }, () => random.chance(0.8));
      if (mcnemarTest(a, b, { method: 'chi-square', alternative: 'greater' }).p <= 0.05) found++;
    }
    expect(found / 2000).toBeGreaterThan(0.76);
    expect(found / 2000).toBeLessThan(0.84);
  });

  it('names what no size can show', () => {
    expect(() => mcnemarSampleSize(0.9, 0.9, 0)).toThrow(/no difference/);
    expect(() => mcnemarSampleSize(1.2, 0.9, 0)).toThrow(/\[0, 1\]/);
  });
});

describe('aucSampleSize', () => {
  it('matches the formula', () => {
    // Hanley and McNeil 1982, evaluated with numpy 2.4.6
    expectClose(hanleyVariance(0.93, 50, 150), 0.000659710683259889);
    expect(aucSampleSize(0.93, 0.89, 0.25, 0.5)).toBe(1053);
  });

  it('falls with correlation and names equal areas', () => {
    expect(aucSampleSize(0.9, 0.85, 0.3, 0.8)).toBeLessThan(aucSampleSize(0.9, 0.85, 0.3, 0));
    expect(() => aucSampleSize(0.9, 0.9, 0.3, 0)).toThrow(/different areas/);
    expect(() => aucSampleSize(1, 0.9, 0.3, 0)).toThrow(/inside \(0, 1\)/);
  });
});
