import { describe, expect, it } from 'vitest';
import { stream } from '../../lib/core/random.js';
import { commonGeometry, inGeometry } from '../../lib/phantom/one-geometry.js';
import { RING_STARTS, radialPower } from '../../lib/phantom/radial-power.js';
import { appearanceDistance, type MeasuredPicture, measureAppearance } from '../../lib/phantom/realism.js';

/** White noise smoothed by a Gaussian of the given standard deviations (pixels): its autocorrelation is known. */
function noisePicture(sigmaX: number, sigmaY: number, spacing: number): MeasuredPicture {
  const size = 200;
  const random = stream(1, `noise/${sigmaX}/${sigmaY}`);
  let field = Float64Array.from({ length: size * size }, () => random.normal());
  field = blur(field, size, sigmaX, 1);
  field = blur(field, size, sigmaY, size);
  const spread = Math.sqrt(field.reduce((sum, value) => sum + value * value, 0) / field.length);
  const data = Uint8Array.from(field, (value) => Math.max(10, Math.min(255, 128 + (30 * value) / spread)));
  return { image: { width: size, height: size, data }, spacing, labels: data.map((_, n) => (n < 20_000 ? 1 : 2)) };
}

function blur(field: Float64Array, size: number, sigma: number, stride: number): Float64Array<ArrayBuffer> {
  const reach = Math.ceil(4 * sigma);
  return Float64Array.from(field, (_, n) => {
    const place = stride === 1 ? n % size : Math.floor(n / size);
    let sum = 0;
    for (let d = -reach; d <= reach; d++) {
      if (place + d < 0 || place + d >= size) continue;
      sum += Math.exp(-0.5 * (d / sigma) ** 2) * field[n + d * stride]!;
    }
    return sum;
  });
}

describe('measureAppearance', () => {
  it('finds the width of known speckle', () => {
    // autocorrelation of Gaussian-filtered white noise: Gaussian of sigma sqrt(2); FWHM = 2.355 sqrt(2) sigma, hand-solved
    const appearance = measureAppearance([noisePicture(1.6, 0.8, 0.3)]);
    const expected = (sigma: number): number => 2.3548 * Math.SQRT2 * sigma * 0.3;
    for (const width of appearance.lateralSpeckle) expect(width / expected(1.6)).toBeCloseTo(0.93, 0.9);
    for (const width of appearance.axialSpeckle) expect(width / expected(0.8)).toBeCloseTo(0.98, 0.9);
  });

  it('gives shares that sum to one and ordered percentiles', () => {
    const { greyHistogram, spectrum, greyPercentiles } = measureAppearance([noisePicture(1, 1, 0.3)]);
    expect(greyHistogram.reduce((a, b) => a + b)).toBeCloseTo(1, 9);
    expect(spectrum.reduce((a, b) => a + b)).toBeCloseTo(1, 9);
    expect([...greyPercentiles].sort((a, b) => a - b)).toEqual(greyPercentiles);
  });

  it('is at no distance from itself and at some from another', () => {
    const one = measureAppearance([noisePicture(1, 1, 0.3)]);
    const other = measureAppearance([noisePicture(2.5, 1, 0.3)]);
    expect(appearanceDistance(one, one)).toEqual({
      histogram: 0,
      axialSpeckle: 0,
      lateralSpeckle: 0,
      spectrum: 0,
      contrast: 0,
    });
    expect(appearanceDistance(one, other).lateralSpeckle).toBeGreaterThan(0.4);
  });

  it('refuses to measure nothing', () => {
    expect(() => measureAppearance([])).toThrow(/at least one picture/);
  });
});

describe('radialPower', () => {
  const windowOf = (side: number, value: (x: number, y: number) => number): Float64Array[] =>
    Array.from({ length: side }, (_, y) => Float64Array.from({ length: side }, (_, x) => value(x, y)));
  /** Ring, of those in {@link RING_STARTS}, with the most power, and its share of the variance. */
  const strongest = (window: Float64Array[]): readonly [number, number] => {
    const variances = radialPower(window).map(({ power, frequencies }) => power * frequencies);
    const most = Math.max(...variances);
    return [RING_STARTS[variances.indexOf(most)]!, most / variances.reduce((a, b) => a + b)];
  };

  it('is flat for white noise, and is its variance', () => {
    const random = stream(2, 'white');
    const windows = Array.from({ length: 40 }, () => radialPower(windowOf(80, () => 7 + 3 * random.normal())));
    for (const ring of RING_STARTS.keys()) {
      const mean = windows.reduce((sum, rings) => sum + rings[ring]!.power, 0) / windows.length;
      // hand-solved: the variance in every ring. The mean, taken away, leaves 7/12 of (1, 0) and 121/144 of (1, 1): 0.712 of the first one
      expect(Math.abs(mean / 3 ** 2 / (ring === 0 ? 0.712 : 1) - 1)).toBeLessThan(ring < 2 ? 0.12 : 0.05);
    }
  });

  it('has rings whose size goes with their area', () => {
    // points of a square grid with 16 <= |k| < 32: pi (32^2 - 16^2) = 2413, give or take the ring's edge
    expect(radialPower(windowOf(80, () => 0))[4]!.frequencies / (Math.PI * (32 ** 2 - 16 ** 2))).toBeCloseTo(1, 2);
    expect(radialPower(windowOf(80, () => 0))[0]!.frequencies).toBe(8); // (1, 0), (1, 1) and their turns
  });

  it('finds a slanted wave in the ring of its own length, not of its length along a column', () => {
    // 7 cycles both ways in 32 mm: |k| = 7 sqrt(2) = 9.9, ring 1/4 to 1/2 cycles/mm, with all that the taper spreads (6, 6 to 8, 8)
    const [ring, share] = strongest(windowOf(80, (x, y) => Math.sin((2 * Math.PI * 7 * (x + y)) / 80)));
    expect(ring).toBe(1 / 4);
    expect(share).toBeGreaterThan(0.999);
    expect(strongest(windowOf(80, (x) => Math.sin((2 * Math.PI * 7 * x) / 80)))[0]).toBe(1 / 8);
  });

  it('says which rings coarse pixels do not reach, and refuses what is not square', () => {
    const rings = radialPower(windowOf(20, (x, y) => x * y)); // 1.6 mm a pixel: at most 10 cycles along an axis, 14.1 along the diagonal
    expect(rings.map(({ frequencies }) => frequencies > 0)).toEqual([true, true, true, true, false]);
    expect(() => radialPower([new Float64Array(3), new Float64Array(3)])).toThrow(/square/);
  });
});

describe('pictures of one geometry', () => {
  /** A sector as wide as the picture from its first row down: a ramp of grey, and the label 1 in its left half. */
  function rampPicture(width: number, height: number, first: number, spacing: number): MeasuredPicture {
    const data = Uint8Array.from({ length: width * height }, (_, n) => {
      const [x, y] = [(n % width) + 0.5, Math.floor(n / width)];
      return y < first ? 0 : 20 + x * spacing;
    });
    return {
      image: { width, height, data },
      spacing,
      labels: data.map((_, n) => (n % width < width / 2 ? 1 : 2)),
    };
  }

  it('take the spacing of the coarser set and the depth of the shallower one', () => {
    const fine = rampPicture(200, 300, 20, 0.3); // 280 rows of 0.3 mm
    const coarse = rampPicture(120, 160, 0, 0.5);
    const geometry = commonGeometry([[fine], [coarse]]);
    expect(geometry).toEqual({ spacing: 0.5, depth: 80 }); // 160 rows of 0.5 mm, hand-solved
    const both = [fine, coarse].map((picture) => inGeometry(picture, geometry));
    expect(both.map(({ image }) => [image.width, image.height])).toEqual([
      [120, 160], // 200 * 0.3 / 0.5 columns
      [120, 160],
    ]);
    expect(both.map(({ spacing }) => spacing)).toEqual([0.5, 0.5]);
    // the same place has the same grey and label: 10.25 mm from the left, 1 mm below the sector's first row
    expect(both[0]!.image.data[2 * 120 + 20]! - both[1]!.image.data[2 * 120 + 20]!).toBeLessThanOrEqual(1);
    expect([...both[0]!.labels.subarray(58, 62)]).toEqual([1, 1, 2, 2]);
    expect(both[1]!.image.data).toEqual(coarse.image.data);
  });
});
