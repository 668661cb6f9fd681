import { ArgumentError } from '../core/errors.js';
import { textWidth } from './font.js';
import { type Figure, type FigureLabels, makeFigure, type Trace } from './make-figure.js';
import { COLOURS } from './palette.js';

/** What two tests say of one class. */
export interface PValuePair {
  readonly name: string;
  /** p of each test, in the order of `tests`; in (0, 1]. */
  readonly p: readonly [number, number];
}

export interface PValuePairsInput extends FigureLabels {
  readonly classes: readonly PValuePair[];
  /** Names of the two tests. */
  readonly tests: readonly [string, string];
  /** Threshold, drawn as a line. */
  readonly alpha: number;
  /** What the classes are; default `Class`. */
  readonly abscissa?: string;
}

/**
 * The p-values of two tests for every class, joined by a line; classes on which the tests disagree at the threshold are drawn strong.
 *
 * @throws {ArgumentError} if there is no class or a p is not in (0, 1]
 */
export function pValuePairs(input: PValuePairsInput): Figure {
  const { classes, tests, alpha } = input;
  if (classes.length === 0) throw new ArgumentError('pValuePairs: needs at least one class, got none');
  for (const { name, p } of classes) {
    if (p.some((value) => !(value > 0 && value <= 1))) {
      throw new ArgumentError(`pValuePairs: p of ${name} must be in (0, 1], got ${p.join(' and ')}`);
    }
  }
  const split = classes.filter(({ p }) => p[0] < alpha !== p[1] < alpha);
  const positions = classes.map((_class, index) => index);
  const lines = (disagree: boolean): Trace[] => {
    const chosen = positions.filter((at) => split.includes(classes[at]!) === disagree);
    if (chosen.length === 0) return [];
    return [
      {
        type: 'scatter',
        mode: 'lines',
        name: disagree ? 'the tests disagree' : 'they agree',
        x: chosen.flatMap((at) => [at, at, null]),
        y: chosen.flatMap((at) => [...classes[at]!.p, null]),
        line: { color: disagree ? COLOURS.vermilion : '#bbbbbb', width: disagree ? 3 : 1.5 },
        hoverinfo: 'skip',
      },
    ];
  };
  const points = tests.map(
    (test, index): Trace => ({
      type: 'scatter',
      mode: 'markers',
      name: test,
      x: positions,
      y: classes.map(({ p }) => p[index]!),
      text: classes.map(({ name }) => name),
      marker: {
        color: index === 0 ? COLOURS.orange : COLOURS.blue,
        size: 9,
        symbol: index === 0 ? 'diamond' : 'circle',
      },
      hovertemplate: `%{text}: p = %{y:.2g}<extra>${test}</extra>`,
    }),
  );
  const lowest = Math.min(alpha, ...classes.flatMap(({ p }) => p));
  const longest = (size: number): number => Math.max(...classes.map(({ name }) => textWidth(name, { size })));
  const xaxis = {
    title: input.abscissa ?? 'Class',
    tickvals: positions,
    ticktext: classes.map(({ name }) => name),
    showgrid: false,
    range: [-0.6, classes.length - 0.4],
  };
  return makeFigure(
    {
      name: input.name,
      title: input.title,
      dataOrigin: input.dataOrigin,
      caption:
        input.caption ??
        `p of two tests for each of ${classes.length} classes. They disagree at ${alpha} on ${split.length}: ${split.map(({ name }) => name).join(', ') || 'none'}.`,
      altText: `p-values of ${tests.join(' and ')} for ${classes.length} classes; they disagree at ${alpha} on ${split.length}: ${split.map(({ name }) => name).join(', ') || 'none'}.`,
    },
    [
      ...lines(false),
      ...lines(true),
      ...points,
      {
        type: 'scatter',
        mode: 'lines',
        name: `threshold ${alpha}`,
        x: [-0.6, classes.length - 0.4],
        y: [alpha, alpha],
        line: { color: COLOURS.grey, width: 1.5, dash: 'dash' },
        hoverinfo: 'skip',
      },
    ],
    {
      axisHeight: Math.round(50 + longest(13) * 0.87),
      xaxis: { ...xaxis, tickangle: -60 },
      yaxis: {
        title: 'p (logarithmic)',
        type: 'log',
        range: [Math.log10(lowest) - 0.25, 0.15],
        dtick: 1,
        exponentformat: 'power',
      },
      legendBelow: true,
      phone: {
        axisHeight: Math.round(46 + longest(9)),
        xaxis: { ...xaxis, tickangle: -90, tickfont: { size: 9 } },
      },
    },
  );
}
