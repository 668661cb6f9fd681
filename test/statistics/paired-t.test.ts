import { describe, expect, it } from 'vitest';
import { stream } from '../../lib/core/random.js';
import { oneSampleTTest, pairedTTest } from '../../lib/statistics/paired-t.js';
import { expectClose, expectRate } from './close.js';

const a = [4.11, 3.2, 5.05, 6.7, 2.9, 4.4, 5.9, 3.33, 4.0, 7.1];
const b = [4.69, 3.1, 5.9, 7.2, 3.5, 4.1, 6.6, 3.9, 4.8, 7.0];

describe('pairedTTest', () => {
  it.each([
    // scipy 1.17.1 stats.ttest_rel(alternative=...) and its confidence_interval(0.95)
    ['two-sided', 0.012291154865134568, -0.7071387421791107, -0.11286125782088935],
    ['less', 0.006145577432567284, Number.NEGATIVE_INFINITY, -0.169217051741898],
    ['greater', 0.9938544225674327, -0.650782948258102, Number.POSITIVE_INFINITY],
  ] as const)('%s matches scipy', (alternative, p, low, high) => {
    const result = pairedTTest(a, b, { alternative });
    expectClose(result.statistic, -3.1213850807384476);
    expectClose(result.p, p);
    if (Number.isFinite(low)) expectClose(result.interval!.low, low);
    else expect(result.interval!.low).toBe(low);
    if (Number.isFinite(high)) expectClose(result.interval!.high, high);
    else expect(result.interval!.high).toBe(high);
    expect(result.degreesOfFreedom).toBe(9);
  });

  it('solves the example by hand', () => {
    // differences 2, 3, 1: mean 2, deviation 1, t = 2 sqrt 3
    expectClose(pairedTTest([3, 5, 4], [1, 2, 3]).statistic, 2 * Math.sqrt(3), 1e-14);
    expectClose(oneSampleTTest([2, 3, 1], 0).statistic, 2 * Math.sqrt(3), 1e-14);
  });

  it('keeps a finite log p far out', () => {
    const x = Array.from({ length: 2100 }, (_, i) => 10 + (i % 2) * 0.1);
    const result = pairedTTest(x, new Float64Array(2100), { alternative: 'greater' });
    expect(result.p).toBe(0);
    expect(result.logP).toBeLessThan(-5000);
    expect(Number.isFinite(result.logP)).toBe(true);
  });

  it('names what is wrong', () => {
    expect(() => pairedTTest([1], [2])).toThrow(/at least 2/);
    expect(() => pairedTTest([1, 2], [2])).toThrow(/one length/);
    expect(() => pairedTTest([1, 2, 3], [0.9, 1.9, 2.9])).toThrow(/vary/);
    expect(() => pairedTTest([1, Number.NaN], [1, 2])).toThrow(/finite/);
  });

  it('has its nominal size and coverage', () => {
    const random = stream(21, 't');
    const studies = 20_000;
    let five = 0;
    let one = 0;
    let covered = 0;
    for (let study = 0; study < studies; study++) {
      const x = Array.from({ length: 12 }, () => random.normal());
      const { p } = pairedTTest(x, new Float64Array(12), { alternative: 'greater' });
      if (p <= 0.05) five++;
      if (p <= 0.01) one++;
      const { interval } = pairedTTest(x, new Float64Array(12), { level: 0.99 });
      if (interval!.low <= 0 && interval!.high >= 0) covered++;
    }
    expectRate(five, studies, 0.05);
    expectRate(one, studies, 0.01);
    expectRate(covered, studies, 0.99);
  });
});
