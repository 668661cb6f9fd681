import { ArgumentError, ShapeError } from '../core/errors.js';
import { type Figure, type FigureLabels, makeFigure, type Trace } from './make-figure.js';
import { COLOURS, seriesColour } from './palette.js';

/** One model's predictions beside the truth. */
export interface AgreementSeries {
  readonly name: string;
  readonly truth: readonly number[];
  readonly predicted: readonly number[];
  /** Added to the name in the legend, e.g. `MAE 5.6 %, R² 0.78`. */
  readonly summary?: string;
  /** One a point, shown on hovering. */
  readonly samples?: readonly string[];
}

export interface ScatterAgreementInput extends FigureLabels {
  readonly series: readonly AgreementSeries[];
  /** E.g. `ejection fraction`. */
  readonly quantity: string;
  /** E.g. `%`, `mm`. */
  readonly unit: string;
  /** Drawn as dotted lines on both axes, e.g. 50 for cardiomyopathy. */
  readonly threshold?: number;
}

/**
 * Predicted against true values with the line of identity (paper Figs 6c and 6e). Both axes have the same range and scale.
 *
 * @throws {ArgumentError} if there is no series or no point
 * @throws {ShapeError} if a series' lengths differ
 */
export function scatterAgreement(input: ScatterAgreementInput): Figure {
  const values = input.series.flatMap(({ truth, predicted }) => [...truth, ...predicted]);
  if (values.length === 0) throw new ArgumentError('scatterAgreement: needs at least one point, got none');
  const low = values.reduce((a, b) => Math.min(a, b));
  const high = values.reduce((a, b) => Math.max(a, b));
  const pad = (high - low || 1) * 0.05;
  const range = [low - pad, high + pad];
  const many = values.length > 1000;
  const data: Trace[] = [
    line('Identity', range, range, COLOURS.grey, 'dash'),
    ...input.series.map((series, index): Trace => {
      const { name, truth, predicted, samples } = series;
      if (truth.length !== predicted.length || (samples && samples.length !== truth.length)) {
        throw new ShapeError(`scatterAgreement: ${name} must have one prediction (and sample) a true value`);
      }
      return {
        type: 'scatter',
        mode: 'markers',
        name: series.summary === undefined ? name : `${name}: ${series.summary}`,
        x: [...truth],
        y: [...predicted],
        ...(samples ? { text: [...samples] } : {}),
        marker: {
          color: seriesColour(index),
          symbol: ['circle', 'diamond', 'square'][index % 3],
          size: many ? 4 : 6,
          opacity: many ? 0.45 : 0.65,
        },
        hovertemplate: `${samples ? '%{text}<br>' : ''}true %{x:.1f} ${input.unit}<br>predicted %{y:.1f} ${input.unit}<extra>${name}</extra>`,
      };
    }),
  ];
  const cut = { type: 'line', line: { color: '#555555', width: 1, dash: 'dot' } };
  const axis = { range, constrain: 'domain' };
  return makeFigure(
    {
      name: input.name,
      title: input.title,
      dataOrigin: input.dataOrigin,
      caption:
        input.caption ??
        `Predicted against true ${input.quantity}, n = ${input.series[0]?.truth.length}.${input.threshold === undefined ? '' : ` Dotted: ${input.threshold} ${input.unit}.`}`,
      altText: `Scatter of predicted against true ${input.quantity}: ${input.series
        .map(({ name, truth, summary }) => `${name}, n = ${truth.length}${summary ? `, ${summary}` : ''}`)
        .join('; ')}.`,
    },
    data,
    {
      plotHeight: 420,
      xaxis: { ...axis, title: `True ${input.quantity} (${input.unit})` },
      yaxis: { ...axis, title: `Predicted ${input.quantity} (${input.unit})`, scaleanchor: 'x' },
      hovermode: 'closest',
      legendBelow: true,
      ...(input.threshold === undefined
        ? {}
        : {
            shapes: [
              { ...cut, x0: input.threshold, x1: input.threshold, y0: range[0], y1: range[1] },
              { ...cut, x0: range[0], x1: range[1], y0: input.threshold, y1: input.threshold },
            ],
          }),
      phone: { plotHeight: 310 },
    },
  );
}

function line(name: string, x: readonly number[], y: readonly number[], color: string, dash: string): Trace {
  return { type: 'scatter', mode: 'lines', name, x, y, line: { color, width: 1.5, dash }, hoverinfo: 'skip' };
}
