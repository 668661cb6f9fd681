import { describe, expect, it } from 'vitest';
import { stream } from '../../../lib/core/random.js';
import { blockMask, drawMasks, maskedUpperBound } from '../../../lib/training/dino2/block-masks.js';

const config = { probability: 0.5, ratio: [0.1, 0.5] } as const;
const count = (mask: ArrayLike<number>): number => Array.from(mask).reduce((sum, value) => sum + value, 0);

describe('blockMask', () => {
  it('hides at most what is wanted and nearly always nearly all of it', () => {
    // facebookresearch/dinov2 b8931f7 (fixture dinov2_masking_sample): 0, 8, 16 and 31 of 0, 8, 16 and 32 wanted on an 8 x 8 grid
    for (const wanted of [0, 8, 16, 32]) {
      const hidden = Array.from({ length: 200 }, (_, i) => count(blockMask(8, wanted, stream(i, 'mask'))));
      expect(Math.max(...hidden)).toBeLessThanOrEqual(wanted);
      expect(count(hidden) / 200).toBeGreaterThan(0.9 * wanted - 0.01);
    }
  });

  it('hides blocks: most hidden patches touch another', () => {
    const mask = blockMask(8, 16, stream(3, 'mask'));
    const hidden = [...mask.keys()].filter((patch) => mask[patch] === 1);
    const touching = hidden.filter((patch) => {
      const beside = [patch % 8 > 0 ? patch - 1 : -1, patch % 8 < 7 ? patch + 1 : -1, patch - 8, patch + 8];
      return beside.some((other) => mask[other] === 1);
    });
    expect(touching.length).toBeGreaterThanOrEqual(0.8 * hidden.length);
  });
});

describe('maskedUpperBound', () => {
  it('equals the sum of collate.py: 128 views of 64 patches, 64 of them masked', () => {
    // python3: sum(int(64 * (0.1 + 0.4 * (i + 1) / 64)) for i in range(64)) = 1216
    expect(maskedUpperBound(config, 128, 64)).toBe(1216);
  });

  it('refuses masks that could never hide a patch', () => {
    expect(() => maskedUpperBound(config, 2, 1)).toThrow('maskedUpperBound: 2 views of 1 patches are never masked');
  });
});

describe('drawMasks', () => {
  const { masks, index, weights } = drawMasks(config, 16, 8, stream(1, 'masks'));

  it('masks half of the views, with ratios spread over the range', () => {
    const hidden = Array.from({ length: 16 }, (_, view) => count(masks.subarray(64 * view, 64 * (view + 1))));
    expect(hidden.filter((patches) => patches > 0)).toHaveLength(8);
    expect(Math.max(...hidden)).toBeLessThanOrEqual(32);
    expect(Math.max(...hidden)).toBeGreaterThan(24);
    expect(Math.min(...hidden.filter((patches) => patches > 0))).toBeLessThan(13);
  });

  it('weighs every masked view alike and pads with zeros', () => {
    expect(weights).toHaveLength(maskedUpperBound(config, 16, 64));
    expect(weights.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(8, 5);
    const real = index.filter((_, i) => weights[i]! > 0);
    expect(real.every((place) => masks[place] === 1)).toBe(true);
    expect(real).toHaveLength(count(masks));
  });

  it('is a function of the stream', () => {
    expect(drawMasks(config, 16, 8, stream(1, 'masks')).masks).toEqual(masks);
    expect(drawMasks(config, 16, 8, stream(2, 'masks')).masks).not.toEqual(masks);
  });

  it('always hides something: a 2 x 2 grid holds no block', () => {
    const tiny = drawMasks(config, 4, 2, stream(0, 'masks'));
    expect(count(tiny.masks)).toBeGreaterThan(0);
    expect(tiny.weights.some((weight) => weight > 0)).toBe(true);
  });
});
