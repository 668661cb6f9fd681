import { describe, expect, it } from 'vitest';
import { ArgumentError, DataError } from '../../../lib/core/errors.js';
import { stream } from '../../../lib/core/random.js';
import { curateClip } from '../../../lib/imaging/curation/curate-clip.js';
import { findCone } from '../../../lib/imaging/curation/find-cone.js';
import { close, largestPiece, open } from '../../../lib/imaging/curation/regions.js';
import { isInSector, type Sector } from '../../../lib/imaging/curation/sector-fit.js';
import { readDicom } from '../../../lib/imaging/dicom/read-dicom.js';
import type { GrayClip } from '../../../lib/imaging/image.js';

const width = 240;
const height = 200;
const frameCount = 12;

/** Letters-like blocks, a colour bar, a depth scale and a running trace around (and a marker inside) a speckled sector. */
function scene(sector: Sector, options: { readonly markerInside?: boolean } = {}): GrayClip {
  const random = stream(1, 'test/cone');
  const data = new Uint8Array(frameCount * width * height);
  for (let k = 0, i = 0; k < frameCount; k++) {
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++, i++) {
        if (isInSector(sector, x, y)) data[i] = 15 + 90 * random.uniform() ** 2;
        else if (x < 30 && y < 40 && (x >> 1) % 3 === 0 && y % 8 < 5) data[i] = 200;
        else if (x > 228 && y > 20 && y < 120) data[i] = 255 - 2 * y;
        else if (x === 224 && y % 20 < 2) data[i] = 180;
        else if (y > 185 && Math.abs(y - 192 - 5 * Math.sin((x + 9 * k) / 11)) < 1) data[i] = 220;
      }
    }
    if (options.markerInside) {
      for (let y = 90; y < 97; y++) data[k * width * height + y * width + 120] = 240;
      for (let x = 117; x < 124; x++) data[k * width * height + 93 * width + x] = 240;
    }
  }
  return { width, height, frameCount, framesPerSecond: 40, data };
}

const phasedArray: Sector = {
  apexX: 122,
  apexY: 12,
  leftAngle: -0.7,
  rightAngle: 0.7,
  nearRadius: 4,
  farRadius: 165,
};
const curvedArray: Sector = {
  apexX: 118,
  apexY: -60,
  leftAngle: -0.45,
  rightAngle: 0.5,
  nearRadius: 80,
  farRadius: 235,
};

function overlap(mask: Uint8Array, sector: Sector): number {
  let [both, either] = [0, 0];
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i++) {
      const inside = isInSector(sector, x, y);
      if (inside && mask[i] === 1) both++;
      if (inside || mask[i] === 1) either++;
    }
  }
  return both / either;
}

describe('findCone', () => {
  it.each([
    ['phased array', phasedArray],
    ['curved array', curvedArray],
    ['a sector cut off on one side', { ...phasedArray, apexX: 205, rightAngle: 0.2 }],
  ])('finds a %s among text, bar, scale and trace', (_name, sector) => {
    const cone = findCone(scene(sector));
    expect(cone.shape).toBe('sector');
    expect(cone.evidence).toBe('motion');
    expect(overlap(cone.mask.data, sector)).toBeGreaterThan(0.95);
  });

  it('finds the cone of a real clip without any of its screen', async () => {
    const path = new URL('../../fixtures/dicom/examples_ybr_color.dcm', import.meta.url).pathname;
    const clip = await (await readDicom(path)).readClip();
    const cone = findCone(clip);
    expect(cone.shape).toBe('sector');
    expect(cone.agreement).toBeGreaterThan(0.95);
    // Seen on the picture: "PLA" and "Gen THI" to x = 42, y = 30; the orientation dot around (190, 20); the scale from x = 296; the bar from y = 220.
    const touches = (x0: number, y0: number, x1: number, y1: number): boolean => {
      for (let y = y0; y <= y1; y++) for (let x = x0; x <= x1; x++) if (cone.mask.data[y * 320 + x] === 1) return true;
      return false;
    };
    expect(touches(0, 0, 42, 30)).toBe(false);
    expect(touches(186, 15, 195, 25)).toBe(false);
    expect(touches(296, 0, 319, 239)).toBe(false);
    expect(touches(0, 205, 319, 239)).toBe(false);
    // The left corner, the apex and the bottom of the arc are inside.
    expect([touches(45, 148, 48, 150), touches(165, 22, 170, 26), touches(165, 198, 170, 200)]).toEqual([
      true,
      true,
      true,
    ]);
  });

  it('falls back on brightness for a single frame, and can be kept within a region', () => {
    const clip = scene(phasedArray);
    const single = { ...clip, frameCount: 1, data: clip.data.subarray(0, width * height) };
    const cone = findCone(single, { within: { x0: 32, y0: 0, x1: 222, y1: 184 } });
    expect(cone.evidence).toBe('brightness');
    expect(overlap(cone.mask.data, phasedArray)).toBeGreaterThan(0.9);
    expect(cone.box.left).toBeGreaterThanOrEqual(32);
  });

  it('throws where nothing moves', () => {
    const still = { width, height, frameCount, framesPerSecond: 40, data: new Uint8Array(frameCount * width * height) };
    expect(() => findCone(still)).toThrow(DataError);
  });
});

describe('curateClip', () => {
  const clip = scene(phasedArray);

  it('crops tightly, pads to a square, keeps rate and spacing', () => {
    const curated = curateClip(clip, { size: 96, spacing: { xMillimetres: 0.5, yMillimetres: 0.5 } });
    expect(curated.clip).toMatchObject({ width: 96, height: 96, frameCount, framesPerSecond: 40 });
    const side = Math.max(curated.cone.box.width, curated.cone.box.height);
    // Law: the physical side is kept.
    expect(curated.spacing!.xMillimetres * 96).toBeCloseTo(0.5 * side, 9);
    expect(curated.spacing!.yMillimetres).toBe(curated.spacing!.xMillimetres);
    expect(side).toBeGreaterThan(200); // the sector is 2 x 165 sin 0.7 = 212 wide
    expect(side).toBeLessThan(222);
  });

  it('makes a physical square of pixels that are not square', () => {
    const { spacing } = curateClip(clip, { size: 100, spacing: { xMillimetres: 0.6, yMillimetres: 0.3 } });
    expect(spacing!.xMillimetres / spacing!.yMillimetres).toBeCloseTo(1, 2);
  });

  it('leaves spacing null where it was unknown', () => {
    expect(curateClip(clip, { size: 64 }).spacing).toBeNull();
  });

  it('lets nothing outside the cone through', () => {
    // Law: changing everything outside the true sector (by 3 pixels and more) changes nothing in the result.
    const other = { ...clip, data: clip.data.slice() };
    const wide = { ...phasedArray, leftAngle: -0.74, rightAngle: 0.74, nearRadius: 0, farRadius: 172, apexY: 7 };
    for (let k = 0, i = 0; k < frameCount; k++)
      for (let y = 0; y < height; y++)
        for (let x = 0; x < width; x++, i++) if (!isInSector(wide, x, y)) other.data[i] = 0;
    const { cone } = curateClip(clip, { size: 64 });
    expect(
      Buffer.from(curateClip(other, { size: 64, cone }).clip.data).equals(
        Buffer.from(curateClip(clip, { size: 64, cone }).clip.data),
      ),
    ).toBe(true);
  });

  it('paints over a marker inside the cone', () => {
    const marked = curateClip(scene(phasedArray, { markerInside: true }), { size: 112 });
    expect(marked.graphicsPixels).toBeGreaterThanOrEqual(13);
    expect(marked.clip.data.reduce((a, b) => Math.max(a, b))).toBeLessThan(120);
    expect(curateClip(clip, { size: 112 }).graphicsPixels).toBe(0);
  });

  it('refuses a size that is none', () => {
    expect(() => curateClip(clip, { size: 0 })).toThrow(ArgumentError);
  });
});

describe('regions', () => {
  const mask = (rows: readonly string[]) => ({
    width: rows[0]!.length,
    height: rows.length,
    data: Uint8Array.from(rows.join(''), (cell) => (cell === '#' ? 1 : 0)),
  });

  it('open removes a thin line, close fills a thin gap, largestPiece joins diagonals', () => {
    const line = mask(['.......', '#######', '.......']);
    expect(open(line, 1).data.some(Boolean)).toBe(false);
    const gap = mask(['.......', '.##.##.', '.##.##.', '.##.##.', '.......']);
    expect(close(gap, 1).data[2 * 7 + 3]).toBe(1);
    const pieces = largestPiece(mask(['##...', '..#.#', '....#']));
    expect(pieces.pixels).toBe(3);
  });
});
