import { describe, expect, it } from 'vitest';
import { normalCdf, normalLogP, normalLogTail, normalQuantile } from '../../lib/statistics/normal.js';
import { expectClose } from './close.js';

describe('normal distribution', () => {
  it('matches scipy', () => {
    // scipy 1.17.1 stats.norm: ppf(.975), logsf(3), logsf(-2), logsf(100)
    expectClose(normalQuantile(0.975), 1.959963984540054);
    expectClose(normalLogTail(3), -6.60772622151035);
    expectClose(normalLogTail(-2), -0.023012909328963476);
    expectClose(normalLogTail(100), -5005.524208694205);
  });

  it('inverts its own quantile', () => {
    for (const p of [1e-8, 0.01, 0.3, 0.5, 0.9]) expectClose(normalCdf(normalQuantile(p)), p, 1e-12);
  });

  it('gives complementary one-sided and doubled two-sided p', () => {
    expectClose(Math.exp(normalLogP(0.7, 'greater')) + Math.exp(normalLogP(0.7, 'less')), 1, 1e-14);
    expectClose(Math.exp(normalLogP(-0.7, 'two-sided')), 2 * normalCdf(-0.7), 1e-14);
    expect(normalLogP(0, 'two-sided')).toBe(0);
  });
});
