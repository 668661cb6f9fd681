import { describe, expect, it } from 'vitest';
import { stream } from '../../lib/core/random.js';
import {
  falsePositiveRates,
  meanBalancedAccuracy,
  pAgainstDraws,
  simulateTwoClassifiers,
} from '../../lib/paper/lesson-draws.js';
import { unitRates } from '../../lib/paper/lesson-units.js';
import { macroMetrics } from '../../lib/statistics/class-metrics.js';
import { confusionOfCodes } from '../../lib/statistics/confusion.js';
import { expectRate } from '../statistics/close.js';

describe('two classifiers that differ by nothing', () => {
  it('have the accuracy asked for', () => {
    const study = simulateTwoClassifiers({ stream: stream(1, 'sim'), cases: 20_000, accuracy: 0.8, advantage: 0.05 });
    const right = (predicted: Int32Array): number => predicted.filter((label, i) => label === study.truth[i]).length;
    expectRate(right(study.first), 20_000, 0.85);
    expectRate(right(study.second), 20_000, 0.8);
    expect(() => simulateTwoClassifiers({ stream: stream(1, 'x'), accuracy: 0.99, advantage: 0.05 })).toThrow(
      /\[0, 1\]/,
    );
  });

  it('are measured by the paper’s BACC', () => {
    const { truth, first, classes } = simulateTwoClassifiers({ stream: stream(2, 'sim') });
    const names = Array.from({ length: classes }, (_, c) => String(c));
    const expected = macroMetrics(confusionOfCodes(truth, first, names)).balancedAccuracy;
    expect(meanBalancedAccuracy(truth, first, classes)).toBeCloseTo(expected, 12);
  });

  it('the published p falls without limit with draws, the valid one does not move', () => {
    const study = simulateTwoClassifiers({ stream: stream(3, 'one') });
    const rows = pAgainstDraws(study, [10, 100, 1000, 4000], { stream: stream(3, 't'), permutations: 199 });
    const logs = rows.map((row) => row.publishedLog10P);
    expect([...logs].sort((a, b) => b - a)).toEqual(logs);
    expect(logs[3]!).toBeLessThan(-300);
    expect(new Set(rows.map((row) => row.validP)).size).toBe(1);
    expect(rows[0]!.validP).toBeGreaterThan(0.1);
  });

  it('are called different far too often by the published test only', () => {
    const rows = falsePositiveRates({
      stream: stream(4, 'rates'),
      studies: 150,
      cases: 120,
      classes: 4,
      draws: [200],
      permutations: 99,
    });
    const [published, valid] = rows;
    expect(published!.rate.interval.low).toBeGreaterThan(0.2);
    expect(valid!.rate.interval.low).toBeLessThanOrEqual(0.01);
    expect(() => falsePositiveRates({ stream: stream(4, 'x'), permutations: 50 })).toThrow(/at least 99/);
  });
});

describe('frames against patients', () => {
  it('frames inflate the rate, patients do not', () => {
    const rows = unitRates({ stream: stream(5, 'units'), studies: 600, framesPerPatient: [1, 10], permutations: 99 });
    expectRate(Math.round(rows[0]!.frames.estimate * 600), 600, 0.01);
    expect(rows[1]!.frames.interval.low).toBeGreaterThan(0.1);
    expectRate(Math.round(rows[1]!.patientMeans.estimate * 600), 600, 0.01);
    expectRate(Math.round(rows[1]!.clustered.estimate * 600), 600, 0.01);
  });

  it('names impossible designs', () => {
    expect(() => unitRates({ stream: stream(5, 'x'), patientCorrelation: 2 })).toThrow(/correlation/);
  });
});
