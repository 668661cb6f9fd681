import { describe, expect, it } from 'vitest';
import { ArgumentError } from '../../lib/core/errors.js';
import { slotsFor } from '../../lib/sweeps/slots.js';
import { type AnySweep, gridOf, planCells, sweepName } from '../../lib/sweeps/sweep.js';

const sweepOf = (params: readonly object[], changes: Partial<AnySweep> = {}): AnySweep => ({
  name: 'squares',
  cell: { name: 'square', run: async () => [] },
  cells: params.map((each) => ({ params: each, seed: 1 })),
  resources: { memoryMiB: 100, cores: 1 },
  ...changes,
});

describe('gridOf', () => {
  it('is every combination, seeds fastest, the last axis next', () => {
    const grid = gridOf<{ frames: number; start: string }>({ frames: [50, 100], start: ['a', 'b'] }, [1, 2]);
    expect(grid.map(({ params, seed }) => `${params.frames}${params.start}${seed}`)).toEqual(
      ['50a1', '50a2', '50b1', '50b2', '100a1', '100a2', '100b1', '100b2'], // by hand
    );
  });

  it('is empty where an axis is', () => {
    expect(gridOf<{ frames: number }>({ frames: [] }, [1])).toEqual([]);
  });
});

describe('planCells', () => {
  it('names a cell by its content, whatever the order of its parameters', () => {
    const [one] = planCells(sweepOf([{ a: 1, b: [2, { c: 3, d: 4 }] }]));
    const [other] = planCells(sweepOf([{ b: [2, { d: 4, c: 3 }], a: 1 }]));
    expect(one?.key).toMatch(/^square-s1-[0-9a-f]{12}$/);
    expect(other?.key).toBe(one?.key);
    expect(one?.label).toBe('square a=1 seed=1');
  });

  it('names cells apart by function, parameters and seed', () => {
    const cell = { name: 'cube', run: async () => [] };
    const seeds = [1, 2].map((seed) => ({ params: { a: 1 }, seed }));
    const keys = [
      ...planCells(sweepOf([{ a: 1 }, { a: 2 }])),
      ...planCells(sweepOf([], { cells: seeds })).slice(1),
      ...planCells(sweepOf([{ a: 1 }], { cell })),
    ].map(({ key }) => key);
    expect(new Set(keys).size).toBe(4);
  });

  it('refuses what cannot be written down and read back, doubles, and names that are no folder names', () => {
    for (const params of [{ a: undefined }, { a: Number.NaN }, { a: new Float32Array(2) }, { a: () => 1 }]) {
      expect(() => planCells(sweepOf([params]))).toThrow(/plain JSON/);
    }
    expect(() => planCells(sweepOf([{ a: 1 }, { a: 1 }]))).toThrow('square a=1 seed=1 stands twice in squares');
    expect(() => planCells(sweepOf([], { cells: [{ params: {}, seed: 0.5 }] }))).toThrow(/must be an integer/);
    expect(() => planCells(sweepOf([], { name: '../up' }))).toThrow(/kebab-case/);
    expect(() => planCells(sweepOf([], { resources: { memoryMiB: 0, cores: 1 } }))).toThrow(ArgumentError);
  });

  it('takes the name of a registered sweep from scale and data', () => {
    expect(sweepName('few-shot', { scale: 'mini', data: 'phantom' })).toBe('few-shot-phantom-mini');
  });
});

describe('slotsFor', () => {
  const room = { cores: 8, memoryMiB: 10_000 }; // of which cells may take 9,000

  it('is what memory and cores allow', () => {
    expect(slotsFor({ memoryMiB: 1000, cores: 1 }, room)).toBe(8);
    expect(slotsFor({ memoryMiB: 2000, cores: 1 }, room)).toBe(4);
    expect(slotsFor({ memoryMiB: 1000, cores: 3 }, room)).toBe(2);
    expect(slotsFor({ memoryMiB: 1000, cores: 1 }, room, 3)).toBe(3);
  });

  it('is one where not even one fits', () => {
    expect(slotsFor({ memoryMiB: 20_000, cores: 1 }, room)).toBe(1);
    expect(slotsFor({ memoryMiB: 1, cores: 16 }, room)).toBe(1);
  });

  it('refuses a limit that is none', () => {
    for (const limit of [0, 1.5, Number.NaN]) {
      expect(() => slotsFor({ memoryMiB: 1, cores: 1 }, room, limit)).toThrow(ArgumentError);
    }
  });
});
