import { describe, expect, it } from 'vitest';
import { ArgumentError, NumericalError, ShapeError } from '../../lib/core/errors.js';
import type { ProgressFactory } from '../../lib/core/progress.js';
import { stream } from '../../lib/core/random.js';
import { conditionalProbabilities, jointProbabilities } from '../../lib/embedding/affinities.js';
import { nearestNeighboursWithin } from '../../lib/embedding/neighbours.js';
import { allocateQuadtree, QuadtreeBuilder } from '../../lib/embedding/quadtree.js';
import { trustworthiness } from '../../lib/embedding/trustworthiness.js';
import { tsne } from '../../lib/embedding/tsne.js';
import { allocateForces, LeafRepulsion, repelExactly } from '../../lib/embedding/tsne-forces.js';
import { blobFeatures, blobs } from './blobs.js';

describe('jointProbabilities', () => {
  it('equals scikit-learn 1.2.1 _joint_probabilities_nn', async () => {
    const joint = jointProbabilities(await nearestNeighboursWithin(blobFeatures, { k: 31 }), 10);
    const { indptr, indices, values, nnz } = blobs.joint10;
    expect(joint.columns).toHaveLength(nnz);
    expect([...joint.rowStart.subarray(0, 9)]).toEqual(indptr);
    expect([...joint.columns.subarray(0, indices.length)]).toEqual(indices);
    for (const [i, value] of values.entries()) expect(joint.values[i]! / value).toBeCloseTo(1, 4);
  });

  it('sums to 1 and is symmetric', async () => {
    const joint = jointProbabilities(await nearestNeighboursWithin(blobFeatures, { k: 31 }), 10);
    const entries = new Map<string, number>();
    for (let row = 0; row < 400; row++) {
      for (let e = joint.rowStart[row]!; e < joint.rowStart[row + 1]!; e++) {
        entries.set(`${row} ${joint.columns[e]}`, joint.values[e]!);
      }
    }
    let sum = 0;
    for (const [key, value] of entries) {
      sum += value;
      expect(entries.get(key.split(' ').reverse().join(' '))).toBe(value);
    }
    expect(sum).toBeCloseTo(1, 5);
  });

  it('gives equally far neighbours equal shares', () => {
    const neighbours = { count: 1, k: 4, indices: Int32Array.of(1, 2, 3, 4), distances: new Float64Array(4).fill(2) };
    expect([...conditionalProbabilities(neighbours, 2)]).toEqual([0.25, 0.25, 0.25, 0.25]);
  });
});

describe('Barnes-Hut repulsion', () => {
  const random = stream(9, 'map');
  const points = Float64Array.from({ length: 2 * 3000 }, (_, i) => random.normal() * 10 + (i % 6 < 2 ? 40 : 0));

  function repulsionAt(
    map: Float64Array,
    angle: number,
  ): { approximate: Float64Array; exact: Float64Array; closeness: number } {
    const tree = allocateQuadtree(map.length / 2);
    new QuadtreeBuilder(tree).build(map);
    const forces = allocateForces(map.length / 2);
    new LeafRepulsion(tree, angle).repel(forces, 0, tree.leaves[0]!);
    const exact = allocateForces(map.length / 2);
    repelExactly(map, exact, 0, map.length / 2);
    const sum = (values: Float64Array): number => values.reduce((a, b) => a + b, 0);
    return {
      approximate: forces.repulsion,
      exact: exact.repulsion,
      closeness: sum(forces.closeness) / sum(exact.closeness),
    };
  }

  function relativeError({ approximate, exact }: { approximate: Float64Array; exact: Float64Array }): number {
    let difference = 0;
    let size = 0;
    for (let i = 0; i < exact.length; i++) {
      difference += (approximate[i]! - exact[i]!) ** 2;
      size += exact[i]! ** 2;
    }
    return Math.sqrt(difference / size);
  }

  it('is within 3 % of the exact force at angle 0.5 and tends to it as the angle shrinks', () => {
    const coarse = repulsionAt(points, 0.5);
    expect(relativeError(coarse)).toBeLessThan(0.03);
    expect(Math.abs(coarse.closeness - 1)).toBeLessThan(0.02);
    expect(relativeError(repulsionAt(points, 0.2))).toBeLessThan(relativeError(coarse) / 4);
    expect(relativeError(repulsionAt(points, 1e-9))).toBeLessThan(1e-12);
  });

  it('holds coinciding points', () => {
    const pile = Float64Array.from({ length: 200 }, (_, i) => (i < 100 ? 3 : i % 2));
    expect(relativeError(repulsionAt(pile, 0.5))).toBeLessThan(1e-12);
    const { approximate } = repulsionAt(new Float64Array(200), 0.5);
    expect(Math.max(...approximate)).toBe(0);
  });
});

describe('tsne', () => {
  it.each([
    ['barnes-hut', blobs.tsne_30_barnes_hut],
    ['exact', blobs.tsne_30_exact],
  ] as const)('reaches the divergence of scikit-learn 1.2.1 TSNE within 1 %%, $0', async (method, runs) => {
    const map = await tsne(blobFeatures, { perplexity: 30, method });
    const expected = runs.find((run) => run.init === 'pca')!;
    expect(Math.abs(map.divergence / expected.kl - 1)).toBeLessThan(0.01);
    expect(await trustworthiness(blobFeatures, map.coordinates)).toBeGreaterThan(expected.trust - 0.005);
    expect(map).toMatchObject({ method, iterations: 1000, perplexity: 30, perplexityLowered: false, learningRate: 50 });
  });

  it('gives the same bits whatever the number of workers, and others for another seed', async () => {
    const options = { perplexity: 20, method: 'barnes-hut', start: 'random', iterations: 120 } as const;
    const one = await tsne(blobFeatures, { ...options, workers: 1 });
    const three = await tsne(blobFeatures, { ...options, workers: 3 });
    expect(three).toEqual(one);
    const exact = await tsne(blobFeatures, { ...options, method: 'exact', workers: 1 });
    expect(await tsne(blobFeatures, { ...options, method: 'exact', workers: 2 })).toEqual(exact);
    const other = await tsne(blobFeatures, { ...options, seed: 1 });
    expect(other.coordinates).not.toEqual(one.coordinates);
  });

  it('lowers a perplexity that is too high for the set and says so', async () => {
    const few = { count: 10, width: 16, data: blobFeatures.data.subarray(0, 160) };
    const map = await tsne(few, { iterations: 50 });
    expect(map).toMatchObject({ perplexity: 3, perplexityLowered: true, method: 'exact' });
    expect(map.coordinates).toHaveLength(20);
  });

  it('starts from given coordinates and reports progress', async () => {
    const reports: number[] = [];
    const progress: ProgressFactory = () => ({ update: (done) => reports.push(done), finish: () => reports.push(-1) });
    const start = Float64Array.from({ length: 800 }, (_, i) => blobs.pca3.coordinates[i % 60]! * 1e-4);
    const map = await tsne(blobFeatures, { perplexity: 10, start, iterations: 120, progress });
    expect(reports).toEqual([50, 100, 120, -1]);
    expect(map.iterations).toBe(120);
  });

  it('maps equal points without a NaN', async () => {
    const equal = { count: 30, width: 2, data: new Float32Array(60).fill(1) };
    const map = await tsne(equal, { iterations: 60, perplexity: 5 });
    expect(map.coordinates.every(Number.isFinite)).toBe(true);
  });

  it('names what is wrong', async () => {
    await expect(tsne({ count: 3, width: 1, data: new Float32Array(3) })).rejects.toThrow(ArgumentError);
    await expect(tsne(blobFeatures, { perplexity: 0.5 })).rejects.toThrow(/perplexity must be >= 1, got 0.5/);
    await expect(tsne(blobFeatures, { start: new Float64Array(3) })).rejects.toThrow(ShapeError);
    const runaway = tsne(blobFeatures, { learningRate: 1e300, iterations: 50 });
    await expect(runaway).rejects.toThrow(NumericalError);
  });
});
