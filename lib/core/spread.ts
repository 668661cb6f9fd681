/** Place of the middle of part `n` of `parts` equal parts of `count` things. */
export function spreadPlace(n: number, parts: number, count: number): number {
  return Math.floor(((n + 0.5) * count) / parts);
}

/** At most `most` items, spread evenly over the list, in its order. */
export function spread<T>(items: readonly T[], most: number): T[] {
  if (items.length <= most) return [...items];
  return Array.from({ length: most }, (_, n) => items[spreadPlace(n, most, items.length)]!);
}
