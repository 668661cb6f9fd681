import { ArgumentError, ShapeError } from '../core/errors.js';
import { type Figure, type FigureLabels, makeFigure } from './make-figure.js';
import { SEQUENTIAL_SCALE } from './palette.js';

export interface ConfusionMatrixInput extends FigureLabels {
  readonly classes: readonly string[];
  /** `[true class][predicted class]`, numbers of sequences. */
  readonly counts: readonly (readonly number[])[];
  /** `share`: percent of the true class, as in the paper (default); `count`: the numbers themselves. Colour is always the share. */
  readonly cells?: 'share' | 'count';
}

/**
 * Confusion matrix (paper Fig. 3b): rows are true, columns predicted; a row's shares sum to 100 %.
 *
 * Cells under 0.5 % stay blank; a class without samples has a blank row.
 *
 * @throws {ShapeError} if counts is not square in the number of classes
 * @throws {ArgumentError} if a count is negative or there is no class
 */
export function confusionMatrix(input: ConfusionMatrixInput): Figure {
  const { classes, counts } = input;
  const n = classes.length;
  if (n === 0) throw new ArgumentError('confusionMatrix: needs at least one class, got none');
  if (counts.length !== n || counts.some((row) => row.length !== n)) {
    throw new ShapeError(
      `confusionMatrix: counts must be ${n} x ${n}, got ${counts.length} rows of ${counts[0]?.length}`,
    );
  }
  if (counts.flat().some((count) => !(count >= 0))) {
    throw new ArgumentError('confusionMatrix: counts must be >= 0, got a negative or missing one');
  }
  const totals = counts.map((row) => row.reduce((sum, count) => sum + count, 0));
  const percent = counts.map((row, index) => row.map((count) => (totals[index] ? (100 * count) / totals[index] : 0)));
  const shown = input.cells ?? 'share';
  const text = counts.map((row, r) =>
    row.map((count, c) => {
      const share = percent[r]?.[c] ?? 0;
      if (shown === 'count') return count > 0 ? String(count) : '';
      return share >= 0.5 ? share.toFixed(0) : '';
    }),
  );
  const all = totals.reduce((sum, total) => sum + total, 0);
  const right = counts.reduce((sum, row, index) => sum + (row[index] ?? 0), 0);
  const size = n > 12 ? 11 : 13;
  const colours = { colorscale: SEQUENTIAL_SCALE, cmin: 0, cmax: 100 };
  const axis = { type: 'category', showgrid: false, showline: false, ticks: '', tickfont: { size: n > 12 ? 12 : 13 } };
  return makeFigure(
    {
      name: input.name,
      title: input.title,
      dataOrigin: input.dataOrigin,
      caption:
        input.caption ??
        `Rows: true class; columns: predicted. Colour: percent of the row; numbers: ${shown === 'share' ? 'the same' : 'samples'}. n = ${all}.`,
      altText: `Confusion matrix of ${n} classes, ${all} samples, ${right} on the diagonal. ${worst(classes, percent)}`,
    },
    [
      {
        type: 'heatmap',
        x: [...classes],
        y: [...classes],
        z: percent,
        text,
        customdata: counts,
        xgap: 1,
        ygap: 1,
        coloraxis: 'coloraxis',
        texttemplate: '%{text}',
        textfont: { size },
        hovertemplate: 'true %{y}<br>predicted %{x}<br>%{customdata} (%{z:.1f} % of the row)<extra></extra>',
      },
    ],
    {
      plotHeight: Math.max(260, Math.min(560, n * 31)),
      axisHeight: 48,
      plot_bgcolor: '#e4e9ed',
      coloraxis: {
        ...colours,
        colorbar: {
          title: { text: '% of row', side: 'right' },
          thickness: 12,
          len: 0.6,
          outlinewidth: 0,
          tickfont: { size: 12 },
        },
      },
      xaxis: { ...axis, title: 'Predicted', tickangle: n > 6 ? -90 : 0 },
      yaxis: { ...axis, title: 'True', autorange: 'reversed' },
      phone: {
        plotHeight: Math.max(220, Math.min(330, n * 22)),
        coloraxis: { ...colours, showscale: false },
        xaxis: { ...axis, title: 'Predicted', tickangle: -90, tickfont: { size: n > 12 ? 9 : 11 } },
        yaxis: { ...axis, title: 'True', autorange: 'reversed', tickfont: { size: n > 12 ? 9 : 11 } },
      },
    },
  );
}

function worst(classes: readonly string[], percent: readonly (readonly number[])[]): string {
  let found = { share: 0, from: '', to: '' };
  for (const [r, row] of percent.entries()) {
    for (const [c, share] of row.entries()) {
      if (r !== c && share > found.share) found = { share, from: classes[r] ?? '', to: classes[c] ?? '' };
    }
  }
  return found.share === 0
    ? 'There is no confusion.'
    : `The most frequent confusion: ${found.share.toFixed(0)} % of ${found.from} predicted as ${found.to}.`;
}
