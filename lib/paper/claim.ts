import { ArgumentError } from '../core/errors.js';
import type { PrintedNumber } from './printed-number.js';
import { statedFigure, statement } from './statements.js';
import { compareNumber, type Verdict } from './verdict.js';

/** A printed number that knows where it stands: a cell of a table or a figure of a sentence. */
export interface Sourced extends PrintedNumber {
  readonly place: string;
}

/** A number that another publication states, with its source as place. */
export function outside(place: string, value: number, step: number): Sourced {
  return { text: String(value), value, step, place };
}

/** What the recomputation of a claim found. */
export interface Finding {
  /** The figure or relation that the paper states. */
  readonly claimed: string;
  /** What its own cells give. */
  readonly recomputed: string;
  readonly verdict: Verdict;
  /** Places of the cells and figures that the recomputation rests on. */
  readonly rests: readonly string[];
  /** One sentence: how it was computed, and what would explain a difference. */
  readonly why: string;
}

/** A quantitative claim of one sentence. */
export interface Claim {
  readonly id: string;
  /** Id of the sentence in STATEMENTS. */
  readonly statement: string;
  /** The claim in a few words. */
  readonly says: string;
  /** Recomputes it from the tables; no verdict is stored. */
  readonly check: () => Finding;
}

/** Parts of a claim that states a number. */
export interface NumberClaim {
  readonly id: string;
  readonly statement: string;
  /** Name of the figure in the sentence. */
  readonly figure: string;
  readonly says: string;
  readonly from: readonly Sourced[];
  /** The number from the values of `from`, in that order. */
  readonly by: (values: readonly number[]) => number;
  readonly why: string;
  /** Digits shown beyond the claimed ones; default 2. */
  readonly extraDigits?: number;
}

/** A claim whose figure is recomputed from cells, with the slack that rounding of the cells leaves. */
export function numberClaim(parts: NumberClaim): Claim {
  return {
    id: parts.id,
    statement: parts.statement,
    says: parts.says,
    check: () => {
      const claimed = statedFigure(parts.statement, parts.figure);
      const { value, slack } = recompute(parts.from, parts.by);
      return {
        claimed: claimed.text,
        ...compared(claimed, value, slack, shown(value, claimed, parts.extraDigits ?? 2)),
        rests: parts.from.map(({ place }) => place),
        why: parts.why,
      };
    },
  };
}

/** Parts of a claim that states a relation, or a number whose check is not one comparison. */
export interface RelationClaim {
  readonly id: string;
  readonly statement: string;
  readonly says: string;
  /** As the paper puts it. */
  readonly claimed: string;
  readonly from: readonly Sourced[];
  readonly finds: () => { readonly recomputed: string; readonly verdict: Verdict };
  readonly why: string;
}

/** A claim checked by its own code. */
export function relationClaim(parts: RelationClaim): Claim {
  return {
    id: parts.id,
    statement: parts.statement,
    says: parts.says,
    check: () => ({
      claimed: parts.claimed,
      ...parts.finds(),
      rests: parts.from.map(({ place }) => place),
      why: parts.why,
    }),
  };
}

/** A claim that the paper's text and tables cannot settle. */
export function uncheckedClaim(parts: {
  readonly id: string;
  readonly statement: string;
  readonly says: string;
  readonly why: string;
}): Claim {
  return relationClaim({
    ...parts,
    claimed: Object.values(statement(parts.statement).figures).join(', '),
    from: [],
    finds: () => ({ recomputed: '', verdict: 'cannot be checked without their data' }),
  });
}

/**
 * Verdict and text of a comparison; where only the rounding of the inputs saves the claim, the text says how far it reaches.
 *
 * @param text the recomputed value as shown
 */
export function compared(
  claimed: PrintedNumber,
  value: number,
  slack: number,
  text: string,
): { readonly recomputed: string; readonly verdict: Verdict } {
  const verdict = compareNumber(claimed, value, slack);
  const saved = verdict !== compareNumber(claimed, value);
  return { recomputed: saved ? `${text} ± ${slack.toPrecision(1)} by rounding of the cells` : text, verdict };
}

/** `holds` or `does not follow`. */
export function holdsIf(truth: boolean): Verdict {
  return truth ? 'holds' : 'does not follow';
}

/**
 * A number from printed inputs, and how far their rounding can move it (half a step each, worst case, to first order).
 * Whole numbers of step 1 are counts and exact.
 *
 * @throws {ArgumentError} if there is no input
 */
export function recompute(
  from: readonly Sourced[],
  by: (values: readonly number[]) => number,
): { readonly value: number; readonly slack: number } {
  if (from.length === 0) throw new ArgumentError('recompute: needs at least one printed number');
  const values = from.map(({ value }) => value);
  const value = by(values);
  let slack = 0;
  from.forEach(({ step }, i) => {
    if (step === 1) return;
    const moved = by(values.map((input, k) => (k === i ? input + step / 2 : input)));
    slack += Math.abs(moved - value);
  });
  return { value, slack };
}

/** A value with some digits more than the claim, so that the rounding can be seen. */
export function shown(value: number, claimed: PrintedNumber, extraDigits: number): string {
  const decimals = Math.max(0, Math.round(-Math.log10(claimed.step))) + extraDigits;
  if (claimed.step >= 1)
    return value.toLocaleString('en-GB', { maximumFractionDigits: claimed.step === 1 ? extraDigits : 0 });
  return value.toFixed(Math.min(12, decimals));
}

/** Mean of values. */
export function meanOfValues(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Sum of values. */
export function sumOfValues(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}
