import { weightedDice } from '../../paper/claims-segmentation.js';
import { cellOf, printedCell } from '../../paper/paper-table.js';
import { statedFigure } from '../../paper/statements.js';
import { TABLE_8, TABLE_9 } from '../../paper/tables-segmentation.js';
import type { TABLE_9_MODELS } from './segmentation-metrics.js';

/** A column of Table 9. */
export type PublishedModel = (typeof TABLE_9_MODELS)[number];

/** Rows of Table 9 in its order. */
export const TABLE_9_ROWS: readonly string[] = TABLE_9.rows;

/** Dice of a target in Table 9; `null` for rows that it does not have (Vol-biplane). The specialists' were quoted there from their publications. */
export function publishedDice(target: string, model: PublishedModel): number | null {
  return TABLE_9.rows.includes(target) ? cellOf(TABLE_9, target, model).value : null;
}

/** The average that the paper states, recomputed: Table 9 weighted by the evaluated images of Table 8. */
export function publishedAverage(model: PublishedModel): number {
  return weightedDice(model).value;
}

/** A row of Table 8 as printed. */
export function publishedCounts(row: string): {
  patients: string;
  clips: string;
  annotated: string;
  evaluated: string;
} {
  const cell = (column: string): string => printedCell(TABLE_8, row, column);
  return {
    patients: cell('Patients'),
    clips: cell('Videos'),
    annotated: cell('Annotation'),
    evaluated: cell('Evaluation'),
  };
}

/** Fig. 4d as the text states it; means of 50 and 100 frames are not printed. */
export const PUBLISHED_FEW_SHOT: readonly {
  readonly frames: number;
  readonly echo: number;
  readonly generic: number;
  readonly echoDeviation: number;
  readonly genericDeviation: number;
}[] = [500, 1000, 5000].map((frames) => {
  const echo = statedFigure('few-shot-dice', `dice${frames}`).value;
  return {
    frames,
    echo,
    generic: echo - statedFigure('few-shot-dice', `gain${frames}`).value,
    echoDeviation: statedFigure('few-shot-spread', `ours${frames}`).value,
    genericDeviation: statedFigure('few-shot-spread', `baseline${frames}`).value,
  };
});

/** Fig. 4e as the text states it, by set. */
export const PUBLISHED_GENERALISATION: Readonly<
  Record<'EchoApex-SAM-S' | 'DeepLabV3', Readonly<Record<string, number>>>
> = Object.freeze({ 'EchoApex-SAM-S': statedDice('zero-shot-ours'), DeepLabV3: statedDice('zero-shot-specialist') });

function statedDice(statement: string): Readonly<Record<string, number>> {
  return {
    'echonet-dynamic': statedFigure(statement, 'inDomain').value,
    'vol-biplane': statedFigure(statement, 'biplane').value,
    camus: statedFigure(statement, 'camus').value,
    'echonet-pediatric': statedFigure(statement, 'pediatric').value,
    outside: statedFigure(statement, 'mean').value,
  };
}
