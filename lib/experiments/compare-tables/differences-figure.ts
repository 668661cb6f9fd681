import { type Figure, type FigureLabels, makeFigure } from '../../figures/figure.js';
import { COLOURS } from '../../figures/palette.js';
import type { ComparedRow } from './comparison.js';

/** Differences of two classifiers with their intervals, a class a line, the mean last. */
export function differencesFigure(rows: readonly ComparedRow[], labels: FigureLabels): Figure {
  const shown = [...rows].reverse();
  const names = shown.map(({ name }) => name);
  return makeFigure(
    {
      ...labels,
      caption: labels.caption ?? 'Difference of balanced accuracy with its 95 % bootstrap interval, a class a line.',
      altText: `Differences of ${rows.length} balanced accuracies: ${rows
        .map(
          ({ name, difference, low, high }) =>
            `${name} ${difference.toFixed(3)} (${low.toFixed(3)} to ${high.toFixed(3)})`,
        )
        .join('; ')}.`,
    },
    [
      {
        type: 'scatter',
        mode: 'markers',
        name: 'difference',
        showlegend: false,
        x: shown.map(({ difference }) => difference),
        y: names,
        error_x: {
          type: 'data',
          symmetric: false,
          array: shown.map(({ difference, high }) => high - difference),
          arrayminus: shown.map(({ difference, low }) => difference - low),
          color: COLOURS.blue,
          thickness: 1.5,
          width: 4,
        },
        marker: {
          color: COLOURS.blue,
          size: 9,
          symbol: names.map((name) => (name === 'mean' ? 'diamond' : 'circle')),
        },
        hovertemplate: '%{y}: %{x:.4f}<extra></extra>',
      },
    ],
    {
      plotHeight: Math.max(140, 24 * shown.length + 30),
      xaxis: { title: 'Difference of balanced accuracy', zeroline: true, zerolinecolor: '#777777' },
      yaxis: {
        title: 'Class',
        type: 'category',
        categoryorder: 'array',
        categoryarray: names,
        range: [-0.7, names.length - 0.3],
      },
      hovermode: 'closest',
    },
  );
}
