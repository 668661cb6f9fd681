import type { Figure } from '../../figures/figure.js';
import type { MethodsParagraph } from '../../statistics/methods-paragraph.js';
import type { Alternative } from '../../statistics/result.js';

/** How two tables are compared. */
export interface ComparisonOptions {
  /** A numeric column of both tables, or `bacc` for balanced accuracy from the columns `label` and `prediction`. */
  readonly metric: string;
  readonly key?: readonly string[];
  readonly unit?: string;
  readonly commonOnly?: boolean;
  /** Default `two-sided`; `greater`: the first is larger. */
  readonly alternative?: Alternative;
  /** Significance level that the sentence speaks of; default 0.01, the paper's. */
  readonly alpha?: number;
  /** Bootstrap draws; default 1000. */
  readonly draws?: number;
  /** Random swaps; default 9999. */
  readonly permutations?: number;
  /** Default 1. */
  readonly seed?: number;
}

/** One compared number: the mean of the metric, or the balanced accuracy of a class. */
export interface ComparedRow {
  readonly name: string;
  readonly cases: number;
  readonly first: number;
  readonly second: number;
  readonly difference: number;
  /** 95 % bootstrap interval of the difference, whole units resampled. */
  readonly low: number;
  readonly high: number;
  /** p as the paper would have it, and its decimal logarithm, which stays finite. */
  readonly publishedP: number;
  readonly publishedLog10P: number;
  /** p of the valid test. */
  readonly validP: number;
  /** `validP` adjusted by Holm over the classes; absent where there is one row. */
  readonly validPHolm?: number;
}

/** Two tables compared, as published and as it should be. */
export interface TableComparison {
  /** Names of the tables. */
  readonly first: string;
  readonly second: string;
  readonly metric: string;
  readonly alternative: Alternative;
  readonly alpha: number;
  /** The row of the whole comparison stands last. */
  readonly rows: readonly ComparedRow[];
  readonly samples: number;
  /** Column of the unit; absent if samples count as independent. */
  readonly unit?: string;
  readonly units: number;
  readonly onlyFirst: readonly string[];
  readonly onlySecond: readonly string[];
  /** The published test in words. */
  readonly publishedMethod: string;
  /** The valid test in words. */
  readonly validMethod: string;
  /** Further tests that need no adjustment, in words with their p. */
  readonly further: readonly { readonly method: string; readonly p: number }[];
  readonly methods: MethodsParagraph;
  readonly figure: Figure;
}
