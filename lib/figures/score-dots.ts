import { ArgumentError } from '../core/errors.js';
import { textWidth } from './font.js';
import { type Figure, type FigureLabels, type FigureLayout, makeFigure, type Trace } from './make-figure.js';
import { COLOURS, seriesColour } from './palette.js';

/** One score with its interval. */
export interface ScoreDot {
  /** One of the figure's rows. */
  readonly row: string;
  readonly value: number;
  /** Ends of the interval, where there is one. */
  readonly low?: number;
  readonly high?: number;
}

/** The scores of one model; rows that it has none of are left out. */
export interface ScoreDotSeries {
  readonly name: string;
  readonly dots: readonly ScoreDot[];
  /** True: another study's values, drawn hollow, in the colour of the series `of` if given. */
  readonly published?: boolean;
  readonly of?: string;
}

export interface ScoreDotsInput extends FigureLabels {
  /** From top to bottom. */
  readonly rows: readonly string[];
  readonly series: readonly ScoreDotSeries[];
  /** E.g. `Dice`. */
  readonly score: string;
  /** What the rows are, e.g. `Target`. */
  readonly ordinate: string;
  /** What the whiskers are, e.g. `95 % intervals over patients`. */
  readonly whiskers: string;
}

/**
 * Scores with intervals, a row a target and a mark a model: for comparisons in which not every model has every target.
 *
 * @throws {ArgumentError} if there is nothing to draw or a dot names no row
 */
export function scoreDots(input: ScoreDotsInput): Figure {
  const { rows, series } = input;
  if (rows.length === 0 || series.every(({ dots }) => dots.length === 0)) {
    throw new ArgumentError('scoreDots: needs rows and dots, got none');
  }
  const own = series.filter(({ published }) => !published);
  const slot = Math.min(0.17, 0.76 / Math.max(1, own.length));
  const place = (name: string): number => own.findIndex((each) => each.name === name);
  const data = series.map((one, index): Trace => {
    const partner = one.published ? place(one.of ?? '') : place(one.name);
    const colour = partner >= 0 ? seriesColour(partner) : COLOURS.grey;
    const shift = partner >= 0 ? (partner - (own.length - 1) / 2) * slot : 0;
    const missing = one.dots.find(({ row }) => !rows.includes(row));
    if (missing) throw new ArgumentError(`scoreDots: ${one.name}: ${missing.row} is not a row`);
    const whiskered = one.dots.some(({ low }) => low !== undefined);
    const symbol = ['circle', 'square', 'diamond', 'triangle-up', 'cross'][Math.max(0, partner) % 5]!;
    return {
      type: 'scatter',
      mode: 'markers',
      name: one.name,
      x: one.dots.map(({ value }) => value),
      y: one.dots.map(({ row }) => rows.indexOf(row) + shift),
      text: one.dots.map(({ row }) => row),
      marker: one.published
        ? { color: '#ffffff', size: 8, symbol, line: { color: colour, width: 1.6 } }
        : { color: colour, size: 8, symbol },
      hovertemplate: `%{text}: %{x:.3f}<extra>${one.name}</extra>`,
      ...(whiskered && {
        error_x: {
          type: 'data',
          symmetric: false,
          array: one.dots.map(({ value, high }) => Math.max(0, (high ?? value) - value)),
          arrayminus: one.dots.map(({ value, low }) => Math.max(0, value - (low ?? value))),
          color: colour,
          thickness: 1.3,
          width: 3,
        },
      }),
      zorder: index,
    };
  });
  const all = series.flatMap(({ dots }) =>
    dots.flatMap(({ value, low, high }) => [value, low ?? value, high ?? value]),
  );
  const [lowest, highest] = [Math.min(...all), Math.max(...all)];
  const margin = 0.04 * (highest - lowest || 1);
  const axis = (size: number): FigureLayout => ({
    yaxis: {
      title: input.ordinate,
      tickvals: rows.map((_row, index) => index),
      ticktext: [...rows],
      tickfont: { size },
      range: [rows.length - 0.45, -0.55],
      showgrid: true,
    },
  });
  const widest = Math.max(...rows.map((row) => textWidth(row, { size: 12 })));
  return makeFigure(
    {
      name: input.name,
      title: input.title,
      dataOrigin: input.dataOrigin,
      caption:
        input.caption ??
        `${input.score} of ${rows.length} rows. Whiskers: ${input.whiskers}.${series.some(({ published }) => published) ? ' Hollow: published.' : ''}`,
      altText: `${input.score}: ${series
        .map(({ name, dots }) => `${name} ${dots.map(({ row, value }) => `${row} ${value.toFixed(3)}`).join(', ')}`)
        .join('; ')}.`,
    },
    data,
    {
      plotHeight: Math.max(180, rows.length * Math.max(26, 9 * own.length + 8)),
      xaxis: { title: input.score, range: [lowest - margin, highest + margin] },
      ...axis(widest > 150 ? 11 : 12),
      hovermode: 'closest',
      legendBelow: true,
      phone: axis(9),
    },
  );
}
