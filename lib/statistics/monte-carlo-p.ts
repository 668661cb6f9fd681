import { ArgumentError } from '../core/errors.js';
import type { Alternative } from './result.js';

/**
 * p of a randomisation test, (extreme + 1) / (draws + 1): never 0, and of the right size however few the draws.
 *
 * Source: Phipson and Smyth 2010.
 *
 * @throws {ArgumentError} unless 0 <= extreme <= draws
 */
export function monteCarloP(extreme: number, draws: number): number {
  if (!(extreme >= 0 && extreme <= draws)) {
    throw new ArgumentError(`monteCarloP: extreme must lie in [0, ${draws}], got ${extreme}`);
  }
  return (extreme + 1) / (draws + 1);
}

/** Randomised statistics at least as extreme as the observed one, counted on both sides. */
export class ExtremeCount {
  #above = 0;
  #below = 0;
  #total = 0;
  readonly #observed: number;
  readonly #slack: number;

  /** @param scale typical size of the statistic; values within 1e-12 of it count as ties, against rounding. */
  constructor(observed: number, scale: number) {
    this.#observed = observed;
    this.#slack = 1e-12 * Math.abs(scale);
  }

  add(value: number): void {
    this.#total++;
    if (value >= this.#observed - this.#slack) this.#above++;
    if (value <= this.#observed + this.#slack) this.#below++;
  }

  /** p by {@link monteCarloP}; two-sided doubles the smaller tail, at most 1. */
  monteCarloP(alternative: Alternative): number {
    const above = monteCarloP(this.#above, this.#total);
    const below = monteCarloP(this.#below, this.#total);
    return this.#choose(alternative, above, below);
  }

  /** p of a full enumeration, the observed arrangement included: extreme / total. */
  exactP(alternative: Alternative): number {
    return this.#choose(alternative, this.#above / this.#total, this.#below / this.#total);
  }

  #choose(alternative: Alternative, above: number, below: number): number {
    if (alternative === 'greater') return above;
    if (alternative === 'less') return below;
    return Math.min(1, 2 * Math.min(above, below));
  }
}
