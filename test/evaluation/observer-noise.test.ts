import { describe, expect, it } from 'vitest';
import { ArgumentError } from '../../lib/core/errors.js';
import { stream } from '../../lib/core/random.js';
import { observedCaliper, observerDeviation } from '../../lib/evaluation/observer-noise.js';

describe('observerDeviation', () => {
  it('inverts the mean absolute difference of two normal observers', () => {
    // E|N(0, 2 s^2)| = 2 s / sqrt(pi), so a mean difference of 2 / sqrt(pi) is a deviation of 1
    expect(observerDeviation(2 / Math.sqrt(Math.PI))).toBeCloseTo(1, 12);
    expect(observerDeviation(0)).toBe(0);
  });

  it('refuses a negative difference', () => {
    expect(() => observerDeviation(-1)).toThrow(ArgumentError);
  });
});

describe('observedCaliper', () => {
  const ends = [
    { x: 10, y: 20 },
    { x: 13, y: 24 }, // length 5
  ] as const;

  it('leaves the caliper where observers agree', () => {
    expect(observedCaliper(ends, 0, stream(1, 'caliper'))).toEqual(ends);
  });

  it('moves the ends along the line only', () => {
    const [a, b] = observedCaliper(ends, 0.3, stream(2, 'caliper'));
    for (const { x, y } of [a, b]) expect((x - 10) * 4 - (y - 20) * 3).toBeCloseTo(0, 10);
  });

  it('makes two observers differ by the share asked for, on average', () => {
    const random = stream(3, 'caliper');
    const length = (): number => {
      const [a, b] = observedCaliper(ends, 0.1, random);
      return ((b.x - a.x) * 3 + (b.y - a.y) * 4) / 5;
    };
    const draws = 20_000;
    let sum = 0;
    for (let i = 0; i < draws; i++) sum += Math.abs(length() - length());
    // 0.1 of 5; standard error 0.5 x 0.756 / sqrt(20000) = 0.0027
    expect(Math.abs(sum / draws - 0.5)).toBeLessThan(0.012);
  });
});
