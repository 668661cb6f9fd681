import { ArgumentError, ShapeError } from '../core/errors.js';
import { legendRows } from './house-layout.js';
import {
  type Figure,
  type FigureLabels,
  type FigureLayout,
  type Layout,
  makeFigure,
  NOTEBOOK_WIDTH,
  PHONE_WIDTH,
} from './make-figure.js';
import { SERIES_COLOURS, seriesColour } from './palette.js';

/** One curve of a training run. */
export interface TrainingSeries {
  readonly name: string;
  /** Steps or epochs, increasing. */
  readonly at: readonly number[];
  readonly values: readonly number[];
}

/** Curves that share an ordinate. */
export interface TrainingPanel {
  /** Axis title with its unit, e.g. `Loss (nats)`, `Learning rate`. */
  readonly title: string;
  readonly series: readonly TrainingSeries[];
  readonly logarithmic?: boolean;
  /** A dashed line with its name, e.g. ln K, where the teacher's entropy says collapse. */
  readonly reference?: { readonly name: string; readonly value: number };
}

export interface TrainingCurvesInput extends FigureLabels {
  /** Drawn one under the other over the same abscissa. */
  readonly panels: readonly TrainingPanel[];
  /** E.g. `Step`, `Epoch`. */
  readonly abscissa: string;
}

const PANEL_HEIGHT = 150;

/**
 * How a training run went: loss terms, entropy, learning rate and the like, one panel under the other.
 *
 * @throws {ArgumentError} if there is no panel, a panel has no series, or a logarithmic panel holds a value <= 0
 * @throws {ShapeError} if a series' lengths differ
 */
export function trainingCurves(input: TrainingCurvesInput): Figure {
  const { panels } = input;
  if (panels.length === 0) throw new ArgumentError('trainingCurves: needs at least one panel, got none');
  for (const panel of panels) expectPanel(panel);
  const entries = legendEntries(panels);
  const order = [...new Set(panels.flatMap(({ series }) => series.map(({ name }) => name)))];
  const data = panels.flatMap((panel, index) => {
    const place = {
      xaxis: 'x',
      yaxis: index === 0 ? 'y' : `y${index + 1}`,
      legend: index === 0 ? 'legend' : `legend${index + 1}`,
    };
    const ends = panel.series.flatMap(({ at }) => [at[0] ?? 0, at.at(-1) ?? 0]);
    const reference =
      panel.reference === undefined
        ? []
        : [
            {
              type: 'scatter' as const,
              mode: 'lines',
              name: panel.reference.name,
              x: [Math.min(...ends), Math.max(...ends)],
              y: [panel.reference.value, panel.reference.value],
              line: { color: '#7F7F7F', width: 1.5, dash: 'dash' },
              hovertemplate: '%{y:.4g}',
              showlegend: entries[index]!.includes(panel.reference.name),
              ...place,
            },
          ];
    const curves = panel.series.map((series) => ({
      type: 'scatter' as const,
      mode: series.at.length > 30 ? 'lines' : 'lines+markers',
      name: series.name,
      x: [...series.at],
      y: [...series.values],
      line: seriesLine(order.indexOf(series.name)),
      marker: { size: 5 },
      hovertemplate: '%{y:.4g}',
      legendgroup: series.name,
      showlegend: entries[index]!.includes(series.name),
      ...place,
    }));
    return [...curves, ...reference];
  });
  return makeFigure(
    {
      name: input.name,
      title: input.title,
      dataOrigin: input.dataOrigin,
      caption: input.caption ?? `Training against ${input.abscissa.toLowerCase()}s.`,
      altText: `Training curves: ${panels
        .flatMap(({ series }) =>
          series.map(
            ({ name, values }) => `${name} from ${values[0]?.toPrecision(3)} to ${values.at(-1)?.toPrecision(3)}`,
          ),
        )
        .join('; ')}.`,
    },
    data,
    { ...arrange(input, NOTEBOOK_WIDTH, 13), phone: arrange(input, PHONE_WIDTH, 11) },
  );
}

/** After the colours are used up they come again, dotted. */
function seriesLine(order: number): Layout {
  const dash = order < SERIES_COLOURS.length ? {} : { dash: 'dot' };
  return { color: seriesColour(order), width: 2, ...dash };
}

/** Names in the legend of each panel: a name stands in the first panel that has it, and has one colour throughout. */
function legendEntries(panels: readonly TrainingPanel[]): string[][] {
  const seen = new Set<string>();
  return panels.map(({ series, reference }) => {
    const names = [...series.map(({ name }) => name), ...(reference ? [reference.name] : [])];
    const fresh = names.filter((name) => !seen.has(name));
    for (const name of fresh) seen.add(name);
    return fresh;
  });
}

function arrange(input: TrainingCurvesInput, width: number, size: number): FigureLayout {
  const { panels } = input;
  const legends = legendEntries(panels).map((names) =>
    names.length === 0 ? 0 : legendRows(names, width, size) * size * 1.6 + 12,
  );
  const total = panels.length * PANEL_HEIGHT + legends.slice(1).reduce((sum, height) => sum + height + 12, 0);
  const layout: Record<string, Layout> = {};
  let top = 0;
  for (const [index, panel] of panels.entries()) {
    const number = index === 0 ? '' : String(index + 1);
    if (index > 0) top += (legends[index] as number) + 12;
    const upper = 1 - top / total;
    top += PANEL_HEIGHT;
    layout[`yaxis${number}`] = {
      title: panel.title,
      domain: [Math.max(0, 1 - top / total), upper],
      ...(panel.logarithmic
        ? { type: 'log', exponentformat: 'power', dtick: decades(panel) > 1.5 ? 1 : 'D2' }
        : { nticks: 5 }),
    };
    layout[`legend${number}`] = {
      orientation: 'h',
      x: 0,
      xanchor: 'left',
      y: upper + 4 / total,
      yanchor: 'bottom',
      font: { size },
    };
  }
  return {
    ...layout,
    plotHeight: Math.round(total),
    extraTop: legends[0] as number,
    xaxis: { title: input.abscissa, anchor: panels.length === 1 ? 'y' : `y${panels.length}` },
    hovermode: 'x unified',
    legendBelow: false,
  };
}

function decades({ series }: TrainingPanel): number {
  const values = series.flatMap((curve) => curve.values);
  const ends = [values.reduce((a, b) => Math.max(a, b)), values.reduce((a, b) => Math.min(a, b))] as const;
  return Math.log10(ends[0] / ends[1]);
}

function expectPanel(panel: TrainingPanel): void {
  if (panel.series.length === 0) throw new ArgumentError(`trainingCurves: panel ${panel.title} has no series`);
  for (const { name, at, values } of panel.series) {
    if (at.length !== values.length) {
      throw new ShapeError(`trainingCurves: ${name} must have ${at.length} values, got ${values.length}`);
    }
    if (panel.logarithmic && values.some((value) => !(value > 0))) {
      throw new ArgumentError(`trainingCurves: ${name} must be > 0 on a logarithmic axis; draw it on a linear one`);
    }
  }
}
