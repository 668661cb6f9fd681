import type { CitationKey } from './citations.js';

/** The hypothesis that a small p speaks for. `greater`: the first sample, model or difference is larger. */
export type Alternative = 'greater' | 'less' | 'two-sided';

/** A confidence interval. Bounds are infinite on the open side of a one-sided interval. */
export interface Interval {
  readonly low: number;
  readonly high: number;
  /** Coverage, e.g. 0.95. */
  readonly level: number;
}

/** What every hypothesis test returns. */
export interface TestResult {
  /** The test's own statistic (t, W, U, z, ...). */
  readonly statistic: number;
  /** The effect in the units of the data, e.g. the mean difference; positive if the first is larger. */
  readonly estimate: number;
  /** In (0, 1]; underflows to 0 only where `logP` is below -745. */
  readonly p: number;
  /** Natural logarithm of p; finite far out where p itself underflows. */
  readonly logP: number;
  readonly alternative: Alternative;
  /** Interval of `estimate`, where the test has one. */
  readonly interval?: Interval;
  readonly degreesOfFreedom?: number;
  /** Independent units the test counts: cases, pairs, or clusters if it is clustered. */
  readonly n: number;
  /** The test in words, fit for a methods paragraph. */
  readonly method: string;
  readonly citation: CitationKey;
}

/** What every estimator with an interval returns. */
export interface Estimate {
  readonly estimate: number;
  readonly interval: Interval;
  /** Independent units: cases, or clusters if it is clustered. */
  readonly n: number;
  readonly method: string;
  readonly citation: CitationKey;
}
