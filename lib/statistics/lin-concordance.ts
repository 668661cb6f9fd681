import { mean, sampleCorrelation, variance } from 'simple-statistics';
import { NumericalError } from '../core/errors.js';
import { normalQuantile } from './normal.js';
import type { Estimate } from './result.js';
import { expectLevel, expectPairs } from './sample-checks.js';

/**
 * Lin's concordance correlation: agreement with the line of identity, 1 for perfect; punishes bias and scale.
 *
 * Source: Lin 1989, interval by Fisher's z with the corrected variance of 2000. Values as R epiR::epi.ccc (variances
 * divided by n).
 *
 * @param first one value per case
 * @param second the same cases; n >= 3
 * @throws {ShapeError} on unequal lengths or n < 3
 * @throws {NumericalError} if a sample is constant
 */
export function linConcordance(first: ArrayLike<number>, second: ArrayLike<number>, level = 0.95): Estimate {
  const who = 'linConcordance';
  expectPairs(who, ['first', 'second'], first, second, 3);
  expectLevel(who, level);
  const x = Array.from(first);
  const y = Array.from(second);
  const n = x.length;
  const spreadX = variance(x);
  const spreadY = variance(y);
  if (spreadX === 0 || spreadY === 0) {
    throw new NumericalError(`${who}: both samples must vary, one is constant; concordance is undefined`);
  }
  const r = sampleCorrelation(x, y);
  const shift = mean(x) - mean(y);
  const spread = Math.sqrt(spreadX * spreadY);
  const estimate = (2 * r * spread) / (spreadX + spreadY + shift * shift);
  return {
    estimate,
    interval: concordanceInterval(estimate, r, (shift * shift) / spread, n, level),
    n,
    method: "Lin's concordance correlation with Fisher-z interval",
    citation: 'lin-1989',
  };
}

/** @param u squared shift over the product of the deviations */
function concordanceInterval(c: number, r: number, u: number, n: number, level: number): Estimate['interval'] {
  if (Math.abs(c) >= 1 - 1e-15) return { low: c, high: c, level };
  const c2 = c * c;
  const variance =
    (((1 - r * r) * c2) / ((1 - c2) * r * r) +
      (2 * c ** 3 * (1 - c) * u) / (r * (1 - c2) ** 2) -
      (c ** 4 * u * u) / (2 * r * r * (1 - c2) ** 2)) /
    (n - 2);
  const reach = normalQuantile(1 - (1 - level) / 2) * Math.sqrt(Math.max(0, variance));
  const z = Math.atanh(c);
  return { low: Math.tanh(z - reach), high: Math.tanh(z + reach), level };
}
