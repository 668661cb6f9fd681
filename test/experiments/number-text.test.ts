import { expect, test } from 'vitest';
import { fixed, percent, pText, signed } from '../../lib/experiments/number-text.js';

test('numbers are written with a true minus, and a dash where there is none', () => {
  expect([fixed(-1.25, 1), fixed(0.9149, 3), fixed(null, 2), fixed(Number.NaN, 2)]).toEqual([
    '−1.3',
    '0.915',
    '–',
    '–',
  ]);
  expect([signed(0.5, 2), signed(-0.5, 2), signed(0, 1), signed(undefined, 1)]).toEqual([
    '+0.50',
    '−0.50',
    '+0.0',
    '–',
  ]);
  expect([percent(0.2951), percent(0.95, 0), percent(null)]).toEqual(['29.5', '95', '–']);
  expect([pText(0.04321), pText(3.21e-9), pText(null)]).toEqual(['0.043', '3.2e-9', 'undefined']);
});
