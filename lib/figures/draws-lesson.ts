import { ArgumentError, ShapeError } from '../core/errors.js';
import { type Figure, type FigureLabels, makeFigure, type Trace } from './make-figure.js';
import { COLOURS, seriesColour } from './palette.js';

/** One test's p-value as the number of bootstrap draws grows. */
export interface DrawsSeries {
  readonly name: string;
  /** log10 of p, one for each number of draws; finite however small p is. */
  readonly log10P: readonly number[];
}

export interface DrawsLessonInput extends FigureLabels {
  /** Numbers of bootstrap draws, increasing; one stop of the slider each. */
  readonly draws: readonly number[];
  readonly series: readonly DrawsSeries[];
  /** The threshold fixed before the run, e.g. 0.01. */
  readonly threshold: number;
}

/**
 * The lesson of notebook 06: two classifiers and more and more bootstrap draws. A test on the draws falls without limit, a test on the
 * patients stays where it was. A slider moves along the draws; the static drawing shows the last stop.
 *
 * @throws {ArgumentError} if there are no draws or series
 * @throws {ShapeError} if a series does not have one value a number of draws
 */
export function drawsLesson(input: DrawsLessonInput): Figure {
  const { draws, series } = input;
  if (draws.length === 0 || series.length === 0)
    throw new ArgumentError('drawsLesson: needs draws and tests, got none');
  for (const { name, log10P } of series) {
    if (log10P.length !== draws.length) {
      throw new ShapeError(`drawsLesson: ${name} must have ${draws.length} values, got ${log10P.length}`);
    }
  }
  const last = draws.length - 1;
  const lines = series.map(
    ({ name, log10P }, index): Trace => ({
      type: 'scatter',
      mode: 'lines',
      name,
      x: [...draws],
      y: [...log10P],
      line: { color: seriesColour(index), width: 2.5, dash: index === 0 ? 'solid' : 'dash' },
      hovertemplate: `%{x} draws: p = 10<sup>%{y:.1f}</sup><extra>${name}</extra>`,
    }),
  );
  const points = (at: number): { x: (number | undefined)[]; y: (number | undefined)[] } => ({
    x: series.map(() => draws[at]),
    y: series.map(({ log10P }) => log10P[at]),
  });
  const words = (at: number): string =>
    [
      `<b>${grouped(draws[at] as number)} draws</b>`,
      ...series.map(({ name, log10P }) => `p = ${pText(log10P[at] as number)}: ${name}`),
    ].join('<br>');
  const lowest = Math.min(Math.log10(input.threshold), ...series.flatMap(({ log10P }) => log10P));
  const level = Math.log10(input.threshold);
  return makeFigure(
    {
      name: input.name,
      title: input.title,
      dataOrigin: input.dataOrigin,
      caption:
        input.caption ??
        `p-values of two tests of the same two classifiers as the number of bootstrap draws grows; dashed grey: ${input.threshold}.`,
      altText: `p-values against bootstrap draws, from ${draws[0]} to ${draws[last]} draws: ${series
        .map(({ name, log10P }) => `${name} from ${pText(log10P[0] as number)} to ${pText(log10P[last] as number)}`)
        .join('; ')}.`,
    },
    [
      ...lines,
      {
        type: 'scatter',
        mode: 'markers',
        ...points(last),
        cliponaxis: false,
        marker: {
          size: 12,
          color: series.map((_series, index) => seriesColour(index)),
          line: { color: '#222222', width: 2 },
        },
        hoverinfo: 'skip',
        showlegend: false,
      },
      {
        type: 'scatter',
        mode: 'lines',
        name: `p = ${input.threshold}`,
        x: [draws[0], draws[last]],
        y: [level, level],
        line: { color: COLOURS.grey, width: 1.5, dash: 'dot' },
        hoverinfo: 'skip',
      },
    ],
    {
      xaxis: { title: 'Bootstrap draws', type: 'log', exponentformat: 'none', tickformat: ',d', dtick: 1 },
      yaxis: { title: 'log₁₀ of the p-value', range: [lowest * 1.06, -lowest * 0.06] },
      legendBelow: true,
      extraTop: (series.length + 1) * 16 + 6,
      annotations: [
        {
          text: words(last),
          xref: 'paper',
          yref: 'paper',
          x: 0,
          y: 1,
          xanchor: 'left',
          yanchor: 'bottom',
          align: 'left',
          yshift: 4,
          borderpad: 0,
          showarrow: false,
          font: { size: 12 },
        },
      ],
      sliders: [
        {
          active: last,
          currentvalue: { prefix: 'Bootstrap draws: ', font: { size: 14 } },
          steps: draws.map((count, at) => ({
            label: grouped(count),
            method: 'update',
            args: [{ x: [points(at).x], y: [points(at).y] }, { 'annotations[0].text': words(at) }, [series.length]],
          })),
        },
      ],
    },
  );
}

/** `0.31`, `0.0042` or `4.0e−13`, however small. */
function pText(log10P: number): string {
  if (log10P > -3) return (10 ** log10P).toPrecision(2);
  const exponent = Math.floor(log10P);
  return `${(10 ** (log10P - exponent)).toFixed(1)}e−${-exponent}`;
}

/** `10,000`. */
function grouped(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, ',');
}
