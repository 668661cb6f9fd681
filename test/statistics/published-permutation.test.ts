import { describe, expect, it } from 'vitest';
import { stream } from '../../lib/core/random.js';
import { publishedPermutationTest } from '../../lib/statistics/published-permutation.js';
import { expectClose } from './close.js';

describe('publishedPermutationTest', () => {
  const values = (label: string, count: number, centre: number): Float64Array => {
    const random = stream(3, label);
    return Float64Array.from({ length: count }, () => centre + 0.01 * random.normal());
  };

  it.each(['swap-within-pairs', 'reassign-to-samples'] as const)('%s: counted p agrees with its limit', (reading) => {
    const result = publishedPermutationTest(values('a', 200, 0.9712), values('b', 200, 0.97), {
      stream: stream(1, 'p'),
      permutations: 4000,
      reading,
    });
    const limit = Math.exp(result.limitLogP);
    expect(Math.abs(result.p - limit)).toBeLessThan(4 * Math.sqrt(limit / 4000) + 1e-3);
  });

  it.each(['swap-within-pairs', 'reassign-to-samples'] as const)('%s: p falls without limit with draws', (reading) => {
    const at = (draws: number): number =>
      publishedPermutationTest(values('a', draws, 0.972), values('b', draws, 0.97), {
        stream: stream(1, 'p'),
        permutations: 99,
        reading,
      }).limitLogP;
    expect(at(1000)).toBeLessThan(at(200));
    expect(at(10_000)).toBeLessThan(-70);
  });

  it('solves a case by hand', () => {
    // differences 1, 1 whatever the pairing: mean 1, variance of the mean under swaps 2 / 4, z = sqrt 2
    const result = publishedPermutationTest([1, 1], [0, 0], { stream: stream(1, 'h'), permutations: 3999 });
    expectClose(result.limitLogP, Math.log(0.07864960352514258)); // scipy 1.17.1 stats.norm.sf(sqrt 2)
    expect(Math.abs(result.p - 0.25)).toBeLessThan(0.025);
  });

  it('names unequal draws', () => {
    expect(() => publishedPermutationTest([1, 2], [1], { stream: stream(1, 'h') })).toThrow(/one length/);
  });
});
