import { ArgumentError, ShapeError } from '../core/errors.js';
import { type Figure, type FigureLabels, makeFigure, type Trace } from './make-figure.js';
import { COLOURS, seriesColour } from './palette.js';

/** One classifier's curve, as `rocCurve` of the statistics room gives it. */
export interface RocSeries {
  readonly name: string;
  /** From 0 to 1, not decreasing. */
  readonly falsePositiveRate: readonly number[];
  readonly truePositiveRate: readonly number[];
  readonly auc: number;
  /** Confidence interval of the AUC. */
  readonly interval?: readonly [number, number];
}

export interface RocFigureInput extends FigureLabels {
  readonly series: readonly RocSeries[];
  /** What is detected, e.g. `ejection fraction < 50 %`. */
  readonly condition: string;
}

/**
 * Receiver operating characteristic (paper Figs 6d and 6f).
 *
 * @throws {ArgumentError} if there is no series
 * @throws {ShapeError} if a series' lengths differ
 */
export function rocFigure(input: RocFigureInput): Figure {
  if (input.series.length === 0) throw new ArgumentError('rocFigure: needs at least one series, got none');
  const data: Trace[] = input.series.map((series, index) => {
    const { name, falsePositiveRate, truePositiveRate } = series;
    if (falsePositiveRate.length !== truePositiveRate.length) {
      throw new ShapeError(`rocFigure: ${name} must have as many true as false positive rates`);
    }
    return {
      type: 'scatter',
      mode: 'lines',
      name: `${name}, ${aucText(series)}`,
      x: [...falsePositiveRate],
      y: [...truePositiveRate],
      line: { color: seriesColour(index), width: 2.5, shape: 'linear' },
      hovertemplate: `false positives %{x:.3f}<br>true positives %{y:.3f}<extra>${name}</extra>`,
    };
  });
  data.push({
    type: 'scatter',
    mode: 'lines',
    name: 'Chance',
    x: [0, 1],
    y: [0, 1],
    line: { color: COLOURS.grey, width: 1.5, dash: 'dash' },
    hoverinfo: 'skip',
  });
  const axis = { range: [-0.01, 1.01], dtick: 0.2, constrain: 'domain' };
  return makeFigure(
    {
      name: input.name,
      title: input.title,
      dataOrigin: input.dataOrigin,
      caption: input.caption ?? `ROC of detecting ${input.condition}; AUC: area under the curve.`,
      altText: `ROC curves of detecting ${input.condition}: ${input.series.map((series) => `${series.name}, ${aucText(series)}`).join('; ')}.`,
    },
    data,
    {
      plotHeight: 420,
      xaxis: { ...axis, title: 'False positive rate (1 − specificity)' },
      yaxis: { ...axis, title: 'True positive rate (sensitivity)', scaleanchor: 'x' },
      legendBelow: true,
      phone: { plotHeight: 310 },
    },
  );
}

function aucText({ auc, interval }: RocSeries): string {
  const range = interval === undefined ? '' : ` (${interval[0].toFixed(2)} to ${interval[1].toFixed(2)})`;
  return `AUC ${auc.toFixed(2)}${range}`;
}
