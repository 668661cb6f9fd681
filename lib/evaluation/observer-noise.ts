import { ArgumentError } from '../core/errors.js';
import type { RandomStream } from '../core/random.js';
import type { Point } from '../imaging/polygon-fill.js';
import type { WallMeasurement } from './wall-measurements.js';

/** Phase of the heart in which a caliper is put. */
export type CaliperPhase = 'diastole' | 'systole';

/**
 * How far two experts' calipers lie apart: mean absolute difference over the mean of the two, conventional reading.
 *
 * Source: J Am Soc Echocardiogr 2021;34:443-445 (doi 10.1016/j.echo.2020.11.017), Table 2, interobserver variability: septum 11 +- 8 %,
 * posterior wall 15 +- 13 %, LVID in diastole 4 +- 4 % and in systole 8 +- 6 %. Walls are given for one phase and taken for both.
 */
export const OBSERVER_DIFFERENCE: Readonly<Record<WallMeasurement, Readonly<Record<CaliperPhase, number>>>> =
  Object.freeze({
    ivs: { diastole: 0.11, systole: 0.11 },
    lvid: { diastole: 0.04, systole: 0.08 },
    lvpw: { diastole: 0.15, systole: 0.15 },
  });

/**
 * Standard deviation of one observer about the truth when two of them differ by `difference` on average: for independent normal errors
 * the mean absolute difference is `2 / sqrt(pi)` deviations.
 *
 * @param difference mean absolute difference of two observers, any unit
 * @returns in the same unit
 * @throws {ArgumentError} if the difference is negative
 */
export function observerDeviation(difference: number): number {
  if (!(difference >= 0)) throw new ArgumentError(`observerDeviation: difference must be >= 0, got ${difference}`);
  return (difference * Math.sqrt(Math.PI)) / 2;
}

/**
 * A caliper as one more observer might have put it: both ends move along its line, each by its share of the observers' difference.
 *
 * Deviates from people: errors are normal and without bias, and nobody measures at another place of the wall; the figures cited give
 * lengths only.
 *
 * @param ends exact, in pixels
 * @param relativeDifference of two observers, over the length; see {@link OBSERVER_DIFFERENCE}
 */
export function observedCaliper(
  ends: readonly [Point, Point],
  relativeDifference: number,
  random: RandomStream,
): readonly [Point, Point] {
  const [from, to] = ends;
  const deviation = observerDeviation(relativeDifference) / Math.SQRT2; // of an end, over the length
  const along = (end: Point, share: number): Point => ({
    x: end.x + share * (to.x - from.x),
    y: end.y + share * (to.y - from.y),
  });
  return [along(from, deviation * random.normal()), along(to, deviation * random.normal())];
}
