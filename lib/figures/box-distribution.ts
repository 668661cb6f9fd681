import { ArgumentError } from '../core/errors.js';
import { type Figure, type FigureLabels, type Layout, makeFigure, type Trace } from './make-figure.js';
import { seriesColour } from './palette.js';

/** One model's errors, by measurement. */
export interface BoxSeries {
  readonly name: string;
  /** As long as `groups`; each the values of one group. */
  readonly values: readonly (readonly number[])[];
}

export interface BoxDistributionInput extends FigureLabels {
  /** E.g. `IVS`, `LVID`, `LVPW`. */
  readonly groups: readonly string[];
  readonly series: readonly BoxSeries[];
  /** E.g. `Landmark error (mm)`. */
  readonly quantity: string;
  /** `box` (default) or `violin`. */
  readonly marks?: 'box' | 'violin';
  /** Text over a group, `''` for none, e.g. `p < 0.01`. */
  readonly tests?: readonly string[];
  /** What was tested, e.g. `one-sided paired t-test, unit: patient`. Needed with `tests`. */
  readonly testsMean?: string;
}

/**
 * Distributions of errors a measurement and model, with tests over them (paper Figs 5c to 5f).
 *
 * Box: quartiles; line: median; dashed: mean; whiskers: 1.5 interquartile ranges; points: beyond.
 *
 * @throws {ArgumentError} if a series does not have one non-empty list a group, or tests come without their meaning
 */
export function boxDistribution(input: BoxDistributionInput): Figure {
  const { groups, series, tests } = input;
  if (series.length === 0) throw new ArgumentError('boxDistribution: needs at least one series, got none');
  if ((tests === undefined) !== (input.testsMean === undefined)) {
    throw new ArgumentError('boxDistribution: tests and testsMean go together; say what was tested');
  }
  for (const { name, values } of series) {
    if (values.length !== groups.length || values.some((list) => list.length === 0)) {
      throw new ArgumentError(`boxDistribution: ${name} must have values for each of ${groups.join(', ')}`);
    }
  }
  const violin = input.marks === 'violin';
  const data = series.map(({ name, values }, index): Trace => {
    const colour = seriesColour(index);
    const common = {
      name,
      x: values.flatMap((list, group) => list.map(() => groups[group] as string)),
      y: values.flat(),
      fillcolor: `${colour}40`,
      line: { color: colour, width: 1.5 },
      marker: { color: colour, size: 4, opacity: 0.7 },
      offsetgroup: String(index),
    };
    return violin
      ? {
          type: 'violin',
          ...common,
          points: false,
          box: { visible: true, width: 0.2 },
          meanline: { visible: true },
          spanmode: 'hard',
        }
      : { type: 'box', ...common, boxmean: true, boxpoints: 'outliers' };
  });
  const peaks = groups.map((_group, index) =>
    series.reduce(
      (peak, { values }) => (values[index] as readonly number[]).reduce((a, b) => Math.max(a, b), peak),
      Number.NEGATIVE_INFINITY,
    ),
  );
  const annotations: Layout[] = (tests ?? []).flatMap((text, group) =>
    text === ''
      ? []
      : [
          {
            x: groups[group],
            y: peaks[group],
            text,
            showarrow: false,
            yanchor: 'bottom',
            yshift: 4,
            borderpad: 0,
            font: { size: 13 },
          },
        ],
  );
  const what = violin
    ? 'Violins: density'
    : 'Boxes: quartiles, line: median, dashed: mean, whiskers: 1.5 interquartile ranges';
  return makeFigure(
    {
      name: input.name,
      title: input.title,
      dataOrigin: input.dataOrigin,
      caption: `${input.caption ?? `${input.quantity}. ${what}.`}${input.testsMean ? ` Tests: ${input.testsMean}.` : ''}`,
      altText: `${input.quantity} by ${groups.join(', ')}: ${series
        .map(
          ({ name, values }) =>
            `${name}, means ${values.map((list) => (list.reduce((a, b) => a + b, 0) / list.length).toFixed(2)).join(', ')}`,
        )
        .join('; ')}.`,
    },
    data,
    {
      xaxis: {
        title: 'Measurement',
        type: 'category',
        categoryorder: 'array',
        categoryarray: [...groups],
        showgrid: false,
      },
      yaxis: { title: input.quantity, rangemode: 'tozero' },
      boxmode: 'group',
      violinmode: 'group',
      annotations,
      legendBelow: true,
    },
  );
}
