import { ArgumentError, ShapeError } from '../core/errors.js';
import {
  type Figure,
  type FigureLabels,
  type FigureLayout,
  type Layout,
  makeFigure,
  NOTEBOOK_WIDTH,
  PHONE_WIDTH,
  type Trace,
} from './make-figure.js';
import { COLOURS } from './palette.js';

/** One place of the figure, with a picture for each stop of the slider. */
export interface PicturePanel {
  readonly heading: string;
  /** Width against height. */
  readonly aspect: number;
  /** `data:` addresses, one a stop. */
  readonly sources: readonly string[];
}

/** A curve under the pictures, with a mark that follows the slider. */
export interface SliderCurve {
  readonly abscissa: string;
  readonly ordinate: string;
  readonly x: readonly number[];
  readonly y: readonly number[];
  /** Place of the mark at each stop. */
  readonly stops: readonly { readonly x: number; readonly y: number }[];
}

export interface PictureSliderInput extends FigureLabels {
  readonly panels: readonly PicturePanel[];
  /** What the slider says at each stop. */
  readonly stops: readonly string[];
  /** Words before it, e.g. `Seen from `. */
  readonly prefix: string;
  /** The stop that is drawn first and in print; default 0. */
  readonly active?: number;
  /** Colours used in the pictures. */
  readonly legend?: readonly { readonly name: string; readonly colour: string }[];
  readonly curve?: SliderCurve;
}

const MARGIN = { l: 56, r: 24 };
const GAP = 10;
const CURVE_GAP = 16;
const CURVE_HEIGHT = 150;
/** Highest picture, pixels. */
const TALLEST = 460;

/**
 * Pictures that change with a slider, side by side (on a phone one under the other), with a curve under them. The printed form shows one stop.
 *
 * @throws {ArgumentError} if there is no panel, no stop, or the active one is not there
 * @throws {ShapeError} if a panel or curve does not have one picture or mark a stop
 */
export function pictureSlider(input: PictureSliderInput): Figure {
  const { panels, stops, curve, active = 0 } = input;
  if (panels.length === 0 || stops[active] === undefined) {
    throw new ArgumentError(
      `pictureSlider: needs a panel and stop ${active}, got ${panels.length} and ${stops.length}`,
    );
  }
  for (const { heading, sources } of panels) expectStops(heading, sources, stops);
  if (curve !== undefined) expectStops(curve.ordinate, curve.stops, stops);
  const legend = (input.legend ?? []).map(
    ({ name, colour }): Trace => ({
      type: 'scatter',
      mode: 'markers',
      name,
      x: [null],
      y: [null],
      marker: { symbol: 'square', size: 12, color: colour },
      xaxis: 'x',
      yaxis: 'y',
    }),
  );
  const marked = curve === undefined ? [] : curveTraces(curve, active);
  const mark = legend.length + marked.length - 1;
  const steps = stops.map((label, stop) => ({
    label,
    method: 'update',
    args: [
      curve === undefined ? {} : { x: [[curve.stops[stop]!.x]], y: [[curve.stops[stop]!.y]] },
      Object.fromEntries(panels.map(({ sources }, panel) => [`images[${panel}].source`, sources[stop]])),
      ...(curve === undefined ? [] : [[mark]]),
    ],
  }));
  const headings = panels.map(({ heading }) => heading).join('; ');
  return makeFigure(
    {
      name: input.name,
      title: input.title,
      dataOrigin: input.dataOrigin,
      caption: input.caption ?? `${headings}. In print: ${stops[active]}.`,
      altText: `Pictures that change with a slider over ${stops.length} stops: ${headings}. Shown: ${input.prefix}${stops[active]}.`,
    },
    [...legend, ...marked],
    {
      ...arrange(input, active, NOTEBOOK_WIDTH),
      margin: MARGIN,
      legendBelow: true,
      sliders: [{ active, currentvalue: { prefix: input.prefix, font: { size: 14 } }, steps }],
      phone: arrange(input, active, PHONE_WIDTH),
    },
  );
}

function expectStops(what: string, values: readonly unknown[], stops: readonly string[]): void {
  if (values.length !== stops.length) {
    throw new ShapeError(
      `pictureSlider: ${what} must have one entry for each of ${stops.length} stops, got ${values.length}`,
    );
  }
}

function curveTraces({ x, y, ordinate, stops }: SliderCurve, active: number): Trace[] {
  const axes = { type: 'scatter', xaxis: 'x2', yaxis: 'y2', showlegend: false } as const;
  return [
    {
      ...axes,
      mode: 'lines',
      x: [...x],
      y: [...y],
      line: { color: COLOURS.blue, width: 2.5 },
      hovertemplate: `%{x:.0f}: %{y:.1f}<extra>${ordinate}</extra>`,
    },
    {
      ...axes,
      mode: 'markers',
      x: [stops[active]!.x],
      y: [stops[active]!.y],
      cliponaxis: false,
      marker: { color: COLOURS.vermilion, size: 13, line: { color: '#222222', width: 2 } },
      hoverinfo: 'skip',
    },
  ];
}

/** Pictures side by side, on a phone one under the other. One unit of the first pair of axes is one screen pixel, y down. */
function arrange({ panels, curve }: PictureSliderInput, active: number, width: number): FigureLayout {
  const inner = width - MARGIN.l - MARGIN.r;
  const narrow = width === PHONE_WIDTH;
  const size = narrow ? 11 : 13;
  const heading = 1.5 * size;
  const rows = narrow ? panels.map((panel) => [panel]) : [panels];
  const images: Layout[] = [];
  const annotations: Layout[] = [];
  let top = 0;
  for (const row of rows) {
    const aspects = row.reduce((sum, { aspect }) => sum + aspect, 0);
    // all pictures of a row are equally high
    const height = Math.min(TALLEST, (inner - GAP * (row.length - 1)) / aspects);
    let left = (inner - height * aspects - GAP * (row.length - 1)) / 2;
    for (const { heading: text, aspect, sources } of row) {
      images.push({
        source: sources[active],
        xref: 'x',
        yref: 'y',
        x: left,
        y: top + heading,
        sizex: height * aspect,
        sizey: height,
        xanchor: 'left',
        yanchor: 'top',
        sizing: 'stretch',
        layer: 'below',
      });
      annotations.push({
        text,
        x: left + (height * aspect) / 2,
        y: top + heading,
        xref: 'x',
        yref: 'y',
        yanchor: 'bottom',
        showarrow: false,
        borderpad: 0,
        font: { size },
      });
      left += height * aspect + GAP;
    }
    top += heading + height;
  }
  const total = top + (curve === undefined ? 0 : CURVE_GAP + CURVE_HEIGHT);
  return {
    plotHeight: Math.round(total),
    xaxis: { visible: false, range: [0, inner], fixedrange: true, anchor: 'y' },
    yaxis: { visible: false, range: [top, 0], fixedrange: true, domain: [1 - top / total, 1] },
    ...(curve === undefined
      ? { axisHeight: 8 }
      : {
          xaxis2: { title: curve.abscissa, anchor: 'y2' },
          yaxis2: { title: curve.ordinate, domain: [0, CURVE_HEIGHT / total], nticks: 5 },
        }),
    images,
    annotations,
  };
}
