import type { RandomStream } from '../core/random.js';
import { ExtremeCount } from './monte-carlo-p.js';
import { normalLogTail } from './normal.js';
import type { TestResult } from './result.js';
import { expectCount, expectPairs } from './sample-checks.js';

/**
 * How "a nonparametric one-sided permutation test on the bootstrapped data, where the observations are randomly paired
 * between the two samples" is read: the text leaves open whether the null distribution swaps inside the random pairs
 * or reassigns all values to the two samples.
 */
export type PublishedReading = 'swap-within-pairs' | 'reassign-to-samples';

/** Options of {@link publishedPermutationTest}. */
export interface PublishedPermutationOptions {
  readonly stream: RandomStream;
  /** Random rearrangements; default 9999. */
  readonly permutations?: number;
  /** Default `swap-within-pairs`. */
  readonly reading?: PublishedReading;
}

/** Result of {@link publishedPermutationTest}. */
export interface PublishedPermutationResult extends TestResult {
  readonly reading: PublishedReading;
  /**
   * Logarithm of the p that infinitely many rearrangements approach (normal limit of the randomisation distribution).
   * The counted p stops at 1 / (permutations + 1); this one shows how it falls with the number of bootstrap draws.
   */
  readonly limitLogP: number;
}

/**
 * The paper's test, for comparison only: a one-sided permutation test that treats BOOTSTRAP DRAWS as observations.
 *
 * Not a valid test. The number of draws is the analyst's choice, so p falls without limit as it grows, whatever the two
 * models' true difference; use {@link swapPermutationTest} or {@link pairedPermutationTest} on the cases.
 *
 * Source: EchoApex A.6.
 *
 * @param a bootstrapped metric of the first model, one value per draw
 * @param b bootstrapped metric of the second model, as many draws
 * @returns statistic and estimate: difference of the two means; `greater`: the first is better
 * @throws {ShapeError} on unequal numbers of draws
 */
export function publishedPermutationTest(
  a: ArrayLike<number>,
  b: ArrayLike<number>,
  options: PublishedPermutationOptions,
): PublishedPermutationResult {
  const who = 'publishedPermutationTest';
  expectPairs(who, ['a', 'b'], a, b);
  const permutations = options.permutations ?? 9999;
  expectCount(who, 'permutations', permutations);
  const reading = options.reading ?? 'swap-within-pairs';
  const paired = Float64Array.from(options.stream.shuffled(Array.from(b)));
  const first = Float64Array.from(a);
  const observed = meanDifference(first, paired);
  const count = new ExtremeCount(observed, observed);
  const rearrange = reading === 'swap-within-pairs' ? swapWithinPairs : reassignToSamples;
  for (let round = 0; round < permutations; round++) count.add(rearrange(first, paired, options.stream));
  const p = count.monteCarloP('greater');
  return {
    statistic: observed,
    estimate: observed,
    p,
    logP: Math.log(p),
    limitLogP: limitLogP(first, paired, observed, reading),
    alternative: 'greater',
    n: a.length,
    reading,
    method: `one-sided permutation test on ${a.length} bootstrap values as published (${reading}); not valid, the draws are not observations`,
    citation: 'echoapex',
  };
}

function meanDifference(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! - b[i]!;
  return sum / a.length;
}

function swapWithinPairs(a: Float64Array, b: Float64Array, stream: RandomStream): number {
  let sum = 0;
  let bits = 0;
  for (let i = 0; i < a.length; i++) {
    if (i % 32 === 0) bits = stream.integer(2 ** 32);
    const difference = a[i]! - b[i]!;
    sum += bits & 1 ? -difference : difference;
    bits >>>= 1;
  }
  return sum / a.length;
}

/** One random split of the pooled values into two halves, by partial Fisher-Yates on both arrays. */
function reassignToSamples(a: Float64Array, b: Float64Array, stream: RandomStream): number {
  const size = a.length;
  const pool = new Float64Array(2 * size);
  pool.set(a);
  pool.set(b, size);
  let sum = 0;
  let chosen = 0;
  for (let i = 0; i < 2 * size; i++) sum += pool[i]!;
  for (let i = 0; i < size; i++) {
    const j = i + stream.integer(2 * size - i);
    chosen += pool[j]!;
    pool[j] = pool[i]!;
  }
  return (2 * chosen - sum) / size;
}

/** Both randomisation distributions have mean 0; their variances are known in closed form. */
function limitLogP(a: Float64Array, b: Float64Array, observed: number, reading: PublishedReading): number {
  const size = a.length;
  let variance = 0;
  if (reading === 'swap-within-pairs') {
    for (let i = 0; i < size; i++) variance += (a[i]! - b[i]!) ** 2;
    variance /= size ** 2;
  } else {
    const centre = (a.reduce((s, v) => s + v, 0) + b.reduce((s, v) => s + v, 0)) / (2 * size);
    const spread = (values: Float64Array): number => values.reduce((s, v) => s + (v - centre) ** 2, 0);
    variance = (2 * (spread(a) + spread(b))) / (size * (2 * size - 1));
  }
  if (variance === 0) return 0;
  return normalLogTail(observed / Math.sqrt(variance));
}
