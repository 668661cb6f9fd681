import type { CsvCell } from '../../core/csv.js';
import { type ClaimRow, claimsLedger } from '../../paper/claims.js';
import { cellOf, type PaperTable, printedCell } from '../../paper/paper-table.js';
import { type PowerAssumptions, powerRows } from '../../paper/power.js';
import { printedNumber } from '../../paper/printed-number.js';
import { bestCases } from '../../paper/recovered-counts.js';
import { PAPER_TABLES } from '../../paper/tables.js';
import { TABLE_8, TABLE_9 } from '../../paper/tables-segmentation.js';
import { significanceCounts } from '../../paper/view-comparison.js';
import type { Table } from '../../records/record.js';

/** A row of a table as the record keeps it. */
export type Row = Readonly<Record<string, CsvCell>>;

/** A table from its rows; the columns are those of the first row. */
export function tableOf(rows: readonly Row[]): Table {
  return { columns: Object.keys(rows[0] ?? {}), rows };
}

/** samples.csv: one claim a row. Label: what the paper says; prediction: the verdict; score: the recomputed number. */
export function claimRows(seed: number): Row[] {
  return claimsLedger().map((row) => ({
    sample: row.id,
    patient: '',
    split: '',
    label: row.claimed,
    prediction: row.verdict,
    score: leadingNumber(row.recomputed),
    seed,
    place: row.place,
    part: partOfPaper(row.place),
    says: row.says,
    recomputed: row.recomputed,
    why: row.why,
    quote: row.quote,
    rests: row.rests,
  }));
}

/** The number that a recomputation begins with, or `null` where it is a relation in words. */
function leadingNumber(recomputed: ClaimRow['recomputed']): number | null {
  const match = /^[+-]?\d[\d,]*(?:\.\d+)?/.exec(recomputed);
  return match === null ? null : Number(match[0].replaceAll(',', ''));
}

/** The part of the paper that a place lies in. */
export function partOfPaper(place: string): string {
  if (place === 'Abstract') return 'Abstract';
  if (/^Table/.test(place)) return 'Tables';
  if (/^Fig/.test(place)) return 'Figures';
  if (/^2/.test(place)) return 'Results';
  if (/^[13]/.test(place)) return 'Introduction, discussion';
  return 'Methods, supplement';
}

/** Every cell of the 14 tables as printed; `value` is empty where a cell holds no number. */
export function cellRows(): Row[] {
  return PAPER_TABLES.flatMap((table) =>
    table.rows.flatMap((row) =>
      table.columns.flatMap((column) => {
        const printed = textOf(table, row, column);
        return printed === '' ? [] : [{ table: table.number, row, column, printed, value: numberIn(printed) }];
      }),
    ),
  );
}

function textOf(table: PaperTable, row: string, column: string): string {
  return table.printed[table.rows.indexOf(row)]?.[table.columns.indexOf(column)] ?? '';
}

function numberIn(printed: string): number | null {
  try {
    return printedNumber(printed).value;
  } catch {
    return null;
  }
}

/** The four models of Table 9. */
export const DICE_MODELS = ['Specialist', 'MedSAM', 'EchoApex-SAM-AdaB', 'EchoApex-SAM-B'] as const;

/** `[target of Table 9, rows of Table 8 that count its evaluated images]` */
const DICE_TARGETS: readonly (readonly [string, readonly string[]])[] = [
  ['CAMUS LV mean', ['CAMUS LV A4C', 'CAMUS LV A2C']],
  ['CAMUS LA mean', ['CAMUS LA A4C', 'CAMUS LA A2C']],
  ['ENDym LV mean', ['EchoNet-Dynamic LV A4C']],
  ['ENPed-A4C LV', ['EchoNet-Pediatric LV A4C']],
  ['ENPed-PSAX LV', ['EchoNet-Pediatric LV PSAX']],
];

/** Dice of Table 9 beside the evaluated images of Table 8, a target a row: what the weighted averages are made of. */
export function diceRows(): Row[] {
  return DICE_TARGETS.map(([target, counts]) => ({
    target,
    images: counts.reduce((sum, row) => sum + cellOf(TABLE_8, row, 'Evaluation').value, 0),
    ...Object.fromEntries(DICE_MODELS.map((model) => [model, printedCell(TABLE_9, target, model)])),
  }));
}

/** Patients that a study like each of the paper's needs. */
export function powerTable(assumptions: PowerAssumptions): Row[] {
  return powerRows(assumptions).map((row) => ({
    study: row.study,
    comparison: row.comparison,
    effect: row.effect,
    patientsNeeded: row.patientsNeeded ?? null,
    patientsTested: row.patientsTested ?? null,
    powerAsTested: row.powerAsTested ?? null,
    framesPerPatient: row.framesPerPatient,
    assumptions: row.assumptions,
    rests: row.rests.join('; '),
  }));
}

/** The four counts of significant views, and for each view the smallest p that any valid paired test can have. */
export function reachRows(): Row[] {
  return significanceCounts().flatMap(({ first, second, claimedBetter, ahead }) =>
    bestCases(first, second).map((best) => ({ first, second, claimedBetter, ahead, ...best })),
  );
}
