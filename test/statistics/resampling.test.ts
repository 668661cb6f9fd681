import { describe, expect, it } from 'vitest';
import { stream } from '../../lib/core/random.js';
import { clustersOf, strataOf } from '../../lib/statistics/clusters.js';
import { IndexSource } from '../../lib/statistics/index-source.js';
import { resample } from '../../lib/statistics/resampling.js';

describe('IndexSource', () => {
  it.each([1, 7, 2100, 65_536, 65_537, 1_000_003])('draws uniformly below %d', (count) => {
    const draws = 200_000;
    const indices = new Int32Array(draws);
    new IndexSource(stream(1, `index/${count}`)).fill(indices, 0, draws, count);
    const bins = Math.min(count, 50);
    const seen = new Float64Array(bins);
    expect(indices.every((index) => index >= 0 && index < count)).toBe(true);
    for (const index of indices) {
      seen[Math.floor((index / count) * bins)]!++;
    }
    let chiSquare = 0;
    for (let bin = 0; bin < bins; bin++) {
      const width = Math.ceil(((bin + 1) * count) / bins) - Math.ceil((bin * count) / bins);
      const expected = (draws * width) / count;
      chiSquare += (seen[bin]! - expected) ** 2 / expected;
    }
    expect(chiSquare).toBeLessThan(85.4); // scipy 1.17.1 stats.chi2.isf(0.001, 49)
  });

  it('repeats with its stream and goes on between calls', () => {
    const run = (parts: number): number[] => {
      const source = new IndexSource(stream(1, 'repeat'));
      const out = new Int32Array(8);
      for (let part = 0; part < parts; part++) source.fill(out, 0, 8, 100);
      return [...out];
    };
    expect(run(1)).toEqual(run(1));
    expect(run(2)).not.toEqual(run(1));
  });
});

describe('resample', () => {
  it('draws as many cases as there are', () => {
    resample(10, { draws: 5, stream: stream(1, 'r') }, (cases) => expect(cases.length).toBe(10));
  });

  it('draws a cluster with all its cases', () => {
    const clusters = ['p', 'q', 'p', 'q', 'q'];
    resample(5, { draws: 20, stream: stream(1, 'r'), clusters }, (cases) => {
      const text = cases.join('').replaceAll('02', 'P').replaceAll('134', 'Q');
      expect(text).toMatch(/^[PQ]{2}$/);
    });
  });

  it('equal streams meet equal resamples', () => {
    const drawn = (): string[] => {
      const all: string[] = [];
      resample(6, { draws: 4, stream: stream(2, 'r') }, (cases) => all.push(cases.join()));
      return all;
    };
    expect(drawn()).toEqual(drawn());
  });
});

describe('clustersOf and strataOf', () => {
  it('group in order of appearance', () => {
    const clusters = clustersOf(4, ['b', 'a', 'b', 'c']);
    expect(clusters.names).toEqual(['b', 'a', 'c']);
    expect(clusters.members.map((members) => [...members])).toEqual([[0, 2], [1], [3]]);
    expect(strataOf(clusters, ['x', 'y', 'x', 'x']).map((stratum) => [...stratum])).toEqual([[0, 2], [1]]);
  });
});
