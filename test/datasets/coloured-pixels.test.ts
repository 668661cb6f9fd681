import { describe, expect, it } from 'vitest';
import { ColouredPixels } from '../../lib/datasets/curation/coloured-pixels.js';
import type { Raster } from '../../lib/imaging/jpeg.js';

const raster = (colour: (n: number) => readonly [number, number, number]): Raster => ({
  width: 10,
  height: 10,
  channels: 3,
  data: Uint8Array.from({ length: 300 }, (_, i) => colour(Math.floor(i / 3))[i % 3]!),
});

const maskOf = (...frames: Raster[]) => {
  const pixels = new ColouredPixels(10, 10);
  for (const frame of frames) pixels.add(frame);
  return pixels.mask();
};

describe('ColouredPixels', () => {
  it('finds a green trace wherever it runs', () => {
    const trace = (at: number) => raster((n) => (n === at ? [0, 220, 0] : [n, n, n]));
    const mask = maskOf(trace(3), trace(47))!;
    expect([...mask.data.keys()].filter((i) => mask.data[i] === 1)).toEqual([3, 47]);
  });

  it('takes a tinted grey map as grey', () => {
    expect(maskOf(raster((n) => [20 + 2 * n, 20 + 1.3 * n, 20]))).toBeNull();
  });

  it('does not take red and blue flow as a tint', () => {
    const flow = maskOf(raster((n) => (n % 10 < 2 ? [200, 30, 20] : n % 10 < 4 ? [20, 40, 210] : [60, 60, 60])))!;
    expect(flow.data.reduce((sum, value) => sum + value, 0)).toBe(40);
  });

  it('sees nothing in grey', () => {
    expect(maskOf(raster((n) => [n, n, n]))).toBeNull();
  });
});
