import { describe, expect, it } from 'vitest';
import { ArgumentError } from '../../lib/core/errors.js';
import { stream } from '../../lib/core/random.js';
import { principalComponents } from '../../lib/embedding/pca.js';
import { leadingEigenpairs } from '../../lib/embedding/symmetric-eigen.js';
import { blobFeatures, blobs } from './blobs.js';

describe('principalComponents', () => {
  it('equals scikit-learn 1.2.1 PCA up to the sign of each axis', async () => {
    const pca = await principalComponents(blobFeatures, 3);
    for (let component = 0; component < 3; component++) {
      expect(pca.variance[component]).toBeCloseTo(blobs.pca3.explainedVariance[component]!, 10);
      expect(pca.varianceRatio[component]).toBeCloseTo(blobs.pca3.explainedVarianceRatio[component]!, 12);
      const sign = Math.sign(pca.axes[component * 16]! * blobs.pca3.components[component * 16]!);
      for (let row = 0; row < 60; row++) {
        const i = row * 3 + component;
        expect(sign * pca.coordinates[i]!).toBeCloseTo(blobs.pca3.coordinates[i]!, 10);
      }
    }
  });

  it('finds one axis and no spread in points on a line and in equal points', async () => {
    const line = { count: 3, width: 2, data: Float32Array.of(0, 0, 1, 2, 2, 4) };
    const pca = await principalComponents(line, 2);
    expect(pca.variance[0]).toBeCloseTo(5, 12); // of -sqrt 5, 0, sqrt 5
    expect(pca.variance[1]).toBeCloseTo(0, 12);
    const equal = { count: 3, width: 2, data: new Float32Array(6).fill(7) };
    expect([...(await principalComponents(equal, 1)).varianceRatio]).toEqual([0]);
  });

  it('refuses more components than the set can have', async () => {
    await expect(principalComponents(blobFeatures, 17)).rejects.toThrow(ArgumentError);
  });
});

describe('leadingEigenpairs', () => {
  it('finds the pairs of a wide matrix: M v = lambda v, in order, with repeated eigenvalues', () => {
    const width = 200;
    const random = stream(11, 'eigen');
    const mirror = Float64Array.from({ length: width }, () => random.normal());
    const norm = Math.sqrt(mirror.reduce((sum, value) => sum + value * value, 0));
    // H diag(9, 9, 5, 1/4, 1/5, ...) H with a Householder reflection H: the eigenvalues are known
    const values = Array.from({ length: width }, (_, i) => [9, 9, 5][i] ?? 1 / (i + 1));
    const reflect = (i: number, j: number): number => Number(i === j) - (2 * mirror[i]! * mirror[j]!) / norm ** 2;
    const matrix = new Float64Array(width * width);
    for (let i = 0; i < width; i++) {
      for (let j = 0; j < width; j++) {
        for (let m = 0; m < width; m++) matrix[i * width + j]! += reflect(i, m) * values[m]! * reflect(m, j);
      }
    }
    const found = leadingEigenpairs(matrix, width, 3, random);
    expect(found.values[0]).toBeCloseTo(9, 8);
    for (let pair = 0; pair < 3; pair++) {
      const vector = found.vectors.subarray(pair * width, (pair + 1) * width);
      for (let i = 0; i < width; i++) {
        let image = 0;
        for (let j = 0; j < width; j++) image += matrix[i * width + j]! * vector[j]!;
        expect(image).toBeCloseTo(found.values[pair]! * vector[i]!, 8);
      }
    }
  });
});
