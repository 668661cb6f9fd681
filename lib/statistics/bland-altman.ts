import { mean, sampleStandardDeviation } from 'simple-statistics';
import type { Interval } from './result.js';
import { differences, expectLevel, expectPairs } from './sample-checks.js';
import { studentTQuantile } from './student-t.js';

/** Agreement of two methods of measurement, in the unit of the values. */
export interface BlandAltman {
  /** Mean of first minus second. */
  readonly bias: number;
  readonly biasInterval: Interval;
  /** Bias -+ 1.96 standard deviations of the differences. */
  readonly lowerLimit: number;
  readonly upperLimit: number;
  readonly lowerLimitInterval: Interval;
  readonly upperLimitInterval: Interval;
  readonly standardDeviation: number;
  readonly n: number;
}

/**
 * Bland-Altman limits of agreement with their confidence intervals.
 *
 * Constant differences give limits equal to the bias.
 *
 * Source: Bland and Altman 1999, sections 2 and 2.4 (standard error of a limit sqrt(1/n + 1.96^2 / 2(n-1)) s).
 *
 * @param first one value per case; cases must be independent
 * @param second the same cases; n >= 2
 * @param level coverage of the intervals; default 0.95. The limits themselves always span 1.96 deviations
 * @throws {ShapeError} on unequal lengths or n < 2
 * @throws {NumericalError} on NaN or infinite values
 */
export function blandAltman(first: ArrayLike<number>, second: ArrayLike<number>, level = 0.95): BlandAltman {
  expectPairs('blandAltman', ['first', 'second'], first, second, 2);
  expectLevel('blandAltman', level);
  const values = differences(first, second);
  const n = values.length;
  const centre = mean(values);
  const deviation = sampleStandardDeviation(values);
  const t = studentTQuantile(1 - (1 - level) / 2, n - 1);
  const around = (value: number, error: number): Interval => ({
    low: value - t * error,
    high: value + t * error,
    level,
  });
  const limitError = deviation * Math.sqrt(1 / n + 1.96 ** 2 / (2 * (n - 1)));
  return {
    bias: centre,
    biasInterval: around(centre, deviation / Math.sqrt(n)),
    lowerLimit: centre - 1.96 * deviation,
    upperLimit: centre + 1.96 * deviation,
    lowerLimitInterval: around(centre - 1.96 * deviation, limitError),
    upperLimitInterval: around(centre + 1.96 * deviation, limitError),
    standardDeviation: deviation,
    n,
  };
}
