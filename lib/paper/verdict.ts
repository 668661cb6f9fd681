import type { PrintedNumber } from './printed-number.js';

/** What became of a claim when it was recomputed. */
export type Verdict = 'holds' | 'holds when rounded down' | 'does not follow' | 'cannot be checked without their data';

/** All verdicts, best first. */
export const VERDICTS: readonly Verdict[] = [
  'holds',
  'holds when rounded down',
  'does not follow',
  'cannot be checked without their data',
];

/**
 * Compares a printed number with its recomputation.
 *
 * In this order: it rounds to the printed digits: holds. Its digits are cut off there: holds when rounded down. It could do
 * either within what rounding of the inputs leaves open: the same verdicts. Else: does not follow.
 *
 * @param claimed as printed
 * @param value recomputed from printed inputs
 * @param slack how far rounding of the inputs can move `value`; default 0
 */
export function compareNumber(claimed: PrintedNumber, value: number, slack = 0): Verdict {
  const dust = 1e-9 * claimed.step;
  const distance = value - claimed.value;
  const half = claimed.step / 2 + dust;
  if (Math.abs(distance) <= half) return 'holds';
  if (distance >= -dust && distance < claimed.step) return 'holds when rounded down';
  if (Math.abs(distance) <= half + slack) return 'holds';
  if (distance >= -slack && distance - slack < claimed.step) return 'holds when rounded down';
  return 'does not follow';
}
