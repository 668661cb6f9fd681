import { ShapeError } from '../core/errors.js';
import { ranksOf } from './ranks.js';
import { expectSameLength, expectSample } from './sample-checks.js';

/** A point of a receiver operating characteristic: calling every score >= threshold positive. */
export interface RocPoint {
  readonly threshold: number;
  /** Sensitivity. */
  readonly truePositiveRate: number;
  /** 1 - specificity. */
  readonly falsePositiveRate: number;
}

/**
 * Receiver operating characteristic, from (0, 0) to (1, 1), one point per distinct score (tied scores move together).
 *
 * Values as sklearn.metrics.roc_curve(drop_intermediate=False).
 *
 * @param positive truth, one per case; both kinds must occur
 * @param scores the same cases; larger means more positive
 * @throws {ShapeError} on unequal lengths or if one kind is missing
 * @throws {NumericalError} on NaN or infinite scores
 */
export function rocCurve(positive: readonly boolean[], scores: ArrayLike<number>): RocPoint[] {
  const { positives, negatives } = expectTwoClasses('rocCurve', positive, scores);
  const order = positive.map((_, i) => i).sort((i, j) => scores[j]! - scores[i]!);
  const points: RocPoint[] = [{ threshold: Number.POSITIVE_INFINITY, truePositiveRate: 0, falsePositiveRate: 0 }];
  let hits = 0;
  let alarms = 0;
  order.forEach((i, rank) => {
    if (positive[i]) hits++;
    else alarms++;
    const next = order[rank + 1];
    if (next !== undefined && scores[next] === scores[i]) return;
    points.push({
      threshold: scores[i]!,
      truePositiveRate: hits / positives,
      falsePositiveRate: alarms / negatives,
    });
  });
  return points;
}

/**
 * Area under the receiver operating characteristic: the probability that a positive case scores above a negative one,
 * ties half.
 *
 * Values as sklearn.metrics.roc_auc_score.
 *
 * @throws {ShapeError} on unequal lengths or if one kind is missing
 * @throws {NumericalError} on NaN or infinite scores
 */
export function rocAuc(positive: readonly boolean[], scores: ArrayLike<number>): number {
  const { positives, negatives } = expectTwoClasses('rocAuc', positive, scores);
  const { ranks } = ranksOf(scores);
  const rankSum = positive.reduce((sum, isPositive, i) => sum + (isPositive ? ranks[i]! : 0), 0);
  return (rankSum - (positives * (positives + 1)) / 2) / (positives * negatives);
}

/** Counts both kinds; throws unless both occur and the scores are finite. */
export function expectTwoClasses(
  who: string,
  positive: readonly boolean[],
  scores: ArrayLike<number>,
): { positives: number; negatives: number } {
  expectSameLength(who, ['positive', 'scores'], positive, scores);
  expectSample(who, 'scores', scores);
  const positives = positive.filter(Boolean).length;
  const negatives = positive.length - positives;
  if (positives === 0 || negatives === 0) {
    throw new ShapeError(
      `${who}: needs positive and negative cases, got ${positives} and ${negatives}; the area is undefined`,
    );
  }
  return { positives, negatives };
}
