import { describe, expect, it } from 'vitest';
import { studentTCdf, studentTLogP, studentTLogTail, studentTQuantile } from '../../lib/statistics/student-t.js';
import { expectClose } from './close.js';

describe('Student t', () => {
  it.each([
    // scipy 1.17.1 stats.t.logsf(t, df)
    [0.3, 5, -0.9464290600944792],
    [2, 5, -2.976523167161812],
    [1.5, 2099, -2.704819479337654],
    [5, 2099, -14.985313881700131],
    [40, 2099, -598.9735046664827],
    [1e4, 10, -82.68566861177288],
    [3, 1e6, -6.607701598412305],
    [1.2, 1.5, -1.6451559591960976],
    [-2, 7, -0.043753019406627125],
    [1000, 1, -8.052485498164726],
  ])('log tail at t = %d, df = %d', (t, df, expected) => {
    expectClose(studentTLogTail(t, df), expected, 2e-11);
  });

  it('stays finite where scipy 1.17.1 gives -inf', () => {
    expect(studentTLogTail(200, 2099)).toBeCloseTo(-3151.7099, 3); // own continued fraction; scipy logsf is -inf here
    expect(Number.isFinite(studentTLogTail(1e6, 2099))).toBe(true);
  });

  it('is continuous where the continued fraction takes over', () => {
    for (const df of [1, 7, 2099]) {
      for (let t = 0.2; t < 4; t += 0.1) expectClose(Math.exp(studentTLogTail(t, df)), studentTCdf(-t, df), 1e-12);
    }
  });

  it('has the quantiles of scipy 1.17.1', () => {
    expectClose(studentTQuantile(0.975, 13), 2.1603686564627913);
    expectClose(studentTQuantile(0.995, 2099), 2.5781736386561973);
  });

  it('caps two-sided p at 1', () => {
    expect(studentTLogP(0, 5, 'two-sided')).toBe(0);
  });
});
