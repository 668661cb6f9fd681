import { fixed } from '../number-text.js';
import type { DiceSummary } from './dice-summary.js';

/** Three decimals, a dash where there is no number. */
export function three(value: number | null): string {
  return fixed(value, 3);
}

/** One decimal. */
export function one(value: number | null): string {
  return fixed(value, 1);
}

/** One decimal and a unit. */
export function withUnit(value: number | null, unit: string): string {
  return value === null ? '–' : `${value.toFixed(1)} ${unit}`;
}

/** `0.915 (0.890 to 0.931)`. */
export function withInterval(summary: DiceSummary | undefined): string {
  return summary ? `${three(summary.dice)} (${three(summary.low)} to ${three(summary.high)})` : '–';
}

/** `0.871 ± 0.012`, over draws. */
export function plusMinus(start: { dice: number; deviationOverRepeats: number } | undefined): string {
  return start ? `${three(start.dice)} ± ${three(start.deviationOverRepeats)}` : '–';
}
