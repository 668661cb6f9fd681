import { ArgumentError } from '../core/errors.js';
import { normalQuantile } from './normal.js';

/** What a study is planned for. */
export interface PowerOptions {
  /** Significance level; default 0.01, the paper's. */
  readonly alpha?: number;
  /** Wanted chance of a significant result; default 0.8. */
  readonly power?: number;
  /** One-sided tests, as the paper's; default true. */
  readonly oneSided?: boolean;
}

/**
 * Options with their defaults.
 *
 * @throws {ArgumentError} if alpha or power lies outside (0, 1)
 */
export function planned(who: string, options: PowerOptions): Required<PowerOptions> {
  const alpha = options.alpha ?? 0.01;
  const power = options.power ?? 0.8;
  if (!(alpha > 0 && alpha < 1) || !(power > 0 && power < 1)) {
    throw new ArgumentError(`${who}: alpha and power must lie inside (0, 1), got ${alpha} and ${power}`);
  }
  return { alpha, power, oneSided: options.oneSided ?? true };
}

/** Normal quantiles of the significance level and of the power. */
export function plannedQuantiles({ alpha, power, oneSided }: Required<PowerOptions>): readonly [number, number] {
  return [normalQuantile(1 - (oneSided ? alpha : alpha / 2)), normalQuantile(power)];
}
