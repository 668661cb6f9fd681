import { describe, expect, it } from 'vitest';
import { stream } from '../../lib/core/random.js';
import { pairedPermutationTest } from '../../lib/statistics/paired-permutation.js';
import { swapPermutationTest } from '../../lib/statistics/swap-permutation.js';
import { expectClose, expectRate } from './close.js';

const a = [4.11, 3.2, 5.05, 6.7, 2.9, 4.4, 5.9, 3.33, 4.0, 7.1];
const b = [4.69, 3.1, 5.9, 7.2, 3.5, 4.1, 6.6, 3.9, 4.8, 7.0];

describe('pairedPermutationTest', () => {
  it('enumerates small samples as scipy does', () => {
    // scipy 1.17.1 stats.permutation_test(permutation_type='samples'), all 1024 swaps
    const two = pairedPermutationTest(a, b, { stream: stream(1, 'x') });
    expectClose(two.p, 0.017578125);
    expectClose(two.estimate, -0.41);
    expectClose(pairedPermutationTest(a, b, { stream: stream(1, 'x'), alternative: 'less' }).p, 0.0087890625);
    expect(two.method).toContain('all 1024 swaps');
  });

  it('approaches the enumeration by random swaps, and never gives 0', () => {
    const { p } = pairedPermutationTest(a, b, { stream: stream(1, 'mc'), draws: 1000 });
    expect(Math.abs(p - 0.017578125)).toBeLessThan(0.018);
    const far = pairedPermutationTest(
      Array.from({ length: 50 }, () => 1),
      new Float64Array(50),
      { stream: stream(1, 'far'), draws: 99, alternative: 'greater' },
    );
    expect(far.p).toBe(0.01);
  });

  it('swaps whole clusters', () => {
    // Hand-solved: clusters sum to 3 and 4; of 4 sign patterns only (+,+) reaches 7.
    const result = pairedPermutationTest([1, 2, 4], [0, 0, 0], {
      stream: stream(1, 'c'),
      clusters: ['p', 'p', 'q'],
      alternative: 'greater',
    });
    expect(result.p).toBe(0.25);
    expect(result.n).toBe(2);
  });

  it('gives p = 1 to equal samples and names unequal ones', () => {
    expect(pairedPermutationTest([1, 2], [1, 2], { stream: stream(1, 'e') }).p).toBe(1);
    expect(pairedPermutationTest([1], [0], { stream: stream(1, 'e') }).p).toBe(1);
    expect(() => pairedPermutationTest([1, 2], [1], { stream: stream(1, 'e') })).toThrow(/one length/);
    expect(() => pairedPermutationTest([1, Number.NaN], [1, 2], { stream: stream(1, 'e') })).toThrow(/finite/);
    expect(() => pairedPermutationTest([], [], { stream: stream(1, 'e') })).toThrow(/at least 1/);
  });

  it('has its nominal size', () => {
    const random = stream(11, 'size');
    const studies = 3000;
    let five = 0;
    let one = 0;
    for (let study = 0; study < studies; study++) {
      const x = Array.from({ length: 20 }, () => random.normal() ** 3);
      const { p } = pairedPermutationTest(x, new Float64Array(20), {
        stream: random,
        draws: 199,
        alternative: 'greater',
      });
      if (p <= 0.05) five++;
      if (p <= 0.01) one++;
    }
    expectRate(five, studies, 0.05);
    expectRate(one, studies, 0.01);
  });

  it('keeps its size on correlated frames only with clusters', () => {
    const random = stream(12, 'size/clusters');
    const studies = 2000;
    const clusters = Array.from({ length: 120 }, (_, i) => Math.floor(i / 6));
    let clustered = 0;
    let naive = 0;
    for (let study = 0; study < studies; study++) {
      const patients = Array.from({ length: 20 }, () => random.normal());
      const x = clusters.map((patient) => patients[patient]! + 0.7 * random.normal());
      const options = { stream: random, draws: 99, alternative: 'greater' } as const;
      if (pairedPermutationTest(x, new Float64Array(120), { ...options, clusters }).p <= 0.05) clustered++;
      if (pairedPermutationTest(x, new Float64Array(120), options).p <= 0.05) naive++;
    }
    expectRate(clustered, studies, 0.05);
    expect(naive / studies).toBeGreaterThan(0.15);
  });
});

describe('swapPermutationTest', () => {
  it('equals the paired test when the metric is a mean', () => {
    const difference = (swapped: Uint8Array): number =>
      a.reduce((sum, value, i) => sum + (value - b[i]!) * (swapped[i] ? -1 : 1), 0) / a.length;
    const result = swapPermutationTest(10, difference, { stream: stream(1, 's') });
    expectClose(result.p, 0.017578125); // scipy 1.17.1, as above
    expectClose(result.estimate, -0.41);
  });

  it('swaps whole clusters and names undefined metrics', () => {
    const seen = new Set<string>();
    const difference = (swapped: Uint8Array): number => {
      seen.add(swapped.join(''));
      return 0;
    };
    expect(swapPermutationTest(3, difference, { stream: stream(1, 's'), clusters: [7, 7, 8] }).p).toBe(1);
    expect([...seen].sort()).toEqual(['000', '001', '110', '111']);
    expect(() => swapPermutationTest(3, () => Number.NaN, { stream: stream(1, 's') })).toThrow(/finite/);
  });
});
