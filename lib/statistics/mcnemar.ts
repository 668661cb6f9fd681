import { ShapeError } from '../core/errors.js';
import { normalLogP } from './normal.js';
import { sides } from './paired-t.js';
import type { Alternative, TestResult } from './result.js';
import { expectSameLength } from './sample-checks.js';
import { coinLogP } from './sign-test.js';

/** Options of {@link mcnemarTest}. */
export interface McNemarOptions {
  /** Default `two-sided`. `greater`: the first model is right more often. */
  readonly alternative?: Alternative;
  /** `exact` (binomial, default) or `chi-square` without continuity correction. */
  readonly method?: 'exact' | 'chi-square';
}

/**
 * McNemar's test: do two classifiers differ in accuracy on the same cases? Only cases where one is right and the other
 * wrong count; without such cases p = 1.
 *
 * Source: McNemar 1947. Values as scipy.stats.binomtest(b, b + c) and chi2.sf((b - c)^2 / (b + c), 1).
 *
 * @param rightA whether the first model is right, one per case
 * @param rightB the same cases of the second model
 * @returns statistic: signed root of the chi-square; estimate: difference of the two accuracies; n: discordant cases
 * @throws {ShapeError} on unequal lengths or no case
 */
export function mcnemarTest(
  rightA: readonly boolean[],
  rightB: readonly boolean[],
  options: McNemarOptions = {},
): TestResult {
  const who = 'mcnemarTest';
  expectSameLength(who, ['rightA', 'rightB'], rightA, rightB);
  if (rightA.length === 0) throw new ShapeError(`${who}: needs at least 1 case, got none`);
  const alternative = options.alternative ?? 'two-sided';
  const method = options.method ?? 'exact';
  const onlyA = rightA.filter((right, i) => right && !rightB[i]).length;
  const onlyB = rightB.filter((right, i) => right && !rightA[i]).length;
  const n = onlyA + onlyB;
  const statistic = n === 0 ? 0 : (onlyA - onlyB) / Math.sqrt(n);
  const logP = n === 0 ? 0 : method === 'exact' ? coinLogP(onlyA, n, alternative) : normalLogP(statistic, alternative);
  return {
    statistic,
    estimate: (onlyA - onlyB) / rightA.length,
    p: Math.exp(logP),
    logP,
    alternative,
    n,
    method: `${sides(alternative)} McNemar test, ${method === 'exact' ? 'exact binomial' : 'chi-square without continuity correction'}`,
    citation: 'mcnemar-1947',
  };
}
