import { ArgumentError, ShapeError } from '../core/errors.js';
import { textWidth } from './font.js';
import { type Figure, type FigureLabels, type Layout, makeFigure, type Trace } from './make-figure.js';
import { seriesColour } from './palette.js';

/** One model's score for every class. */
export interface ClassScores {
  readonly model: string;
  /** One a class. */
  readonly scores: readonly number[];
  /** Standard deviation (e.g. of 1,000 bootstrap draws), one a class. */
  readonly deviations?: readonly number[];
}

export interface ClassBarsInput extends FigureLabels {
  readonly classes: readonly string[];
  readonly models: readonly ClassScores[];
  /** E.g. `Balanced accuracy`. */
  readonly score: string;
  /** What the classes are; default `Class`. */
  readonly abscissa?: string;
  /** Lower end of the axis, lowered to the lowest whisker; default 0. Above 0, points are drawn instead of bars: a bar that does not start at 0 misleads. */
  readonly from?: number;
  /** A mark a class, `''` for none, e.g. `*`; drawn over the class. */
  readonly marks?: readonly string[];
  /** What a mark means, e.g. `* P < 0.01, paired permutation test by patient, Holm over 18 views`. Needed with `marks`. */
  readonly marksMean?: string;
}

/**
 * Scores a class for several models, with deviations and significance marks (paper Figs 3c and 3d).
 *
 * @throws {ShapeError} if a model does not have one score (and deviation) a class
 * @throws {ArgumentError} if there is no model, or marks come without their meaning
 */
export function classBars(input: ClassBarsInput): Figure {
  const { classes, models, marks } = input;
  if (models.length === 0 || classes.length === 0) throw new ArgumentError('classBars: needs models and classes');
  if ((marks === undefined) !== (input.marksMean === undefined)) {
    throw new ArgumentError('classBars: marks and marksMean go together; say what the marks mean');
  }
  for (const [what, list] of [['marks', marks] as const, ...models.flatMap(listsOf)]) {
    if (list !== undefined && list.length !== classes.length) {
      throw new ShapeError(`classBars: ${what} must have ${classes.length} values, one a class, got ${list.length}`);
    }
  }
  const lowest = Math.min(
    ...models.flatMap(({ scores, deviations }) => scores.map((score, at) => score - (deviations?.[at] ?? 0))),
  );
  // a whisker below the wished start is not cut off; from 0 on they are bars
  const from = Math.max(0, Math.min(input.from ?? 0, lowest - 0.02));
  const slot = 0.8 / models.length;
  const positions = classes.map((_name, index) => index);
  const data = models.map((model, index) =>
    series(model, input, from, (index - (models.length - 1) / 2) * slot, slot, index),
  );
  const highest = positions.map((at) =>
    Math.max(...models.map(({ scores, deviations }) => (scores[at] as number) + (deviations?.[at] ?? 0))),
  );
  const annotations: Layout[] = (marks ?? []).flatMap((mark, at) =>
    mark === ''
      ? []
      : [
          {
            x: at,
            y: highest[at],
            text: `<b>${mark}</b>`,
            showarrow: false,
            yanchor: 'bottom',
            borderpad: 0,
            font: { size: 15 },
          },
        ],
  );
  const top = Math.max(...highest);
  const xaxis = {
    title: input.abscissa ?? 'Class',
    tickvals: positions,
    ticktext: [...classes],
    showgrid: false,
    range: [-0.6, classes.length - 0.4],
  };
  const slanted = classes.length > 6;
  const small = classes.length > 12 ? 9 : 11;
  const longest = (size: number): number => Math.max(...classes.map((name) => textWidth(name, { size })));
  const spread = models.some((model) => model.deviations) ? ' Whiskers: one standard deviation.' : '';
  return makeFigure(
    {
      name: input.name,
      title: input.title,
      dataOrigin: input.dataOrigin,
      caption: `${input.caption ?? `${input.score} a class.${spread}`}${input.marksMean ? ` ${input.marksMean}.` : ''}`,
      altText: `${input.score} of ${classes.length} classes for ${models
        .map(
          ({ model, scores }) =>
            `${model} (mean ${(scores.reduce((sum, value) => sum + value, 0) / scores.length).toFixed(3)})`,
        )
        .join(', ')}.`,
    },
    data,
    {
      axisHeight: Math.round(slanted ? 50 + longest(13) * 0.87 : 52),
      xaxis: { ...xaxis, tickangle: slanted ? -60 : 0 },
      yaxis: { title: input.score, range: [from, top + (top - from) * 0.06] },
      annotations,
      legendBelow: true,
      phone: {
        axisHeight: Math.round(46 + longest(small)),
        xaxis: { ...xaxis, tickangle: -90, tickfont: { size: small } },
      },
    },
  );
}

function series(
  model: ClassScores,
  input: ClassBarsInput,
  from: number,
  shift: number,
  slot: number,
  index: number,
): Trace {
  const colour = seriesColour(index);
  const common = {
    name: model.model,
    y: [...model.scores],
    x: input.classes.map((_name, at) => at + shift),
    text: [...input.classes],
    textposition: 'none',
    hovertemplate: `%{text}: %{y:.3f}<extra>${model.model}</extra>`,
    ...(model.deviations === undefined
      ? {}
      : {
          error_y: {
            type: 'data',
            array: [...model.deviations],
            color: from > 0 ? colour : '#333333',
            thickness: 1.2,
            width: 2,
          },
        }),
  };
  if (from > 0) {
    const symbol = ['circle', 'square', 'diamond', 'triangle-up', 'cross'][index % 5];
    const { textposition: _unused, ...rest } = common;
    return { type: 'scatter', mode: 'markers', ...rest, marker: { color: colour, size: 7, symbol } };
  }
  return { type: 'bar', ...common, width: slot * 0.95, marker: { color: colour } };
}

function listsOf(model: ClassScores): (readonly [string, readonly unknown[] | undefined])[] {
  return [
    [`scores of ${model.model}`, model.scores],
    [`deviations of ${model.model}`, model.deviations],
  ];
}
