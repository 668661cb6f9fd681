import { describe, expect, it } from 'vitest';
import { stream } from '../../lib/core/random.js';
import { classMetrics, macroMetrics } from '../../lib/statistics/class-metrics.js';
import { compareClassifiers } from '../../lib/statistics/compare-classifiers.js';
import { compareSamples } from '../../lib/statistics/compare-samples.js';
import { confusionOfCodes } from '../../lib/statistics/confusion.js';
import { methodsParagraph } from '../../lib/statistics/methods-paragraph.js';
import { swapPermutationTest } from '../../lib/statistics/swap-permutation.js';
import { expectClose, expectRate } from './close.js';

const classes = ['A4C', 'PLAX', 'SC'];

/** Cases of three classes with two models that are right with chances `a` and `b`. */
function predictions(seed: number, count: number, a: number, b: number): [Int32Array, Int32Array, Int32Array] {
  const random = stream(seed, 'predictions');
  const truth = Int32Array.from({ length: count }, (_, i) => i % 3);
  const call = (chance: number): Int32Array =>
    truth.map((label) => (random.chance(chance) ? label : (label + 1 + random.integer(2)) % 3));
  return [truth, call(a), call(b)];
}

describe('compareClassifiers', () => {
  it('has the metrics of classMetrics and the p of the general swap test', () => {
    const [truth, first, second] = predictions(1, 60, 0.9, 0.75);
    const clusters = Array.from(truth, (_, i) => Math.floor(i / 6));
    const rows = compareClassifiers(truth, first, second, classes, {
      stream: stream(1, 'compare'),
      clusters,
      permutations: 2000,
      draws: 100,
    });
    const metric = (calls: Int32Array): number[] => {
      const matrix = confusionOfCodes(truth, calls, classes);
      return [...classMetrics(matrix).map((row) => row.balancedAccuracy), macroMetrics(matrix).balancedAccuracy];
    };
    expect(rows.map((row) => row.name)).toEqual([...classes, 'mean']);
    rows.forEach((row, c) => {
      expectClose(row.first, metric(first)[c]!);
      expectClose(row.difference, metric(first)[c]! - metric(second)[c]!, 1e-9);
      // 10 clusters: both enumerate all 1024 swaps
      const general = swapPermutationTest(
        60,
        (swapped) =>
          metric(first.map((call, i) => (swapped[i] ? second[i]! : call)))[c]! -
          metric(second.map((call, i) => (swapped[i] ? first[i]! : call)))[c]!,
        { stream: stream(1, 'x'), clusters, draws: 1024, alternative: 'greater' },
      );
      expectClose(row.p, general.p);
      expect(row.pHolm).toBeGreaterThanOrEqual(row.p);
      expect(row.interval.low).toBeLessThanOrEqual(row.interval.high);
      expect(row.publishedP).toBeGreaterThan(0);
    });
  });

  it('finds nothing between equal models', () => {
    const [truth, first] = predictions(2, 30, 0.8, 0.8);
    const rows = compareClassifiers(truth, first, first, classes, {
      stream: stream(2, 'x'),
      permutations: 99,
      draws: 50,
    });
    expect(rows.every((row) => row.p === 1 && row.difference === 0)).toBe(true);
    expect(rows.every((row) => row.interval.low === 0 && row.interval.high === 0)).toBe(true);
  });

  it('has its nominal size where the published test does not', () => {
    let valid = 0;
    let published = 0;
    const studies = 250;
    for (let study = 0; study < studies; study++) {
      const [truth, first, second] = predictions(1000 + study, 150, 0.8, 0.8);
      const rows = compareClassifiers(truth, first, second, classes, {
        stream: stream(study, 'size'),
        permutations: 199,
        draws: 100,
      });
      if (rows[3]!.p <= 0.05) valid++;
      if (rows[3]!.publishedP <= 0.05) published++;
    }
    expectRate(valid, studies, 0.05);
    expect(published / studies).toBeGreaterThan(0.3);
  });

  it('names strangers and empty classes', () => {
    expect(() => compareClassifiers([0, 1], [0, 0], [0, 1], classes, { stream: stream(1, 'x') })).toThrow(/class SC/);
    expect(() => compareClassifiers([0, 3], [0, 0], [0, 1], classes, { stream: stream(1, 'x') })).toThrow(/\[0, 3\)/);
  });
});

describe('compareSamples', () => {
  const random = stream(5, 'samples');
  const patients = Array.from({ length: 80 }, (_, i) => `p${Math.floor(i / 4)}`);
  const byPatient = Array.from({ length: 20 }, () => random.normal());
  const second = Array.from({ length: 80 }, () => 0.9 + 0.02 * random.normal());
  const first = second.map((value, i) => value + 0.004 + 0.02 * byPatient[Math.floor(i / 4)]!);

  it('sets the published test beside the valid one', () => {
    const result = compareSamples(first, second, {
      stream: stream(5, 'compare'),
      clusters: patients,
      alternative: 'greater',
      permutations: 999,
      draws: 400,
    });
    expect([result.cases, result.units]).toEqual([80, 20]);
    expect(result.published.n).toBe(80);
    expect(result.valid.n).toBe(20);
    expect(result.published.p).toBeLessThan(result.valid.p);
    expectClose(result.difference.estimate, result.meanFirst - result.meanSecond, 1e-9);
    const width = result.difference.interval.high - result.difference.interval.low;
    const naive = compareSamples(first, second, { stream: stream(5, 'compare'), permutations: 99, draws: 400 });
    expect(width).toBeGreaterThan(1.4 * (naive.difference.interval.high - naive.difference.interval.low));
  });

  it('names one patient', () => {
    const options = { stream: stream(1, 'x'), clusters: ['p', 'p', 'p'] };
    expect(() => compareSamples([1, 2, 4], [0, 0, 0], options)).toThrow(/2 clusters/);
  });

  it('writes the methods down with their references', () => {
    const { published, valid, difference } = compareSamples(first, second, {
      stream: stream(5, 'compare'),
      clusters: patients,
      permutations: 99,
      draws: 50,
    });
    const { text, references } = methodsParagraph('Dice of A and B', [published, valid, difference, published]);
    expect(text).toBe(
      'Dice of A and B: two-sided paired t-test, 79 degrees of freedom [1]; two-sided paired permutation test of the mean difference, 99 random swaps of clusters of pairs [2]; percentile bootstrap interval, 50 resamples of clusters [3].',
    );
    expect(references.map((reference) => reference.slice(0, 10))).toEqual(['1. Student', '2. Winkler', '3. Field C']);
  });
});
