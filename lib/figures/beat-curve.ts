import { ArgumentError, ShapeError } from '../core/errors.js';
import type { GrayImage } from '../imaging/image.js';
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
import { COLOURS, translucent } from './palette.js';
import { paintMask, pngAddress, type RgbaImage, toRgba } from './picture.js';

/** One frame of the clip. */
export interface BeatFrame {
  readonly image: GrayImage;
  /** `[height, width]` of the frame, 0 outside the ventricle; left out where none was found. */
  readonly mask?: ArrayLike<number>;
  /** `null` where none was measured: a gap in the curve. */
  readonly volume: number | null;
  /** Further words on hovering, e.g. `traced by the reader as end-diastole`. */
  readonly hover?: string;
}

export interface BeatCurveInput extends FigureLabels {
  readonly frames: readonly BeatFrame[];
  /** Seconds of each frame; `null` where the frame rate is not known, and frames are numbered. */
  readonly seconds: readonly number[] | null;
  /** Frames of each beat that was found. */
  readonly beats: readonly { readonly endDiastole: number; readonly endSystole: number }[];
  /** Axis title with its unit, e.g. `Volume (mL)`. */
  readonly ordinate: string;
}

const MARGIN = { l: 56, r: 24 };
const GAP = 10;
const CURVE_GAP = 18;
const CURVE_HEIGHT = 170;

/**
 * Volume of the ventricle in every frame of a clip with the beats that were found, over three pictures: the frame under the slider, and
 * end-diastole and end-systole of the first beat. Hovering over the curve names the frame; the slider shows it.
 *
 * @throws {ArgumentError} if there are fewer than two frames or no beat
 * @throws {ShapeError} if seconds or a beat do not fit the frames
 */
export function beatCurve(input: BeatCurveInput): Figure {
  const { frames, seconds, beats } = input;
  const [beat] = beats;
  if (frames.length < 2 || beat === undefined) {
    throw new ArgumentError(`beatCurve: needs two frames and a beat, got ${frames.length} and ${beats.length}`);
  }
  if (seconds !== null && seconds.length !== frames.length) {
    throw new ShapeError(`beatCurve: seconds must have ${frames.length} values, got ${seconds.length}`);
  }
  const outside = beats.flatMap((each) => [each.endDiastole, each.endSystole]).find((at) => frames[at] === undefined);
  if (outside !== undefined) {
    throw new ShapeError(`beatCurve: frame ${outside} of a beat must be in [0, ${frames.length - 1}]`);
  }
  const x = seconds ?? frames.map((_, frame) => frame);
  const sources = frames.map(({ image, mask }) => pictureOf(image, mask));
  const still = [beat.endDiastole, beat.endSystole];
  const active = Math.round((beat.endDiastole + beat.endSystole) / 2);
  const data = curveTraces(input, x, active);
  const words = (frame: number): string => `frame ${frame}${seconds === null ? '' : `, ${x[frame]!.toFixed(2)} s`}`;
  const steps = frames.map(({ volume }, frame) => ({
    label: String(frame),
    method: 'update',
    args: [
      { x: [[x[frame]]], y: [[volume]] },
      { 'images[0].source': sources[frame], 'annotations[0].text': words(frame) },
      [data.length - 1],
    ],
  }));
  const headings = [words(active), `End-diastole: ${words(still[0]!)}`, `End-systole: ${words(still[1]!)}`];
  const shown = [active, ...still].map((frame) => sources[frame]!);
  const aspect = frames[0]!.image.width / frames[0]!.image.height;
  const range = beats.map(
    ({ endDiastole, endSystole }): Layout => ({
      type: 'rect',
      xref: 'x2',
      yref: 'y2 domain',
      x0: x[endDiastole],
      x1: x[endSystole],
      y0: 0,
      y1: 1,
      fillcolor: translucent(COLOURS.sky, 0.16),
      line: { width: 0 },
      layer: 'below',
    }),
  );
  return makeFigure(
    {
      name: input.name,
      title: input.title,
      dataOrigin: input.dataOrigin,
      caption:
        input.caption ??
        `${input.ordinate} in each of ${frames.length} frames; shaded: from end-diastole to end-systole of each beat found. Outline: the ventricle as found.`,
      altText: `Curve of ${input.ordinate} over ${frames.length} frames with ${beats.length} beat${beats.length === 1 ? '' : 's'}: ${beats.map(({ endDiastole, endSystole }) => `end-diastole at frame ${endDiastole}, end-systole at frame ${endSystole}`).join('; ')}. Over it three pictures of the ventricle.`,
    },
    data,
    {
      ...arrange(headings, shown, aspect, input, NOTEBOOK_WIDTH),
      shapes: range,
      margin: MARGIN,
      legendBelow: true,
      hovermode: 'closest',
      sliders: [{ active, currentvalue: { prefix: 'Frame ', font: { size: 14 } }, steps }],
      phone: arrange(headings, shown, aspect, input, PHONE_WIDTH),
    },
  );
}

function curveTraces(
  { frames, seconds, beats, ordinate }: BeatCurveInput,
  x: readonly number[],
  active: number,
): Trace[] {
  const axes = { type: 'scatter', xaxis: 'x2', yaxis: 'y2' } as const;
  const marks = (name: string, symbol: string, colour: string, at: readonly number[]): Trace => ({
    ...axes,
    mode: 'markers',
    name,
    x: at.map((frame) => x[frame]!),
    y: at.map((frame) => frames[frame]!.volume),
    text: at.map((frame) => `frame ${frame}`),
    cliponaxis: false,
    marker: { symbol, size: 13, color: colour, line: { color: '#222222', width: 1 } },
    hovertemplate: `${name}, %{text}: %{y:.1f}<extra></extra>`,
  });
  return [
    {
      ...axes,
      mode: 'lines+markers',
      name: ordinate,
      x: [...x],
      y: frames.map(({ volume }) => volume),
      text: frames.map(({ hover }, frame) => `frame ${frame}${hover === undefined ? '' : `, ${hover}`}`),
      line: { color: COLOURS.blue, width: 2.5 },
      marker: { size: 5, color: COLOURS.blue },
      hovertemplate: `%{text}<br>${seconds === null ? '' : '%{x:.2f} s, '}%{y:.1f}<extra></extra>`,
    },
    marks(
      'End-diastole found',
      'triangle-up',
      COLOURS.green,
      beats.map(({ endDiastole }) => endDiastole),
    ),
    marks(
      'End-systole found',
      'triangle-down',
      COLOURS.orange,
      beats.map(({ endSystole }) => endSystole),
    ),
    {
      ...axes,
      mode: 'markers',
      name: 'Frame shown',
      x: [x[active]!],
      y: [frames[active]!.volume],
      cliponaxis: false,
      marker: {
        symbol: 'circle-open',
        size: 15,
        color: COLOURS.vermilion,
        line: { color: COLOURS.vermilion, width: 3 },
      },
      hoverinfo: 'skip',
    },
  ];
}

/** The frame with the ventricle tinted and its border drawn. */
function pictureOf(image: GrayImage, mask: ArrayLike<number> | undefined): string {
  if (mask === undefined) return pngAddress(toRgba(image));
  const tinted = paintMask(toRgba(image), mask, COLOURS.vermilion, 0.18);
  return pngAddress(paintMask(tinted, borderOf(mask, tinted), COLOURS.vermilion, 0.95));
}

/** Pixels of the mask that touch its outline. */
function borderOf(mask: ArrayLike<number>, { width, height }: RgbaImage): Uint8Array {
  const border = new Uint8Array(width * height);
  const inside = (px: number, py: number): boolean =>
    px >= 0 && py >= 0 && px < width && py < height && Boolean(mask[py * width + px]);
  for (let py = 0; py < height; py++) {
    for (let px = 0; px < width; px++) {
      const enclosed = inside(px - 1, py) && inside(px + 1, py) && inside(px, py - 1) && inside(px, py + 1);
      border[py * width + px] = inside(px, py) && !enclosed ? 1 : 0;
    }
  }
  return border;
}

/** Three pictures side by side over the curve; one unit of the first pair of axes is one screen pixel, y down. */
function arrange(
  headings: readonly string[],
  sources: readonly string[],
  aspect: number,
  { ordinate, seconds }: BeatCurveInput,
  width: number,
): FigureLayout {
  const inner = width - MARGIN.l - MARGIN.r;
  const size = width === PHONE_WIDTH ? 9 : 13;
  const heading = 1.6 * size;
  const side = (inner - GAP * (sources.length - 1)) / sources.length;
  const height = side / aspect;
  const top = heading + height;
  const total = top + CURVE_GAP + CURVE_HEIGHT;
  const place = (index: number): number => index * (side + GAP);
  return {
    plotHeight: Math.round(total),
    xaxis: { visible: false, range: [0, inner], fixedrange: true, anchor: 'y' },
    yaxis: { visible: false, range: [top, 0], fixedrange: true, domain: [1 - top / total, 1] },
    xaxis2: { title: seconds === null ? 'Frame' : 'Time (s)', anchor: 'y2' },
    yaxis2: { title: ordinate, domain: [0, CURVE_HEIGHT / total], nticks: 5, rangemode: 'tozero' },
    images: sources.map((source, index) => ({
      source,
      xref: 'x',
      yref: 'y',
      x: place(index),
      y: heading,
      sizex: side,
      sizey: height,
      xanchor: 'left',
      yanchor: 'top',
      sizing: 'stretch',
      layer: 'below',
    })),
    annotations: headings.map((text, index) => ({
      text: width === PHONE_WIDTH ? text.replace('End-diastole:', 'ED:').replace('End-systole:', 'ES:') : text,
      x: place(index) + side / 2,
      y: heading,
      xref: 'x',
      yref: 'y',
      yanchor: 'bottom',
      showarrow: false,
      borderpad: 0,
      font: { size },
    })),
  };
}
