/** A number with six significant digits: what a CSV keeps of a share, a coordinate or a similarity. */
export function sixDigits(value: number): number {
  return Number(value.toPrecision(6));
}
