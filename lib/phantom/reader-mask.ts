import type { HeartFrame } from './heart-frame.js';
import { type Picture, planeToHeart } from './picture.js';
import type { Sway } from './sway.js';
import { Chamber, SAMPLE_LENGTH, Sample } from './tissue.js';

/**
 * The chambers as readers of CAMUS trace them: past the sides of the sector (the picture's rows cut them, not its beams), and with a wall that is at
 * least `band` wide around the whole cavity, for readers draw it evenly wherever the picture shows no outer border.
 *
 * @param band mm
 * @returns `[size, size]` of {@link Chamber}; left ventricle, its wall and left atrium alone
 */
export function readerMask(frame: HeartFrame, picture: Picture, sway: Sway, band: number): Uint8Array {
  const { size, plane, grid, face, spacing } = picture;
  const mask = new Uint8Array(size * size);
  const aboveBase = new Uint8Array(size * size);
  const sample = new Float64Array(SAMPLE_LENGTH);
  const highest = grid.near * Math.cos(grid.halfAngle) - face;
  const lowest = grid.far - face;
  for (let row = 0; row < size; row++) {
    const down = picture.top + row * spacing;
    if (down < highest || down > lowest) continue;
    for (let column = 0; column < size; column++) {
      const [x, y, z] = planeToHeart(plane, picture.left + column * spacing - sway[0], down - sway[1]);
      frame.sample(x, y, z, sample);
      const chamber = sample[Sample.chamber]!;
      const at = row * size + column;
      if (TRACED.has(chamber)) mask[at] = chamber;
      if (sample[Sample.material]! > 0) aboveBase[at] = 1;
    }
  }
  layBand(mask, aboveBase, size, band / spacing);
  return mask;
}

const TRACED: ReadonlySet<number> = new Set([Chamber.leftVentricle, Chamber.myocardium, Chamber.leftAtrium]);

/** Calls wall what is nobody's, above the base plane and within `reach` pixels of the cavity's edge. In place. */
function layBand(mask: Uint8Array, aboveBase: Uint8Array, size: number, reach: number): void {
  const whole = Math.ceil(reach);
  const steps: (readonly [number, number])[] = [];
  for (let dy = -whole; dy <= whole; dy++) {
    for (let dx = -whole; dx <= whole; dx++) if (dx * dx + dy * dy <= reach * reach) steps.push([dx, dy]);
  }
  const cavity = (x: number, y: number): boolean =>
    x >= 0 && y >= 0 && x < size && y < size && mask[y * size + x] === Chamber.leftVentricle;
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      if (!cavity(x, y) || (cavity(x - 1, y) && cavity(x + 1, y) && cavity(x, y - 1) && cavity(x, y + 1))) continue;
      for (const [dx, dy] of steps) {
        const [column, row] = [x + dx, y + dy];
        if (column < 0 || row < 0 || column >= size || row >= size) continue;
        const at = row * size + column;
        if (mask[at] === Chamber.none && aboveBase[at] === 1) mask[at] = Chamber.myocardium;
      }
    }
  }
}
