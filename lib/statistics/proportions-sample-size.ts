import { ArgumentError } from '../core/errors.js';
import { type PowerOptions, planned, plannedQuantiles } from './power-options.js';

/**
 * Fewest cases with which McNemar's test shows a difference of two proportions on the same cases.
 *
 * Source: Connor 1987 (normal limit, no continuity correction).
 *
 * @param first proportion right of the first model, in [0, 1]
 * @param second proportion right of the second model on the same cases
 * @param correlation of being right, in [0, 1]; 0: the models err independently. Cut at the largest value that the two
 *   proportions allow (the better model is right wherever the other is)
 * @throws {ArgumentError} on values outside [0, 1] or equal proportions
 * @example mcnemarSampleSize(0.94, 0.8, 0) // 119, at 0.01 one-sided and power 0.8
 */
export function mcnemarSampleSize(
  first: number,
  second: number,
  correlation: number,
  options: PowerOptions = {},
): number {
  const who = 'mcnemarSampleSize';
  for (const value of [first, second, correlation]) {
    if (!(value >= 0 && value <= 1)) throw new ArgumentError(`${who}: arguments must lie in [0, 1], got ${value}`);
  }
  const difference = Math.abs(first - second);
  if (difference === 0) {
    throw new ArgumentError(`${who}: both proportions are ${first}; no number of cases shows no difference`);
  }
  const spread = Math.sqrt(first * (1 - first) * second * (1 - second));
  const bothRight = Math.min(first * second + correlation * spread, first, second);
  const discordant = first + second - 2 * bothRight;
  const [forAlpha, forPower] = plannedQuantiles(planned(who, options));
  const reach = forAlpha * Math.sqrt(discordant) + forPower * Math.sqrt(Math.max(0, discordant - difference ** 2));
  return Math.ceil((reach / difference) ** 2);
}
