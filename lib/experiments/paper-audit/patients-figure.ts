import type { CsvRow } from '../../core/csv.js';
import { type Figure, type FigureLabels, makeFigure, type Trace } from '../../figures/figure.js';
import { COLOURS } from '../../figures/palette.js';

/** Patients that each comparison needs (circles) beside those it was tested on (diamonds), on a logarithmic axis. */
export function patientsFigure(power: readonly CsvRow[], labels: FigureLabels): Figure {
  const shown = power
    .filter(({ patientsNeeded }) => patientsNeeded !== '')
    .sort((a, b) => Number(b.patientsNeeded) - Number(a.patientsNeeded));
  const names = shown.map(({ comparison }) => shortName(comparison!));
  const tested = shown.flatMap((row, index) =>
    row.patientsTested === '' ? [] : [{ name: names[index]!, patients: Number(row.patientsTested) }],
  );
  const needed = shown.map(({ patientsNeeded }) => Number(patientsNeeded));
  const marks = (name: string, y: readonly string[], x: readonly number[], marker: object): Trace => ({
    type: 'scatter',
    mode: 'markers',
    name,
    y: [...y],
    x: [...x],
    marker,
    hovertemplate: `%{y}: %{x:,d}<extra>${name}</extra>`,
  });
  const axis = { title: '', visible: true, showticklabels: true };
  return makeFigure(
    {
      ...labels,
      caption:
        labels.caption ??
        `Patients needed for ${shown.length} comparisons whose tables favour EchoApex; tested patients where the paper gives a count.`,
      altText: `Patients needed for ${shown.length} comparisons, from ${Math.min(...needed)} to ${Math.max(...needed)}.`,
    },
    [
      marks('patients needed', names, needed, { color: COLOURS.blue, size: 9, symbol: 'circle' }),
      marks(
        'patients tested',
        tested.map(({ name }) => name),
        tested.map(({ patients }) => patients),
        { color: COLOURS.orange, size: 9, symbol: 'diamond' },
      ),
    ],
    {
      plotHeight: 19 * shown.length + 20,
      xaxis: { title: 'Patients', type: 'log', dtick: 1, tickformat: ',d', range: [0.9, 4.1] },
      yaxis: {
        ...axis,
        title: 'Comparison',
        type: 'category',
        categoryorder: 'array',
        categoryarray: names,
        tickfont: { size: 11 },
        range: [-0.7, names.length - 0.3],
      },
      hovermode: 'closest',
      legendBelow: true,
      phone: {
        yaxis: {
          ...axis,
          title: 'Comparison',
          type: 'category',
          categoryorder: 'array',
          categoryarray: names,
          tickfont: { size: 9 },
          range: [-0.7, names.length - 0.3],
        },
      },
    },
  );
}

/** `recall of A2C, EchoApex-S over ResNet50-IN` without the two models. */
export function shortName(comparison: string): string {
  return comparison.slice(0, comparison.lastIndexOf(', '));
}

/** The two models of a comparison: `EchoApex-S over ResNet50-IN`. */
export function modelsOf(comparison: string): string {
  return comparison.slice(comparison.lastIndexOf(', ') + 2);
}
