import { codeVersion } from '../../records/environment.js';

/** What was compared, as a methods paragraph begins. */
export function subjectOf(
  metric: string,
  [first, second]: readonly [string, string],
  samples: number,
  unit: string | undefined,
  units: number,
): string {
  const who = `${metric.charAt(0).toUpperCase()}${metric.slice(1)} of ${first} and ${second}`;
  return unit === undefined
    ? `${who} on ${samples} samples, taken as independent`
    : `${who} on ${samples} samples in ${units} clusters (unit: ${unit})`;
}

/** What a methods paragraph ends with. */
export function endOfParagraph(seed: number): string {
  return `Computed with EchoLab ${codeVersion().version}, seed ${seed}.`;
}

/** A p-value in two digits, however small: `0.031`, `4.2e-13`. */
export function pText(p: number, log10P: number = Math.log10(p)): string {
  if (log10P > -3) return Number(p.toPrecision(2)).toString();
  const exponent = Math.floor(log10P);
  return `${(10 ** (log10P - exponent)).toFixed(1)}e${exponent}`;
}
