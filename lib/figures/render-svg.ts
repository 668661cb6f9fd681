import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { ArgumentError } from '../core/errors.js';
import { sha256 } from '../core/hash.js';
import { type RandomStream, stream } from '../core/random.js';
import { CellCanvas } from './cell-canvas.js';
import { compactPoints } from './compact-points.js';
import { SLIDER_HEIGHT } from './house-layout.js';
import { type Figure, type Layout, NOTEBOOK_WIDTH, PHONE_WIDTH, type Trace } from './make-figure.js';
import { clientBox, settleLines, textLength } from './svg-metrics.js';

/** For which width a figure is drawn. */
export type FigureFormat = 'notebook' | 'phone';

/** The part of plotly.js used here. */
interface Plotly {
  newPlot(
    element: HTMLElement,
    data: readonly Trace[],
    layout: Layout,
    config: Readonly<Record<string, unknown>>,
  ): Promise<unknown>;
  purge(element: HTMLElement): void;
  Snapshot: { toSVG(element: HTMLElement, format: string): string };
}

interface Studio {
  readonly plotly: Plotly;
  readonly document: Document;
  cells: CellCanvas;
  random: RandomStream;
}

const SUPPORTED: ReadonlySet<string> = new Set(['scatter', 'bar', 'heatmap', 'histogram', 'box', 'violin']);

let studio: Studio | undefined;
let last: Promise<unknown> = Promise.resolve();
const drawn = new WeakMap<Figure, Map<FigureFormat, Promise<string>>>();

/**
 * Draws a figure as a static SVG, without a browser: plotly.js in jsdom, with text measured in Arimo and heatmap cells as
 * rectangles. The same figure gives the same bytes on every machine.
 *
 * Deviates from plotly's own export: heatmaps are rectangles rather than a bitmap; the root carries the figure's title and
 * alternative text; element ids come from the figure's hash, so that several figures may stand in one page.
 *
 * A figure with a still is drawn as that.
 *
 * @param format `notebook` (760 px wide) or `phone` (390 px)
 * @throws {ArgumentError} if a trace is of a type that is not drawn exactly
 */
export function renderSvg(figure: Figure, format: FigureFormat = 'notebook'): Promise<string> {
  if (figure.still !== undefined) return renderSvg(figure.still, format);
  const known = drawn.get(figure) ?? new Map<FigureFormat, Promise<string>>();
  drawn.set(figure, known);
  const earlier = known.get(format);
  if (earlier !== undefined) return earlier;
  const svg = last.then(() => draw(figure, format));
  last = svg.catch(() => undefined);
  known.set(format, svg);
  return svg;
}

/** Pixel width of a format. */
export function widthOf(format: FigureFormat): number {
  return format === 'phone' ? PHONE_WIDTH : NOTEBOOK_WIDTH;
}

/** Where plotly.js's cartesian bundle lies: scatter, bar, box, violin, histogram, heatmap. */
export function plotlyBundlePath(): string {
  return createRequire(import.meta.url).resolve('plotly.js/dist/plotly-cartesian.min.js');
}

/** Where plotly.js's bundle with bodies in space lies: mesh3d. Pages load it beside the cartesian one, for figures that need it. */
export function solidBundlePath(): string {
  return createRequire(import.meta.url).resolve('plotly.js/dist/plotly-gl3d.min.js');
}

async function draw(figure: Figure, format: FigureFormat): Promise<string> {
  for (const { type } of figure.data) {
    if (!SUPPORTED.has(type)) {
      throw new ArgumentError(
        `renderSvg: ${figure.meta.name}: traces must be ${[...SUPPORTED].join(', ')}, got ${type}; draw with those`,
      );
    }
  }
  studio ??= openStudio();
  const { plotly, document } = studio;
  studio.cells = new CellCanvas();
  studio.random = stream(0, 'figures/element-names');
  const layout = withoutSliders(format === 'phone' ? figure.phoneLayout : figure.layout);
  const copy = JSON.parse(JSON.stringify({ data: figure.data, layout })) as { data: Trace[]; layout: Layout };
  const element = document.createElement('div');
  document.body.append(element);
  try {
    await plotly.newPlot(element, copy.data, copy.layout, { staticPlot: true });
    compactPoints(element);
    for (const text of element.querySelectorAll('svg text')) settleLines(text);
    return finish(studio.cells.resolve(plotly.Snapshot.toSVG(element, 'svg')), figure, format);
  } finally {
    plotly.purge(element);
    element.remove();
  }
}

/** A picture cannot be slid: leaves sliders and their room out. */
function withoutSliders(layout: Layout): Layout {
  if (layout.sliders === undefined) return layout;
  const { sliders: _sliders, ...rest } = layout;
  const margin = layout.margin as { readonly b: number };
  return {
    ...rest,
    height: (layout.height as number) - SLIDER_HEIGHT,
    margin: { ...margin, b: margin.b - SLIDER_HEIGHT },
  };
}

function openStudio(): Studio {
  // loaded with the first figure: half a second that commands without figures are spared
  const { JSDOM } = createRequire(import.meta.url)('jsdom') as typeof import('jsdom');
  const dom = new JSDOM('<!doctype html><body></body>', { runScripts: 'outside-only' });
  const { window } = dom;
  const opened: Studio = {
    plotly: undefined as unknown as Plotly,
    document: window.document,
    cells: new CellCanvas(),
    random: stream(0, 'figures/element-names'),
  };
  // Plotly names its elements at random: a seeded stream keeps the bytes equal, and `finish` makes the names unique in a page.
  Object.defineProperty(window.Math, 'random', { value: () => opened.random.uniform() });
  Object.defineProperty(window.URL, 'createObjectURL', { value: () => '' });
  const svgElement = window.SVGElement.prototype;
  Object.defineProperty(svgElement, 'getBoundingClientRect', { value: boundingRectangle });
  Object.defineProperty(svgElement, 'getBBox', { value: boundingRectangle });
  Object.defineProperty(svgElement, 'getComputedTextLength', {
    value(this: SVGElement) {
      return textLength(this);
    },
  });
  Object.defineProperty(svgElement, 'getTotalLength', { value: () => 0 });
  const contexts = new WeakMap<object, ReturnType<CellCanvas['context']>>();
  const canvas = window.HTMLCanvasElement.prototype;
  Object.defineProperty(canvas, 'getContext', {
    value(this: HTMLCanvasElement) {
      const context = contexts.get(this) ?? opened.cells.context();
      contexts.set(this, context);
      return context;
    },
  });
  Object.defineProperty(canvas, 'toDataURL', {
    value(this: HTMLCanvasElement) {
      return contexts.get(this)?.href() ?? 'data:,';
    },
  });
  window.eval(readFileSync(plotlyBundlePath(), 'utf8'));
  return Object.assign(opened, { plotly: (window as unknown as { Plotly: Plotly }).Plotly });
}

function boundingRectangle(this: SVGElement): Readonly<Record<string, number>> {
  const { left, top, right, bottom } = clientBox(this) ?? { left: 0, top: 0, right: 0, bottom: 0 };
  return { left, top, right, bottom, x: left, y: top, width: right - left, height: bottom - top };
}

function finish(svg: string, figure: Figure, format: FigureFormat): string {
  const own = `f${sha256(JSON.stringify([figure.meta.name, format, figure.data])).slice(0, 8)}`;
  const uid = /id="defs-([0-9a-z]+)"/.exec(svg)?.[1];
  const unique = (uid === undefined ? svg : svg.replaceAll(uid, own)).replaceAll('defs-marker', `${own}-marker`);
  const { title, altText } = figure.meta;
  return unique
    .replace(/\s(?:data-notex|class="js-[^"]*")(?:="[^"]*")?/g, '')
    .replace(/ style=""/g, '')
    .replace(
      /^(<svg\b[^>]*)>/,
      (_whole, root: string) =>
        `${root}${viewBox(root)} role="img" aria-labelledby="${own}-title ${own}-description"><title id="${own}-title">${escapeXml(title)}</title><desc id="${own}-description">${escapeXml(altText)}</desc>`,
    )
    .concat('\n');
}

function viewBox(root: string): string {
  const [width, height] = ['width', 'height'].map((name) => new RegExp(` ${name}="([0-9.]+)"`).exec(root)?.[1]);
  return root.includes('viewBox') ? '' : ` viewBox="0 0 ${width} ${height}"`;
}

function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
