import { describe, expect, it } from 'vitest';
import { stream } from '../../lib/core/random.js';
import { fairCoinLogTail, logChoose } from '../../lib/statistics/log-binomial.js';
import { mannWhitneyTest } from '../../lib/statistics/mann-whitney.js';
import { mcnemarTest } from '../../lib/statistics/mcnemar.js';
import { ranksOf } from '../../lib/statistics/ranks.js';
import { signTest } from '../../lib/statistics/sign-test.js';
import { wilcoxonSignedRankTest } from '../../lib/statistics/wilcoxon-signed-rank.js';
import { expectClose, expectRate } from './close.js';

const a = [4.11, 3.2, 5.05, 6.7, 2.9, 4.4, 5.9, 3.33, 4.0, 7.1];
const b = [4.69, 3.1, 5.9, 7.2, 3.5, 4.1, 6.6, 3.9, 4.8, 7.0];
const zeros = (count: number): number[] => new Array<number>(count).fill(0);

describe('ranksOf', () => {
  it('shares ranks among ties', () => {
    expect([...ranksOf([3, 1, 3, 3]).ranks]).toEqual([3, 1, 3, 3]);
    expect(ranksOf([3, 1, 3, 3]).tieCorrection).toBe(24);
  });
});

describe('wilcoxonSignedRankTest', () => {
  it.each([
    // scipy 1.17.1 stats.wilcoxon(method='exact'), no ties
    ['two-sided', 0.078125],
    ['less', 0.97265625],
    ['greater', 0.0390625],
  ] as const)('%s, exact', (alternative, p) => {
    const x = [1.1, 2.3, -0.4, 3.7, 0.9, -1.6, 2.05, 4.4];
    const result = wilcoxonSignedRankTest(x, zeros(8), { alternative });
    expect(result.statistic).toBe(31);
    expectClose(result.p, p);
  });

  it('with ties and zeros follows the corrected normal limit', () => {
    // scipy 1.17.1 stats.wilcoxon(method='approx', correction=False); RandomState(0).normal(.2, 1, 80) rounded to 0.1
    const big = [
      2.0, 0.6, 1.2, 2.4, 2.1, -0.8, 1.2, 0.0, 0.1, 0.6, 0.3, 1.7, 1.0, 0.3, 0.6, 0.5, 1.7, 0, 0.5, -0.7, -2.4, 0.9,
      1.1, -0.5, 2.5, -1.3, 0.2, 0.0, 1.7, 1.7, 0.4, 0.6, -0.7, -1.8, -0.1, 0.4, 1.4, 1.4, -0.2, -0.1, -0.8, -1.2, -1.5,
      2.2, -0.3, -0.2, -1.1, 1.0, -1.4, 0, -0.7, 0.6, -0.3, -1.0, 0.2, 0.6, 0.3, 0.5, -0.4, -0.2, -0.5, -0.2, -0.6,
      -1.5, 0.4, -0.2, -1.4, 0.7, -0.7, 0.3, 0.9, 0.3, 1.3, -1.0, 0.6, -0.5, -0.7, -0.4, -0.1, 0.3,
    ];
    const greater = wilcoxonSignedRankTest(big, zeros(80), { alternative: 'greater' });
    expect(greater.statistic).toBe(1722.5);
    expectClose(greater.p, 0.08941873887145652);
    expectClose(wilcoxonSignedRankTest(big, zeros(80)).p, 0.17883747774291303);
  });

  it('is antisymmetric, has no opinion on zeros, and gives the Hodges-Lehmann estimate', () => {
    expectClose(wilcoxonSignedRankTest(a, b).p, wilcoxonSignedRankTest(b, a).p);
    expect(wilcoxonSignedRankTest([1, 2], [1, 2]).p).toBe(1);
    expect(wilcoxonSignedRankTest([1, 2, 6], [0, 0, 0]).estimate).toBe(2.75); // Walsh averages 1 1.5 2 3.5 4 6
    expect(() => wilcoxonSignedRankTest([1], [1, 2])).toThrow(/one length/);
  });

  it('has its nominal size', () => {
    const random = stream(31, 'wilcoxon');
    const rejected = { five: 0, one: 0 };
    for (let study = 0; study < 2500; study++) {
      const x = Array.from({ length: 60 }, () => random.normal());
      const { p } = wilcoxonSignedRankTest(x, zeros(60), { alternative: 'greater' });
      if (p <= 0.05) rejected.five++;
      if (p <= 0.01) rejected.one++;
    }
    expectRate(rejected.five, 2500, 0.05);
    expectRate(rejected.one, 2500, 0.01);
  });
});

describe('mannWhitneyTest', () => {
  it.each([
    // scipy 1.17.1 stats.mannwhitneyu: exact without ties, normal limit with ties
    ['two-sided', 0.42857142857142855, 0.5641906924571187],
    ['less', 0.8354978354978355, 0.7450532641037848],
    ['greater', 0.21428571428571427, 0.28209534622855936],
  ] as const)('%s matches scipy', (alternative, exact, limit) => {
    const first = mannWhitneyTest([4.1, 3.2, 5.05, 6.7, 2.9], [3.0, 2.5, 4.2, 3.7, 5.2, 2.2], { alternative });
    expect(first.statistic).toBe(20);
    expectClose(first.p, exact);
    const tied = mannWhitneyTest([1, 2, 2, 3, 5, 6, 6, 7, 8, 9], [1, 1, 2, 4, 4, 5, 6, 6, 10], { alternative });
    expect(tied.statistic).toBe(52.5);
    expectClose(tied.p, limit);
  });

  it('gives 1 to constant samples and 1 / C(12, 2) to the most extreme', () => {
    expect(mannWhitneyTest([1, 1, 1], [1, 1]).p).toBe(1); // scipy 1.17.1: 1.0
    const high = mannWhitneyTest(
      [20, 21],
      Array.from({ length: 10 }, (_, i) => i),
      { alternative: 'greater' },
    );
    expectClose(high.p, 1 / 66); // hand-solved
    expect(high.estimate).toBe(1);
    expect(() => mannWhitneyTest([], [1])).toThrow(/at least 1/);
  });

  it('has its nominal size', () => {
    const random = stream(32, 'mwu');
    const rejected = { five: 0, one: 0 };
    for (let study = 0; study < 2500; study++) {
      const x = Array.from({ length: 60 }, () => random.uniform());
      const y = Array.from({ length: 90 }, () => random.uniform());
      const { p } = mannWhitneyTest(x, y, { alternative: 'greater' });
      if (p <= 0.05) rejected.five++;
      if (p <= 0.01) rejected.one++;
    }
    expectRate(rejected.five, 2500, 0.05);
    expectRate(rejected.one, 2500, 0.01);
  });
});

describe('fairCoinLogTail', () => {
  it('matches scipy', () => {
    expectClose(fairCoinLogTail(1400, 2000), -167.94722326975912); // scipy 1.17.1 stats.binom.logsf(1399, 2000, .5)
    expect(fairCoinLogTail(0, 9)).toBe(0);
    expectClose(logChoose(52, 5), Math.log(2598960), 1e-13);
  });

  it('adds up', () => {
    for (const k of [1, 4, 5, 9]) {
      expectClose(Math.exp(fairCoinLogTail(k, 9)) + Math.exp(fairCoinLogTail(9 - k + 1, 9)), 1, 1e-13);
    }
    expect(() => fairCoinLogTail(10, 9)).toThrow(/\[0, 9\]/);
  });
});

describe('signTest', () => {
  it.each([
    // scipy 1.17.1 stats.binomtest(14, 18): the paper's 14 of 18 views as a sign test
    ['two-sided', 0.0308837890625],
    ['less', 0.9962310791015625],
    ['greater', 0.01544189453125],
  ] as const)('%s matches scipy', (alternative, p) => {
    const x = [...new Array<number>(14).fill(1), ...new Array<number>(4).fill(-1), 0, 0];
    const result = signTest(x, zeros(20), { alternative });
    expectClose(result.p, p);
    expect(result.n).toBe(18);
  });

  it('has no opinion on ties', () => {
    expect(signTest([1], [1]).p).toBe(1);
  });

  it('never exceeds its nominal size', () => {
    const random = stream(33, 'sign');
    let five = 0;
    for (let study = 0; study < 4000; study++) {
      const x = Array.from({ length: 100 }, () => random.normal());
      if (signTest(x, zeros(100), { alternative: 'greater' }).p <= 0.05) five++;
    }
    expectRate(five, 4000, 0.04431304005703379); // scipy 1.17.1 stats.binom.sf(58, 100, .5): discrete, below 0.05
  });
});

describe('mcnemarTest', () => {
  const right = (counts: [number, number, number]): [boolean[], boolean[]] => {
    const [both, onlyA, onlyB] = counts;
    const cases = [
      ...new Array(both).fill([true, true]),
      ...new Array(onlyA).fill([true, false]),
      ...new Array(onlyB).fill([false, true]),
    ] as [boolean, boolean][];
    return [cases.map((pair) => pair[0]), cases.map((pair) => pair[1])];
  };

  it('matches scipy', () => {
    const [x, y] = right([80, 15, 5]);
    expectClose(mcnemarTest(x, y).p, 0.04138946533203125); // scipy 1.17.1 stats.binomtest(15, 20)
    expectClose(mcnemarTest(x, y, { alternative: 'greater' }).p, 0.020694732666015625);
    expectClose(mcnemarTest(x, y, { method: 'chi-square' }).p, 0.025347318677468325); // stats.chi2.sf(5, 1)
    expectClose(mcnemarTest(x, y).estimate, 0.1);
  });

  it('gives 1 without disagreement and names unequal lengths', () => {
    expect(mcnemarTest([true], [true]).p).toBe(1);
    expect(mcnemarTest([true], [true], { method: 'chi-square' }).p).toBe(1);
    expect(() => mcnemarTest([true], [])).toThrow(/one length/);
  });

  it('has its nominal size', () => {
    const random = stream(34, 'mcnemar');
    let five = 0;
    let one = 0;
    for (let study = 0; study < 4000; study++) {
      const x = Array.from({ length: 400 }, () => random.chance(0.5));
      const y = Array.from({ length: 400 }, () => random.chance(0.5));
      const { p } = mcnemarTest(x, y, { method: 'chi-square' });
      if (p <= 0.05) five++;
      if (p <= 0.01) one++;
    }
    expectRate(five, 4000, 0.05);
    expectRate(one, 4000, 0.01);
  });
});
