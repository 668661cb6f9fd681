import { describe, expect, it } from 'vitest';
import { ArgumentError, NumericalError, ShapeError } from '../../lib/core/errors.js';
import { extractFeatures } from '../../lib/evaluation/feature-extraction.js';

const square = (batch: readonly number[]): Float32Array => Float32Array.from(batch.flatMap((x) => [x, x * x]));

describe('extractFeatures', () => {
  it('keeps the order over batches, and copies what the encoder reuses', async () => {
    const shared = new Float32Array(6);
    const encode = async (batch: readonly number[]): Promise<Float32Array> => {
      shared.set(square(batch));
      return shared.subarray(0, 2 * batch.length);
    };
    const features = await extractFeatures([1, 2, 3, 4, 5, 6, 7], 7, { batchSize: 3, encode });
    expect(features).toMatchObject({ count: 7, width: 2 });
    expect([...features.data]).toEqual([...square([1, 2, 3, 4, 5, 6, 7])]);
  });

  it('fills the last batch for an encoder of fixed batch and drops the surplus', async () => {
    const sizes: number[] = [];
    const encode = (batch: readonly number[]): Float32Array => {
      sizes.push(batch.length);
      return square(batch);
    };
    async function* items(): AsyncGenerator<number> {
      for (let i = 0; i < 5; i++) yield i;
    }
    const features = await extractFeatures(items(), 5, { batchSize: 4, encode, fillLastBatch: true });
    expect(sizes).toEqual([4, 4]);
    expect([...features.data]).toEqual([...square([0, 1, 2, 3, 4])]);
  });

  it('names what is wrong', async () => {
    const options = { batchSize: 2, encode: square };
    await expect(extractFeatures([1], 2, options)).rejects.toThrow(ShapeError);
    await expect(extractFeatures([1, 2, 3], 2, options)).rejects.toThrow(/expected 2 items, got more/);
    await expect(extractFeatures([1], 1, { ...options, batchSize: 0 })).rejects.toThrow(ArgumentError);
    const odd = { batchSize: 2, encode: (batch: readonly number[]) => new Float32Array(batch.length === 2 ? 4 : 3) };
    await expect(extractFeatures([1, 2, 3], 3, odd)).rejects.toThrow(ShapeError);
    const nan = { batchSize: 1, encode: () => Float32Array.of(Number.NaN) };
    await expect(extractFeatures([1], 1, nan)).rejects.toThrow(NumericalError);
  });
});
