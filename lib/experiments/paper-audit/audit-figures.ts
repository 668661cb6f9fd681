import type { CsvRow } from '../../core/csv.js';
import { classBars } from '../../figures/class-bars.js';
import { curve } from '../../figures/curve.js';
import { drawsLesson } from '../../figures/draws-lesson.js';
import type { Figure } from '../../figures/figure.js';
import type { TextTables } from '../../records/record.js';
import { PRIMARY_CHECK, pairRates, reachCounts, tablesAveraged, unitRatesOf } from './audit-metrics.js';
import { averagesFigure } from './averages-figure.js';
import { patientsFigure } from './patients-figure.js';
import { verdictBars } from './verdict-bars.js';

/** Every figure of notebook 06, from the record's tables. */
export async function auditFigures(tables: TextTables): Promise<Figure[]> {
  const { samples = [], cells = [], draws = [], rates = [], units = [], power = [], reach = [] } = tables;
  const pairs = [...new Set(draws.map(({ pair }) => pair!))];
  return [
    verdictBars(
      samples.map(({ part, prediction }) => ({ part: part!, verdict: prediction! })),
      {
        name: 'claims-by-verdict',
        title: 'The claims of the paper, recomputed from its own tables',
        dataOrigin: 'paper',
      },
    ),
    averagesFigure(tablesAveraged(cells), {
      name: 'table-3-averages',
      title: 'Table 3 against the means of the 18 views in Tables 5 to 7',
      dataOrigin: 'paper',
    }),
    reachFigure(reach),
    ...pairs.map((pair, index) =>
      lessonFigure(
        draws.filter((row) => row.pair === pair),
        index + 1,
      ),
    ),
    ratesFigure(rates),
    unitsFigure(units),
    patientsFigure(power, {
      name: 'patients-needed',
      title: 'Patients that a valid paired test needs to show the difference in the tables',
      dataOrigin: 'paper',
    }),
  ];
}

function reachFigure(rows: readonly CsvRow[]): Figure {
  const counts = reachCounts(rows);
  return classBars({
    name: 'significant-views',
    title: 'Views called significantly better, and views on which any valid test could say so',
    dataOrigin: 'paper',
    abscissa: 'Comparison (S, B, AdaS, AdaB: EchoApex)',
    score: 'Views of 18',
    classes: counts.map(({ first, second }) => `${shortModel(first)} over ${shortModel(second)}`),
    models: [
      { model: 'called significant in the text', scores: counts.map(({ claimed }) => claimed) },
      { model: 'ahead by anything at all', scores: counts.map(({ ahead }) => ahead) },
      { model: 'p < 0.01 within reach of a valid test', scores: counts.map(({ withinReach }) => withinReach) },
    ],
    caption:
      'Recall, F1 and BACC give back how many of the 2,100 test sequences each model got right; within reach: the most favourable counts that fit the print give a one-sided exact paired p below 0.01.',
  });
}

function shortModel(model: string): string {
  return model.replace('EchoApex-', '');
}

function lessonFigure(rows: readonly CsvRow[], number: number): Figure {
  const { pair, cases, baccFirst, baccSecond, advantage } = rows[0]!;
  return drawsLesson({
    name: `draws-${number}-${pair!.replaceAll(' ', '-')}`,
    title: `Two classifiers that differ by ${pair}: one study, more and more bootstrap draws`,
    dataOrigin: 'none',
    draws: rows.map((row) => Number(row.draws)),
    threshold: PRIMARY_CHECK.alpha,
    series: [
      { name: 'published test, on the draws', log10P: rows.map((row) => Number(row.publishedLog10P)) },
      { name: 'valid test, on the cases', log10P: rows.map((row) => Math.log10(Number(row.validP))) },
    ],
    caption: `One simulated study of ${cases} cases; true accuracies differ by ${advantage}, balanced accuracies on the cases are ${Number(baccFirst).toFixed(4)} and ${Number(baccSecond).toFixed(4)}. Published: the p that infinitely many rearrangements approach. Dotted grey: ${PRIMARY_CHECK.alpha}.`,
  });
}

function ratesFigure(rows: readonly CsvRow[]): Figure {
  const all = pairRates(rows);
  const pairs = [...new Set(all.map(({ pair }) => pair))];
  const draws = [...new Set(all.filter(({ test }) => test === 'published').map((row) => row.draws))];
  const { studies, alpha } = all[0]!;
  const series = pairs.flatMap((pair) => {
    const of = (test: string) => all.filter((row) => row.pair === pair && row.test === test);
    const valid = of('valid')[0]!;
    return [
      { name: `${pair}: published`, points: of('published'), dashed: false },
      { name: `${pair}: valid`, points: draws.map(() => valid), dashed: true },
    ];
  });
  return curve({
    name: 'false-positive-rates',
    title: `How often p ≤ ${alpha}, over ${studies.toLocaleString('en-GB')} simulated studies of each pair`,
    dataOrigin: 'none',
    abscissa: 'Bootstrap draws',
    ordinate: 'Share of studies called significant',
    logarithmic: { x: true },
    levels: [{ name: `nominal ${alpha}`, y: alpha }],
    series: series.map(({ name, points, dashed }) => ({
      name,
      dashed,
      x: draws,
      y: points.map(({ rate }) => rate),
      interval: { low: points.map(({ low }) => low), high: points.map(({ high }) => high) },
    })),
    caption:
      'Two classifiers that differ by nothing should be called different in 1 study of 100. Bands: 95 % Wilson intervals. The valid test knows of no draws and is drawn flat.',
  });
}

function unitsFigure(rows: readonly CsvRow[]): Figure {
  const all = unitRatesOf(rows);
  const { studies, alpha, patients } = all[0]!;
  return curve({
    name: 'frames-or-patients',
    title: `Two equal models on ${patients} patients: how often p ≤ ${alpha} when frames count as observations`,
    dataOrigin: 'none',
    abscissa: 'Frames of each patient',
    ordinate: 'Share of studies called significant',
    levels: [{ name: `nominal ${alpha}`, y: alpha }],
    series: [...new Set(all.map(({ unit }) => unit))].map((unit, index) => {
      const points = all.filter((row) => row.unit === unit);
      return {
        name: unit,
        dashed: index > 0,
        x: points.map(({ framesPerPatient }) => framesPerPatient),
        y: points.map(({ rate }) => rate),
        interval: { low: points.map(({ low }) => low), high: points.map(({ high }) => high) },
      };
    }),
    caption: `${studies.toLocaleString('en-GB')} simulated studies a point; frames of one patient are correlated. Bands: 95 % Wilson intervals.`,
  });
}
