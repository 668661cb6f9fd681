import { ArgumentError } from '../core/errors.js';
import { normalQuantile } from './normal.js';
import type { Estimate } from './result.js';
import { expectCount, expectLevel } from './sample-checks.js';

/**
 * Wilson's score interval of a proportion: stays in [0, 1] and keeps its coverage near 0 and 1.
 *
 * Source: Wilson 1927, no continuity correction. Values as scipy.stats.binomtest(k, n).proportion_ci(method='wilson').
 *
 * @param successes integer in [0, trials]
 * @param trials >= 1, independent
 * @throws {ArgumentError} outside these ranges
 * @example wilsonInterval(10, 10).interval // 0.7225 to 1
 */
export function wilsonInterval(successes: number, trials: number, level = 0.95): Estimate {
  expectCount('wilsonInterval', 'trials', trials);
  expectLevel('wilsonInterval', level);
  if (!Number.isInteger(successes) || successes < 0 || successes > trials) {
    throw new ArgumentError(`wilsonInterval: successes must be an integer in [0, ${trials}], got ${successes}`);
  }
  const z = normalQuantile(1 - (1 - level) / 2);
  const share = successes / trials;
  const spread = 1 + (z * z) / trials;
  const centre = (share + (z * z) / (2 * trials)) / spread;
  const reach = (z / spread) * Math.sqrt((share * (1 - share)) / trials + (z * z) / (4 * trials * trials));
  return {
    estimate: share,
    interval: {
      low: successes === 0 ? 0 : centre - reach,
      high: successes === trials ? 1 : centre + reach,
      level,
    },
    n: trials,
    method: 'Wilson score interval of a proportion',
    citation: 'wilson-1927',
  };
}
