import { describe, expect, it } from 'vitest';
import { stream } from '../../lib/core/random.js';
import { twoSamplePermutationTest } from '../../lib/statistics/two-sample-permutation.js';
import { expectClose, expectRate } from './close.js';

const a = [4.11, 3.2, 5.05, 6.7, 2.9];
const c = [3.0, 2.5, 4.1, 3.7, 5.2, 2.2, 4.9];

describe('twoSamplePermutationTest', () => {
  it.each([
    // scipy 1.17.1 stats.permutation_test(permutation_type='independent', n_resamples=inf), 792 arrangements
    ['two-sided', 0.3661616161616162],
    ['less', 0.8181818181818182],
    ['greater', 0.1830808080808081],
  ] as const)('%s, exact', (alternative, p) => {
    const result = twoSamplePermutationTest(a, c, { stream: stream(1, 'x'), alternative });
    expectClose(result.p, p);
    expect(result.method).toContain('all 792');
  });

  it('respects unequal sizes: 1/66, not 0', () => {
    const low = Array.from({ length: 10 }, (_, i) => i);
    const result = twoSamplePermutationTest([10, 11], low, { stream: stream(1, 'x'), alternative: 'greater' });
    expectClose(result.p, 1 / 66); // scipy 1.17.1, all 66 arrangements
  });

  it('approaches the enumeration by random arrangements', () => {
    const { p } = twoSamplePermutationTest(a, c, { stream: stream(2, 'x'), alternative: 'greater', draws: 700 });
    expect(Math.abs(p - 0.1831)).toBeLessThan(0.045);
  });

  it('reassigns whole clusters', () => {
    // Hand-solved: clusters {5, 5}, {4} against {1}, {0, 0}: 6 arrangements, the observed one is the largest
    const result = twoSamplePermutationTest([5, 5, 4], [1, 0, 0], {
      stream: stream(1, 'c'),
      clusters: ['p', 'p', 'q', 'r', 's', 's'],
      alternative: 'greater',
    });
    expectClose(result.p, 1 / 6);
    expect(result.n).toBe(4);
    const torn = { stream: stream(1, 'c'), clusters: ['p', 'p', 'q', 'q', 's', 's'] };
    expect(() => twoSamplePermutationTest([5, 5, 4], [1, 0, 0], torn)).toThrow(/q lies in both/);
  });

  it('gives 1 to constant samples', () => {
    expect(twoSamplePermutationTest([0.1, 0.1], [0.1, 0.1, 0.1], { stream: stream(1, 'x') }).p).toBe(1);
    expect(() => twoSamplePermutationTest([], [1], { stream: stream(1, 'x') })).toThrow(/at least 1/);
  });

  it('has its nominal size, with clusters too', () => {
    const random = stream(41, 'size');
    const studies = 2000;
    const clusters = Array.from({ length: 90 }, (_, i) => Math.floor(i / 3));
    const rejected = { five: 0, one: 0, clustered: 0 };
    for (let study = 0; study < studies; study++) {
      const x = Array.from({ length: 15 }, () => random.normal());
      const y = Array.from({ length: 25 }, () => random.normal());
      const { p } = twoSamplePermutationTest(x, y, { stream: random, draws: 199 });
      if (p <= 0.05) rejected.five++;
      if (p <= 0.01) rejected.one++;
      const patients = Array.from({ length: 30 }, () => random.normal());
      const frames = clusters.map((patient) => patients[patient]! + 0.5 * random.normal());
      const test = twoSamplePermutationTest(frames.slice(0, 30), frames.slice(30), {
        stream: random,
        draws: 99,
        clusters,
        alternative: 'greater',
      });
      if (test.p <= 0.05) rejected.clustered++;
    }
    expectRate(rejected.five, studies, 0.05);
    expectRate(rejected.one, studies, 0.01);
    expectRate(rejected.clustered, studies, 0.05);
  });
});
