import { describe, expect, it } from 'vitest';
import { ArgumentError, ShapeError } from '../../lib/core/errors.js';
import {
  areaLengthMillilitres,
  axisLengthMillimetres,
  biplaneMillilitres,
  longAxisOf,
  maskAreaSquareMillimetres,
  simpsonMillilitres,
} from '../../lib/evaluation/left-ventricle-volume.js';
import type { Mask } from '../../lib/imaging/curation/regions.js';
import type { PixelSpacing } from '../../lib/imaging/image.js';

/** An ellipse of given semi-axes in millimetres, its long axis `tilt` radians from the vertical. */
function ellipse(long: number, short: number, tilt: number, spacing: PixelSpacing): Mask {
  const width = Math.ceil(140 / spacing.xMillimetres);
  const height = Math.ceil(140 / spacing.yMillimetres);
  const data = new Uint8Array(width * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const dx = x * spacing.xMillimetres - 70;
      const dy = y * spacing.yMillimetres - 70;
      const along = dx * Math.sin(tilt) + dy * Math.cos(tilt);
      const across = dx * Math.cos(tilt) - dy * Math.sin(tilt);
      data[y * width + x] = Number((along / long) ** 2 + (across / short) ** 2 <= 1);
    }
  }
  return { width, height, data };
}

const square: PixelSpacing = { xMillimetres: 0.5, yMillimetres: 0.5 };
const oblong: PixelSpacing = { xMillimetres: 0.4, yMillimetres: 0.8 };
const ellipsoidMillilitres = (a: number, b: number, c: number): number => ((4 / 3) * Math.PI * a * b * c) / 1000;
const off = (value: number | null, expected: number): number => Math.abs(value! / expected - 1);

describe('volumes of ellipsoids, 4/3 pi a b c', () => {
  it.each([
    [0, square],
    [0.4, square],
    [-0.7, oblong],
  ])('are met by area-length and Simpson within 1 %%, tilt %d', (tilt, spacing) => {
    const mask = ellipse(45, 24, tilt, spacing);
    const volume = ellipsoidMillilitres(45, 24, 24);
    expect(off(areaLengthMillilitres(mask, spacing), volume)).toBeLessThan(0.01);
    expect(off(simpsonMillilitres(mask, spacing), volume)).toBeLessThan(0.01);
    expect(off(maskAreaSquareMillimetres(mask, spacing), Math.PI * 45 * 24)).toBeLessThan(0.005);
    expect(off(axisLengthMillimetres(longAxisOf(mask, spacing)!), 90)).toBeLessThan(0.01);
  });

  it('are met by the biplane rule with two unlike planes and unlike pixels', () => {
    const fourChamber = { mask: ellipse(45, 24, 0.2, square), spacing: square };
    const twoChamber = { mask: ellipse(45, 18, -0.1, oblong), spacing: oblong };
    const volume = ellipsoidMillilitres(45, 24, 18);
    expect(off(biplaneMillilitres(fourChamber, twoChamber), volume)).toBeLessThan(0.01);
    expect(biplaneMillilitres(fourChamber, twoChamber)).toBe(biplaneMillilitres(twoChamber, fourChamber));
  });

  it('use the longer axis of the two planes', () => {
    const fourChamber = { mask: ellipse(45, 24, 0, square), spacing: square };
    const shortened = { mask: ellipse(36, 24, 0, square), spacing: square };
    expect(off(biplaneMillilitres(fourChamber, shortened), ellipsoidMillilitres(45, 24, 24))).toBeLessThan(0.01);
  });
});

describe('simpsonMillilitres', () => {
  it('of a rectangle is its cylinder, whichever way the given axis points', () => {
    const mask = { width: 40, height: 60, data: new Uint8Array(2400) };
    for (let y = 10; y < 50; y++) for (let x = 10; x < 30; x++) mask.data[y * 40 + x] = 1;
    const pixel = { xMillimetres: 1, yMillimetres: 1 };
    const apex = { xMillimetres: 19.5, yMillimetres: 9.5 };
    const base = { xMillimetres: 19.5, yMillimetres: 49.5 };
    const cylinder = (Math.PI * 10 ** 2 * 40) / 1000; // radius 10 mm, length 40 mm
    expect(simpsonMillilitres(mask, pixel, { apex, base })).toBeCloseTo(cylinder, 10);
    expect(simpsonMillilitres(mask, pixel, { apex: base, base: apex })).toBeCloseTo(cylinder, 10);
    expect(longAxisOf(mask, pixel)).toEqual({ apex, base });
  });

  it('grows with the cube of the spacing', () => {
    const mask = ellipse(45, 24, 0.4, square);
    const double = { xMillimetres: 1, yMillimetres: 1 };
    expect(simpsonMillilitres(mask, double)! / simpsonMillilitres(mask, square)!).toBeCloseTo(8, 10);
  });
});

describe('masks without a ventricle', () => {
  it('have no volume, which is not a volume of 0', () => {
    const empty = { width: 4, height: 4, data: new Uint8Array(16) };
    expect(longAxisOf(empty, square)).toBeNull();
    expect(areaLengthMillilitres(empty, square)).toBeNull();
    expect(simpsonMillilitres(empty, square)).toBeNull();
    const view = { mask: empty, spacing: square };
    expect(biplaneMillilitres(view, { mask: ellipse(45, 24, 0, square), spacing: square })).toBeNull();
  });

  it('and broken ones are named', () => {
    expect(() => areaLengthMillilitres({ width: 2, height: 2, data: new Uint8Array(3) }, square)).toThrow(ShapeError);
    const mask = ellipse(45, 24, 0, square);
    expect(() => areaLengthMillilitres(mask, { xMillimetres: 0, yMillimetres: 1 })).toThrow(ArgumentError);
  });
});
