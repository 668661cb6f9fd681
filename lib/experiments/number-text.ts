/**
 * Numbers as sentences and tables of every report write them: a true minus sign, a dash where there is no number.
 */

/** A row of a table that a notebook shows. */
export type TableRow = Record<string, string | number | null>;

/** What stands where there is no number. */
const NONE = '–';

type MaybeNumber = number | string | null | undefined;

function isNumber(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}

/** Decimals, e.g. `0.915`. */
export function fixed(value: MaybeNumber, digits: number): string {
  return isNumber(value) ? value.toFixed(digits).replace('-', '−') : NONE;
}

/** Decimals with the sign, e.g. `+0.012`, `−1.50`. */
export function signed(value: MaybeNumber, digits: number): string {
  return isNumber(value) ? `${value >= 0 ? '+' : ''}${fixed(value, digits)}` : NONE;
}

/** A share in per cent, without the sign of per cent. */
export function percent(share: MaybeNumber, digits = 1): string {
  return isNumber(share) ? fixed(100 * share, digits) : NONE;
}

/** Two digits of a p. */
export function pText(p: MaybeNumber): string {
  return isNumber(p) ? p.toPrecision(2) : 'undefined';
}

/** A statement of the paper and whether this run shows it; `null` where models or measurements are missing. */
export function observation(text: string, seen: boolean | null, numbers?: string): string {
  if (seen === null) return `Not decided here, for want of models or measurements: ${text}.`;
  return `${seen ? 'Seen' : 'Not seen'} here: ${text}${numbers === undefined ? '' : ` (${numbers})`}.`;
}
