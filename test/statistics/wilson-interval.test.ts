import { describe, expect, it } from 'vitest';
import { stream } from '../../lib/core/random.js';
import { wilsonInterval } from '../../lib/statistics/wilson-interval.js';
import { expectClose } from './close.js';

describe('wilsonInterval', () => {
  it('matches scipy', () => {
    // scipy 1.17.1 stats.binomtest(k, n).proportion_ci(level, method='wilson')
    expectClose(wilsonInterval(10, 10).interval.low, 0.7224672001371109);
    expect(wilsonInterval(10, 10).interval.high).toBe(1);
    expectClose(wilsonInterval(17, 40, 0.99).interval.low, 0.24890358835262438);
    expectClose(wilsonInterval(17, 40, 0.99).interval.high, 0.6224373936735133);
  });

  it('mirrors', () => {
    const few = wilsonInterval(3, 20).interval;
    const many = wilsonInterval(17, 20).interval;
    expectClose(few.low, 1 - many.high, 1e-12);
    expect(wilsonInterval(0, 1).interval.low).toBe(0);
  });

  it('covers near its level', () => {
    const random = stream(4, 'wilson');
    let covered = 0;
    for (let study = 0; study < 20_000; study++) {
      let hits = 0;
      for (let i = 0; i < 200; i++) if (random.chance(0.3)) hits++;
      const { interval } = wilsonInterval(hits, 200);
      if (interval.low <= 0.3 && interval.high >= 0.3) covered++;
    }
    // the exact coverage at n = 200, share 0.3 is 0.94663: binomial sum, scipy 1.17.1
    expect(Math.abs(covered / 20_000 - 0.94663)).toBeLessThan(3 * 0.00159);
  });

  it('names impossible counts', () => {
    expect(() => wilsonInterval(3, 2)).toThrow(/\[0, 2\]/);
    expect(() => wilsonInterval(0, 0)).toThrow(/trials/);
  });
});
