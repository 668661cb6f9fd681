import { describe, expect, it } from 'vitest';
import { stream } from '../../lib/core/random.js';
import { benjaminiHochberg, holm } from '../../lib/statistics/multiple-comparisons.js';
import { expectClose, expectRate } from './close.js';

describe('multiple comparisons', () => {
  it('adjusts by Holm', () => {
    // hand-solved: sorted .01 x 3, .03 x 2, max(.06, .04 x 1)
    [0.03, 0.06, 0.06].forEach((value, i) => {
      expectClose(holm([0.01, 0.04, 0.03])[i]!, value);
    });
    expect(holm([0.5, 0.9])).toEqual([1, 1]);
    expect(holm([])).toEqual([]);
  });

  it('adjusts by Benjamini and Hochberg', () => {
    // scipy 1.17.1 stats.false_discovery_control([.01, .02, .03, .04, .5])
    [0.05, 0.05, 0.05, 0.05, 0.5].forEach((value, i) => {
      expectClose(benjaminiHochberg([0.01, 0.02, 0.03, 0.04, 0.5])[i]!, value);
    });
  });

  it('keeps order, never lowers p, and Holm is the stricter', () => {
    const p = [0.2, 0.001, 0.04, 0.04, 0.9, 0.012];
    const strict = holm(p);
    benjaminiHochberg(p).forEach((value, i) => {
      expect(value).toBeGreaterThanOrEqual(p[i]!);
      expect(strict[i]!).toBeGreaterThanOrEqual(value);
    });
  });

  it('keep the family-wise rate of 18 true hypotheses', () => {
    const random = stream(91, 'holm');
    const rejected = { holm: 0, bh: 0 };
    for (let study = 0; study < 5000; study++) {
      const p = Array.from({ length: 18 }, () => random.uniform());
      if (Math.min(...holm(p)) <= 0.05) rejected.holm++;
      if (Math.min(...benjaminiHochberg(p)) <= 0.05) rejected.bh++;
    }
    expectRate(rejected.holm, 5000, 1 - (1 - 0.05 / 18) ** 18); // independent tests: smallest p <= 0.05 / 18
    expectRate(rejected.bh, 5000, 0.05); // Simes 1986: exactly the level for independent tests
  });

  it('names what is no p-value', () => {
    expect(() => holm([0.1, Number.NaN])).toThrow(/index 1/);
    expect(() => benjaminiHochberg([1.1])).toThrow(/\[0, 1\]/);
  });
});
