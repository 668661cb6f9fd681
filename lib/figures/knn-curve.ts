import { ArgumentError } from '../core/errors.js';
import { band } from './band.js';
import { type Figure, type FigureLabels, makeFigure, type Trace } from './make-figure.js';
import { COLOURS, seriesColour } from './palette.js';

/** One segment of pretraining: a data set and the KNN accuracies measured during it. */
export interface KnnSegment {
  /** E.g. `Echo12M (phantom analogue)`. */
  readonly name: string;
  /** Epochs or steps, increasing. */
  readonly at: readonly number[];
  /** Share of correct votes, 0 to 1; one a point of `at`. */
  readonly accuracy: readonly number[];
  /** Lower and upper end of an interval over seeds; drawn as a band. */
  readonly interval?: { readonly low: readonly number[]; readonly high: readonly number[] };
  /** Line drawn dotted: a comparison, e.g. another encoder. */
  readonly dotted?: boolean;
}

export interface KnnCurveInput extends FigureLabels {
  /** In the order of training: the first is blue, the one that continues from it orange, as in the paper. */
  readonly segments: readonly KnnSegment[];
  readonly unit: 'epoch' | 'step';
  /** Neighbours of the vote. */
  readonly k: number;
  /** The paper's accuracies, drawn as dashed lines. */
  readonly published?: readonly { readonly name: string; readonly accuracy: number }[];
}

/**
 * KNN accuracy during pretraining (paper Fig. 2, left).
 *
 * @throws {ArgumentError} if there is no segment or lengths differ
 */
export function knnCurve(input: KnnCurveInput): Figure {
  if (input.segments.length === 0) throw new ArgumentError('knnCurve: needs at least one segment, got none');
  const data: Trace[] = [];
  for (const [index, segment] of input.segments.entries()) data.push(...segmentTraces(segment, index, input.unit));
  const ends = input.segments.flatMap((segment) => segment.at);
  const range = [Math.min(...ends), Math.max(...ends)];
  for (const { name, accuracy } of input.published ?? []) {
    data.push({
      type: 'scatter',
      mode: 'lines',
      name,
      x: range,
      y: [accuracy * 100, accuracy * 100],
      line: { color: COLOURS.grey, width: 1.5, dash: 'dash' },
      hovertemplate: `${name}: %{y:.1f} %<extra></extra>`,
    });
  }
  const finals = input.segments.map(
    (segment) => `${segment.name} ends at ${((segment.accuracy.at(-1) ?? 0) * 100).toFixed(1)} %`,
  );
  return makeFigure(
    {
      name: input.name,
      title: input.title,
      dataOrigin: input.dataOrigin,
      caption: input.caption ?? `KNN accuracy (k = ${input.k}) during pretraining, one point a measurement.`,
      altText: `Line chart of KNN accuracy against ${input.unit}s. ${finals.join('; ')}.`,
    },
    data,
    {
      xaxis: { title: input.unit === 'epoch' ? 'Epoch' : 'Training step' },
      yaxis: { title: `KNN accuracy, k = ${input.k} (%)` },
      legendBelow: true,
    },
  );
}

function segmentTraces(segment: KnnSegment, index: number, unit: string): Trace[] {
  const { at, accuracy, interval } = segment;
  for (const series of [accuracy, interval?.low, interval?.high]) {
    if (series !== undefined && series.length !== at.length) {
      throw new ArgumentError(`knnCurve: ${segment.name} must have ${at.length} values, got ${series.length}`);
    }
  }
  const colour = seriesColour(index);
  const traces: Trace[] = [];
  if (interval !== undefined) {
    const percent = (values: readonly number[]): number[] => values.map((value) => value * 100);
    traces.push(band(at, percent(interval.low), percent(interval.high), colour));
  }
  traces.push({
    type: 'scatter',
    mode: 'lines+markers',
    name: segment.name,
    x: [...at],
    y: accuracy.map((value) => value * 100),
    line: { color: colour, width: 2.5, ...(segment.dotted ? { dash: 'dot' } : {}) },
    marker: { color: colour, size: 6 },
    hovertemplate: `${unit} %{x}: %{y:.1f} %<extra>${segment.name}</extra>`,
  });
  return traces;
}
