import { describe, expect, it } from 'vitest';
import { ArgumentError, ShapeError } from '../../lib/core/errors.js';
import { principalComponents } from '../../lib/embedding/pca.js';
import { trustworthiness } from '../../lib/embedding/trustworthiness.js';
import { blobFeatures, blobs } from './blobs.js';

describe('trustworthiness', async () => {
  const { coordinates } = await principalComponents(blobFeatures, 2);

  it('equals scikit-learn 1.2.1 trustworthiness', async () => {
    for (const neighbours of [5, 12]) {
      const found = await trustworthiness(blobFeatures, coordinates, { neighbours });
      expect(found).toBeCloseTo(blobs.trustworthiness[neighbours]!, 9);
    }
    const cosine = await trustworthiness(blobFeatures, coordinates, { metric: 'cosine' });
    expect(cosine).toBeCloseTo(blobs.trustworthinessCosine[5]!, 9);
  });

  it('is 1 for a map that is the features themselves', async () => {
    const plane = { count: 400, width: 2, data: Float32Array.from(coordinates) };
    expect(await trustworthiness(plane, coordinates)).toBe(1);
  });

  it('is estimated by a sample, deterministic for a seed', async () => {
    const options = { sample: 200, seed: 4 };
    const estimate = await trustworthiness(blobFeatures, coordinates, options);
    expect(Math.abs(estimate - blobs.trustworthiness[5]!)).toBeLessThan(0.02);
    expect(await trustworthiness(blobFeatures, coordinates, options)).toBe(estimate);
  });

  it('names what is wrong', async () => {
    await expect(trustworthiness(blobFeatures, coordinates, { neighbours: 200 })).rejects.toThrow(ArgumentError);
    await expect(trustworthiness(blobFeatures, coordinates.subarray(2))).rejects.toThrow(ShapeError);
  });
});
