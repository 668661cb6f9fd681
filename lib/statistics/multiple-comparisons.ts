import { ArgumentError } from '../core/errors.js';

/**
 * Holm's step-down adjustment: keeps the chance of any false rejection at the level, under any dependence.
 *
 * Values as R's `p.adjust(p, "holm")`.
 *
 * Source: Holm 1979.
 *
 * @param p raw p-values in [0, 1], in any order; an empty list gives an empty list
 * @returns adjusted p-values in the given order; compare each with the level
 * @throws {ArgumentError} on a value outside [0, 1] or NaN
 * @example holm([0.01, 0.04, 0.03]) // [0.03, 0.06, 0.06]
 */
export function holm(p: ArrayLike<number>): number[] {
  const order = ascending('holm', p);
  const adjusted = new Array<number>(p.length).fill(0);
  let highest = 0;
  order.forEach((index, rank) => {
    highest = Math.max(highest, Math.min(1, (p.length - rank) * p[index]!));
    adjusted[index] = highest;
  });
  return adjusted;
}

/**
 * Benjamini-Hochberg step-up adjustment: keeps the expected share of false rejections at the level, for independent or
 * positively dependent tests.
 *
 * Values as R's `p.adjust(p, "BH")`.
 *
 * Source: Benjamini and Hochberg 1995.
 *
 * @param p raw p-values in [0, 1], in any order; an empty list gives an empty list
 * @returns adjusted p-values in the given order
 * @throws {ArgumentError} on a value outside [0, 1] or NaN
 */
export function benjaminiHochberg(p: ArrayLike<number>): number[] {
  const order = ascending('benjaminiHochberg', p);
  const adjusted = new Array<number>(p.length).fill(0);
  let lowest = 1;
  for (let rank = order.length; rank >= 1; rank--) {
    const index = order[rank - 1]!;
    lowest = Math.min(lowest, (p.length / rank) * p[index]!);
    adjusted[index] = lowest;
  }
  return adjusted;
}

function ascending(who: string, p: ArrayLike<number>): number[] {
  const indices = Array.from({ length: p.length }, (_, i) => i);
  for (const i of indices) {
    if (!(p[i]! >= 0 && p[i]! <= 1)) throw new ArgumentError(`${who}: p must lie in [0, 1], got ${p[i]} at index ${i}`);
  }
  return indices.sort((i, j) => p[i]! - p[j]!);
}
