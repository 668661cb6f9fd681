import { describe, expect, it } from 'vitest';
import { stream } from '../../lib/core/random.js';
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
