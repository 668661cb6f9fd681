import { describe, expect, it } from 'vitest';
import { stream } from '../../lib/core/random.js';
import { cycleAt, drawCycle, monotoneCurve } from '../../lib/phantom/cardiac-cycle.js';

describe('monotoneCurve', () => {
  it('passes through its knots and never overshoots', () => {
    const curve = monotoneCurve([
      [0, 0],
      [0.3, 1],
      [0.5, 0.9],
      [1, 0.9],
    ]);
    expect([0, 0.3, 0.5, 1].map(curve)).toEqual([0, 1, 0.9, 0.9]);
    for (let x = 0; x <= 1; x += 0.01) {
      expect(curve(x)).toBeGreaterThanOrEqual(0);
      expect(curve(x)).toBeLessThanOrEqual(1);
    }
    // between flat knots the cubic is the smoothstep 3 t^2 - 2 t^3; at 1/4 it is 5/32, hand-solved
    expect(
      monotoneCurve([
        [0, 0],
        [1, 1],
        [2, 0],
      ])(1.75),
    ).toBeCloseTo(5 / 32, 12);
  });
});

describe('drawCycle', () => {
  it('contracts from 0 to 1 at end-systole and opens valves in turn', () => {
    for (let i = 0; i < 20; i++) {
      const rate = 45 + 4 * i;
      const cycle = drawCycle(stream(i, 'cycle'), rate);
      expect(cycleAt(cycle, 0).contraction).toBe(0);
      expect(cycleAt(cycle, cycle.endSystole).contraction).toBeCloseTo(1, 12);
      expect(cycleAt(cycle, 3).contraction).toBe(0);
      for (let t = 0; t < 1; t += 0.01) {
        const { inflow, outflow, contraction } = cycleAt(cycle, t);
        expect(Math.min(inflow, outflow)).toBeLessThan(0.05); // never both open
        expect(contraction).toBeGreaterThanOrEqual(0);
        expect(contraction).toBeLessThanOrEqual(1);
      }
    }
  });

  it('lengthens systole relative to the beat as the rate rises', () => {
    // Weissler 1968: 0.546 - 0.0021 rate seconds; 60 a minute 0.42 s, 42 %; 90 a minute 0.357 s, 53.5 %
    const mean = (rate: number): number =>
      Array.from({ length: 200 }, (_, i) => drawCycle(stream(i, 'cycle'), rate).endSystole).reduce((a, b) => a + b) /
      200;
    expect(mean(60)).toBeCloseTo(0.42, 2);
    expect(mean(50)).toBeLessThan(mean(70));
  });
});
