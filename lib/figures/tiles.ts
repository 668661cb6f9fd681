import { ArgumentError } from '../core/errors.js';
import { wrapText } from './font.js';
import { type FigureLayout, type Layout, NOTEBOOK_WIDTH, PHONE_WIDTH } from './make-figure.js';

/** A picture with words under it and marks on it. */
export interface Tile {
  /** `data:` address of the picture. */
  readonly source: string;
  /** Size of the picture in its own pixels. */
  readonly width: number;
  readonly height: number;
  /** Words under the picture; each line is wrapped to the tile's width. */
  readonly lines: readonly string[];
  /** Shown on hovering over the words. */
  readonly hover?: string;
  /** Colour of the words; default black. */
  readonly colour?: string;
  /** Closed or open paths over the picture, in its pixels. */
  readonly paths?: readonly TilePath[];
}

export interface TilePath {
  readonly points: readonly (readonly [number, number])[];
  readonly closed: boolean;
  readonly colour: string;
  readonly dash?: 'dot' | 'dash';
  /** Draws a ring of this many picture pixels around each point instead of joining the points. */
  readonly rings?: number;
}

const SIDE_MARGIN = 16;
const GAP = 8;
/** Narrower pictures cannot be read on a phone. */
const LEAST_PHONE_TILE = 100;

/**
 * Layout of pictures in rows, as a contact sheet, with fewer columns on a phone. One data unit is one screen pixel, y down.
 *
 * @param columns at notebook width
 * @throws {ArgumentError} if there is no tile or columns is not a positive integer
 */
export function tileLayout(tiles: readonly Tile[], columns: number): FigureLayout {
  if (tiles.length === 0) throw new ArgumentError('tileLayout: needs at least one picture, got none');
  if (!Number.isInteger(columns) || columns < 1) {
    throw new ArgumentError(`tileLayout: columns must be a positive integer, got ${columns}`);
  }
  return {
    ...sheet(tiles, columns, NOTEBOOK_WIDTH, 12),
    axisHeight: 8,
    margin: { l: SIDE_MARGIN, r: SIDE_MARGIN },
    phone: sheet(tiles, phoneColumns(columns), PHONE_WIDTH, 11),
  };
}

/** As many columns as can be read, if possible a divisor of `columns`, so that pairs and rows stay together. */
function phoneColumns(columns: number): number {
  const most = Math.floor((PHONE_WIDTH - 2 * SIDE_MARGIN + GAP) / (LEAST_PHONE_TILE + GAP));
  for (let count = Math.min(columns, most); count > 1; count--) {
    if (columns % count === 0) return count;
  }
  return Math.min(columns, most);
}

function sheet(tiles: readonly Tile[], columns: number, width: number, size: number): FigureLayout {
  const inner = width - 2 * SIDE_MARGIN;
  const side = (inner - (columns - 1) * GAP) / columns;
  const images: Layout[] = [];
  const annotations: Layout[] = [];
  const shapes: Layout[] = [];
  let top = 0;
  for (let start = 0; start < tiles.length; start += columns) {
    const row = tiles.slice(start, start + columns);
    const height = side * Math.max(...row.map((tile) => tile.height / tile.width));
    const words = row.map((tile) => tile.lines.flatMap((line) => wrapText(line, side, { size })));
    for (const [column, tile] of row.entries()) {
      const left = column * (side + GAP);
      const scale = side / tile.width;
      images.push({
        source: tile.source,
        xref: 'x',
        yref: 'y',
        x: left,
        y: top,
        sizex: side,
        sizey: tile.height * scale,
        xanchor: 'left',
        yanchor: 'top',
        sizing: 'stretch',
        layer: 'below',
      });
      for (const path of tile.paths ?? []) shapes.push(...shapesOf(path, left, top, scale));
      const lines = words[column] as string[];
      if (lines.length === 0) continue;
      annotations.push({
        text: lines.join('<br>'),
        x: left + side / 2,
        y: top + height,
        yshift: -1,
        xanchor: 'center',
        yanchor: 'top',
        showarrow: false,
        borderpad: 0,
        font: { size, ...(tile.colour === undefined ? {} : { color: tile.colour }) },
        ...(tile.hover === undefined ? {} : { hovertext: tile.hover, captureevents: true }),
      });
    }
    top += height + Math.max(...words.map((lines) => lines.length)) * size * 1.3 + 10;
  }
  return {
    plotHeight: Math.round(top),
    xaxis: { visible: false, range: [0, inner], fixedrange: true },
    yaxis: { visible: false, range: [Math.round(top), 0], fixedrange: true },
    images,
    annotations,
    shapes,
  };
}

function shapesOf(path: TilePath, left: number, top: number, scale: number): Layout[] {
  const line = { color: path.colour, width: 2, ...(path.dash === undefined ? {} : { dash: path.dash }) };
  const place = ([x, y]: readonly [number, number]): readonly [number, number] => [left + x * scale, top + y * scale];
  if (path.rings !== undefined) {
    const radius = path.rings * scale;
    return path.points.map(place).map(([x, y]) => ({
      type: 'circle',
      x0: x - radius,
      x1: x + radius,
      y0: y - radius,
      y1: y + radius,
      line,
    }));
  }
  const steps = path.points.map(place).map(([x, y]) => `${round(x)},${round(y)}`);
  return steps.length === 0 ? [] : [{ type: 'path', path: `M${steps.join('L')}${path.closed ? 'Z' : ''}`, line }];
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
