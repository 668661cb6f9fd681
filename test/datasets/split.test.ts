import { describe, expect, it } from 'vitest';
import { ArgumentError, DataError, LeakError } from '../../lib/core/errors.js';
import {
  checkedSplit,
  distinctPatients,
  hashOfSplit,
  nestedSubsets,
  officialSplit,
  patientSplit,
  requireDisjointPatients,
  splitNamed,
} from '../../lib/datasets/split.js';

const samples = Array.from({ length: 200 }, (_, n) => ({
  id: `clip-${n}`,
  patient: `patient-${Math.floor(n / 4)}`,
  split: null,
}));

describe('patientSplit', () => {
  const shares = { train: 7, validation: 1, test: 2 };
  const split = patientSplit(samples, 1, shares);

  it('deals patients, not clips, by their shares', () => {
    // 50 patients x 0.7, 0.1, 0.2; 4 clips each
    expect([split.train.length, split.validation.length, split.test.length]).toEqual([140, 20, 40]);
  });

  it('keeps every patient on one side and loses no clip', () => {
    const sides = [split.train, split.validation, split.test].map(distinctPatients);
    expect(new Set(sides.flat()).size).toBe(50);
    expect(sides.flat()).toHaveLength(50);
    expect(split.train.length + split.validation.length + split.test.length).toBe(200);
  });

  it('depends on the seed alone', () => {
    expect(hashOfSplit(patientSplit(samples, 1, shares))).toBe(hashOfSplit(split));
    expect(hashOfSplit(patientSplit(samples, 2, shares))).not.toBe(hashOfSplit(split));
  });

  it('refuses shares that are none', () => {
    expect(() => patientSplit(samples, 1, { train: 0, validation: 0, test: 0 })).toThrow(ArgumentError);
    expect(() => patientSplit(samples, 1, { train: 1, validation: -1, test: 0 })).toThrow(ArgumentError);
  });
});

describe('leaks', () => {
  it('throw wherever a patient stands on two sides', () => {
    const [a, b] = [samples[0]!, samples[1]!];
    expect(() => checkedSplit({ train: [a], validation: [], test: [b] })).toThrow(LeakError);
    expect(() => checkedSplit({ train: [a], validation: [], test: [b] })).toThrow('patient-0 (train, test)');
    expect(() => requireDisjointPatients('pretrain', [a], [b])).toThrow(LeakError);
    expect(() => requireDisjointPatients('pretrain', [a], [samples[9]!])).not.toThrow();
    expect(() =>
      officialSplit([
        { ...a, split: 'train' as const },
        { ...b, split: 'test' as const },
      ]),
    ).toThrow(LeakError);
  });

  it('officialSplit wants a split on every sample', () => {
    expect(() => officialSplit(samples)).toThrow(DataError);
  });
});

describe('nestedSubsets', () => {
  const sets = [samples.slice(0, 120), samples.slice(120, 180), samples.slice(180)];
  const subsets = nestedSubsets(sets, [10, 50, 100, 200], 3);

  it('lie within each other', () => {
    const ids = (size: number): string[] => subsets.get(size)!.map(({ id }) => id);
    for (const [small, large] of [
      [10, 50],
      [50, 100],
      [100, 200],
    ] as const) {
      expect(ids(small).every((id) => ids(large).includes(id))).toBe(true);
    }
    expect(new Set(ids(200)).size).toBe(200);
  });

  it('hold each set in proportion', () => {
    // 120 : 60 : 20 of 200
    const counts = (size: number): number[] =>
      sets.map((set) => subsets.get(size)!.filter((sample) => set.includes(sample)).length);
    expect(counts(10)).toEqual([6, 3, 1]);
    expect(counts(50)).toEqual([30, 15, 5]);
    expect(counts(100)).toEqual([60, 30, 10]);
  });

  it('refuse more than there is', () => {
    expect(() => nestedSubsets(sets, [201], 3)).toThrow(ArgumentError);
  });
});

describe('splitNamed', () => {
  it('knows the spellings of the data sets', () => {
    expect(['TRAIN', 'VAL', 'TEST', 'training', 'valid', 'fold 3'].map(splitNamed)).toEqual([
      'train',
      'validation',
      'test',
      'train',
      'validation',
      null,
    ]);
  });
});
