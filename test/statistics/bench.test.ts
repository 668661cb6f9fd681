import { describe, expect, it } from 'vitest';
import { benchBootstrap } from '../../lib/statistics/bench.js';

describe('benchBootstrap', () => {
  it('times itself without Python and names a Python that does not run', () => {
    const small = { draws: 20, cases: 100, classes: 4, rounds: 1 };
    const result = benchBootstrap(small);
    expect(result.ours).toBeGreaterThan(0);
    expect(result.ratio).toBeUndefined();
    expect(() => benchBootstrap({ ...small, python: '/nonexistent/python' })).toThrow(/leave python out/);
  });
});
