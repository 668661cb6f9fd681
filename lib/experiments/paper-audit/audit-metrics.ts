import type { CsvRow } from '../../core/csv.js';
import { printedNumber } from '../../paper/printed-number.js';
import { compareNumber, VERDICTS, type Verdict } from '../../paper/verdict.js';
import type { Metrics, TextTables } from '../../records/record.js';
import { wilsonInterval } from '../../statistics/wilson-interval.js';
import { DICE_MODELS } from './audit-tables.js';

/** What notebook 06 fixes before the run: A.6 tests 1,000 bootstrap draws at 0.01. */
export const PRIMARY_CHECK = { draws: 1000, alpha: 0.01 } as const;

/** A rate over simulated studies with its 95 % Wilson interval. */
export interface Rate {
  readonly rate: number;
  readonly low: number;
  readonly high: number;
  readonly studies: number;
}

/** How often one test called two classifiers different. */
export interface PairRate extends Rate {
  readonly pair: string;
  readonly advantage: number;
  readonly test: string;
  /** 0 for the valid test, which knows of no draws. */
  readonly draws: number;
  readonly alpha: number;
}

/** Rates by pair, test and draws, blocks added up. */
export function pairRates(rows: readonly CsvRow[]): PairRate[] {
  return grouped(rows, ['pair', 'test', 'draws']).map((group) => ({
    pair: group[0]!.pair!,
    advantage: Number(group[0]!.advantage),
    test: group[0]!.test!,
    draws: Number(group[0]!.draws),
    alpha: Number(group[0]!.alpha),
    ...rateOf(group),
  }));
}

/** How often one choice of the unit called two equal models different. */
export interface UnitRate extends Rate {
  readonly framesPerPatient: number;
  readonly patients: number;
  readonly unit: string;
  readonly alpha: number;
}

/** Rates by frames a patient and unit, blocks added up. */
export function unitRatesOf(rows: readonly CsvRow[]): UnitRate[] {
  return grouped(rows, ['framesPerPatient', 'unit']).map((group) => ({
    framesPerPatient: Number(group[0]!.framesPerPatient),
    patients: Number(group[0]!.patients),
    unit: group[0]!.unit!,
    alpha: Number(group[0]!.alpha),
    ...rateOf(group),
  }));
}

/** A cell of Table 3 beside the mean of the 18 cells that it averages. */
export interface AveragedCell {
  readonly model: string;
  readonly metric: string;
  readonly printed: string;
  readonly mean: number;
  readonly verdict: Verdict;
}

/** The 15 cells of Table 3, averaged again from Tables 5 to 7. */
export function tablesAveraged(cells: readonly CsvRow[]): AveragedCell[] {
  const perView = cells
    .filter(({ table }) => table === '5' || table === '6' || table === '7')
    .map((row) => ({
      model: row.table === '5' ? 'ResNet50-IN' : row.row!.split(' ')[0]!,
      metric: row.column!.toLowerCase(),
      value: Number(row.value),
    }));
  return cells
    .filter(({ table }) => table === '3')
    .map(({ row, column, printed }) => {
      const own = perView.filter(({ model, metric }) => model === row && metric === column!.toLowerCase());
      const mean = own.reduce((sum, { value }) => sum + value, 0) / own.length;
      return {
        model: row!,
        metric: column!,
        printed: printed!,
        mean,
        verdict: compareNumber(printedNumber(printed!), mean, 0.0005),
      };
    });
}

/** Average Dice of one model over the targets of Table 9. */
export interface AverageDice {
  readonly model: string;
  /** Weighted by the evaluated images of Table 8. */
  readonly weighted: number;
  /** Every target alike. */
  readonly plain: number;
}

/** Averages of the dice table. */
export function averageDice(rows: readonly CsvRow[]): AverageDice[] {
  const images = rows.reduce((sum, row) => sum + Number(row.images), 0);
  return DICE_MODELS.map((model) => ({
    model,
    weighted: rows.reduce((sum, row) => sum + Number(row[model]) * Number(row.images), 0) / images,
    plain: rows.reduce((sum, row) => sum + Number(row[model]), 0) / rows.length,
  }));
}

/** A count of significant views beside how many are within reach of a valid test. */
export interface ReachCount {
  readonly first: string;
  readonly second: string;
  /** Views that the paper calls significantly better. */
  readonly claimed: number;
  /** Views on which the first is ahead by anything at all. */
  readonly ahead: number;
  /** Views on which the most favourable counts that fit the print give a valid p below 0.01. */
  readonly withinReach: number;
}

/** The four counts of the paper. */
export function reachCounts(rows: readonly CsvRow[]): ReachCount[] {
  return grouped(rows, ['first', 'second']).map((group) => ({
    first: group[0]!.first!,
    second: group[0]!.second!,
    claimed: Number(group[0]!.claimedBetter),
    ahead: Number(group[0]!.ahead),
    withinReach: group.filter(({ p }) => Number(p) < PRIMARY_CHECK.alpha).length,
  }));
}

/** Number of claims with each verdict. */
export function countVerdicts(samples: readonly CsvRow[]): Record<Verdict, number> {
  return Object.fromEntries(
    VERDICTS.map((verdict) => [verdict, samples.filter(({ prediction }) => prediction === verdict).length]),
  ) as Record<Verdict, number>;
}

/** Every number of notebook 06, from its tables alone. */
export function auditMetrics(tables: TextTables): Metrics {
  const { samples = [], cells = [], dice = [], power = [], reach = [], rates = [], units = [], draws = [] } = tables;
  const verdicts = countVerdicts(samples);
  const checkable = samples.length - verdicts['cannot be checked without their data'];
  const pairs = pairRates(rates);
  const unitRows = unitRatesOf(units);
  const { published, valid } = primaryRates(pairs);
  const worstUnit = unitRows
    .filter(({ unit }) => unit === 'every frame')
    .reduce((a, b) => (b.framesPerPatient > a.framesPerPatient ? b : a));
  return {
    headline: {
      claims: samples.length,
      'claims that their own tables can check': checkable,
      'claims that do not follow': verdicts['does not follow'],
      [`false positives, published test, ${published.draws} draws`]: published.rate,
      'false positives, valid test': valid.rate,
      [`false positives, ${worstUnit.framesPerPatient} frames a patient as the unit`]: worstUnit.rate,
    },
    verdicts,
    primaryCheck: { alpha: published.alpha, published: plain(published), valid: plain(valid) },
    tablesAveraged: Object.fromEntries(
      tablesAveraged(cells).map(({ model, metric, printed, mean, verdict }) => [
        `${model}, ${metric}`,
        { printed, mean, verdict },
      ]),
    ),
    averageDice: Object.fromEntries(averageDice(dice).map(({ model, ...averages }) => [model, averages])),
    reach: Object.fromEntries(
      reachCounts(reach).map(({ first, second, ...counts }) => [`${first} over ${second}`, counts]),
    ),
    rates: Object.fromEntries(
      pairs.map(({ pair, test, draws: count, ...rate }) => [
        `${pair}, ${test}${count > 0 ? `, ${count} draws` : ''}`,
        plain(rate),
      ]),
    ),
    units: Object.fromEntries(
      unitRows.map(({ framesPerPatient, unit, ...rate }) => [`${framesPerPatient} frames, ${unit}`, plain(rate)]),
    ),
    lesson: Object.fromEntries(
      grouped(draws, ['pair']).map((group) => [
        group[0]!.pair!,
        {
          validP: Number(group[0]!.validP),
          publishedLog10P: group.map((row) => Number(row.publishedLog10P)),
          draws: group.map((row) => Number(row.draws)),
        },
      ]),
    ),
    power: {
      comparisons: power.length,
      'without an effect in favour of EchoApex': power.filter(({ patientsNeeded }) => patientsNeeded === '').length,
      'tested on fewer patients than needed': underpowered(power).length,
    },
  };
}

/** The two rates of the primary check: two classifiers that differ by nothing. */
export function primaryRates(pairs: readonly PairRate[]): { readonly published: PairRate; readonly valid: PairRate } {
  const equal = pairs.filter(({ advantage }) => advantage === 0);
  return {
    published: equal.find(({ test, draws }) => test === 'published' && draws === PRIMARY_CHECK.draws)!,
    valid: equal.find(({ test }) => test === 'valid')!,
  };
}

/** Comparisons with a known number of patients below the number needed. */
export function underpowered(power: readonly CsvRow[]): CsvRow[] {
  return power.filter(
    ({ patientsNeeded, patientsTested }) =>
      patientsNeeded !== '' && patientsTested !== '' && Number(patientsTested) < Number(patientsNeeded),
  );
}

function plain({ rate, low, high, studies }: Rate): Metrics {
  return { rate, low, high, studies };
}

function rateOf(group: readonly CsvRow[]): Rate {
  const sum = (column: string): number => group.reduce((total, row) => total + Number(row[column]), 0);
  const { estimate, interval, n } = wilsonInterval(sum('found'), sum('studies'));
  return { rate: estimate, low: interval.low, high: interval.high, studies: n };
}

/** Rows that share the given columns, in order of first appearance. */
function grouped(rows: readonly CsvRow[], columns: readonly string[]): CsvRow[][] {
  const groups = new Map<string, CsvRow[]>();
  for (const row of rows) {
    const key = columns.map((column) => row[column]).join('\0');
    const group = groups.get(key);
    if (group) group.push(row);
    else groups.set(key, [row]);
  }
  return [...groups.values()];
}
