import { describe, expect, it } from 'vitest';
import { type FlatOutline, levelOutlines } from '../../lib/interactive/level-outlines.js';

/** Signed area by the shoelace formula: its sign tells the direction. */
function areaOf(outline: FlatOutline): number {
  let twice = 0;
  for (let i = 0; i < outline.length; i += 2) {
    const j = (i + 2) % outline.length;
    twice += outline[i]! * outline[j + 1]! - outline[j]! * outline[i + 1]!;
  }
  return twice / 2;
}

describe('levelOutlines', () => {
  it('cuts the corners of a lone pixel: a diamond of half its area, in its middle', () => {
    const field = [0, 0, 0, 0, 1, 0, 0, 0, 0];
    const [outline, ...others] = levelOutlines(field, 3, 3, 0.5);
    expect(others).toEqual([]);
    expect(Math.abs(areaOf(outline!))).toBeCloseTo(0.5, 12); // hand-solved: corners half a pixel from (1.5, 1.5)
    const xs = outline!.filter((_value, i) => i % 2 === 0);
    expect([Math.min(...xs), Math.max(...xs)]).toEqual([1, 2]);
  });

  it('follows a field between the pixels: a cone cut at a height is a circle', () => {
    const size = 41;
    const field = Float32Array.from({ length: size * size }, (_value, i) => {
      const [x, y] = [(i % size) + 0.5 - 20.5, Math.floor(i / size) + 0.5 - 20.5];
      return 12.3 - Math.hypot(x, y);
    });
    const [outline, ...others] = levelOutlines(field, size, size, 0);
    expect(others).toEqual([]);
    expect(Math.abs(areaOf(outline!)) / (Math.PI * 12.3 ** 2)).toBeCloseTo(1, 2);
    for (let i = 0; i < outline!.length; i += 2) {
      expect(Math.hypot(outline![i]! - 20.5, outline![i + 1]! - 20.5)).toBeCloseTo(12.3, 1);
    }
  });

  it('walks around holes the other way, so areas add up', () => {
    const ring = Array.from({ length: 81 }, (_value, i) => {
      const reach = Math.max(Math.abs((i % 9) - 4), Math.abs(Math.floor(i / 9) - 4));
      return reach <= 3 && reach >= 2 ? 1 : 0;
    });
    const areas = levelOutlines(ring, 9, 9, 0.5).map(areaOf);
    expect(areas.map(Math.sign).sort()).toEqual([-1, 1]);
    // 7 x 7 less cut corners (4 of 1/8), hole 3 x 3 with corners filled the same way.
    expect(Math.abs(areas[0]! + areas[1]!)).toBeCloseTo(49 - 0.5 - (9 - 0.5), 12);
  });

  it('closes along the border of the picture', () => {
    const [outline] = levelOutlines(new Uint8Array(12).fill(1), 4, 3, 0.5);
    expect(Math.abs(areaOf(outline!))).toBeCloseTo(12 - 0.5, 12);
  });

  it('keeps pixels that touch at a corner apart, and finds nothing in nothing', () => {
    expect(levelOutlines([1, 0, 0, 1], 2, 2, 0.5)).toHaveLength(2);
    expect(levelOutlines([0, 1, 1, 0], 2, 2, 0.5)).toHaveLength(2);
    expect(levelOutlines(new Float32Array(9), 3, 3, 0)).toEqual([]);
    expect(() => levelOutlines([1], 2, 2, 0)).toThrow(/2 x 2 values, got 1/);
  });
});
