import { ArgumentError, ShapeError } from '../core/errors.js';
import { type Figure, type FigureLabels, type Layout, makeFigure } from './make-figure.js';
import { COLOURS, translucent } from './palette.js';

/** A level with its confidence interval, as the statistics room's Bland-Altman gives it. */
export interface AgreementLevel {
  readonly value: number;
  readonly interval?: readonly [number, number];
}

export interface BlandAltmanInput extends FigureLabels {
  readonly predicted: readonly number[];
  readonly truth: readonly number[];
  readonly bias: AgreementLevel;
  readonly lower: AgreementLevel;
  readonly upper: AgreementLevel;
  readonly quantity: string;
  readonly unit: string;
  readonly samples?: readonly string[];
}

/**
 * Bland-Altman plot: difference (predicted − true) against mean, with bias and limits of agreement.
 *
 * Source: Bland and Altman 1986. The levels are given, not computed here.
 *
 * @throws {ArgumentError} if there is no point
 * @throws {ShapeError} if lengths differ
 */
export function blandAltman(input: BlandAltmanInput): Figure {
  const { predicted, truth, unit, samples } = input;
  if (predicted.length === 0) throw new ArgumentError('blandAltman: needs at least one point, got none');
  if (predicted.length !== truth.length || (samples && samples.length !== truth.length)) {
    throw new ShapeError(
      `blandAltman: predicted, truth and samples must have equal lengths, got ${predicted.length} and ${truth.length}`,
    );
  }
  const means = predicted.map((value, index) => (value + (truth[index] as number)) / 2);
  const differences = predicted.map((value, index) => value - (truth[index] as number));
  const levels = [
    { ...input.upper, name: 'Upper limit', dash: 'dash' },
    { ...input.bias, name: 'Bias', dash: 'solid' },
    { ...input.lower, name: 'Lower limit', dash: 'dash' },
  ];
  const shapes: Layout[] = levels.flatMap(({ value, interval, dash }) => [
    ...(interval === undefined
      ? []
      : [
          {
            type: 'rect',
            xref: 'paper',
            x0: 0,
            x1: 1,
            y0: interval[0],
            y1: interval[1],
            fillcolor: translucent(COLOURS.vermilion, 0.12),
            line: { width: 0 },
            layer: 'below',
          },
        ]),
    {
      type: 'line',
      xref: 'paper',
      x0: 0,
      x1: 1,
      y0: value,
      y1: value,
      line: { color: COLOURS.vermilion, width: 1.5, dash },
    },
  ]);
  const annotations: Layout[] = levels.map(({ value, name }) => ({
    xref: 'paper',
    x: 1,
    xanchor: 'right',
    y: value,
    yanchor: 'bottom',
    yshift: 2,
    borderpad: 0,
    showarrow: false,
    bgcolor: 'rgba(255, 255, 255, 0.8)',
    text: `${name} ${value >= 0 ? '+' : '−'}${Math.abs(value).toFixed(2)} ${unit}`,
    font: { size: 12, color: '#8a3800' },
  }));
  return makeFigure(
    {
      name: input.name,
      title: input.title,
      dataOrigin: input.dataOrigin,
      caption:
        input.caption ??
        `Difference against mean of predicted and true ${input.quantity}, n = ${predicted.length}. Lines: bias and limits of agreement${input.bias.interval ? ', bands: their intervals' : ''}.`,
      altText: `Bland-Altman plot of ${input.quantity}, n = ${predicted.length}: bias ${input.bias.value.toFixed(2)} ${unit}, limits ${input.lower.value.toFixed(2)} to ${input.upper.value.toFixed(2)} ${unit}.`,
    },
    [
      {
        type: 'scatter',
        mode: 'markers',
        name: 'Samples',
        x: means,
        y: differences,
        ...(samples ? { text: [...samples] } : {}),
        marker: { color: COLOURS.blue, size: predicted.length > 500 ? 4 : 6, opacity: 0.6 },
        hovertemplate: `${samples ? '%{text}<br>' : ''}mean %{x:.1f} ${unit}<br>difference %{y:.1f} ${unit}<extra></extra>`,
        showlegend: false,
      },
    ],
    {
      xaxis: { title: `Mean of predicted and true ${input.quantity} (${unit})` },
      yaxis: { title: `Predicted − true (${unit})` },
      shapes,
      annotations,
      hovermode: 'closest',
    },
  );
}
