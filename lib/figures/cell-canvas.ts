import { createCanvas } from '@napi-rs/canvas';

/** One filled rectangle of a heatmap. */
interface Cell {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly colour: string;
}

/** More cells than this become one PNG; fewer stay rectangles, sharp at any zoom. */
const MOST_RECTANGLES = 4096;

/** Marks an `href` that stands for recorded cells. */
const TOKEN = 'cells:';

/**
 * A drawing context that keeps what plotly fills: plotly paints heatmaps on a canvas and embeds the bitmap,
 * which every SVG viewer but a browser blurs when it scales. Recorded cells become SVG rectangles instead.
 */
export class CellCanvas {
  readonly #recorded: (readonly Cell[])[] = [];

  /** A context for one canvas, with the two members that plotly's heatmap uses. */
  context(): {
    fillStyle: string;
    fillRect(x: number, y: number, width: number, height: number): void;
    href(): string;
  } {
    const cells: Cell[] = [];
    const recorded = this.#recorded;
    return {
      fillStyle: '#000000',
      fillRect(x, y, width, height) {
        if (/,\s*0\)$/.test(this.fillStyle)) return;
        cells.push({ x, y, width, height, colour: this.fillStyle });
      },
      href() {
        recorded.push(cells);
        return `${TOKEN}${recorded.length - 1}`;
      },
    };
  }

  /** Replaces each `<image>` that stands for recorded cells by the cells themselves. */
  resolve(svg: string): string {
    return svg.replace(/<image\b[^>]*xlink:href="cells:(\d+)"[^>]*?(\/>|><\/image>)/g, (image, index: string) => {
      const cells = this.#recorded[Number(index)] ?? [];
      const [x, y, width, height] = ['x', 'y', 'width', 'height'].map((name) =>
        Number(new RegExp(`\\s${name}="([^"]*)"`).exec(image)?.[1] ?? 0),
      ) as [number, number, number, number];
      return cells.length > MOST_RECTANGLES ? bitmap(cells, x, y, width, height) : rectangles(cells, x, y);
    });
  }
}

function rectangles(cells: readonly Cell[], x: number, y: number): string {
  const marks = cells.map((cell) => {
    const [left, width] = forwards(cell.x, cell.width);
    const [top, height] = forwards(cell.y, cell.height);
    return `<rect x="${left}" y="${top}" width="${width}" height="${height}" fill="${hex(cell.colour)}"/>`;
  });
  return `<g class="cells" transform="translate(${x},${y})" shape-rendering="crispEdges">${marks.join('')}</g>`;
}

function bitmap(cells: readonly Cell[], x: number, y: number, width: number, height: number): string {
  const canvas = createCanvas(Math.max(1, Math.round(width)), Math.max(1, Math.round(height)));
  const context = canvas.getContext('2d');
  for (const cell of cells) {
    context.fillStyle = cell.colour;
    context.fillRect(cell.x, cell.y, cell.width, cell.height);
  }
  const href = canvas.toDataURL('image/png');
  return `<image x="${x}" y="${y}" width="${width}" height="${height}" preserveAspectRatio="none" style="image-rendering: pixelated" xlink:href="${href}"/>`;
}

/** Start and positive length of a span that may run backwards, as on a reversed axis. */
function forwards(start: number, length: number): [number, number] {
  return length < 0 ? [start + length, -length] : [start, length];
}

function hex(rgba: string): string {
  const [r, g, b] = (rgba.match(/[\d.]+/g) ?? []).map(Number);
  return `#${[r, g, b].map((part) => (part ?? 0).toString(16).padStart(2, '0')).join('')}`;
}
