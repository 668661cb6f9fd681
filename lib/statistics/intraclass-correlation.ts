import quantileOfF from '@stdlib/stats-base-dists-f-quantile';
import { NumericalError, ShapeError } from '../core/errors.js';
import type { Estimate } from './result.js';
import { expectLevel, expectSample } from './sample-checks.js';

/**
 * Which intraclass correlation of single ratings. `agreement`: ICC(2,1), raters are a sample, a constant offset counts as
 * disagreement. `consistency`: ICC(3,1), raters are fixed, offsets do not count. `one-way`: ICC(1,1), every case has its
 * own raters.
 */
export type IntraclassForm = 'agreement' | 'consistency' | 'one-way';

/**
 * Intraclass correlation of single ratings with its F-based interval.
 *
 * Source: McGraw and Wong 1996, Tables 4 and 7. Values as R irr::icc(unit = "single").
 *
 * Shapes: N = cases (>= 2), R = raters (>= 2).
 * @param ratings `[N][R]`: one row per case
 * @throws {ShapeError} on rows of unequal length, N < 2 or R < 2
 * @throws {NumericalError} on NaN, infinite values, or ratings that do not vary
 */
export function intraclassCorrelation(
  ratings: readonly ArrayLike<number>[],
  form: IntraclassForm = 'agreement',
  level = 0.95,
): Estimate {
  const who = 'intraclassCorrelation';
  expectLevel(who, level);
  const n = ratings.length;
  const raters = ratings[0]?.length ?? 0;
  if (n < 2 || raters < 2) {
    throw new ShapeError(`${who}: needs at least 2 cases and 2 raters, got ${n} and ${raters}`);
  }
  ratings.forEach((row, i) => {
    expectSample(who, `row ${i}`, row);
    if (row.length !== raters) throw new ShapeError(`${who}: row ${i} must hold ${raters} ratings, got ${row.length}`);
  });
  const squares = meanSquares(ratings, n, raters);
  const { cases, error, within, betweenRaters } = squares;
  if (cases === 0 && within === 0) {
    throw new NumericalError(`${who}: all ratings are equal; the correlation is undefined`);
  }
  const high = 1 - (1 - level) / 2;
  const bounds = { agreement: agreementBounds, consistency: consistencyBounds, 'one-way': oneWayBounds }[form];
  const estimate = {
    agreement: (cases - error) / (cases + (raters - 1) * error + (raters / n) * (betweenRaters - error)),
    consistency: (cases - error) / (cases + (raters - 1) * error),
    'one-way': (cases - within) / (cases + (raters - 1) * within),
  }[form];
  const [low, top] = bounds(squares, n, raters, high, estimate);
  return {
    estimate,
    interval: { low, high: top, level },
    n,
    method: `intraclass correlation of single ratings, ${form}, with F-based interval`,
    citation: 'mcgraw-1996',
  };
}

interface MeanSquares {
  readonly cases: number;
  readonly betweenRaters: number;
  readonly error: number;
  readonly within: number;
}

function meanSquares(ratings: readonly ArrayLike<number>[], n: number, raters: number): MeanSquares {
  const rows = ratings.map((row) => Array.from(row));
  const caseMeans = rows.map((row) => row.reduce((sum, value) => sum + value, 0) / raters);
  const raterMeans = Array.from({ length: raters }, (_, r) => rows.reduce((sum, row) => sum + row[r]!, 0) / n);
  const grand = caseMeans.reduce((sum, value) => sum + value, 0) / n;
  let within = 0;
  let error = 0;
  rows.forEach((row, i) => {
    row.forEach((value, r) => {
      within += (value - caseMeans[i]!) ** 2;
      error += (value - caseMeans[i]! - raterMeans[r]! + grand) ** 2;
    });
  });
  return {
    cases: (raters * caseMeans.reduce((sum, value) => sum + (value - grand) ** 2, 0)) / (n - 1),
    betweenRaters: (n * raterMeans.reduce((sum, value) => sum + (value - grand) ** 2, 0)) / (raters - 1),
    error: error / ((n - 1) * (raters - 1)),
    within: within / (n * (raters - 1)),
  };
}

type Bounds = (s: MeanSquares, n: number, raters: number, high: number, estimate: number) => [number, number];

const consistencyBounds: Bounds = ({ cases, error }, n, raters, high) =>
  ratioBounds(cases / error, n - 1, (n - 1) * (raters - 1), raters, high);

const oneWayBounds: Bounds = ({ cases, within }, n, raters, high) =>
  ratioBounds(cases / within, n - 1, n * (raters - 1), raters, high);

/** Bounds of (F - 1) / (F + R - 1) from those of F; no error at all gives [1, 1]. */
function ratioBounds(f: number, df1: number, df2: number, raters: number, high: number): [number, number] {
  if (f === Number.POSITIVE_INFINITY) return [1, 1];
  const low = f / quantileOfF(high, df1, df2);
  const top = f * quantileOfF(high, df2, df1);
  return [(low - 1) / (low + raters - 1), (top - 1) / (top + raters - 1)];
}

const agreementBounds: Bounds = ({ cases, betweenRaters, error }, n, raters, high, icc) => {
  if (error === 0 && betweenRaters === 0) return [1, 1];
  const a = (raters * icc) / (n * (1 - icc));
  const b = 1 + (raters * icc * (n - 1)) / (n * (1 - icc));
  const df =
    (a * betweenRaters + b * error) ** 2 /
    ((a * betweenRaters) ** 2 / (raters - 1) + (b * error) ** 2 / ((n - 1) * (raters - 1)));
  const spread = raters * betweenRaters + (raters * n - raters - n) * error;
  const fLow = quantileOfF(high, n - 1, df);
  const fHigh = quantileOfF(high, df, n - 1);
  return [
    (n * (cases - fLow * error)) / (fLow * spread + n * cases),
    (n * (fHigh * cases - error)) / (spread + n * fHigh * cases),
  ];
};
