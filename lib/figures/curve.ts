import { ArgumentError, ShapeError } from '../core/errors.js';
import { band } from './band.js';
import { type Figure, type FigureLabels, makeFigure, type Trace } from './make-figure.js';
import { COLOURS, seriesColour } from './palette.js';

/** One line of a {@link curve}. */
export interface CurveSeries {
  readonly name: string;
  readonly x: readonly number[];
  readonly y: readonly number[];
  /** Drawn as a band. */
  readonly interval?: { readonly low: readonly number[]; readonly high: readonly number[] };
  readonly dashed?: boolean;
}

export interface CurveInput extends FigureLabels {
  readonly series: readonly CurveSeries[];
  /** Axis titles with units. */
  readonly abscissa: string;
  readonly ordinate: string;
  readonly logarithmic?: { readonly x?: boolean; readonly y?: boolean };
  /** Horizontal dashed lines, e.g. a test's nominal size. */
  readonly levels?: readonly { readonly name: string; readonly y: number }[];
}

/**
 * A quantity against another, with intervals and levels: power against patients, false positives against bootstrap draws, and the like.
 *
 * @throws {ArgumentError} if there is no series or a logarithmic axis gets a value <= 0
 * @throws {ShapeError} if a series' lengths differ
 */
export function curve(input: CurveInput): Figure {
  const { series, logarithmic = {} } = input;
  if (series.length === 0) throw new ArgumentError('curve: needs at least one series, got none');
  const data: Trace[] = [];
  for (const [index, { name, x, y, interval, dashed }] of series.entries()) {
    if ([y, interval?.low, interval?.high].some((list) => list !== undefined && list.length !== x.length)) {
      throw new ShapeError(`curve: ${name} must have ${x.length} values in every list, one for each x`);
    }
    if ((logarithmic.x && x.some((value) => !(value > 0))) || (logarithmic.y && y.some((value) => !(value > 0)))) {
      throw new ArgumentError(`curve: ${name} must be > 0 on a logarithmic axis; leave such points out`);
    }
    const colour = seriesColour(index);
    if (interval !== undefined) data.push(band(x, interval.low, interval.high, colour));
    data.push({
      type: 'scatter',
      mode: x.length > 60 ? 'lines' : 'lines+markers',
      name,
      x: [...x],
      y: [...y],
      line: { color: colour, width: 2.5, ...(dashed ? { dash: 'dash' } : {}) },
      marker: { color: colour, size: 6, symbol: ['circle', 'square', 'diamond', 'triangle-up'][index % 4] },
      hovertemplate: `%{x}: %{y:.4g}<extra>${name}</extra>`,
    });
  }
  const xs = series.flatMap(({ x }) => x);
  for (const { name, y } of input.levels ?? []) {
    data.push({
      type: 'scatter',
      mode: 'lines',
      name,
      x: [xs.reduce((a, b) => Math.min(a, b)), xs.reduce((a, b) => Math.max(a, b))],
      y: [y, y],
      line: { color: COLOURS.grey, width: 1.5, dash: 'dash' },
      hoverinfo: 'skip',
    });
  }
  const log = { type: 'log', exponentformat: 'power', minor: { ticks: 'outside', ticklen: 2 } };
  return makeFigure(
    {
      name: input.name,
      title: input.title,
      dataOrigin: input.dataOrigin,
      caption: input.caption ?? `${input.ordinate} against ${input.abscissa.toLowerCase()}.`,
      altText: `${input.ordinate} against ${input.abscissa}: ${series
        .map(({ name, y }) => `${name} from ${y[0]?.toPrecision(3)} to ${y.at(-1)?.toPrecision(3)}`)
        .join('; ')}.`,
    },
    data,
    {
      xaxis: {
        title: input.abscissa,
        ...(logarithmic.x ? { ...log, dtick: 1, ...(xs.every((x) => x >= 1) ? { tickformat: ',d' } : {}) } : {}),
      },
      yaxis: { title: input.ordinate, ...(logarithmic.y ? { ...log, dtick: 1 } : {}) },
      legendBelow: true,
    },
  );
}
