import { describe, expect, it } from 'vitest';
import { stream } from '../../lib/core/random.js';
import { bootstrap, bootstrapInterval, meanOf } from '../../lib/statistics/bootstrap.js';
import { expectClose, expectRate } from './close.js';

const dice = [0.91, 0.93, 0.88, 0.95, 0.97, 0.72, 0.9, 0.94, 0.96, 0.89, 0.92, 0.85];
const mean = (cases: Int32Array): number => meanOf(dice, cases);

describe('bootstrap', () => {
  it.each([
    // scipy 1.17.1 stats.bootstrap(np.mean, n_resamples=400000, random_state=1); values lie on a grid of 0.01 / 12
    ['percentile', 0.86166667, 0.9325],
    ['basic', 0.87083333, 0.94166667],
    ['bca', 0.84666667, 0.9275],
  ] as const)('%s agrees with scipy within Monte Carlo error', (method, low, high) => {
    const result = bootstrap(dice.length, mean, { method, draws: 20_000, stream: stream(1, method) });
    expect(Math.abs(result.interval.low - low)).toBeLessThan(0.002);
    expect(Math.abs(result.interval.high - high)).toBeLessThan(0.0012);
    expectClose(result.standardError, 0.018510398, 0.03);
    expectClose(result.estimate, dice.reduce((a, b) => a + b) / 12);
    expect(result.n).toBe(12);
  });

  it('repeats with its stream and differs without', () => {
    const run = (seed: number): number[] => [...bootstrap(12, mean, { draws: 50, stream: stream(seed, 'x') }).values];
    expect(run(3)).toEqual(run(3));
    expect(run(3)).not.toEqual(run(4));
  });

  it('keeps strata sizes and whole clusters', () => {
    const clusters = ['p', 'p', 'q', 'r', 'r', 'r'];
    const strata = ['A', 'A', 'B', 'A', 'A', 'A'];
    const seen = new Set<string>();
    const statistic = (cases: Int32Array): number => {
      seen.add([...cases].join(''));
      return cases.length;
    };
    bootstrap(6, statistic, { draws: 200, stream: stream(1, 'strata'), clusters, strata });
    // two draws of {01, 345}, then 2: hand-enumerated
    expect([...seen].sort()).toEqual(
      ['01012', '013452', '012345', '345012', '3453452'].filter((s) => seen.has(s)).sort(),
    );
    for (const cases of seen) expect(cases.endsWith('2') || cases === '012345').toBe(true);
  });

  it('gives a width of 0 to a constant and to one case', () => {
    for (const method of ['percentile', 'basic', 'bca'] as const) {
      const { interval } = bootstrap(5, () => 0.5, { method, draws: 20, stream: stream(1, 'c') });
      expect([interval.low, interval.high]).toEqual([0.5, 0.5]);
    }
    expect(bootstrap(1, mean, { draws: 20, stream: stream(1, 'one') }).standardError).toBeLessThan(1e-15);
  });

  it('names what is wrong', () => {
    const options = { draws: 20, stream: stream(1, 'e') };
    expect(() => bootstrap(0, mean, options)).toThrow(/at least 1 case/);
    expect(() => bootstrap(5, () => Number.NaN, options)).toThrow(/finite on the data/);
    const fragile = (cases: Int32Array): number => (cases.includes(0) ? cases[0]! : Number.NaN);
    expect(() => bootstrap(5, fragile, options)).toThrow(/stratify/);
    const dropped = bootstrap(5, fragile, { ...options, dropUndefined: true });
    expect(dropped.undefinedDraws + dropped.values.length).toBe(20);
    expect(() => bootstrap(5, fragile, { ...options, method: 'bca', dropUndefined: true })).toThrow(/percentile/);
    expect(() => bootstrap(5, mean, { ...options, level: 95 })).toThrow(/inside \(0, 1\)/);
    expect(() => bootstrap(5, mean, { ...options, draws: 0 })).toThrow(/draws/);
    expect(() => bootstrap(5, mean, { ...options, clusters: ['a'] })).toThrow(/one cluster label per case/);
    expect(() => bootstrap(2, mean, { ...options, clusters: ['a', 'a'], strata: [1, 2] })).toThrow(/one stratum/);
  });

  it('reads intervals off given values', () => {
    // numpy percentile of 0..100: linear
    const { low, high } = bootstrapInterval(
      Array.from({ length: 101 }, (_, i) => i),
      50,
    );
    expectClose(low, 2.5, 1e-12);
    expectClose(high, 97.5, 1e-12);
    expect(() => bootstrapInterval([], 0)).toThrow(/at least one/);
  });
});

describe('bootstrap coverage', () => {
  it.each(['percentile', 'basic', 'bca'] as const)('%s covers a mean nominally', (method) => {
    const random = stream(5, `coverage/${method}`);
    let hits95 = 0;
    let hits99 = 0;
    const studies = 300;
    for (let study = 0; study < studies; study++) {
      const values = Float64Array.from({ length: 100 }, () => random.normal());
      const run = bootstrap(100, (cases) => meanOf(values, cases), { method, draws: 499, stream: random });
      if (run.interval.low <= 0 && run.interval.high >= 0) hits95++;
      const wide = bootstrap(100, (cases) => meanOf(values, cases), {
        method,
        draws: 999,
        stream: random,
        level: 0.99,
      });
      if (wide.interval.low <= 0 && wide.interval.high >= 0) hits99++;
    }
    expectRate(hits95, studies, 0.95);
    expectRate(hits99, studies, 0.99);
  });

  it('needs clusters when frames of a patient are alike', () => {
    const random = stream(6, 'coverage/clusters');
    const studies = 250;
    let clustered = 0;
    let naive = 0;
    const clusters = Array.from({ length: 400 }, (_, i) => Math.floor(i / 5));
    for (let study = 0; study < studies; study++) {
      const patients = Array.from({ length: 80 }, () => random.normal());
      const values = Float64Array.from(clusters, (patient) => patients[patient]! + 0.5 * random.normal());
      const covers = (labels?: number[]): boolean => {
        const { interval } = bootstrap(400, (cases) => meanOf(values, cases), {
          draws: 299,
          stream: random,
          ...(labels && { clusters: labels }),
        });
        return interval.low <= 0 && interval.high >= 0;
      };
      if (covers(clusters)) clustered++;
      if (covers()) naive++;
    }
    expectRate(clustered, studies, 0.95);
    expect(naive / studies).toBeLessThan(0.75);
  });
});
