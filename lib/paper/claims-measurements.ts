import { type Claim, holdsIf, meanOfValues, numberClaim, relationClaim, type Sourced, sumOfValues } from './claim.js';
import { cellOf, type PaperTable } from './paper-table.js';
import { statedFigure } from './statements.js';
import { MEASUREMENTS, TABLE_11, TABLE_12, TABLE_13, TABLE_14 } from './tables-measurements.js';
import { compareNumber } from './verdict.js';

/** `[sentence, figure, table, row, column]`: a figure of the text that a cell should repeat. */
const REPEATED: readonly (readonly [string, string, PaperTable, string, string])[] = [
  ['lvh-landmark', 'ivs', TABLE_12, 'EchoApex-S', 'IVS mean'],
  ['lvh-landmark', 'lvid', TABLE_12, 'EchoApex-S', 'LVID mean'],
  ['lvh-landmark-baseline', 'ivs', TABLE_12, 'DeepLabV3', 'IVS mean'],
  ['lvh-landmark-baseline', 'lvid', TABLE_12, 'DeepLabV3', 'LVID mean'],
  ['lvh-mae', 'ours', TABLE_11, 'EchoApex-S', 'LVID mean'],
  ['lvh-mae', 'baseline', TABLE_11, 'DeepLabV3', 'LVID mean'],
  ['lvh-r2', 'ours', TABLE_11, 'EchoApex-S', 'R2'],
  ['lvh-r2', 'baseline', TABLE_11, 'DeepLabV3', 'R2'],
  ['unity-landmark', 'ivs', TABLE_14, 'EchoApex-S', 'IVS mean'],
  ['unity-landmark', 'lvid', TABLE_14, 'EchoApex-S', 'LVID mean'],
  ['unity-landmark', 'ivsBaseline', TABLE_14, 'DeepLabV3', 'IVS mean'],
  ['unity-landmark', 'lvidBaseline', TABLE_14, 'DeepLabV3', 'LVID mean'],
  ['unity-mae', 'ivs', TABLE_13, 'EchoApex-S', 'IVS mean'],
  ['unity-mae', 'lvid', TABLE_13, 'EchoApex-S', 'LVID mean'],
  ['unity-mae', 'ivsBaseline', TABLE_13, 'DeepLabV3', 'IVS mean'],
  ['unity-mae', 'lvidBaseline', TABLE_13, 'DeepLabV3', 'LVID mean'],
  ['unity-r2', 'ours', TABLE_13, 'EchoApex-S', 'R2'],
  ['unity-r2', 'baseline', TABLE_13, 'DeepLabV3', 'R2'],
  ['lvh-adapters-r2', 'r2', TABLE_11, 'EchoApex-AdaS', 'R2'],
  ['unity-adapters-r2', 'ours', TABLE_13, 'EchoApex-S', 'R2'],
  ['unity-adapters-r2', 'adapter', TABLE_13, 'EchoApex-AdaS', 'R2'],
];

const REPEATED_CLAIMS: readonly Claim[] = REPEATED.map(([id, figure, table, row, column]) => {
  const cell = cellOf(table, row, column);
  return relationClaim({
    id: `${id}-${figure}`,
    statement: id,
    says: `${row}, ${column}, ${table.number < 13 ? 'EchoNet-LVH' : 'Unity'}`,
    claimed: statedFigure(id, figure).text,
    from: [cell],
    finds: () => {
      const stated = statedFigure(id, figure);
      return {
        recomputed: cell.text,
        // Both have two decimals: the text repeats the cell or it does not.
        verdict: holdsIf(Math.abs(stated.value - cell.value) < cell.step / 2),
      };
    },
    why: `Repeats Table ${table.number}, or should.`,
  });
});

/** Cells in which a model has the smaller error than DeepLabV3. */
function ahead(
  model: string,
  tables: readonly PaperTable[],
  measurements: readonly string[],
): { won: string[]; of: number } {
  const cells = tables.flatMap((table) => measurements.map((name) => ({ table, column: `${name} mean` })));
  const won = cells.filter(
    ({ table, column }) => cellOf(table, model, column).value < cellOf(table, 'DeepLabV3', column).value,
  );
  return { won: won.map(({ table, column }) => `Table ${table.number} ${column}`), of: cells.length };
}

function cellsOf(models: readonly string[], tables: readonly PaperTable[], measurements: readonly string[]): Sourced[] {
  return tables.flatMap((table) =>
    measurements.flatMap((name) => models.map((model) => cellOf(table, model, `${name} mean`))),
  );
}

function aheadClaim(parts: {
  id: string;
  statement: string;
  says: string;
  model: string;
  tables: readonly PaperTable[];
  measurements: readonly string[];
  why: string;
}): Claim {
  return relationClaim({
    id: parts.id,
    statement: parts.statement,
    says: parts.says,
    claimed: 'all smaller',
    from: cellsOf([parts.model, 'DeepLabV3'], parts.tables, parts.measurements),
    finds: () => {
      const { won, of } = ahead(parts.model, parts.tables, parts.measurements);
      return { recomputed: `${won.length} of ${of} mean errors smaller`, verdict: holdsIf(won.length === of) };
    },
    why: parts.why,
  });
}

/** The gain in mean absolute error over DeepLabV3, plain mean over the three measurements. */
function gainClaim(id: string, statement: string, figure: string, table: PaperTable, why: string): Claim {
  const from = cellsOf(['DeepLabV3', 'EchoApex-S'], [table], MEASUREMENTS);
  return numberClaim({
    id,
    statement,
    figure,
    says: `gain in MAE of EchoApex-S over DeepLabV3, mean of three measurements, ${table.number === 11 ? 'EchoNet-LVH' : 'Unity'}`,
    from,
    by: (values) => sumOfValues(values.map((value, i) => (i % 2 === 0 ? value : -value))) / MEASUREMENTS.length,
    why,
  });
}

const SIGNIFICANCE = 'The means lie in the claimed order; the p-values need their predictions, paired and by patient.';

/** Claims on left-ventricle measurements. */
export const MEASUREMENT_CLAIMS: readonly Claim[] = [
  gainClaim(
    'mae-gain',
    'abstract-measurements',
    'gain',
    TABLE_11,
    'Plain mean over IVS, LVID and LVPW; EchoApex-AdaS would give 0.33. The numbers of IVS, LVID and LVPW are not given; a mean weighted by them could be 0.2.',
  ),
  gainClaim(
    'mae-gain-unity',
    'abstract-measurements',
    'gainUnseen',
    TABLE_13,
    'Plain mean over IVS, LVID and LVPW. The numbers of IVS, LVID and LVPW are not given; a mean weighted by them could be 1.4.',
  ),
  relationClaim({
    id: 'average-mae',
    statement: 'discussion-measurements',
    says: 'an average MAE of 0.2 mm',
    claimed: '0.2',
    from: cellsOf(['EchoApex-S'], [TABLE_11], MEASUREMENTS),
    finds: () => {
      const mean = meanOfValues(MEASUREMENTS.map((name) => cellOf(TABLE_11, 'EchoApex-S', `${name} mean`).value));
      return {
        recomputed: mean.toFixed(2),
        verdict: compareNumber(statedFigure('discussion-measurements', 'mae'), mean, 0.005),
      };
    },
    why: 'As worded the 0.2 mm is the error itself; the error is ten times that, the gain is meant.',
  }),
  gainClaim('mae-gain-unity-discussion', 'discussion-measurements', 'gainUnseen', TABLE_13, 'As in the abstract.'),
  aheadClaim({
    id: 'superior-internal',
    statement: 'lvh-superior',
    says: 'EchoApex-S has the smaller errors on EchoNet-LVH',
    model: 'EchoApex-S',
    tables: [TABLE_11, TABLE_12],
    measurements: MEASUREMENTS,
    why: 'MAE of IVS and LVPW and the landmark error of LVPW are larger than those of DeepLabV3.',
  }),
  aheadClaim({
    id: 'superior-figure-1',
    statement: 'figure-1-superior',
    says: 'EchoApex-S has the smaller errors in all measurement tasks',
    model: 'EchoApex-S',
    tables: [TABLE_11, TABLE_12, TABLE_13, TABLE_14],
    measurements: MEASUREMENTS,
    why: 'The other mean errors of Tables 11 to 14 are larger than those of DeepLabV3.',
  }),
  aheadClaim({
    id: 'landmark-order',
    statement: 'lvh-landmark-significance',
    says: 'landmark error of IVS and LVID is smaller',
    model: 'EchoApex-S',
    tables: [TABLE_12],
    measurements: ['IVS', 'LVID'],
    why: SIGNIFICANCE,
  }),
  aheadClaim({
    id: 'unity-order',
    statement: 'unity-significance',
    says: 'EchoApex-S has the smaller errors of IVS and LVID on Unity',
    model: 'EchoApex-S',
    tables: [TABLE_13, TABLE_14],
    measurements: ['IVS', 'LVID'],
    why: SIGNIFICANCE,
  }),
  aheadClaim({
    id: 'adapters-internal',
    statement: 'lvh-adapters',
    says: 'EchoApex-AdaS has the smaller errors of IVS and LVID on EchoNet-LVH',
    model: 'EchoApex-AdaS',
    tables: [TABLE_11, TABLE_12],
    measurements: ['IVS', 'LVID'],
    why: SIGNIFICANCE,
  }),
  aheadClaim({
    id: 'adapters-unity',
    statement: 'unity-adapters',
    says: 'EchoApex-AdaS has the smaller errors of IVS and LVID on Unity',
    model: 'EchoApex-AdaS',
    tables: [TABLE_13, TABLE_14],
    measurements: ['IVS', 'LVID'],
    why: SIGNIFICANCE,
  }),
  relationClaim({
    id: 'adapters-lvid',
    statement: 'unity-adapters-lvid',
    says: 'EchoApex-AdaS is better than EchoApex-S in MAE of LVID on Unity',
    claimed: 'EchoApex-AdaS smaller',
    from: cellsOf(['EchoApex-AdaS', 'EchoApex-S'], [TABLE_13], ['LVID']),
    finds: () => {
      const adapter = cellOf(TABLE_13, 'EchoApex-AdaS', 'LVID mean');
      const fineTuned = cellOf(TABLE_13, 'EchoApex-S', 'LVID mean');
      return {
        recomputed: `${adapter.text} against ${fineTuned.text}`,
        verdict: holdsIf(adapter.value < fineTuned.value),
      };
    },
    why: 'Table 13 has it the other way round: the adapter model is worse by 0.78 mm.',
  }),
  ...REPEATED_CLAIMS,
];
