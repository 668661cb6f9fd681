import { describe, expect, it } from 'vitest';
import { stream } from '../../lib/core/random.js';
import { effectiveRank } from '../../lib/training/effective-rank.js';

describe('effectiveRank', () => {
  it('is the number of equal orthogonal directions', () => {
    const rows = Float32Array.from([1, 0, 0, 0, 1, 0, 0, 0, 1]);
    expect(effectiveRank(rows, 3)).toBeCloseTo(3, 6);
  });

  it('is 1 for rows that all point one way, 0 for zeros', () => {
    expect(effectiveRank(Float32Array.from([1, 2, 2, 4, 3, 6]), 2)).toBeCloseTo(1, 5);
    expect(effectiveRank(new Float32Array(6), 2)).toBe(0);
  });

  it('equals a hand-solved case: singular values 3 and 1', () => {
    // shares 3/4 and 1/4: exp(-(0.75 ln 0.75 + 0.25 ln 0.25)) = 4 / 3^0.75
    expect(effectiveRank(Float32Array.from([3, 0, 0, 1]), 2)).toBeCloseTo(4 / 3 ** 0.75, 6);
  });

  it('does not depend on the scale or the order of rows', () => {
    const random = stream(1, 'rows');
    const rows = Array.from({ length: 10 }, () => Array.from({ length: 6 }, () => random.normal()));
    const rank = effectiveRank(Float32Array.from(rows.flat()), 6);
    const other = effectiveRank(
      Float32Array.from([...rows].reverse().flat(), (value) => 7 * value),
      6,
    );
    expect(other).toBeCloseTo(rank, 4);
    expect(rank).toBeGreaterThan(4);
    expect(rank).toBeLessThan(6);
  });
});
