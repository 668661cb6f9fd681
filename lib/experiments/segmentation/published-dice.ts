import { WEIGHTED_TARGETS, weightedDice } from '../../paper/claims-segmentation.js';
import { cellOf, printedCell } from '../../paper/paper-table.js';
import { statedFigure } from '../../paper/statements.js';
import { TABLE_8, TABLE_9 } from '../../paper/tables-segmentation.js';
import type { TABLE_9_MODELS } from './segmentation-metrics.js';

/** A column of Table 9. */
export type PublishedModel = (typeof TABLE_9_MODELS)[number];

/**
 * MedSAM as it runs here, by the name that rows and metrics give it: at the checkpoint's own input, and at the 112 pixels of the paper ("resized the
 * input and output to 112 x 112"), whose column of Table 9 the second one stands beside.
 */
export const MEDSAM_RUNS = [
  { model: 'MedSAM', pixels: 1024, title: 'MedSAM at its own size' },
  { model: 'MedSAM at 112 px', pixels: 112, title: 'MedSAM at 112 px' },
] as const;

/** The model of this run that a column of Table 9 stands beside. */
export function runBeside(model: PublishedModel): string {
  return model === 'MedSAM' ? MEDSAM_RUNS[1].model : model;
}

/** The column of Table 9 that stands beside a model of this run; `undefined` where none does. */
export function columnBeside(model: string): PublishedModel | undefined {
  return (TABLE_9.columns as readonly PublishedModel[]).find((column) => runBeside(column) === model);
}

/** A model of this run as tables and figures name it. */
export function titleOf(model: string): string {
  return MEDSAM_RUNS.find((run) => run.model === model)?.title ?? model;
}

/** Rows of Table 9 in its order. */
export const TABLE_9_ROWS: readonly string[] = TABLE_9.rows;

/** Dice of a target in Table 9; `null` for rows that it does not have (Vol-biplane). The specialists' were quoted there from their publications. */
export function publishedDice(target: string, model: PublishedModel): number | null {
  return TABLE_9.rows.includes(target) ? cellOf(TABLE_9, target, model).value : null;
}

/**
 * The average that the paper states, recomputed: Table 9 weighted by the evaluated images of Table 8.
 *
 * @param targets of the average; default: all five, as stated
 * @returns `null` if there is no target or the paper does not print one's Dice or count
 */
export function publishedAverage(
  model: PublishedModel,
  targets: readonly string[] = Object.keys(WEIGHTED_TARGETS),
): number | null {
  const printed = targets.every((target) => target in WEIGHTED_TARGETS && publishedDice(target, model) !== null);
  return printed && targets.length > 0 ? weightedDice(model, targets).value : null;
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
