import { ArgumentError } from '../core/errors.js';
import { normalCdf } from './normal.js';
import { type PowerOptions, planned, plannedQuantiles } from './power-options.js';
import { studentTQuantile } from './student-t.js';

/**
 * Power of a paired t-test.
 *
 * The noncentral t distribution, integrated over the chi distribution of the standard deviation (relative error 1e-9 from
 * 10 pairs on, 1e-6 at 2). The far tail of a two-sided test is included.
 *
 * Source: Cohen 1988, chapter 2; noncentral t as in Johnson, Kotz and Balakrishnan 1995, section 31.
 *
 * @param n pairs, >= 2
 * @param dz mean over standard deviation of the differences, in the direction of the alternative
 * @throws {ArgumentError} if n < 2, dz is not finite, or alpha is outside (0, 1)
 */
export function pairedTPower(n: number, dz: number, options: PowerOptions = {}): number {
  const { alpha, oneSided } = planned('pairedTPower', options);
  if (!(n >= 2) || !Number.isFinite(dz)) {
    throw new ArgumentError(`pairedTPower: needs n >= 2 and a finite dz, got ${n} and ${dz}`);
  }
  const df = n - 1;
  const critical = studentTQuantile(1 - (oneSided ? alpha : alpha / 2), df);
  const shift = dz * Math.sqrt(n);
  const upper = noncentralTTail(critical, df, shift);
  return oneSided ? upper : upper + noncentralTTail(critical, df, -shift);
}

/**
 * Fewest pairs with which a paired t-test reaches a power.
 *
 * @param dz mean over standard deviation of the differences; its sign does not matter
 * @throws {ArgumentError} if dz is 0 or not finite, or an option is outside (0, 1)
 * @example pairedSampleSize(0.5, { alpha: 0.05, power: 0.8, oneSided: false }) // 34, as Cohen 1988
 */
export function pairedSampleSize(dz: number, options: PowerOptions = {}): number {
  const who = 'pairedSampleSize';
  const plan = planned(who, options);
  const effect = Math.abs(dz);
  if (!(effect > 0 && effect < Number.POSITIVE_INFINITY)) {
    throw new ArgumentError(`${who}: dz must be finite and not 0, got ${dz}; no number of pairs shows no effect`);
  }
  const [forAlpha, forPower] = plannedQuantiles(plan);
  const reached = (n: number): boolean => pairedTPower(n, effect, options) >= plan.power;
  let high = Math.max(2, Math.ceil(((forAlpha + forPower) / effect) ** 2));
  while (!reached(high)) high = high * 2;
  let low = 1;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (reached(middle)) high = middle;
    else low = middle;
  }
  return high;
}

/**
 * P(T > t) of the noncentral t: the normal tail at t s - shift, averaged over the density of s = chi_df / sqrt(df), by
 * Simpson's rule over 12 standard deviations of s.
 */
function noncentralTTail(t: number, df: number, shift: number): number {
  const spread = 1 / Math.sqrt(2 * df);
  const low = Math.max(1e-12, 1 - 12 * spread);
  const high = 1 + 14 * spread;
  const steps = 2000;
  const width = (high - low) / steps;
  const logDensity = (s: number): number => (df - 1) * Math.log(s) - (df * (s * s - 1)) / 2;
  let mass = 0;
  let tail = 0;
  for (let k = 0; k <= steps; k++) {
    const s = low + k * width;
    const weight = (k === 0 || k === steps ? 1 : k % 2 === 1 ? 4 : 2) * Math.exp(logDensity(s));
    mass += weight;
    tail += weight * normalCdf(shift - t * s);
  }
  return tail / mass;
}
