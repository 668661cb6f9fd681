import { mean, sampleVariance } from 'simple-statistics';
import { NumericalError } from '../core/errors.js';
import { sides, studentInterval, type TTestOptions } from './paired-t.js';
import type { TestResult } from './result.js';
import { expectLevel, expectSample } from './sample-checks.js';
import { studentTLogP } from './student-t.js';

/**
 * Welch's t-test of two independent samples with unequal variances.
 *
 * Source: Welch 1947. Values as scipy.stats.ttest_ind(equal_var=False); two constant samples throw here.
 *
 * @param a first sample, n >= 2
 * @param b second sample, n >= 2, of any length
 * @returns estimate: mean(a) - mean(b); n: values in both
 * @throws {ShapeError} if a sample has fewer than 2 values
 * @throws {NumericalError} on NaN, infinite values, or two constant samples
 */
export function welchTTest(a: ArrayLike<number>, b: ArrayLike<number>, options: TTestOptions = {}): TestResult {
  const who = 'welchTTest';
  expectSample(who, 'a', a, 2);
  expectSample(who, 'b', b, 2);
  const alternative = options.alternative ?? 'two-sided';
  const level = options.level ?? 0.95;
  expectLevel(who, level);
  const first = Array.from(a);
  const second = Array.from(b);
  const errorA = sampleVariance(first) / first.length;
  const errorB = sampleVariance(second) / second.length;
  const variance = errorA + errorB;
  if (!(variance > 0)) {
    throw new NumericalError(`${who}: needs a sample that varies, both are constant; t is undefined`);
  }
  const df = variance ** 2 / (errorA ** 2 / (first.length - 1) + errorB ** 2 / (second.length - 1));
  const estimate = mean(first) - mean(second);
  const standardError = Math.sqrt(variance);
  const statistic = estimate / standardError;
  const logP = studentTLogP(statistic, df, alternative);
  return {
    statistic,
    estimate,
    p: Math.exp(logP),
    logP,
    alternative,
    interval: studentInterval(estimate, standardError, df, level, alternative),
    degreesOfFreedom: df,
    n: first.length + second.length,
    method: `${sides(alternative)} Welch t-test of two independent samples`,
    citation: 'welch-1947',
  };
}
