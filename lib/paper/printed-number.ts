import { ArgumentError } from '../core/errors.js';

/** A number as a paper prints it, with the uncertainty that printing leaves. */
export interface PrintedNumber {
  /** As printed, e.g. `26K`, `37.4 million`, `0.99`, `5.1%`. */
  readonly text: string;
  /** 26000, 37400000, 0.99, 5.1; a percentage keeps its size. */
  readonly value: number;
  /** One step of the last printed digit: 1000, 100000, 0.01, 0.1. */
  readonly step: number;
}

const SCALES: Readonly<Record<string, number>> = { K: 1e3, M: 1e6, million: 1e6, billion: 1e9 };

/**
 * Reads a printed number: digits with optional thousands commas, decimals, a K, M or million, a percent sign or unit.
 *
 * @throws {ArgumentError} if the text is no such number
 * @example printedNumber('37.4 million') // value 3.74e7, step 1e5
 */
export function printedNumber(text: string): PrintedNumber {
  const match =
    /^(-?)(\d{1,3}(?:,\d{3})+|\d+)(?:\.(\d+))?(e-\d+)?\s?(K|M|million|billion)?(?:\s?(?:%|mm|x|×).*)?$/.exec(text);
  if (match === null) {
    throw new ArgumentError(`printedNumber: needs a number such as 0.976, 26K, 37.4 million or 5.1%, got "${text}"`);
  }
  const [, sign, whole, decimals = '', exponent = '', scaleName] = match;
  const scale = (scaleName === undefined ? 1 : SCALES[scaleName]!) * Number(`1${exponent}`);
  const value = Number(`${sign}${whole!.replaceAll(',', '')}.${decimals || '0'}`) * scale;
  return { text, value: cleaned(value), step: cleaned(10 ** -decimals.length * scale) };
}

/** Text of a number with the digits of a printed one: rounded half up, as tables are. */
export function asPrinted(value: number, like: PrintedNumber): string {
  const decimals = like.step < 1 ? Math.max(0, Math.round(-Math.log10(like.step))) : 0;
  const rounded = Math.floor(value / like.step + 0.5 + 1e-9) * like.step;
  return rounded.toFixed(decimals);
}

/** Removes the dust of decimal scaling: 37.4 x 1e6 is 37400000. */
function cleaned(value: number): number {
  return Number(value.toPrecision(14));
}
