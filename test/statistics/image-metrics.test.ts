import { describe, expect, it } from 'vitest';
import { dice, diceOf, jaccard, overlapOf, pooledDice } from '../../lib/statistics/dice.js';
import { surfaceDistances } from '../../lib/statistics/surface-distance.js';
import { expectClose } from './close.js';

/** 40 x 32: an ellipse, and a shifted one with a 3 x 3 speck. */
function masks(): [Uint8Array, Uint8Array] {
  const a = new Uint8Array(40 * 32);
  const b = new Uint8Array(40 * 32);
  for (let y = 0; y < 40; y++) {
    for (let x = 0; x < 32; x++) {
      if (((y - 18) / 12) ** 2 + ((x - 15) / 8) ** 2 <= 1) a[y * 32 + x] = 1;
      const speck = y >= 5 && y < 8 && x >= 2 && x < 5;
      if (((y - 21) / 11) ** 2 + ((x - 17) / 9) ** 2 <= 1 || speck) b[y * 32 + x] = 255;
    }
  }
  return [a, b];
}

describe('Dice', () => {
  const [a, b] = masks();

  it('matches numpy 2.4.6', () => {
    expect(overlapOf(a, b)).toEqual({ both: 234, a: 297, b: 318 });
    expectClose(dice(a, b), 0.7609756097560976);
    expectClose(jaccard(a, b), dice(a, b) / (2 - dice(a, b)), 1e-14);
  });

  it('pools counts, not scores', () => {
    // hand-solved: (2 x 90 + 2 x 1) / (200 + 10)
    const overlaps = [
      { both: 90, a: 100, b: 100 },
      { both: 1, a: 5, b: 5 },
    ];
    expectClose(pooledDice(overlaps), 182 / 210);
    expectClose((diceOf(overlaps[0]!) + diceOf(overlaps[1]!)) / 2, 0.55);
  });

  it('calls two empty masks equal', () => {
    expect(dice([0, 0], [0, 0])).toBe(1);
    expect(jaccard([0, 0], [0, 0])).toBe(1);
    expect(dice([1, 0], [0, 0])).toBe(0);
    expect(() => dice([1], [1, 0])).toThrow(/one length/);
    expect(() => pooledDice([])).toThrow(/at least 1 image/);
  });
});

describe('surfaceDistances', () => {
  const [a, b] = masks();

  it.each([
    // scipy 1.17.1: spatial.distance.directed_hausdorff, ndimage.distance_transform_edt, numpy percentile
    [[1, 1], 8.94427190999916, 7.934584468692958, 2.4328717713696193],
    [[0.5, 0.8], 6.248199740725324, 5.55832611206852, 1.5787345858346649],
  ] as const)('matches scipy at spacing %s', (spacing, hausdorff, hausdorff95, average) => {
    const result = surfaceDistances(a, b, [40, 32], spacing);
    expectClose(result.hausdorff, hausdorff);
    expectClose(result.hausdorff95, hausdorff95);
    expectClose(result.averageSurfaceDistance, average);
  });

  it('is 0 for equal masks and symmetric', () => {
    expect(surfaceDistances(a, a, [40, 32])).toEqual({ hausdorff: 0, hausdorff95: 0, averageSurfaceDistance: 0 });
    expect(surfaceDistances(a, b, [40, 32]).hausdorff).toBe(surfaceDistances(b, a, [40, 32]).hausdorff);
  });

  it('names empty masks and wrong sizes', () => {
    expect(() => surfaceDistances(a, new Uint8Array(1280), [40, 32])).toThrow(/b is empty/);
    expect(() => surfaceDistances(a, b, [40, 31])).toThrow(/40 x 31/);
  });
});
