import { type Claim, uncheckedClaim } from './claim.js';
import { ADAPTATION_CLAIMS } from './claims-adaptation.js';
import { DATA_CLAIMS } from './claims-data.js';
import { MEASUREMENT_CLAIMS } from './claims-measurements.js';
import { SEGMENTATION_CLAIMS } from './claims-segmentation.js';
import { SETTING_CLAIMS } from './claims-settings.js';
import { VIEW_COUNT_CLAIMS } from './claims-view-counts.js';
import { VIEW_CLAIMS } from './claims-views.js';
import { STATEMENTS, statement } from './statements.js';
import { VERDICTS, type Verdict } from './verdict.js';

const CHECKED: readonly Claim[] = [
  ...DATA_CLAIMS,
  ...SETTING_CLAIMS,
  ...VIEW_CLAIMS,
  ...VIEW_COUNT_CLAIMS,
  ...SEGMENTATION_CLAIMS,
  ...MEASUREMENT_CLAIMS,
  ...ADAPTATION_CLAIMS,
];

/** Sentences that no table and no other sentence can test: settings, and results shown in figures only. */
const UNCHECKED: readonly Claim[] = STATEMENTS.filter(({ id }) => !CHECKED.some((claim) => claim.statement === id)).map(
  ({ id, quote, setting }) =>
    uncheckedClaim({
      id: `${id}-unchecked`,
      statement: id,
      says: quote,
      why:
        setting === true
          ? 'A setting or count of the authors, stated here only.'
          : 'No table of the paper and no other sentence gives the numbers behind it.',
    }),
);

/** Every claim of every quantitative sentence, in the order of the sentences. */
export const CLAIMS: readonly Claim[] = STATEMENTS.flatMap(({ id }) =>
  [...CHECKED, ...UNCHECKED].filter((claim) => claim.statement === id),
);

/** One line of the ledger. */
export interface ClaimRow {
  readonly id: string;
  readonly place: string;
  readonly quote: string;
  readonly says: string;
  readonly claimed: string;
  readonly recomputed: string;
  readonly verdict: Verdict;
  /** Places of the cells it rests on, separated by `; `. */
  readonly rests: string;
  readonly why: string;
}

/** The ledger, recomputed now. */
export function claimsLedger(claims: readonly Claim[] = CLAIMS): ClaimRow[] {
  return claims.map((claim) => {
    const source = statement(claim.statement);
    const { claimed, recomputed, verdict, rests, why } = claim.check();
    return {
      id: claim.id,
      place: source.place,
      quote: source.quote,
      says: claim.says,
      claimed,
      recomputed,
      verdict,
      rests: rests.join('; '),
      why,
    };
  });
}

/** How many claims have each verdict. */
export function verdictCounts(rows: readonly ClaimRow[]): Readonly<Record<Verdict, number>> {
  return Object.fromEntries(
    VERDICTS.map((verdict) => [verdict, rows.filter((row) => row.verdict === verdict).length]),
  ) as Record<Verdict, number>;
}
