/** Coverage that the interval of a measured clip aims at. */
export const INTERVAL_LEVEL = 0.8;

/**
 * Half width of a split-conformal interval: the ceil((n + 1) level)-th smallest absolute error of n calibration patients, the largest where there are
 * too few of them.
 *
 * Source: Lei et al. 2018, Distribution-free predictive inference for regression.
 *
 * @param risingErrors sorted; 100 is returned if there is none
 */
export function conformalReach(risingErrors: readonly number[], level: number): number {
  const rank = Math.min(risingErrors.length, Math.ceil((risingErrors.length + 1) * level));
  return risingErrors[rank - 1] ?? 100;
}
