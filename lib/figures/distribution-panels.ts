import { ArgumentError, ShapeError } from '../core/errors.js';
import {
  type Figure,
  type FigureLabels,
  type FigureLayout,
  type Layout,
  makeFigure,
  type Trace,
} from './make-figure.js';
import { seriesColour } from './palette.js';
import { panelGrid } from './panel-grid.js';

/** One quantity of every group. */
export interface DistributionPanel {
  /** With its unit, e.g. `Ejection fraction (%)`. */
  readonly quantity: string;
  readonly binWidth: number;
  /** One list a group. */
  readonly values: readonly (readonly number[])[];
}

export interface DistributionPanelsInput extends FigureLabels {
  readonly groups: readonly string[];
  readonly panels: readonly DistributionPanel[];
}

/**
 * Histograms of several quantities of the same groups, in percent of each group.
 *
 * @throws {ArgumentError} if there is no panel, a bin width is not positive or a group is empty
 * @throws {ShapeError} if a panel does not have one list a group
 */
export function distributionPanels(input: DistributionPanelsInput): Figure {
  const { groups, panels } = input;
  if (panels.length === 0) throw new ArgumentError('distributionPanels: needs at least one panel, got none');
  for (const { quantity, values, binWidth } of panels) {
    if (values.length !== groups.length) {
      throw new ShapeError(`distributionPanels: ${quantity} must have ${groups.length} lists, got ${values.length}`);
    }
    if (!(binWidth > 0) || values.some((list) => list.length === 0)) {
      throw new ArgumentError(`distributionPanels: ${quantity} needs a bin width > 0 and values in every group`);
    }
  }
  const data = panels.flatMap(({ values, binWidth }, panel) =>
    values.map(
      (list, group): Trace => ({
        type: 'histogram',
        name: `${groups[group]} (n = ${list.length})`,
        legendgroup: groups[group],
        showlegend: panel === 0,
        x: [...list],
        xbins: binsOf(values, binWidth),
        autobinx: false,
        histnorm: 'percent',
        opacity: 0.6,
        marker: { color: seriesColour(group), line: { color: '#ffffff', width: 0.5 } },
        hovertemplate: `%{x}: %{y:.1f} %<extra>${groups[group]}</extra>`,
        xaxis: panel === 0 ? 'x' : `x${panel + 1}`,
        yaxis: panel === 0 ? 'y' : `y${panel + 1}`,
      }),
    ),
  );
  const mean = (list: readonly number[]): number => list.reduce((sum, value) => sum + value, 0) / list.length;
  return makeFigure(
    {
      name: input.name,
      title: input.title,
      dataOrigin: input.dataOrigin,
      caption: input.caption ?? `Share of each group (%): ${panels.map(({ quantity }) => quantity).join(', ')}.`,
      altText: `Histograms. Means: ${panels
        .map(
          ({ quantity, values }) =>
            `${quantity} ${values.map((list, n) => `${groups[n]} ${mean(list).toFixed(1)}`).join(', ')}`,
        )
        .join('; ')}.`,
    },
    data,
    { ...arrange(panels, 3), legendBelow: true, barmode: 'overlay', phone: arrange(panels, 2) },
  );
}

function binsOf(values: readonly (readonly number[])[], size: number): Layout {
  const all = values.flat();
  const low = all.reduce((a, b) => Math.min(a, b));
  const high = all.reduce((a, b) => Math.max(a, b));
  return { start: Math.floor(low / size) * size, end: (Math.floor(high / size) + 1) * size, size };
}

function arrange(panels: readonly DistributionPanel[], columns: number): FigureLayout {
  const { plotHeight, places } = panelGrid(panels.length, {
    columns,
    gap: columns === 3 ? 0.08 : 0.14,
    panelHeight: 150,
    axisHeight: 56,
  });
  const layout: Record<string, Layout> = {};
  for (const [index, { suffix, column, x, y }] of places.entries()) {
    layout[`xaxis${suffix}`] = {
      title: panels[index]!.quantity,
      domain: [...x],
      anchor: `y${suffix}`,
      nticks: 5,
      automargin: false,
    };
    layout[`yaxis${suffix}`] = {
      title: column === 0 ? 'Share (%)' : ' ',
      domain: [...y],
      anchor: `x${suffix}`,
      nticks: 4,
      rangemode: 'tozero',
      automargin: false,
    };
  }
  return { ...layout, plotHeight };
}
