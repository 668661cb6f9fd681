import { describe, expect, it } from 'vitest';
import { stream } from '../../lib/core/random.js';
import { welchTTest } from '../../lib/statistics/welch-t.js';
import { expectClose, expectRate } from './close.js';

const a = [4.11, 3.2, 5.05, 6.7, 2.9, 4.4, 5.9, 3.33, 4.0, 7.1];
const c = [3.0, 2.5, 4.1, 3.7, 5.2, 2.2, 4.9];

describe('welchTTest', () => {
  it.each([
    // scipy 1.17.1 stats.ttest_ind(equal_var=False)
    ['two-sided', 0.1347342489372385],
    ['less', 0.9326328755313807],
    ['greater', 0.06736712446861925],
  ] as const)('%s matches scipy', (alternative, p) => {
    const result = welchTTest(a, c, { alternative });
    expectClose(result.statistic, 1.5826702037559066);
    expectClose(result.degreesOfFreedom!, 14.724624413803637);
    expectClose(result.p, p);
  });

  it('has the interval of scipy 1.17.1', () => {
    expectClose(welchTTest(a, c).interval!.low, -0.35307711004717235);
    expectClose(welchTTest(a, c).interval!.high, 2.376791395761458);
    expectClose(welchTTest(a, c, { alternative: 'greater' }).interval!.low, -0.110308117086096);
  });

  it('allows one constant sample, names two', () => {
    expect(welchTTest([1, 1], [1, 2]).n).toBe(4);
    expect(() => welchTTest([1, 1], [2, 2])).toThrow(/constant/);
    expect(() => welchTTest([1], [1, 2])).toThrow(/at least 2/);
  });

  it('has its nominal size with unequal spreads', () => {
    const random = stream(22, 'welch');
    let five = 0;
    let one = 0;
    for (let study = 0; study < 10_000; study++) {
      const x = Array.from({ length: 30 }, () => random.normal());
      const y = Array.from({ length: 40 }, () => 3 * random.normal());
      const { p } = welchTTest(x, y);
      if (p <= 0.05) five++;
      if (p <= 0.01) one++;
    }
    expectRate(five, 10_000, 0.05);
    expectRate(one, 10_000, 0.01);
  });
});
