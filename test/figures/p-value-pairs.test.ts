import { describe, expect, it } from 'vitest';
import { pValuePairs } from '../../lib/figures/p-value-pairs.js';

const input = {
  name: 'two-tests',
  title: 'Two tests',
  dataOrigin: 'none' as const,
  tests: ['first', 'second'] as const,
  alpha: 0.01,
  classes: [
    { name: 'A4C', p: [0.0001, 0.5] as const },
    { name: 'A2C', p: [0.0001, 0.001] as const },
    { name: 'SC:IVC', p: [1, 1] as const },
  ],
};

describe('p-values of two tests', () => {
  it('names the classes on which they disagree, and reaches down to the smallest p', () => {
    const figure = pValuePairs(input);
    expect(figure.meta.caption).toContain('They disagree at 0.01 on 1: A4C.');
    const axis = figure.layout.yaxis as { type: string; range: number[] };
    expect(axis.type).toBe('log');
    expect(axis.range[0]).toBeLessThan(-4);
    const disagree = figure.data.find(({ name }) => name === 'the tests disagree')!;
    expect(disagree.x).toEqual([0, 0, null]);
    expect(disagree.y).toEqual([0.0001, 0.5, null]);
  });

  it('refuses what is no p-value', () => {
    expect(() => pValuePairs({ ...input, classes: [{ name: 'A4C', p: [0, 1] }] })).toThrow(
      /p of A4C must be in \(0, 1\]/,
    );
    expect(() => pValuePairs({ ...input, classes: [] })).toThrow(/at least one class/);
  });
});
