import { mean, sampleStandardDeviation } from 'simple-statistics';
import { NumericalError } from '../core/errors.js';
import type { Alternative, Interval, TestResult } from './result.js';
import { differences, expectLevel, expectPairs, expectSample } from './sample-checks.js';
import { studentTLogP, studentTQuantile } from './student-t.js';

/** Options of the t-tests. */
export interface TTestOptions {
  /** Default `two-sided`; the paper uses one-sided tests at 0.01. */
  readonly alternative?: Alternative;
  /** Coverage of the interval; default 0.95. */
  readonly level?: number;
}

/**
 * Paired t-test of the mean difference, with n - 1 degrees of freedom.
 *
 * Valid only if the pairs are independent: several frames of one patient are not. Average them per patient first, or
 * use {@link pairedPermutationTest} with clusters.
 *
 * Source: Student 1908; EchoApex A.6 (one-sided). Values as scipy.stats.ttest_rel; constant differences throw here,
 * where scipy returns NaN or an infinite t.
 *
 * @param a one value per case of the first model
 * @param b the same cases of the second model; n >= 2
 * @throws {ShapeError} on unequal lengths or n < 2
 * @throws {NumericalError} on NaN, infinite values, or differences that are all equal
 * @example pairedTTest([3, 5, 4], [1, 2, 3], { alternative: 'greater' }).statistic // 3.4641 = 2 sqrt 3
 */
export function pairedTTest(a: ArrayLike<number>, b: ArrayLike<number>, options: TTestOptions = {}): TestResult {
  expectPairs('pairedTTest', ['a', 'b'], a, b, 2);
  return oneSampleT('pairedTTest', 'paired t-test', differences(a, b), 0, options);
}

/**
 * One-sample t-test of a mean against a fixed value.
 *
 * @throws {ShapeError} if n < 2
 * @throws {NumericalError} on NaN, infinite or constant values
 */
export function oneSampleTTest(values: ArrayLike<number>, expected: number, options: TTestOptions = {}): TestResult {
  expectSample('oneSampleTTest', 'values', values, 2);
  return oneSampleT('oneSampleTTest', 'one-sample t-test', Array.from(values), expected, options);
}

/** The words one-sided or two-sided. */
export function sides(alternative: Alternative): string {
  return alternative === 'two-sided' ? 'two-sided' : 'one-sided';
}

/** Confidence interval of an effect whose standardised error follows Student's t; open on one side for one-sided tests. */
export function studentInterval(
  estimate: number,
  standardError: number,
  df: number,
  level: number,
  alternative: Alternative,
): Interval {
  const reach = studentTQuantile(alternative === 'two-sided' ? 1 - (1 - level) / 2 : level, df) * standardError;
  return {
    low: alternative === 'less' ? Number.NEGATIVE_INFINITY : estimate - reach,
    high: alternative === 'greater' ? Number.POSITIVE_INFINITY : estimate + reach,
    level,
  };
}

function oneSampleT(who: string, name: string, values: number[], expected: number, options: TTestOptions): TestResult {
  const alternative = options.alternative ?? 'two-sided';
  const level = options.level ?? 0.95;
  expectLevel(who, level);
  const n = values.length;
  const centre = mean(values);
  const standardError = sampleStandardDeviation(values) / Math.sqrt(n);
  const rounding = 1e-14 * Math.max(...values.map(Math.abs));
  if (!(standardError > rounding / Math.sqrt(n))) {
    throw new NumericalError(
      `${who}: needs values that vary, all ${n} are ${values[0]}; t is undefined, use a permutation or sign test`,
    );
  }
  const statistic = (centre - expected) / standardError;
  const logP = studentTLogP(statistic, n - 1, alternative);
  return {
    statistic,
    estimate: centre - expected,
    p: Math.exp(logP),
    logP,
    alternative,
    interval: studentInterval(centre - expected, standardError, n - 1, level, alternative),
    degreesOfFreedom: n - 1,
    n,
    method: `${sides(alternative)} ${name}, ${n - 1} degrees of freedom`,
    citation: 'student-1908',
  };
}
