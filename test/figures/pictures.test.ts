import { loadImage } from '@napi-rs/canvas';
import { describe, expect, it } from 'vitest';
import { stream } from '../../lib/core/random.js';
import { maskContours, type Outline } from '../../lib/figures/mask-contour.js';
import { enlarge, paintHeat, paintMask, pngAddress, toRgba } from '../../lib/figures/picture.js';
import { tileLayout } from '../../lib/figures/tiles.js';

/** Shoelace area, negative for holes. */
function areaOf(outline: Outline): number {
  return outline.reduce((sum, [x, y], index) => {
    const [u, v] = outline[(index + 1) % outline.length] as readonly [number, number];
    return sum + (x * v - u * y) / 2;
  }, 0);
}

describe('maskContours', () => {
  it('outlines a rectangle by its four corners', () => {
    // hand-solved: pixels (1..2, 1) of a 4 x 3 mask
    const mask = [0, 0, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0];
    const [outline, ...others] = maskContours(mask, 4, 3);
    expect(others).toEqual([]);
    expect(new Set(outline?.map(String))).toEqual(new Set(['1,1', '3,1', '3,2', '1,2']));
  });

  it('outlines a hole the other way round', () => {
    // hand-solved: 3 x 3 pixels without the middle one
    const areas = maskContours([1, 1, 1, 1, 0, 1, 1, 1, 1], 3, 3).map(areaOf);
    expect(areas.sort((a, b) => a - b)).toEqual([-1, 9]);
  });

  it('encloses as much as the mask holds, whatever its form', () => {
    const random = stream(3, 'test/mask');
    for (let round = 0; round < 20; round++) {
      const mask = Uint8Array.from({ length: 15 * 11 }, () => Number(random.chance(0.5)));
      const area = maskContours(mask, 15, 11).reduce((sum, outline) => sum + areaOf(outline), 0);
      expect(area).toBe(mask.reduce((sum, value) => sum + value, 0));
    }
  });

  it('finds nothing in an empty mask and refuses a wrong size', () => {
    expect(maskContours([0, 0], 2, 1)).toEqual([]);
    expect(() => maskContours([0], 2, 1)).toThrow(/mask must have 2 x 1 values, got 1/);
  });
});

describe('pictures', () => {
  const grey = { width: 2, height: 1, data: Uint8Array.of(0, 100) };

  it('round as PNG bit for bit', async () => {
    const image = await loadImage(pngAddress(toRgba(grey)));
    expect([image.width, image.height]).toEqual([2, 1]);
    expect([...toRgba(grey).data]).toEqual([0, 0, 0, 255, 100, 100, 100, 255]);
  });

  it('mix a mask in by its opacity and leave the rest', () => {
    // hand-solved: half of 100 and half of (200, 0, 100)
    expect([...paintMask(toRgba(grey), [0, 1], '#c80064', 0.5).data]).toEqual([0, 0, 0, 255, 150, 50, 100, 255]);
  });

  it('leave the least attended pixel as it was', () => {
    const painted = paintHeat(toRgba(grey), [5, 1], 1).data;
    expect([...painted.subarray(4)]).toEqual([100, 100, 100, 255]);
    expect(painted[0]).toBeGreaterThan(200);
  });

  it('enlarge between cell centres and keep a constant map', () => {
    // hand-solved: centres at 1 and 3 of 4 pixels
    expect([...enlarge([0, 1], 1, 2, 4, 1)]).toEqual([0, 0.25, 0.75, 1]);
    expect(new Set(enlarge([7, 7, 7, 7], 2, 2, 5, 3))).toEqual(new Set([7]));
  });

  it('refuse data of the wrong size', () => {
    expect(() => toRgba({ ...grey, width: 3 })).toThrow(/3 x 1 = 3 bytes, got 2/);
    expect(() => paintMask(toRgba(grey), [1], '#000000', 1)).toThrow(/needs 2 x 1 values, got 1/);
    expect(() => enlarge([1], 1, 2, 4, 1)).toThrow(/1 x 2 values, got 1/);
  });
});

describe('tileLayout', () => {
  const tile = { source: 'data:,', width: 10, height: 10, lines: ['one'] };

  it('keeps pairs together on a phone', () => {
    const { phone = {} } = tileLayout([tile, tile, tile, tile], 4);
    const places = (phone.images as { x: number; y: number }[]).map(({ x, y }) => [x > 0, y > 0]);
    expect(places).toEqual([
      [false, false],
      [true, false],
      [false, true],
      [true, true],
    ]);
  });

  it('refuses to show nothing', () => {
    expect(() => tileLayout([], 4)).toThrow(/at least one picture/);
    expect(() => tileLayout([tile], 0)).toThrow(/positive integer, got 0/);
  });
});
