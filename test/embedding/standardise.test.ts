import { describe, expect, it } from 'vitest';
import { standardiser } from '../../lib/embedding/standardise.js';

describe('standardiser', () => {
  const train = { count: 3, width: 2, data: Float32Array.of(1, 7, 2, 7, 6, 7) };

  it('scales by the mean 3 and the deviation sqrt(14 / 3) of the training column, hand-solved', () => {
    const { data } = standardiser(train)(train);
    const deviation = Math.sqrt(14 / 3);
    expect(data[0]).toBeCloseTo(-2 / deviation, 6);
    expect(data[2]).toBeCloseTo(-1 / deviation, 6);
    expect(data[4]).toBeCloseTo(3 / deviation, 6);
  });

  it('scales other features by what it learnt and makes a constant column 0', () => {
    const { data } = standardiser(train)({ count: 1, width: 2, data: Float32Array.of(3, 9) });
    expect(Array.from(data)).toEqual([0, 0]);
  });
});
