import { describe, expect, it } from 'vitest';
import { ArgumentError } from '../../lib/core/errors.js';
import { renderSvg } from '../../lib/figures/render-svg.js';
import { scoreDots } from '../../lib/figures/score-dots.js';

const input = {
  name: 'dots',
  title: 'Dice by target',
  dataOrigin: 'phantom',
  rows: ['CAMUS LV-ES', 'ENDym LV-ES'],
  series: [
    {
      name: 'A',
      dots: [
        { row: 'CAMUS LV-ES', value: 0.9, low: 0.88, high: 0.93 },
        { row: 'ENDym LV-ES', value: 0.8, low: 0.7, high: 0.85 },
      ],
    },
    { name: 'B', dots: [{ row: 'ENDym LV-ES', value: 0.85 }] },
    { name: 'A, paper', of: 'A', published: true, dots: [{ row: 'CAMUS LV-ES', value: 0.95 }] },
  ],
  score: 'Dice',
  ordinate: 'Target',
  whiskers: '95 % intervals over patients',
} as const;

describe('scoreDots', () => {
  it('leaves gaps where a model has no target, and puts published marks over their model', () => {
    const { data, meta } = scoreDots(input);
    const [a, b, paper] = data as unknown as {
      x: number[];
      y: number[];
      error_x?: { array: number[]; arrayminus: number[] };
    }[];
    expect(b!.x).toEqual([0.85]);
    expect(paper!.y[0]).toBe(a!.y[0]);
    expect(a!.error_x!.arrayminus[0]).toBeCloseTo(0.02, 12);
    expect(a!.error_x!.array[1]).toBeCloseTo(0.05, 12);
    expect(meta.caption).toContain('Hollow: published');
  });

  it('is drawn without a browser', async () => {
    const svg = await renderSvg(scoreDots(input));
    expect(svg).toContain('ENDym LV-ES');
  });

  it('refuses a dot that has no row, and nothing at all', () => {
    expect(() => scoreDots({ ...input, rows: ['CAMUS LV-ES'] })).toThrow(ArgumentError);
    expect(() => scoreDots({ ...input, series: [] })).toThrow(ArgumentError);
  });
});
