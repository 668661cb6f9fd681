import { describe, expect, it } from 'vitest';
import { calibrationError } from '../../lib/statistics/calibration-error.js';
import { cliffDelta, cohenD, cohenDz, hedgesG } from '../../lib/statistics/effect-size.js';
import {
  bias,
  correlation,
  meanAbsoluteError,
  rootMeanSquaredError,
  rSquared,
  squaredCorrelation,
} from '../../lib/statistics/regression-errors.js';
import { expectClose } from './close.js';

describe('regression errors', () => {
  const truth = [3, -0.5, 2, 7, 4.2, 5.5];
  const predicted = [2.5, 0.0, 2, 8, 4.0, 5.1];

  it('match scikit-learn 1.2.1 and numpy', () => {
    expectClose(meanAbsoluteError(truth, predicted), 0.4333333333333333);
    expectClose(rootMeanSquaredError(truth, predicted), 0.5322906474223771);
    expectClose(rSquared(truth, predicted), 0.9517502365184485);
    expectClose(correlation(truth, predicted), 0.9782661607263531);
    expectClose(bias(truth, predicted), 0.4 / 6);
  });

  it('tells the two R2 apart', () => {
    const off = truth.map((value) => value + 5);
    expectClose(squaredCorrelation(truth, off), 1);
    expect(rSquared(truth, off)).toBeLessThan(0);
  });

  it('name constant samples', () => {
    expect(() => rSquared([1, 1], [1, 2])).toThrow(/constant/);
    expect(() => correlation([1, 2], [1, 1])).toThrow(/constant/);
    expect(() => meanAbsoluteError([], [])).toThrow(/at least 1/);
    expect(meanAbsoluteError([1], [3])).toBe(2);
  });
});

describe('calibrationError', () => {
  it('solves a case by hand', () => {
    // two bins: (0, .5] holds .5 right, .3 wrong: gap .1; (.5, 1] holds .9 right, .7 wrong: gap .3
    const result = calibrationError([0.5, 0.3, 0.9, 0.7], [true, false, true, false], 2);
    expectClose(result.expectedError, 0.2);
    expectClose(result.maximumError, 0.3);
    expect(result.bins.map((bin) => bin.count)).toEqual([2, 2]);
  });

  it('is 0 for certain and right, and keeps 0 and 1 in its bins', () => {
    expect(calibrationError([1, 1, 0], [true, true, false]).expectedError).toBe(0);
    expect(calibrationError([1], [true]).bins[0]!.accuracy).toBeNaN();
    expect(() => calibrationError([1.2], [true])).toThrow(/softmax/);
    expect(() => calibrationError([], [])).toThrow(/at least 1/);
  });
});

describe('effect sizes', () => {
  const a = [4.11, 3.2, 5.05, 6.7, 2.9, 4.4, 5.9, 3.33, 4.0, 7.1];
  const c = [3.0, 2.5, 4.1, 3.7, 5.2, 2.2, 4.9];

  it('match numpy 2.4.6', () => {
    expectClose(cohenD(a, c), 0.7456129282643464);
    expectClose(hedgesG(a, c), 0.7456129282643464 * (1 - 3 / 59));
    expectClose(cliffDelta(a, c), 0.4);
    expectClose(cohenDz([3, 5, 4], [1, 2, 3]), 2); // differences 2, 3, 1
  });

  it('count ties half and name constants', () => {
    expect(cliffDelta([1, 1], [1])).toBe(0);
    expect(cliffDelta([2], [1])).toBe(1);
    expect(() => cohenD([1, 1], [2, 2])).toThrow(/undefined/);
    expect(() => cohenDz([1, 2], [0, 1])).toThrow(/undefined/);
  });
});
