import { expect } from 'vitest';

/** Expects a number within a relative distance of another; default 1e-10. */
export function expectClose(actual: number, expected: number, relative = 1e-10): void {
  const scale = Math.max(Math.abs(expected), 1e-300);
  expect(Math.abs(actual - expected) / scale, `${actual} against ${expected}`).toBeLessThanOrEqual(relative);
}

/** Expects a share of `trials` within three binomial standard errors of its nominal value. */
export function expectRate(hits: number, trials: number, nominal: number): void {
  const error = Math.sqrt((nominal * (1 - nominal)) / trials);
  expect(Math.abs(hits / trials - nominal), `${hits} of ${trials}, nominal ${nominal}`).toBeLessThanOrEqual(3 * error);
}
