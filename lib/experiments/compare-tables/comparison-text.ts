import { signed } from '../number-text.js';
import type { ComparedRow, TableComparison } from './comparison.js';
import { pText } from './wording.js';

/** Which tables, which samples, which unit. */
export function comparedWhat({
  first,
  second,
  metric,
  samples,
  unit,
  units,
  onlyFirst,
  onlySecond,
}: TableComparison): string {
  const sizes = unit === undefined ? `${samples} samples` : `${samples} samples in ${units} clusters (unit: ${unit})`;
  const left = onlyFirst.length + onlySecond.length;
  const common =
    left === 0
      ? ''
      : ` Only the common part: ${onlyFirst.length} samples of ${first} and ${onlySecond.length} of ${second} were left out.`;
  return `${metric} of ${first} against ${second}, ${sizes}.${common}`;
}

/** Warns where samples count as independent because no unit was named. */
export function independenceNote({ unit }: TableComparison): string | undefined {
  return unit === undefined
    ? 'No unit was named, so every sample counts as independent. Frames and videos of one patient are not: name the column of the patient with --unit.'
    : undefined;
}

/** Header and lines of the table: one a row, as published beside as valid. */
export function comparisonTable(comparison: TableComparison): {
  readonly columns: string[];
  readonly rows: string[][];
} {
  const { first, second, rows } = comparison;
  const adjusted = rows.some(({ validPHolm }) => validPHolm !== undefined);
  return {
    columns: [
      comparison.metric === 'bacc' ? 'class' : 'metric',
      'difference',
      'p, as published',
      'p, valid',
      ...(adjusted ? ['p, valid, Holm'] : []),
      '95 % interval',
      first,
      second,
      'n',
    ],
    rows: rows.map((row) => [
      row.name,
      signed(row.difference, 4),
      pText(row.publishedP, row.publishedLog10P),
      pText(row.validP),
      ...(adjusted ? [pText(row.validPHolm!)] : []),
      `${signed(row.low, 4)} to ${signed(row.high, 4)}`,
      row.first.toFixed(4),
      row.second.toFixed(4),
      String(row.cases),
    ]),
  };
}

/** Where the two tests disagree at the level, in one sentence. */
export function verdictSentence({ rows, alpha, metric }: TableComparison): string {
  const significant = (row: ComparedRow): boolean => (row.validPHolm ?? row.validP) <= alpha;
  const claimed = (row: ComparedRow): boolean => row.publishedP <= alpha;
  if (rows.length === 1) {
    const [row] = rows as [ComparedRow];
    if (claimed(row) === significant(row)) {
      return `At ${alpha} both tests call the difference of ${metric} ${significant(row) ? 'significant' : 'not significant'}.`;
    }
    return claimed(row)
      ? `At ${alpha} the published test calls the difference of ${metric} significant, the valid test does not.`
      : `At ${alpha} the valid test calls the difference of ${metric} significant, the published one does not.`;
  }
  const classes = rows.slice(0, -1);
  return `At ${alpha} the published test calls ${classes.filter(claimed).length} of ${classes.length} classes significant, the valid test (Holm) ${classes.filter(significant).length}.`;
}
