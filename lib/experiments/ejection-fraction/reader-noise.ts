import { ArgumentError } from '../../core/errors.js';
import type { RandomStream } from '../../core/random.js';

/**
 * The ejection fraction that a reader would report where the truth is known: each of the two traced volumes is off by a factor.
 *
 * The logarithms of the factors are normal and independent, so that the error in points is about `(100 - EF) sqrt(2) noise`: larger where the
 * ventricle hardly contracts, as among readers. A habit of tracing large or small cancels in the ratio and is left out.
 *
 * @param truePercent in [0, 100)
 * @param noise standard deviation of the logarithm of one volume, >= 0; two experts 7.0 points apart (Akil et al. 2024) mean 0.08
 * @param random draws two numbers
 * @returns per cent, not below 0
 * @throws {ArgumentError} on a value out of range
 */
export function readerEjectionFraction(truePercent: number, noise: number, random: RandomStream): number {
  if (!(truePercent >= 0 && truePercent < 100) || !(noise >= 0)) {
    throw new ArgumentError(
      `readerEjectionFraction: needs a fraction in [0, 100) and a noise >= 0, got ${truePercent} and ${noise}`,
    );
  }
  const remaining = (1 - truePercent / 100) * Math.exp(noise * (random.normal() - random.normal()));
  return Math.max(0, 100 * (1 - remaining));
}
