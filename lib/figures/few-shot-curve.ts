import { ArgumentError, ShapeError } from '../core/errors.js';
import { band } from './band.js';
import { type Figure, type FigureLabels, makeFigure, type Trace } from './make-figure.js';
import { seriesColour } from './palette.js';

/** One model's score against the number of labelled samples. */
export interface FewShotSeries {
  readonly name: string;
  /** Numbers of training samples (or percent of them), increasing, > 0. */
  readonly samples: readonly number[];
  readonly mean: readonly number[];
  /** Standard deviation over draws or seeds. */
  readonly deviation: readonly number[];
  /** Another study's values: drawn dashed. */
  readonly published?: boolean;
}

export interface FewShotCurveInput extends FigureLabels {
  readonly series: readonly FewShotSeries[];
  /** E.g. `Dice`. */
  readonly score: string;
  /** E.g. `Training images` or `Labels used (%)`. */
  readonly abscissa: string;
  /** What the band is, e.g. `one standard deviation over 5 draws`. */
  readonly spread: string;
}

/**
 * Score against the number of labelled samples, mean and deviation (paper Fig. 4d). The abscissa is logarithmic.
 *
 * @throws {ArgumentError} if there is no series or a number of samples is not positive
 * @throws {ShapeError} if lengths differ
 */
export function fewShotCurve(input: FewShotCurveInput): Figure {
  if (input.series.length === 0) throw new ArgumentError('fewShotCurve: needs at least one series, got none');
  const data: Trace[] = [];
  for (const [index, series] of input.series.entries()) {
    const { name, samples, mean, deviation } = series;
    if (mean.length !== samples.length || deviation.length !== samples.length) {
      throw new ShapeError(`fewShotCurve: ${name} must have ${samples.length} means and deviations`);
    }
    if (samples.some((count) => !(count > 0))) {
      throw new ArgumentError(`fewShotCurve: ${name}: numbers of samples must be > 0 on a logarithmic axis`);
    }
    const colour = seriesColour(index);
    const low = mean.map((value, i) => value - (deviation[i] as number));
    const high = mean.map((value, i) => value + (deviation[i] as number));
    data.push(band(samples, low, high, colour), {
      type: 'scatter',
      mode: 'lines+markers',
      name,
      x: [...samples],
      y: [...mean],
      customdata: [...deviation],
      line: { color: colour, width: 2.5, ...(series.published ? { dash: 'dash' } : {}) },
      marker: { color: colour, size: 7 },
      hovertemplate: `%{x}: %{y:.3f} ± %{customdata:.3f}<extra>${name}</extra>`,
    });
  }
  const ticks = [...new Set(input.series.flatMap((series) => series.samples))].sort((a, b) => a - b);
  return makeFigure(
    {
      name: input.name,
      title: input.title,
      dataOrigin: input.dataOrigin,
      caption: input.caption ?? `Line: mean ${input.score}; band: ${input.spread}.`,
      altText: `${input.score} against ${input.abscissa.toLowerCase()} for ${input.series
        .map(
          ({ name, mean, samples }) =>
            `${name} (${mean[0]?.toFixed(3)} at ${samples[0]}, ${mean.at(-1)?.toFixed(3)} at ${samples.at(-1)})`,
        )
        .join(', ')}.`,
    },
    data,
    {
      xaxis: { title: input.abscissa, type: 'log', tickvals: ticks, ticktext: ticks.map(String) },
      yaxis: { title: input.score },
      legendBelow: true,
    },
  );
}
