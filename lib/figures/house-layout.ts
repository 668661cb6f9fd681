import { FONT_FAMILY, textWidth, wrapText } from './font.js';
import type { FigureLayout, FigureMeta, Layout, Trace } from './make-figure.js';
import { COLOURS, SERIES_COLOURS } from './palette.js';

/** What is written on the face of a figure that was drawn from phantoms. */
export const PHANTOM_MARK = 'Phantom data';

/** Below this width the phone's layout is used. */
const NARROW = 520;

/** Room under everything else for a slider; static drawings leave both out. */
export const SLIDER_HEIGHT = 84;

/** Vertical room under the plotting area for tick labels and the axis title, in lines of text. */
const BOTTOM_LINES = 3.6;

/**
 * The house style: Arimo or its equals, white ground, thin grid, colour-blind safe colours, the title wrapped to the width,
 * the legend beside the plot where there is room and under it where there is not, "Phantom data" on the face where it is.
 *
 * Axis titles are given as text (`xaxis: { title: 'Epoch' }`).
 *
 * @param width pixels
 * @returns a complete plotly layout with `width` and `height`
 */
export function houseLayout(meta: FigureMeta, data: readonly Trace[], layout: FigureLayout, width: number): Layout {
  const narrow = width < NARROW;
  const { plotHeight, phone, ...wide } = layout;
  const { plotHeight: phoneHeight, ...phoneChanges } = phone ?? {};
  const own = narrow ? merge(wide, phoneChanges) : wide;
  const inner = (narrow ? (phoneHeight ?? plotHeight) : plotHeight) ?? 340;
  const size = narrow ? 12 : 14;

  const titleStyle = { size: size + 3, bold: true };
  const titleLines = wrapText(meta.title, width - (narrow ? 64 : 32), titleStyle);
  const titleHeight = titleLines.length * titleStyle.size * 1.3;
  const markHeight = meta.dataOrigin === 'phantom' ? size + 14 : 8;
  const top = 12 + titleHeight + markHeight + numberOf(own.extraTop);

  const names = legendNames(data);
  const legendBelow = names.length > 0 && own.showlegend !== false && (own.legendBelow ?? narrow) === true;
  const legendHeight = legendBelow ? legendRows(names, width, size - 1) * (size - 1) * 1.6 + 12 : 0;
  const axisHeight = numberOf(own.axisHeight) || BOTTOM_LINES * size;
  const bottom = axisHeight + legendHeight + (own.sliders === undefined ? 0 : SLIDER_HEIGHT);
  const height = Math.round(top + inner + bottom);

  const { extraTop: _top, legendBelow: _below, axisHeight: _axis, ...shown } = own;
  const { annotations, legend, margin, sliders, ...rest } = shown;
  const styled = Object.fromEntries(
    Object.entries(rest).map(([key, value]) =>
      /^[xy]axis\d*$/.test(key) ? [key, houseAxis(key, value as Layout, size)] : [key, value],
    ),
  );
  return {
    width,
    height,
    font: { family: FONT_FAMILY, size, color: COLOURS.black },
    paper_bgcolor: '#ffffff',
    plot_bgcolor: '#ffffff',
    colorway: SERIES_COLOURS,
    title: {
      text: titleLines.map((line) => `<b>${line}</b>`).join('<br>'),
      font: { size: titleStyle.size },
      x: 0,
      xref: 'container',
      xanchor: 'left',
      // Plotly lowers a title of one line by its size, but not a title of several lines.
      y: 1 - (12 + (titleLines.length > 1 ? titleStyle.size : 0)) / height,
      yref: 'container',
      yanchor: 'top',
      pad: { l: 16 },
    },
    margin: merge({ l: 56, r: 24, t: Math.round(top), b: Math.round(bottom), pad: 0 }, (margin ?? {}) as Layout),
    hoverlabel: { font: { family: FONT_FAMILY, size: 13 }, align: 'left' },
    showlegend: names.length > 0,
    legend: merge(
      {
        font: { size: size - 1 },
        bgcolor: 'rgba(255, 255, 255, 0)',
        itemsizing: 'constant',
        tracegroupgap: 4,
        ...(legendBelow
          ? { orientation: 'h', x: 0, xanchor: 'left', y: -(axisHeight + 4) / inner, yanchor: 'top' }
          : { x: 1.02, xanchor: 'left', y: 1, yanchor: 'top' }),
      },
      (legend ?? {}) as Layout,
    ),
    ...styled,
    ...(sliders === undefined
      ? {}
      : { sliders: houseSliders(sliders as Layout[], (axisHeight + legendHeight) / inner, size) }),
    annotations: [...((annotations ?? []) as Layout[]), ...originMark(meta, size, numberOf(own.extraTop))],
  };
}

function houseSliders(sliders: readonly Layout[], below: number, size: number): Layout[] {
  return sliders.map((slider) => ({
    x: 0,
    xanchor: 'left',
    y: -below,
    yanchor: 'top',
    len: 1,
    pad: { l: 0, r: 0, t: 4, b: 0 },
    font: { size: size - 2 },
    ...slider,
  }));
}

function originMark(meta: FigureMeta, size: number, extraTop: number): Layout[] {
  if (meta.dataOrigin !== 'phantom') return [];
  return [
    {
      text: PHANTOM_MARK,
      xref: 'paper',
      yref: 'paper',
      x: 1,
      y: 1,
      xanchor: 'right',
      yanchor: 'bottom',
      yshift: 5 + extraTop,
      showarrow: false,
      font: { size: size - 2, color: '#8a3800' },
      bgcolor: '#fff1e5',
      bordercolor: '#d98c4f',
      borderwidth: 1,
      borderpad: 3,
    },
  ];
}

function houseAxis(key: string, axis: Layout, size: number): Layout {
  const title = axis.title;
  return {
    showline: true,
    linecolor: '#666666',
    linewidth: 1,
    ticks: 'outside',
    ticklen: 4,
    tickcolor: '#666666',
    tickfont: { size: size - 1 },
    gridcolor: '#e8e8e8',
    zeroline: false,
    automargin: true,
    ...axis,
    ...(typeof title === 'string'
      ? { title: { text: title, font: { size }, standoff: key.startsWith('y') ? 10 : 12 } }
      : {}),
  };
}

function legendNames(data: readonly Trace[]): string[] {
  return data
    .filter((trace) => trace.showlegend !== false && typeof trace.name === 'string' && trace.name !== '')
    .map((trace) => trace.name as string);
}

/** Rows that plotly needs for a horizontal legend: entries of equal width, as many a row as fit. */
export function legendRows(names: readonly string[], width: number, size: number): number {
  const widest = Math.max(...names.map((name) => textWidth(name, { size })));
  const perRow = Math.max(1, Math.floor((width - 80) / (widest + 45)));
  return Math.ceil(names.length / perRow);
}

function numberOf(value: unknown): number {
  return typeof value === 'number' ? value : 0;
}

/** Deep merge of plain objects; arrays and values of `changes` replace. */
function merge(base: Layout, changes: Layout): Layout {
  const result: Record<string, unknown> = { ...base };
  for (const [key, value] of Object.entries(changes)) {
    const old = result[key];
    result[key] = isPlain(old) && isPlain(value) ? merge(old, value) : value;
  }
  return result;
}

function isPlain(value: unknown): value is Layout {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
