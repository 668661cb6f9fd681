import { describe, expect, it } from 'vitest';
import { stream } from '../../lib/core/random.js';
import { pairedSampleSize, pairedTPower } from '../../lib/statistics/paired-power.js';
import { pairedTTest } from '../../lib/statistics/paired-t.js';
import { expectClose, expectRate } from './close.js';

describe('power of the paired t-test', () => {
  it.each([
    // scipy 1.17.1 stats.nct.sf(t.isf(alpha, n - 1), n - 1, dz sqrt n)
    [34, 0.5, 0.025, 0.8077766855149762],
    [10, 0.8, 0.01, 0.4314760084814815],
    [2100, 0.06, 0.01, 0.6632776465945291],
    [2, 1, 0.05, 0.17956248755732757],
    [1000, 0.02, 0.01, 0.04506158451815749],
  ])('n = %d, dz = %d, alpha = %d', (n, dz, alpha, power) => {
    expectClose(pairedTPower(n, dz, { alpha }), power, n === 2 ? 1e-6 : 1e-9);
  });

  it('adds the far tail when two-sided', () => {
    const power = pairedTPower(34, 0.5, { alpha: 0.05, oneSided: false });
    expectClose(power, 0.8077766855149762 + 8.157642976994953e-7, 1e-9); // scipy 1.17.1 stats.nct.cdf of the far tail
  });

  it('finds the fewest pairs', () => {
    expect(pairedSampleSize(0.5, { alpha: 0.05, power: 0.8, oneSided: false })).toBe(34); // G*Power 3.1
    for (const dz of [0.05, 0.3, 1.2]) {
      const n = pairedSampleSize(dz);
      expect(pairedTPower(n, dz)).toBeGreaterThanOrEqual(0.8);
      expect(pairedTPower(n - 1, dz)).toBeLessThan(0.8);
    }
    expect(pairedSampleSize(-0.3)).toBe(pairedSampleSize(0.3));
    expect(() => pairedSampleSize(0)).toThrow(/no effect/);
    expect(() => pairedTPower(10, 1, { alpha: 2 })).toThrow(/inside \(0, 1\)/);
  });

  it('is what simulation finds', () => {
    const random = stream(71, 'power');
    let found = 0;
    for (let study = 0; study < 4000; study++) {
      const x = Array.from({ length: 20 }, () => 0.6 + random.normal());
      if (pairedTTest(x, new Float64Array(20), { alternative: 'greater' }).p <= 0.05) found++;
    }
    expectRate(found, 4000, pairedTPower(20, 0.6, { alpha: 0.05 }));
  });
});
