import type { CsvRow } from '../../core/csv.js';
import { VERDICTS } from '../../paper/verdict.js';
import type { LoadedRecord } from '../../records/record.js';
import { percent } from '../number-text.js';
import {
  averageDice,
  countVerdicts,
  type PairRate,
  pairRates,
  primaryRates,
  type Rate,
  reachCounts,
  tablesAveraged,
  underpowered,
  unitRatesOf,
} from './audit-metrics.js';
import { DICE_MODELS } from './audit-tables.js';
import { AUDIT_TOPICS, belongsTo } from './audit-topics.js';
import { ledgerHtml } from './ledger-html.js';
import { modelsOf, shortName } from './patients-figure.js';

type Shown = Record<string, string | number | null>;

const rowsOf = (record: LoadedRecord, table: string): readonly CsvRow[] => record.tables[table] ?? [];

/** The primary check in words, as fixed before the run. */
export function primaryCheckSentence(record: LoadedRecord): string {
  const { published, valid } = primaryRates(pairRates(rowsOf(record, 'rates')));
  const verdict = (rate: PairRate): string =>
    rate.low > rate.alpha
      ? 'the interval lies above the nominal level: **not a valid test**'
      : 'the nominal level is inside or above the interval: nothing speaks against it';
  return (
    `**Primary check.** Two classifiers that differ by nothing, ${published.studies.toLocaleString('en-GB')} simulated studies, nominal level ${published.alpha}.\n\n` +
    `- Published test, ${published.draws.toLocaleString('en-GB')} bootstrap draws as in A.6: called significant in ${percentWithInterval(published)}; ${verdict(published)}.\n` +
    `- Paired permutation test on the cases: ${percentWithInterval(valid)}; ${verdict(valid)}.`
  );
}

/** The whole ledger, folded by verdict; shown as Markdown. */
export function claimsLedgerFolded(record: LoadedRecord): string {
  return ledgerHtml(rowsOf(record, 'samples'));
}

/** The recomputations that matter most, a topic a table. */
export function auditTopics(record: LoadedRecord): { readonly title: string; readonly rows: Shown[] }[] {
  return AUDIT_TOPICS.map((topic) => ({
    title: topic.title,
    rows: rowsOf(record, 'samples')
      .filter(({ sample }) => belongsTo(topic, sample!))
      .map(({ place, says, label, recomputed, prediction }) => ({
        where: place!,
        claim: says!,
        'the paper': label!,
        recomputed: recomputed!,
        verdict: prediction!,
      })),
  }));
}

/** Table 3 averaged again, a cell a row. */
export function tablesAveragedRows(record: LoadedRecord): Shown[] {
  return tablesAveraged(rowsOf(record, 'cells')).map(({ model, metric, printed, mean, verdict }) => ({
    model,
    metric,
    'Table 3': printed,
    'mean of 18 views': mean.toFixed(5),
    verdict,
  }));
}

/** Table 9 with its weights, then the averages that they give. */
export function averageDiceRows(record: LoadedRecord): Shown[] {
  const rows = rowsOf(record, 'dice');
  const averages = averageDice(rows);
  const line = (target: string, images: string | number, of: (model: string) => string): Shown => ({
    target,
    'evaluated images': images,
    ...Object.fromEntries(DICE_MODELS.map((model) => [model, of(model)])),
  });
  const average = (kind: 'weighted' | 'plain') => (model: string) =>
    averages.find((row) => row.model === model)![kind].toFixed(5);
  return [
    ...rows.map((row) => line(row.target!, Number(row.images), (model) => row[model]!)),
    line(
      'weighted by images',
      rows.reduce((sum, row) => sum + Number(row.images), 0),
      average('weighted'),
    ),
    line('every target alike', '', average('plain')),
  ];
}

/** The four counts of significant views beside what a valid test can reach. */
export function reachTable(record: LoadedRecord): Shown[] {
  return reachCounts(rowsOf(record, 'reach')).map(({ first, second, claimed, ahead, withinReach }) => ({
    comparison: `${first} over ${second}`,
    called: claimed,
    ahead,
    'within reach': withinReach,
  }));
}

/** The simulated studies of each pair, a test a row. */
export function pairRatesTable(record: LoadedRecord): Shown[] {
  return pairRates(rowsOf(record, 'rates')).map((row) => ({
    difference: row.advantage,
    test: row.test,
    draws: row.test === 'published' ? row.draws : null,
    'significant (%)': Number(percent(row.rate)),
    '95 % interval': interval(row),
  }));
}

/** Frames against patients, a number of frames a row. */
export function unitRatesTable(record: LoadedRecord): Shown[] {
  const rates = unitRatesOf(rowsOf(record, 'units'));
  return [...new Set(rates.map(({ framesPerPatient }) => framesPerPatient))].map((frames) => ({
    frames: String(frames),
    ...Object.fromEntries(
      rates
        .filter(({ framesPerPatient }) => framesPerPatient === frames)
        .map((rate) => [rate.unit, `${percent(rate.rate)} (${interval(rate)})`]),
    ),
  }));
}

/** Every comparison with the patients it needs and was tested on, a study a table; a dash: no effect in the table, or no count. */
export function powerTables(record: LoadedRecord): { readonly title: string; readonly rows: Shown[] }[] {
  const all = rowsOf(record, 'power');
  return [...new Set(all.map(({ study }) => study!))].map((study) => {
    const own = all.filter((row) => row.study === study);
    const assumptions = [...new Set(own.map((row) => row.assumptions!))].join(' / ');
    return {
      title: `Patients, ${study}: ${modelsOf(own[0]!.comparison!)}. ${assumptions}.`,
      rows: own.map((row) => ({
        comparison: shortName(row.comparison!),
        difference: Number(Number(row.effect).toPrecision(3)),
        needed: numberOrNull(row.patientsNeeded),
        tested: numberOrNull(row.patientsTested),
        power: numberOrNull(row.powerAsTested),
      })),
    };
  });
}

function numberOrNull(text: string | undefined): number | null {
  return text === undefined || text === '' ? null : Number(Number(text).toFixed(3));
}

/** What the audit found, in plain words from the rows. */
export function auditTakeaway(record: LoadedRecord): string {
  const samples = rowsOf(record, 'samples');
  const counts = countVerdicts(samples);
  const checkable = samples.length - counts['cannot be checked without their data'];
  const averaged = tablesAveraged(rowsOf(record, 'cells'));
  const cutOff = averaged.filter(({ verdict }) => verdict === 'holds when rounded down');
  const { published, valid } = primaryRates(pairRates(rowsOf(record, 'rates')));
  const reach = reachCounts(rowsOf(record, 'reach'));
  const frames = unitRatesOf(rowsOf(record, 'units')).filter(({ unit }) => unit === 'every frame');
  const most = frames.reduce((a, b) => (b.framesPerPatient > a.framesPerPatient ? b : a));
  const power = rowsOf(record, 'power');
  const short = underpowered(power);
  const lines = [
    `Of ${samples.length} claims the paper's own tables and sentences can check ${checkable}. ${counts.holds} hold, ${counts['holds when rounded down']} hold when rounded down, ${counts['does not follow']} do not follow.`,
    `${cutOff.length} of the ${averaged.length} cells of Table 3 were cut off instead of rounded; ${averaged.filter(({ verdict }) => verdict === 'does not follow').length} do not follow.`,
    `The published test calls ${percentWithInterval(published)} of studies without any difference significant at ${published.alpha}; the test on the cases ${percentWithInterval(valid)}.`,
    `The paper counts ${reach.map(({ claimed }) => claimed).join(', ')} significantly better views in its four comparisons; with the most favourable counts that fit its tables a valid test reaches ${reach.map(({ withinReach }) => withinReach).join(', ')}.`,
    `Counting ${most.framesPerPatient} correlated frames a patient as independent calls ${percentWithInterval(most)} of comparisons of equal models significant.`,
    `${short.length} comparisons had fewer patients than they need: ${short.map(({ comparison }) => comparison).join('; ')}.`,
  ];
  const numbers =
    counts['does not follow'] < checkable / 2
      ? "Most of the paper's numbers that can be checked stand."
      : "Most of the paper's numbers that can be checked do not stand.";
  const test =
    published.low > published.alpha && valid.low <= valid.alpha
      ? 'Its significance test does not: it answers how many draws were made, not whether the models differ.'
      : 'At this number of simulated studies nothing is shown about its significance test.';
  return `${lines.map((line) => `- ${line}`).join('\n')}\n\n${numbers} ${test}`;
}

/** Verdicts with their counts. */
export function verdictTable(record: LoadedRecord): Shown[] {
  const samples = rowsOf(record, 'samples');
  const counts = countVerdicts(samples);
  return VERDICTS.map((verdict) => ({
    verdict,
    claims: counts[verdict],
    'share (%)': Number(percent(counts[verdict] / samples.length)),
  }));
}

function interval({ low, high }: Rate): string {
  return `${percent(low)} to ${percent(high)}`;
}

function percentWithInterval(rate: Rate): string {
  return `${percent(rate.rate)} % (${interval(rate)})`;
}
