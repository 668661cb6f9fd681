import { describe, expect, it } from 'vitest';
import { ArgumentError } from '../../lib/core/errors.js';
import { selectRows } from '../../lib/embedding/feature-matrix.js';
import { landmarkTsne } from '../../lib/embedding/landmark-tsne.js';
import { trustworthiness } from '../../lib/embedding/trustworthiness.js';
import { umap } from '../../lib/embedding/umap.js';
import { blobFeatures, blobs } from './blobs.js';

/** Share of points whose nearest other point on the map has their label. */
function agreement(coordinates: Float64Array): number {
  let agreeing = 0;
  for (let i = 0; i < 400; i++) {
    let nearest = -1;
    let least = Number.POSITIVE_INFINITY;
    for (let j = 0; j < 400; j++) {
      const distance = Math.hypot(
        coordinates[2 * i]! - coordinates[2 * j]!,
        coordinates[2 * i + 1]! - coordinates[2 * j + 1]!,
      );
      if (j !== i && distance < least) {
        least = distance;
        nearest = j;
      }
    }
    agreeing += Number(blobs.labels[i] === blobs.labels[nearest]);
  }
  return agreeing / 400;
}

describe('landmarkTsne', () => {
  it('places the other points among their landmarks', async () => {
    const map = await landmarkTsne(blobFeatures, { landmarks: 200, perplexity: 20, iterations: 500 });
    expect(map.landmarks).toHaveLength(200);
    expect(agreement(map.coordinates)).toBeGreaterThan(0.8);
    expect(await trustworthiness(blobFeatures, map.coordinates)).toBeGreaterThan(0.93);
  });

  it('puts a copy of a landmark on the landmark or beside it', async () => {
    const doubled = selectRows(blobFeatures, [...Array(60).keys(), ...Array(60).keys()]);
    const map = await landmarkTsne(doubled, { landmarks: 100, iterations: 300 });
    const landmarks = new Set(map.landmarks);
    const low = Math.min(...map.coordinates);
    const high = Math.max(...map.coordinates);
    for (let row = 0; row < 60; row++) {
      if (landmarks.has(row) === landmarks.has(row + 60)) continue;
      for (const axis of [0, 1]) {
        const apart = Math.abs(map.coordinates[2 * row + axis]! - map.coordinates[2 * (row + 60) + axis]!);
        expect(apart).toBeLessThan((high - low) / 4);
      }
    }
  });

  it('is tsne where there are no more points than landmarks', async () => {
    const few = selectRows(blobFeatures, [...Array(40).keys()]);
    expect((await landmarkTsne(few, { iterations: 20 })).landmarks).toHaveLength(40);
  });

  it('names what is wrong', async () => {
    await expect(landmarkTsne(blobFeatures, { landmarks: 2 })).rejects.toThrow(ArgumentError);
    await expect(landmarkTsne(blobFeatures, { start: new Float64Array(800) })).rejects.toThrow(/call tsne/);
  });
});

describe('umap', () => {
  it('keeps blobs together and is deterministic for a seed', async () => {
    const map = await umap(blobFeatures, { epochs: 200 });
    expect(map).toMatchObject({ epochs: 200, neighbours: 15, neighboursLowered: false });
    expect(agreement(map.coordinates)).toBeGreaterThan(0.9);
    expect(await trustworthiness(blobFeatures, map.coordinates)).toBeGreaterThan(0.94);
    expect(await umap(blobFeatures, { epochs: 200 })).toEqual(map);
    expect((await umap(blobFeatures, { epochs: 200, seed: 1 })).coordinates).not.toEqual(map.coordinates);
  });

  it('lowers the neighbours of a small set and says so', async () => {
    const few = selectRows(blobFeatures, [...Array(6).keys()]);
    expect(await umap(few, { epochs: 10 })).toMatchObject({ neighbours: 5, neighboursLowered: true });
  });

  it('names what is wrong', async () => {
    await expect(umap(blobFeatures, { minDistance: 2 })).rejects.toThrow(ArgumentError);
    await expect(umap(blobFeatures, { neighbours: 1 })).rejects.toThrow(ArgumentError);
  });
});
