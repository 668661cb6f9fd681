import { describe, expect, it } from 'vitest';
import { ArgumentError, ShapeError } from '../../lib/core/errors.js';
import { stream } from '../../lib/core/random.js';
import type { FeatureMatrix } from '../../lib/embedding/feature-matrix.js';
import { noveltyOf, noveltyReference } from '../../lib/evaluation/novelty.js';

function cloud(count: number, label: string, shift: number): FeatureMatrix {
  const random = stream(6, label);
  const data = Float32Array.from({ length: count * 8 }, (_, i) => random.normal() * 0.3 + (i % 8 === shift ? 3 : 0));
  return { count, width: 8, data };
}

describe('noveltyOf', () => {
  it('gives uniform p-values to what is alike and small ones to what is not', async () => {
    const reference = await noveltyReference(cloud(300, 'known', 0));
    const alike = await noveltyOf(reference, cloud(400, 'alike', 0));
    const low = alike.pValues.filter((p) => p <= 0.2).length / 400;
    expect(Math.abs(low - 0.2)).toBeLessThan(0.08); // four standard errors of 400 draws
    const other = await noveltyOf(reference, cloud(50, 'other', 4));
    expect(Math.max(...other.pValues)).toBe(1 / 301); // never 0
  });

  it('is by hand on four directions', async () => {
    // unit vectors at 0, 90, 180 and 270 degrees: each nearest other lies at cosine distance 1
    const features = { count: 4, width: 2, data: Float32Array.of(1, 0, 0, 1, -1, 0, 0, -1) };
    const reference = await noveltyReference(features, 1);
    expect([...reference.distances]).toEqual([1, 1, 1, 1]);
    const { distances, pValues } = await noveltyOf(reference, { count: 1, width: 2, data: Float32Array.of(1, 1) });
    expect(distances[0]).toBeCloseTo(1 - Math.SQRT1_2, 7);
    expect([...pValues]).toEqual([1]);
  });

  it('names what is wrong', async () => {
    await expect(noveltyReference(cloud(5, 'few', 0))).rejects.toThrow(ArgumentError);
    const reference = await noveltyReference(cloud(20, 'known', 0));
    const narrow = { count: 1, width: 1, data: Float32Array.of(1) };
    await expect(noveltyOf(reference, narrow)).rejects.toThrow(ShapeError);
  });
});
