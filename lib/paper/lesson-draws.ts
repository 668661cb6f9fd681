import { ArgumentError } from '../core/errors.js';
import type { RandomStream } from '../core/random.js';
import { bootstrapClassMetrics } from '../statistics/bootstrap-classes.js';
import { publishedPermutationTest } from '../statistics/published-permutation.js';
import type { Estimate } from '../statistics/result.js';
import { swapPermutationTest } from '../statistics/swap-permutation.js';
import { wilsonInterval } from '../statistics/wilson-interval.js';

/** Two classifiers on the same cases; class numbers in [0, classes). */
export interface TwoClassifiers {
  readonly truth: Int32Array;
  readonly first: Int32Array;
  readonly second: Int32Array;
  readonly classes: number;
}

/** How {@link simulateTwoClassifiers} draws its cases. */
export interface TwoClassifiersOptions {
  readonly stream: RandomStream;
  /** Test cases; default 300. */
  readonly cases?: number;
  /** Default 6. */
  readonly classes?: number;
  /** Chance of being right of the second classifier; default 0.9. */
  readonly accuracy?: number;
  /** How much more often the first is right; default 0: they differ by nothing. */
  readonly advantage?: number;
}

/**
 * Two classifiers whose true accuracies are known, on cases of equally frequent classes. Errors are independent and go to
 * any other class.
 *
 * @throws {ArgumentError} if an accuracy leaves [0, 1]
 */
export function simulateTwoClassifiers(options: TwoClassifiersOptions): TwoClassifiers {
  const { stream, cases = 300, classes = 6, accuracy = 0.9, advantage = 0 } = options;
  if (!(accuracy >= 0 && accuracy + advantage >= 0 && accuracy <= 1 && accuracy + advantage <= 1)) {
    throw new ArgumentError(
      `simulateTwoClassifiers: both accuracies must lie in [0, 1], got ${accuracy} and ${accuracy + advantage}`,
    );
  }
  const truth = Int32Array.from({ length: cases }, (_, i) => i % classes);
  const predicted = (chance: number): Int32Array =>
    truth.map((label) => (stream.chance(chance) ? label : (label + 1 + stream.integer(classes - 1)) % classes));
  return { truth, first: predicted(accuracy + advantage), second: predicted(accuracy), classes };
}

/** Mean one-against-rest balanced accuracy of class numbers, the paper's BACC. */
export function meanBalancedAccuracy(truth: Int32Array, predicted: ArrayLike<number>, classes: number): number {
  const support = new Float64Array(classes);
  const hits = new Float64Array(classes);
  const called = new Float64Array(classes);
  for (let i = 0; i < truth.length; i++) {
    const label = truth[i]!;
    const call = predicted[i]!;
    support[label]!++;
    called[call]!++;
    if (label === call) hits[label]!++;
  }
  let sum = 0;
  for (let c = 0; c < classes; c++) {
    sum += (hits[c]! / support[c]! + 1 - (called[c]! - hits[c]!) / (truth.length - support[c]!)) / 2;
  }
  return sum / classes;
}

/** The published test on given numbers of bootstrap draws, beside the valid one, for one pair of classifiers. */
export interface DrawsRow {
  readonly draws: number;
  /** Counted p of the published test; its floor is 1 / (permutations + 1). */
  readonly publishedP: number;
  /** Decimal logarithm of the p that more permutations approach. */
  readonly publishedLog10P: number;
  /** p of the paired permutation test on the cases; does not know of draws. */
  readonly validP: number;
}

/** Settings of the tests in this lesson. */
export interface LessonTests {
  readonly stream: RandomStream;
  /** Rearrangements of either test; default 999. */
  readonly permutations?: number;
}

/**
 * The lesson in one study: p of the published test against the number of bootstrap draws. Both tests are one-sided: where
 * the second classifier happens to be ahead on the cases, the published p goes to 1 instead.
 *
 * @param draws numbers of draws to try, e.g. [10, 100, 1000, 10000]
 */
export function pAgainstDraws(study: TwoClassifiers, draws: readonly number[], tests: LessonTests): DrawsRow[] {
  const permutations = tests.permutations ?? 999;
  const validP = validTest(study, tests.stream.child('valid'), permutations);
  return draws.map((count) => {
    const published = publishedTest(study, count, tests.stream.child(`draws/${count}`), permutations);
    return {
      draws: count,
      publishedP: published.p,
      publishedLog10P: published.limitLogP / Math.LN10,
      validP,
    };
  });
}

/** Rates of p <= alpha over simulated studies. */
export interface FalsePositiveRow {
  readonly test: 'published' | 'valid';
  /** Bootstrap draws of the published test; 0 for the valid one. */
  readonly draws: number;
  /** Share of studies with p <= alpha, with its Wilson interval. */
  readonly rate: Estimate;
  readonly alpha: number;
}

/** How many studies are simulated, and how. */
export interface FalsePositiveOptions extends TwoClassifiersOptions {
  /** Default 1000. */
  readonly studies?: number;
  /** Default [100, 1000]. */
  readonly draws?: readonly number[];
  /** Rearrangements of either test; default 199. 1 / (permutations + 1) must not exceed alpha. */
  readonly permutations?: number;
  /** Default 0.01, the paper's. */
  readonly alpha?: number;
  /** Called after each study with the number done. */
  readonly progress?: (done: number) => void;
}

/**
 * How often two classifiers that differ by nothing are called significantly different (or, with an `advantage`, how often
 * the advantage is found), over many simulated studies.
 *
 * @throws {ArgumentError} if p cannot reach alpha with so few permutations
 */
export function falsePositiveRates(options: FalsePositiveOptions): FalsePositiveRow[] {
  const { studies = 1000, draws = [100, 1000], permutations = 199, alpha = 0.01, stream } = options;
  if (1 / (permutations + 1) > alpha) {
    throw new ArgumentError(
      `falsePositiveRates: ${permutations} permutations cannot reach alpha ${alpha}; use at least ${Math.ceil(1 / alpha) - 1}`,
    );
  }
  const published = draws.map(() => 0);
  let valid = 0;
  for (let study = 0; study < studies; study++) {
    const random = stream.child(`study/${study}`);
    const simulated = simulateTwoClassifiers({ ...options, stream: random.child('cases') });
    draws.forEach((count, k) => {
      if (publishedTest(simulated, count, random.child(`draws/${count}`), permutations).p <= alpha) published[k]!++;
    });
    if (validTest(simulated, random.child('valid'), permutations) <= alpha) valid++;
    options.progress?.(study + 1);
  }
  return [
    ...draws.map(
      (count, k): FalsePositiveRow => ({
        test: 'published',
        draws: count,
        rate: wilsonInterval(published[k]!, studies),
        alpha,
      }),
    ),
    { test: 'valid', draws: 0, rate: wilsonInterval(valid, studies), alpha },
  ];
}

function publishedTest(
  study: TwoClassifiers,
  draws: number,
  stream: RandomStream,
  permutations: number,
): ReturnType<typeof publishedPermutationTest> {
  const bootstrapped = (predicted: Int32Array, label: string): Float64Array =>
    bootstrapClassMetrics(study.truth, predicted, study.classes, {
      draws,
      stream: stream.child(label),
      strata: Array.from(study.truth),
    }).meanBalancedAccuracy;
  return publishedPermutationTest(bootstrapped(study.first, 'first'), bootstrapped(study.second, 'second'), {
    stream: stream.child('permute'),
    permutations,
  });
}

function validTest(study: TwoClassifiers, stream: RandomStream, permutations: number): number {
  const { truth, first, second, classes } = study;
  const a = new Int32Array(truth.length);
  const b = new Int32Array(truth.length);
  return swapPermutationTest(
    truth.length,
    (swapped) => {
      for (let i = 0; i < truth.length; i++) {
        a[i] = swapped[i] === 1 ? second[i]! : first[i]!;
        b[i] = swapped[i] === 1 ? first[i]! : second[i]!;
      }
      return meanBalancedAccuracy(truth, a, classes) - meanBalancedAccuracy(truth, b, classes);
    },
    { stream, draws: permutations, alternative: 'greater' },
  ).p;
}
