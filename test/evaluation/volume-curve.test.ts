import { describe, expect, it } from 'vitest';
import { clipEjectionFraction } from '../../lib/evaluation/ejection-fraction.js';
import { volumeCurve } from '../../lib/evaluation/volume-curve.js';
import type { Mask } from '../../lib/imaging/curation/regions.js';

/** A disc of the given radius in pixels: as an ellipsoid a ball of volume 4/3 pi r^3. */
function disc(radius: number): Mask {
  const data = Uint8Array.from({ length: 101 * 101 }, (_, i) =>
    Number(Math.hypot((i % 101) - 50, Math.floor(i / 101) - 50) <= radius),
  );
  return { width: 101, height: 101, data };
}

const pixel = { xMillimetres: 1, yMillimetres: 1 };

describe('volumeCurve', () => {
  it('follows a pulsing ball to its ejection fraction', () => {
    // radius 40 to 32: EF = 1 - 0.8^3 = 48.8 %
    const masks = Array.from({ length: 90 }, (_, i) => disc(36 + 4 * Math.cos((2 * Math.PI * i) / 30)));
    for (const method of ['simpson', 'area-length'] as const) {
      const { ejectionFractionPercent, beats } = clipEjectionFraction(volumeCurve(masks, pixel, method), {
        framesPerSecond: 30,
      });
      expect(Math.abs(ejectionFractionPercent - 48.8)).toBeLessThan(1.5); // whole pixels: the axis is up to 1.4 of 64 too long
      expect(beats.slice(-2).map(({ endSystole }) => endSystole)).toEqual([45, 75]);
    }
  });

  it('has no size where the mask is empty', () => {
    const masks = [disc(2), { width: 1, height: 1, data: new Uint8Array(1) }];
    expect(volumeCurve(masks, pixel, 'pixels')).toEqual([13, null]); // 13 lattice points within 2 of a centre
    expect(volumeCurve(masks, pixel)[1]).toBeNull();
  });
});
