import { describe, expect, it } from 'vitest';
import { ArgumentError, NumericalError, ShapeError } from '../../lib/core/errors.js';
import { stream } from '../../lib/core/random.js';
import { type FeatureMatrix, selectRows } from '../../lib/embedding/feature-matrix.js';
import { type Metric, nearestNeighbours, nearestNeighboursWithin } from '../../lib/embedding/neighbours.js';
import { blobFeatures, blobs } from './blobs.js';

function bruteForce(queries: FeatureMatrix, base: FeatureMatrix, k: number, metric: Metric, self: boolean): number[] {
  const found: number[] = [];
  for (let q = 0; q < queries.count; q++) {
    const a = [...queries.data.subarray(q * base.width, (q + 1) * base.width)];
    const distances = Array.from({ length: base.count }, (_, row) => {
      const b = base.data.subarray(row * base.width, (row + 1) * base.width);
      if (metric === 'euclidean') return Math.hypot(...a.map((value, d) => value - b[d]!));
      const dot = a.reduce((sum, value, d) => sum + value * b[d]!, 0);
      return 1 - dot / (Math.hypot(...a) * Math.hypot(...b) || Number.POSITIVE_INFINITY);
    });
    const order = distances
      .map((_, row) => row)
      .filter((row) => !self || row !== q)
      .sort((x, y) => distances[x]! - distances[y]! || x - y);
    found.push(...order.slice(0, k));
  }
  return found;
}

describe('nearestNeighboursWithin', () => {
  it.each(['euclidean', 'cosine'] as const)('equals scikit-learn 1.2.1 NearestNeighbors, %s', async (metric) => {
    const found = await nearestNeighboursWithin(blobFeatures, { k: 15, metric });
    const expected = metric === 'euclidean' ? blobs.euclidean15 : blobs.cosine15;
    expect([...found.indices.subarray(0, 600)]).toEqual(expected.indices);
    for (let i = 0; i < 600; i++) expect(found.distances[i]).toBeCloseTo(expected.distances[i]!, 12);
  });

  it('breaks ties by index, among many exact copies', async () => {
    const data = new Float32Array(100 * 3);
    for (let row = 0; row < 100; row++) data.set(row % 2 ? [1, 2, 3] : [5, 5, 5], row * 3);
    const { indices, distances } = await nearestNeighboursWithin({ count: 100, width: 3, data }, { k: 4 });
    expect([...indices.subarray(0, 4)]).toEqual([2, 4, 6, 8]);
    expect([...indices.subarray(4, 8)]).toEqual([3, 5, 7, 9]);
    expect([...indices.subarray(99 * 4)]).toEqual([1, 3, 5, 7]);
    expect(Math.max(...distances)).toBe(0);
  });

  it('is exact far from the origin, where 32-bit products are not', async () => {
    const random = stream(3, 'far');
    const data = Float32Array.from({ length: 300 * 8 }, () => 1000 + random.normal() * 0.01);
    const features = { count: 300, width: 8, data };
    const { indices } = await nearestNeighboursWithin(features, { k: 5 });
    expect([...indices]).toEqual(bruteForce(features, features, 5, 'euclidean', true));
  });

  it('refuses more neighbours than there are, and values that are not finite', async () => {
    await expect(nearestNeighboursWithin(blobFeatures, { k: 400 })).rejects.toThrow(ArgumentError);
    await expect(nearestNeighboursWithin(blobFeatures, { k: 400 })).rejects.toThrow(/\[1, 399\].*got 400/);
    const broken = { count: 2, width: 1, data: Float32Array.of(1, Number.NaN) };
    await expect(nearestNeighboursWithin(broken, { k: 1 })).rejects.toThrow(NumericalError);
  });
});

describe('nearestNeighbours', () => {
  it.each(['euclidean', 'cosine'] as const)('equals brute force between two sets, %s', async (metric) => {
    const random = stream(5, 'sets');
    const queries = { count: 7, width: 33, data: Float32Array.from({ length: 7 * 33 }, () => random.normal()) };
    const base = { count: 211, width: 33, data: Float32Array.from({ length: 211 * 33 }, () => random.normal()) };
    const { indices } = await nearestNeighbours(queries, base, { k: 11, metric });
    expect([...indices]).toEqual(bruteForce(queries, base, 11, metric, false));
  });

  it('gives all rows in order when k is their number', async () => {
    const one = selectRows(blobFeatures, [17]);
    const { indices, distances } = await nearestNeighbours(one, blobFeatures, { k: 400 });
    expect(indices[0]).toBe(17);
    expect(distances[0]).toBe(0);
    expect([...indices].sort((a, b) => a - b)).toEqual(Array.from({ length: 400 }, (_, row) => row));
    expect([...distances]).toEqual([...distances].sort((a, b) => a - b));
  });

  it('counts a zero vector as unlike everything', async () => {
    const base = { count: 3, width: 2, data: Float32Array.of(0, 0, 1, 1, -1, 0) };
    const zero = { count: 1, width: 2, data: Float32Array.of(0, 0) };
    const { indices, distances } = await nearestNeighbours(zero, base, { k: 3, metric: 'cosine' });
    expect([...indices]).toEqual([0, 1, 2]);
    expect([...distances]).toEqual([1, 1, 1]);
  });

  it('refuses sets of different width', async () => {
    const narrow = { count: 1, width: 2, data: Float32Array.of(0, 0) };
    await expect(nearestNeighbours(narrow, blobFeatures, { k: 1 })).rejects.toThrow(ShapeError);
  });
});
