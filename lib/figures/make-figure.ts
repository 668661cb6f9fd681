import { ArgumentError } from '../core/errors.js';
import { houseLayout } from './house-layout.js';

/** Where the numbers in a figure come from. `phantom` is written on its face. */
export type DataOrigin = 'phantom' | 'real' | 'paper' | 'none';

/** The plotly trace types that the house draws, checked both with and without a browser; `mesh3d` needs a browser with WebGL, and a still. */
export type TraceType = 'scatter' | 'bar' | 'heatmap' | 'histogram' | 'box' | 'violin' | 'mesh3d';

/** One plotly trace; attributes as in plotly's reference. Arrays are plain arrays, so that JSON keeps them. */
export interface Trace {
  readonly type: TraceType;
  readonly [attribute: string]: unknown;
}

/** A plotly layout; attributes as in plotly's reference. */
export interface Layout {
  readonly [attribute: string]: unknown;
}

/** What a figure is and says, apart from its marks. */
export interface FigureMeta {
  /** File stem, kebab-case. */
  readonly name: string;
  /** One line; wrapped where it does not fit. */
  readonly title: string;
  /** What is shown, in words, with n and the source. */
  readonly caption: string;
  /** What a person who cannot see the figure must know. */
  readonly altText: string;
  readonly dataOrigin: DataOrigin;
}

/** A plotly figure in the house style. Make one with {@link makeFigure}. */
export interface Figure {
  readonly data: readonly Trace[];
  /** Laid out for {@link NOTEBOOK_WIDTH}. */
  readonly layout: Layout;
  /** Laid out for {@link PHONE_WIDTH}. */
  readonly phoneLayout: Layout;
  readonly meta: FigureMeta;
  /** What is drawn instead where there is no WebGL, and in every static form. */
  readonly still?: Figure;
}

/** What a figure function decides about its layout; the house adds fonts, margins, title, legend and origin mark. */
export interface FigureLayout extends Layout {
  /** Height of the plotting area in pixels at notebook width; default 340. */
  readonly plotHeight?: number;
  /** Pixels kept free over the plotting area, under the title. */
  readonly extraTop?: number;
  /** Pixels for tick labels and title of the lowest x axis. */
  readonly axisHeight?: number;
  /** Legend under the plot; default: on phones only. False keeps it where the figure's own `legend` puts it. */
  readonly legendBelow?: boolean;
  /** Layout attributes that replace the above at phone width; `plotHeight` may differ too. */
  readonly phone?: Layout & { readonly plotHeight?: number };
}

/** Pixel width for which figures are laid out: a notebook's output column. */
export const NOTEBOOK_WIDTH = 760;

/** Pixel width of the layout for phones. */
export const PHONE_WIDTH = 390;

/** Fields that every figure function takes from its caller. */
export interface FigureLabels {
  readonly name: string;
  readonly title: string;
  readonly dataOrigin: DataOrigin;
  /** Replaces the function's own caption. */
  readonly caption?: string;
}

/**
 * Puts traces and layout into the house style.
 *
 * @throws {ArgumentError} if the name is not kebab-case, a text is empty, there is no trace and no image,
 * a number is not finite (leave it out or pass null for a gap), or a visible axis has no title with its unit
 */
export function makeFigure(meta: FigureMeta, data: readonly Trace[], layout: FigureLayout): Figure {
  if (!/^[a-z0-9]+(-[a-z0-9]+)*$/.test(meta.name)) {
    throw new ArgumentError(`makeFigure: name must be kebab-case, got ${JSON.stringify(meta.name)}`);
  }
  for (const key of ['title', 'caption', 'altText'] as const) {
    if (meta[key].trim() === '') throw new ArgumentError(`makeFigure: ${meta.name} needs a ${key}, got an empty one`);
  }
  if (data.length === 0 && !Array.isArray(layout.images)) {
    throw new ArgumentError(`makeFigure: ${meta.name} has nothing to draw; pass at least one trace or image`);
  }
  expectFinite(meta.name, 'data', data);
  expectAxisTitles(meta.name, layout);
  return {
    data,
    layout: houseLayout(meta, data, layout, NOTEBOOK_WIDTH),
    phoneLayout: houseLayout(meta, data, layout, PHONE_WIDTH),
    meta,
  };
}

/** The figure as one plotly JSON object, as notebooks take it under `application/vnd.plotly.v1+json`. */
export function plotlyJson(figure: Figure): { readonly data: readonly Trace[]; readonly layout: Layout } {
  return { data: figure.data, layout: { ...figure.layout, meta: figure.meta } };
}

function expectFinite(name: string, path: string, value: unknown): void {
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) {
      throw new ArgumentError(`makeFigure: ${name}: ${path} must be finite, got ${value}; pass null for a gap`);
    }
  } else if (ArrayBuffer.isView(value)) {
    throw new ArgumentError(`makeFigure: ${name}: ${path} must be a plain array, got a typed array; use Array.from`);
  } else if (typeof value === 'object' && value !== null) {
    for (const [key, inner] of Object.entries(value)) expectFinite(name, `${path}.${key}`, inner);
  }
}

function expectAxisTitles(name: string, layout: FigureLayout): void {
  for (const [key, axis] of Object.entries(layout)) {
    if (!/^[xy]axis\d*$/.test(key)) continue;
    const { visible, title, showticklabels } = axis as {
      visible?: boolean;
      title?: unknown;
      showticklabels?: boolean;
    };
    if (visible === false || showticklabels === false) continue;
    if (typeof title !== 'string' || title === '') {
      throw new ArgumentError(`makeFigure: ${name}: ${key} must have a title with its unit, as text`);
    }
  }
}
