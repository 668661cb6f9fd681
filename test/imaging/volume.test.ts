import { describe, expect, it } from 'vitest';
import { ArgumentError, ShapeError } from '../../lib/core/errors.js';
import { toCartesian } from '../../lib/imaging/volume/scan-conversion.js';
import { acrossSlice, sliceVolume, turnedSlice } from '../../lib/imaging/volume/slice-volume.js';
import { type Volume, valueAt, volumeOf } from '../../lib/imaging/volume/volume.js';

const shape = [21, 17, 25] as const;
/** value = 2 x + 3 y + z in millimetres: linear, so that trilinear interpolation is exact. */
const ramp: Volume = {
  shape,
  spacing: [0.5, 1, 2],
  data: Float32Array.from({ length: 21 * 17 * 25 }, (_, i) => {
    const [x, y, z] = [i % 21, Math.floor(i / 21) % 17, Math.floor(i / (21 * 17))];
    return 2 * (x * 0.5) + 3 * y + z * 2;
  }),
};

describe('valueAt', () => {
  it('is exact on a linear volume, at the border too, and 0 outside', () => {
    expect(valueAt(ramp, 3.25, 5.5, 7.75)).toBeCloseTo(3.25 + 16.5 + 15.5, 4);
    expect(valueAt(ramp, 20, 16, 24)).toBeCloseTo(20 + 48 + 48, 4);
    expect(valueAt(ramp, 20.01, 0, 0)).toBe(0);
    expect(valueAt({ shape: [1, 1, 2], spacing: [1, 1, 1], data: Uint8Array.of(4, 8) }, 0, 0, 0.5)).toBe(6);
  });
});

describe('volumeOf', () => {
  it('takes one moment of a series', () => {
    const series = { shape: [2, 1, 1, 3], spacing: [1, 2, 3, 0.1], data: Float32Array.of(1, 2, 3, 4, 5, 6) } as const;
    expect([...volumeOf(series, 2).data]).toEqual([5, 6]);
    expect(() => volumeOf(series, 3)).toThrow(ShapeError);
  });
});

describe('sliceVolume', () => {
  it('cuts 12 planes at 15 degrees and 3 across, as the paper does', () => {
    const slices = sliceVolume(ramp);
    expect(slices.filter(({ plane }) => plane === 'AB').map(({ position }) => position)).toEqual([
      0, 15, 30, 45, 60, 75, 90, 105, 120, 135, 150, 165,
    ]);
    expect(slices.filter(({ plane }) => plane === 'C').map(({ position }) => position)).toEqual([12, 24, 36]); // of 48 mm
    expect(slices.every(({ spacing }) => spacing.xMillimetres === 0.5)).toBe(true);
  });

  it('holds the right voxels', () => {
    const xz = turnedSlice(ramp, 0, 0.5); // y in the middle: 8 mm
    expect([xz.image.width, xz.image.height]).toEqual([21, 97]);
    expect(xz.image.data[10 * 21 + 6]).toBe(Math.round(2 * 3 + 3 * 8 + 5));
    const yz = turnedSlice(ramp, 90, 1); // x in the middle: 5 mm
    expect(yz.image.width).toBe(17);
    expect(yz.image.data[4 * 17 + 3]).toBe(10 + 9 + 4);
    const across = acrossSlice(ramp, 24, 1);
    expect([across.image.width, across.image.height]).toEqual([11, 17]);
    expect(across.image.data[2 * 11 + 3]).toBe(6 + 6 + 24);
  });

  it('planes half a turn apart are mirror images', () => {
    const [a, b] = [turnedSlice(ramp, 30, 1), turnedSlice(ramp, 210, 1)];
    const { width, height } = a.image;
    for (let y = 0; y < height; y += 7) {
      for (let x = 0; x < width; x++) expect(b.image.data[y * width + width - 1 - x]).toBe(a.image.data[y * width + x]);
    }
  });

  it('refuses counts that are none', () => {
    expect(() => sliceVolume(ramp, { turned: -1 })).toThrow(ArgumentError);
  });
});

describe('toCartesian', () => {
  const [samples, across, along] = [60, 31, 25];
  const beams = {
    shape: [samples, across, along] as const,
    nearMillimetres: 10,
    farMillimetres: 69,
    azimuthAngle: 1.2,
    elevationAngle: 1,
    data: Float32Array.from({ length: samples * across * along }, (_, i) => 10 + (i % samples)), // value = distance from the apex, mm
  };
  const volume = toCartesian(beams, 1);

  it('puts shells at their distance', () => {
    const [nx, ny, nz] = volume.shape;
    const top = 10 / Math.hypot(1, Math.tan(0.6), Math.tan(0.5));
    let inside = 0;
    for (let k = 0; k < nz; k += 3) {
      for (let j = 0; j < ny; j += 3) {
        for (let i = 0; i < nx; i += 3) {
          const value = volume.data[(k * ny + j) * nx + i]!;
          if (value === 0) continue;
          inside++;
          expect(value).toBeCloseTo(Math.hypot(i - (nx - 1) / 2, j - (ny - 1) / 2, top + k), 3);
        }
      }
    }
    expect(inside).toBeGreaterThan(500);
  });

  it('is symmetric and black outside the pyramid', () => {
    const [nx, ny, nz] = volume.shape;
    const at = (i: number, j: number, k: number): number => volume.data[(k * ny + j) * nx + i]!;
    for (let k = 0; k < nz; k += 5) expect(at(3, 4, k)).toBeCloseTo(at(nx - 4, ny - 5, k), 4);
    expect(at(0, 0, 0)).toBe(0);
  });

  it('refuses what is no beam volume', () => {
    expect(() => toCartesian({ ...beams, data: new Float32Array(3) }, 1)).toThrow(ShapeError);
    expect(() => toCartesian(beams, 0)).toThrow(ArgumentError);
    expect(() => toCartesian({ ...beams, azimuthAngle: 4 }, 1)).toThrow(ArgumentError);
  });
});
