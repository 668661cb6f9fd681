import { stream } from '../../core/random.js';
import { falsePositiveRates } from '../../paper/lesson-draws.js';
import { unitRates } from '../../paper/lesson-units.js';
import type { Estimate } from '../../statistics/result.js';
import type { PaperAuditConfig } from './audit-config.js';

/** Some simulated studies of one pair of classifiers, or of the unit lesson. */
export interface StudyBlock {
  readonly kind: 'rates' | 'units';
  /** Name of the pair; empty for `units`. */
  readonly pair: string;
  readonly block: number;
  readonly studies: number;
}

/** How many studies of a block one test called significant. */
export interface BlockRow {
  readonly [column: string]: string | number;
  readonly block: number;
  readonly studies: number;
  readonly found: number;
}

/** All blocks of a config. The seed of a block depends on its name alone, so neither order nor threads change a number. */
export function planBlocks(config: PaperAuditConfig): StudyBlock[] {
  const cut = (kind: StudyBlock['kind'], pair: string, studies: number): StudyBlock[] =>
    Array.from({ length: Math.ceil(studies / config.blockSize) }, (_, block) => ({
      kind,
      pair,
      block,
      studies: Math.min(config.blockSize, studies - block * config.blockSize),
    }));
  return [
    ...config.pairs.flatMap(({ name }) => cut('rates', name, config.rates.studies)),
    ...cut('units', '', config.units.studies),
  ];
}

/** Simulates the studies of one block. */
export function runBlock(config: PaperAuditConfig, { kind, pair, block, studies }: StudyBlock): BlockRow[] {
  const random = stream(config.seeds[0] ?? 0, `paper-audit/${kind}/${pair}/${block}`);
  if (kind === 'units') {
    return unitRates({ ...config.units, stream: random, studies }).flatMap((row) =>
      (
        [
          ['every frame', row.frames],
          ['mean of each patient', row.patientMeans],
          ['frames, patients swapped whole', row.clustered],
        ] as const
      ).map(([unit, rate]) => ({
        framesPerPatient: row.framesPerPatient,
        patients: row.patients,
        unit,
        alpha: row.alpha,
        block,
        studies,
        found: countOf(rate),
      })),
    );
  }
  const advantage = config.pairs.find(({ name }) => name === pair)?.advantage ?? 0;
  return falsePositiveRates({ ...config.rates, ...config.study, advantage, stream: random, studies }).map((row) => ({
    pair,
    advantage,
    test: row.test,
    draws: row.draws,
    alpha: row.alpha,
    block,
    studies,
    found: countOf(row.rate),
  }));
}

function countOf({ estimate, n }: Estimate): number {
  return Math.round(estimate * n);
}
