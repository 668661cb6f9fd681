import { NumericalError, ShapeError } from '../core/errors.js';
import { normalLogP, normalQuantile } from './normal.js';
import { sides } from './paired-t.js';
import { ranksOf } from './ranks.js';
import type { Alternative, Estimate, TestResult } from './result.js';
import { expectTwoClasses } from './roc.js';
import { expectLevel } from './sample-checks.js';

/**
 * Area under the ROC with DeLong's confidence interval.
 *
 * The interval is cut at [0, 1]; a perfect classifier gives variance 0 and the interval [1, 1], which is too short: use
 * {@link bootstrap} or more cases there.
 *
 * Source: DeLong et al. 1988, by mid-ranks (Sun and Xu 2014). Values as R pROC::ci.auc(method = "delong").
 *
 * @param positive truth, one per case; at least two of each kind
 * @param scores larger means more positive
 * @throws {ShapeError} on unequal lengths or fewer than two cases of a kind
 * @throws {NumericalError} on NaN or infinite scores
 */
export function delongAuc(positive: readonly boolean[], scores: ArrayLike<number>, level = 0.95): Estimate {
  expectLevel('delongAuc', level);
  const parts = placements('delongAuc', positive, scores);
  const error = Math.sqrt(covarianceOf(parts, parts));
  const reach = normalQuantile(1 - (1 - level) / 2) * error;
  return {
    estimate: parts.auc,
    interval: { low: Math.max(0, parts.auc - reach), high: Math.min(1, parts.auc + reach), level },
    n: positive.length,
    method: 'area under the ROC curve with DeLong interval',
    citation: 'delong-1988',
  };
}

/** Standard error of the area under the ROC after DeLong. */
export function delongStandardError(positive: readonly boolean[], scores: ArrayLike<number>): number {
  const parts = placements('delongStandardError', positive, scores);
  return Math.sqrt(covarianceOf(parts, parts));
}

/**
 * DeLong's test of two areas under the ROC on the same cases.
 *
 * Source: DeLong et al. 1988. Values as R pROC::roc.test(paired = TRUE, method = "delong").
 *
 * @param positive truth, one per case; at least two of each kind; cases must be independent
 * @param scoresA scores of the first model
 * @param scoresB scores of the second model on the same cases
 * @returns statistic: z; estimate: AUC of the first minus AUC of the second, with its interval
 * @throws {ShapeError} on unequal lengths or fewer than two cases of a kind
 * @throws {NumericalError} if the difference has no variance (equal rankings)
 */
export function delongTest(
  positive: readonly boolean[],
  scoresA: ArrayLike<number>,
  scoresB: ArrayLike<number>,
  options: { readonly alternative?: Alternative; readonly level?: number } = {},
): TestResult {
  const who = 'delongTest';
  const alternative = options.alternative ?? 'two-sided';
  const level = options.level ?? 0.95;
  expectLevel(who, level);
  const a = placements(who, positive, scoresA);
  const b = placements(who, positive, scoresB);
  const variance = covarianceOf(a, a) + covarianceOf(b, b) - 2 * covarianceOf(a, b);
  if (!(variance > 1e-16)) {
    throw new NumericalError(
      `${who}: the two models rank the cases alike, the difference of areas has variance ${variance}; the test is undefined`,
    );
  }
  const estimate = a.auc - b.auc;
  const error = Math.sqrt(variance);
  const logP = normalLogP(estimate / error, alternative);
  const reach = normalQuantile(alternative === 'two-sided' ? 1 - (1 - level) / 2 : level) * error;
  return {
    statistic: estimate / error,
    estimate,
    p: Math.exp(logP),
    logP,
    alternative,
    interval: {
      low: alternative === 'less' ? Number.NEGATIVE_INFINITY : estimate - reach,
      high: alternative === 'greater' ? Number.POSITIVE_INFINITY : estimate + reach,
      level,
    },
    n: positive.length,
    method: `${sides(alternative)} DeLong test of two areas under the ROC curve on the same cases`,
    citation: 'delong-1988',
  };
}

/** Share of the other kind that each case is ranked on the right side of. */
interface Placements {
  readonly auc: number;
  readonly ofPositives: Float64Array;
  readonly ofNegatives: Float64Array;
}

function placements(who: string, positive: readonly boolean[], scores: ArrayLike<number>): Placements {
  const { positives, negatives } = expectTwoClasses(who, positive, scores);
  if (positives < 2 || negatives < 2) {
    throw new ShapeError(`${who}: needs two cases of each kind, got ${positives} positive and ${negatives} negative`);
  }
  const all = Array.from(scores);
  const within = (kind: boolean): Float64Array => ranksOf(all.filter((_, i) => positive[i] === kind)).ranks;
  const joint = ranksOf(all).ranks;
  const jointOf = (kind: boolean): Float64Array => joint.filter((_, i) => positive[i] === kind);
  const innerPositive = within(true);
  const innerNegative = within(false);
  const ofPositives = jointOf(true).map((rank, k) => (rank - innerPositive[k]!) / negatives);
  const ofNegatives = jointOf(false).map((rank, k) => 1 - (rank - innerNegative[k]!) / positives);
  return { auc: ofPositives.reduce((sum, value) => sum + value, 0) / positives, ofPositives, ofNegatives };
}

function covarianceOf(a: Placements, b: Placements): number {
  const part = (x: Float64Array, y: Float64Array): number => {
    let sum = 0;
    for (let i = 0; i < x.length; i++) sum += (x[i]! - a.auc) * (y[i]! - b.auc);
    return sum / (x.length - 1) / x.length;
  };
  return part(a.ofPositives, b.ofPositives) + part(a.ofNegatives, b.ofNegatives);
}
