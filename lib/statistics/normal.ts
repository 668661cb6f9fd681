import erfc from '@stdlib/math-base-special-erfc';
import erfcinv from '@stdlib/math-base-special-erfcinv';
import erfcx from '@stdlib/math-base-special-erfcx';
import type { Alternative } from './result.js';

/** P(Z <= z) of a standard normal. */
export function normalCdf(z: number): number {
  return 0.5 * erfc(-z / Math.SQRT2);
}

/** Natural logarithm of P(Z > z); finite for every finite z, where the probability itself underflows at z > 38. */
export function normalLogTail(z: number): number {
  if (z < 0) return Math.log1p(-0.5 * erfc(-z / Math.SQRT2));
  return Math.log(0.5 * erfcx(z / Math.SQRT2)) - 0.5 * z * z;
}

/** The z with P(Z <= z) = probability. */
export function normalQuantile(probability: number): number {
  return -Math.SQRT2 * erfcinv(2 * probability);
}

/** Natural logarithm of the p-value of a standard normal statistic. */
export function normalLogP(z: number, alternative: Alternative): number {
  if (alternative === 'greater') return normalLogTail(z);
  if (alternative === 'less') return normalLogTail(-z);
  return Math.min(0, Math.LN2 + normalLogTail(Math.abs(z)));
}
