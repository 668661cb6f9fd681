import { textWidth } from './font.js';
import type { Layout } from './make-figure.js';

/** Where a class lies on a map. */
interface ClassPlace {
  readonly label: string;
  readonly x: number;
  readonly y: number;
  readonly count: number;
}

/** Shifts tried for a label in lines of text, nearest first. */
const SHIFTS = [0, -1.1, 1.1, -2.2, 2.2];

/**
 * Names on a map, each at the medians of its class, so that a reader need not match colours with the legend. Where two names would
 * overlap the smaller class moves up or down; where that does not help it has no name on the map, only in the legend.
 *
 * @param points what is named, with their classes
 * @param room of the plotting area in pixels; axes of equal scale
 * @param size of the text in pixels
 */
export function classLabels(
  points: readonly { readonly x: number; readonly y: number; readonly label: string }[],
  room: { readonly width: number; readonly height: number },
  size: number,
): Layout[] {
  const groups = new Map<string, { xs: number[]; ys: number[] }>();
  for (const { x, y, label } of points) {
    const group = groups.get(label) ?? { xs: [], ys: [] };
    group.xs.push(x);
    group.ys.push(y);
    groups.set(label, group);
  }
  const places: ClassPlace[] = [...groups].map(([label, { xs, ys }]) => ({
    label,
    x: median(xs),
    y: median(ys),
    count: xs.length,
  }));
  places.sort((a, b) => b.count - a.count || (a.label < b.label ? -1 : 1));
  const unit = Math.max(
    extent(points.map(({ x }) => x)) / room.width,
    extent(points.map(({ y }) => y)) / room.height,
    Number.MIN_VALUE,
  );
  const taken: { left: number; right: number; middle: number }[] = [];
  return places.flatMap(({ label, x, y }): Layout[] => {
    const half = textWidth(label, { size, bold: true }) / 2 + 2;
    for (const lines of SHIFTS) {
      const box = { left: x / unit - half, right: x / unit + half, middle: -y / unit + lines * size };
      const free = taken.every(
        (other) =>
          other.right < box.left || other.left > box.right || Math.abs(other.middle - box.middle) > size * 1.05,
      );
      if (!free) continue;
      taken.push(box);
      return [
        {
          text: `<b>${label}</b>`,
          x,
          y,
          yshift: -lines * size,
          showarrow: false,
          borderpad: 0,
          font: { size },
          bgcolor: 'rgba(255, 255, 255, 0.65)',
        },
      ];
    }
    return [];
  });
}

function median(values: number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] as number;
}

function extent(values: readonly number[]): number {
  return values.reduce((a, b) => Math.max(a, b)) - values.reduce((a, b) => Math.min(a, b));
}
