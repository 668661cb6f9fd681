import { ArgumentError } from '../core/errors.js';
import { type Figure, type FigureLabels, makeFigure } from './make-figure.js';
import { seriesColour } from './palette.js';

/** One group of values. */
export interface DistributionSeries {
  readonly name: string;
  readonly values: readonly number[];
}

export interface DistributionInput extends FigureLabels {
  readonly series: readonly DistributionSeries[];
  /** E.g. `LVEF (%)`. */
  readonly quantity: string;
  /** Width of a bin in the quantity's unit; default: a round width that gives about 25 bins. */
  readonly binWidth?: number;
  /** `percent` of the group (default; groups of different sizes compare) or `count`. */
  readonly height?: 'percent' | 'count';
}

/**
 * Histograms over common bins (paper Figs 5b and 6b).
 *
 * @throws {ArgumentError} if a group is empty or the bin width is not positive
 */
export function distribution(input: DistributionInput): Figure {
  if (input.series.length === 0) throw new ArgumentError('distribution: needs at least one group, got none');
  for (const { name, values } of input.series) {
    if (values.length === 0) throw new ArgumentError(`distribution: ${name} has no values; leave the group out`);
  }
  const values = input.series.flatMap((series) => series.values);
  const low = values.reduce((a, b) => Math.min(a, b));
  const high = values.reduce((a, b) => Math.max(a, b));
  const size = input.binWidth ?? roundWidth((high - low) / 25);
  if (!(size > 0)) throw new ArgumentError(`distribution: binWidth must be > 0, got ${size}`);
  const xbins = { start: Math.floor(low / size) * size, end: (Math.floor(high / size) + 1) * size, size };
  const percent = (input.height ?? 'percent') === 'percent';
  return makeFigure(
    {
      name: input.name,
      title: input.title,
      dataOrigin: input.dataOrigin,
      caption: input.caption ?? `Distribution of ${input.quantity}, bins of ${size}.`,
      altText: `Histogram of ${input.quantity}: ${input.series
        .map(
          ({ name, values: group }) =>
            `${name}, n = ${group.length}, mean ${(group.reduce((a, b) => a + b, 0) / group.length).toFixed(1)}`,
        )
        .join('; ')}.`,
    },
    input.series.map(({ name, values: group }, index) => ({
      type: 'histogram',
      name: `${name} (n = ${group.length})`,
      x: [...group],
      xbins,
      autobinx: false,
      ...(percent ? { histnorm: 'percent' } : {}),
      opacity: input.series.length > 1 ? 0.6 : 0.9,
      marker: { color: seriesColour(index), line: { color: '#ffffff', width: 0.5 } },
      hovertemplate: percent ? '%{x}: %{y:.1f} %' : '%{x}: %{y}',
    })),
    {
      plotHeight: 280,
      barmode: 'overlay',
      xaxis: { title: input.quantity },
      yaxis: { title: percent ? 'Share of the group (%)' : 'Count' },
      legendBelow: true,
    },
  );
}

/** The next of 1, 2, 2.5, 5 times a power of ten. */
function roundWidth(width: number): number {
  if (!(width > 0)) return 1;
  const power = 10 ** Math.floor(Math.log10(width));
  const factor = [1, 2, 2.5, 5, 10].find((step) => step * power >= width * 0.999) ?? 10;
  return factor * power;
}
