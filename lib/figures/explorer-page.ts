import { createCanvas } from '@napi-rs/canvas';
import { ArgumentError, ShapeError } from '../core/errors.js';
import type { GrayImage } from '../imaging/image.js';
import { type ExplorerData, runExplorer } from './explorer-client.js';
import { insidePolygon, nearestInDirection, nearestPoint } from './explorer-geometry.js';
import { EXPLORER_STYLE } from './explorer-style.js';
import { escapeHtml } from './figure-html.js';
import { PHANTOM_MARK } from './house-layout.js';
import type { DataOrigin } from './make-figure.js';
import { classStyle } from './palette.js';
import { toRgba } from './picture.js';

/** One embedded frame. */
export interface ExplorerFrame {
  readonly sample: string;
  readonly patient: string;
  /** What points are coloured by, e.g. `{ view: 'A4C', vendor: 'V1', set: 'train' }`; the same keys for every frame. */
  readonly attributes: Readonly<Record<string, string>>;
}

/** All frames in one picture, row by row. Make one with {@link frameSprite}. */
export interface FrameSprite {
  /** JPEG or PNG as a `data:` address. */
  readonly source: string;
  /** Side of a frame in pixels. */
  readonly tile: number;
  readonly columns: number;
}

/** One map of the frames. */
export interface ExplorerMap {
  /** E.g. `t-SNE, perplexity 50`. */
  readonly name: string;
  readonly x: readonly number[];
  readonly y: readonly number[];
}

export interface ExplorerInput {
  readonly title: string;
  readonly caption: string;
  readonly dataOrigin: DataOrigin;
  readonly frames: readonly ExplorerFrame[];
  /** At least one; the first is shown first. Each has one point a frame. */
  readonly maps: readonly ExplorerMap[];
  readonly sprite: FrameSprite;
  /** Classes of an attribute in the order of its legend and colours, as in `embeddingMap`; default: sorted. */
  readonly classes?: Readonly<Record<string, readonly string[]>>;
  /** Indices of each frame's nearest neighbours in the embedding (not on the map), nearest first. */
  readonly neighbours?: readonly (readonly number[])[];
}

/**
 * The embedding explorer: one self-contained HTML page that works offline from file://.
 *
 * Hovering (or the arrow keys) shows a frame with its patient and attributes; a click (or Enter) its nearest neighbours;
 * a lasso (or Space) selects points, which appear as a contact sheet. Reads on a phone.
 *
 * @throws {ShapeError} if a map or the neighbours do not have one entry a frame
 * @throws {ArgumentError} if there is no frame or map, a coordinate is not finite, or attributes differ between frames
 */
export function explorerPage(input: ExplorerInput): string {
  const data = explorerData(input);
  const json = JSON.stringify(data).replaceAll('<', '\\u003c');
  const mark = input.dataOrigin === 'phantom' ? `<span class="mark">${PHANTOM_MARK}</span>` : '';
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(input.title)}</title>
<style>
${EXPLORER_STYLE}</style>
</head>
<body>
<header><h1>${escapeHtml(input.title)}</h1>${mark}<p>${escapeHtml(input.caption)}</p></header>
<noscript><p>This page needs scripts; they are all inside it and load nothing.</p></noscript>
<main>
<section class="stage">
<div class="controls">
<label>Map <select id="map"></select></label>
<label>Colour <select id="colour"></select></label>
<button id="lasso" type="button" aria-pressed="false">Lasso</button>
<button id="clear" type="button">Clear selection</button>
<button id="reset" type="button">Reset view</button>
</div>
<canvas id="plot" tabindex="0" role="application" aria-label="Map of ${input.frames.length} frames. Arrow keys move between points, Enter shows nearest neighbours, Space selects, Escape clears."></canvas>
<div id="legend" class="legend" role="group" aria-label="Classes: press to show or hide"></div>
<p class="hint">Hover or arrow keys: frame. Click or Enter: nearest neighbours. Lasso or Space: select. Wheel or pinch: zoom. Drag: move.</p>
</section>
<aside>
<section><h2>Frame</h2><div id="frame" aria-live="polite"><p>Point at a frame in the map.</p></div></section>
<section><h2>Nearest neighbours</h2><div id="neighbours" class="sheet"><p>Click a point.</p></div></section>
<section><h2>Selection <span id="count"></span></h2><div id="sheet" class="sheet"><p>Draw a lasso around points.</p></div></section>
</aside>
</main>
<script type="application/json" id="data">${json}</script>
<script>
(${runExplorer.toString()})(JSON.parse(document.getElementById('data').textContent), {
insidePolygon: ${insidePolygon.toString()},
nearestPoint: ${nearestPoint.toString()},
nearestInDirection: ${nearestInDirection.toString()}
});
</script>
</body>
</html>
`;
}

/**
 * Puts frames into one JPEG, row by row.
 *
 * @param options.tile side of a frame in the sprite in pixels; frames are fitted into it; default 64
 * @param options.quality of the JPEG, 1 to 100; default 80
 * @throws {ArgumentError} if there is no frame, or the picture would be larger than browsers show (16,384 pixels a side)
 */
export function frameSprite(
  frames: readonly GrayImage[],
  options: { readonly tile?: number; readonly quality?: number } = {},
): FrameSprite {
  const tile = options.tile ?? 64;
  const columns = Math.ceil(Math.sqrt(frames.length));
  const rows = Math.ceil(frames.length / Math.max(1, columns));
  if (frames.length === 0 || columns * tile > 16384) {
    throw new ArgumentError(
      `frameSprite: ${frames.length} frames of ${tile} px must make a picture of 1 to 16384 px a side; use a smaller tile`,
    );
  }
  const canvas = createCanvas(columns * tile, rows * tile);
  const context = canvas.getContext('2d');
  context.fillRect(0, 0, canvas.width, canvas.height);
  for (const [index, frame] of frames.entries()) {
    const scale = tile / Math.max(frame.width, frame.height);
    const [width, height] = [frame.width * scale, frame.height * scale];
    const x = (index % columns) * tile + (tile - width) / 2;
    const y = Math.floor(index / columns) * tile + (tile - height) / 2;
    const picture = createCanvas(frame.width, frame.height);
    const pixels = toRgba(frame);
    const target = picture.getContext('2d').createImageData(frame.width, frame.height);
    target.data.set(pixels.data);
    picture.getContext('2d').putImageData(target, 0, 0);
    context.drawImage(picture, x, y, width, height);
  }
  const bytes = canvas.toBuffer('image/jpeg', options.quality ?? 80);
  return { source: `data:image/jpeg;base64,${bytes.toString('base64')}`, tile, columns };
}

function explorerData(input: ExplorerInput): ExplorerData {
  const { frames, maps, neighbours, sprite } = input;
  const [first] = frames;
  if (first === undefined || maps.length === 0) {
    throw new ArgumentError(
      `explorerPage: needs frames and a map, got ${frames.length} frames and ${maps.length} maps`,
    );
  }
  for (const { name, x, y } of maps) {
    if (x.length !== frames.length || y.length !== frames.length) {
      throw new ShapeError(
        `explorerPage: map ${name} must have ${frames.length} points, got ${x.length} and ${y.length}`,
      );
    }
    if (![...x, ...y].every(Number.isFinite)) {
      throw new ArgumentError(`explorerPage: map ${name} must be finite, got NaN or infinity`);
    }
  }
  if (neighbours !== undefined && neighbours.length !== frames.length) {
    throw new ShapeError(`explorerPage: neighbours must have ${frames.length} lists, got ${neighbours.length}`);
  }
  const names = Object.keys(first.attributes);
  const odd = frames.find(({ attributes }) => names.some((name) => attributes[name] === undefined));
  if (names.length === 0 || odd !== undefined) {
    throw new ArgumentError(
      `explorerPage: every frame needs the attributes ${names.join(', ')}; ${odd?.sample ?? 'none'} has others`,
    );
  }
  return {
    samples: frames.map(({ sample }) => sample),
    patients: frames.map(({ patient }) => patient),
    attributes: names.map((name) => {
      const values = frames.map(({ attributes }) => attributes[name] as string);
      const present = [...new Set(values)].sort();
      const classes = input.classes?.[name] ?? present;
      const missing = present.find((value) => !classes.includes(value));
      if (missing !== undefined) {
        throw new ArgumentError(`explorerPage: classes of ${name} must hold every value; ${missing} is missing`);
      }
      const places = new Map(classes.map((value, index) => [value, index]));
      return {
        name,
        classes: classes.map((value, index) => ({ name: value, ...classStyle(index) })),
        codes: values.map((value) => places.get(value) as number),
      };
    }),
    maps: maps.map(({ name, x, y }) => ({ name, x: x.map(short), y: y.map(short) })),
    sprite,
    neighbours: neighbours?.map((list) => [...list]) ?? null,
  };
}

/** Five digits are more than a screen shows. */
function short(value: number): number {
  return Number(value.toPrecision(5));
}
