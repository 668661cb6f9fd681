import betaln from '@stdlib/math-base-special-betaln';
import cdf from '@stdlib/stats-base-dists-t-cdf';
import quantileOf from '@stdlib/stats-base-dists-t-quantile';
import { normalLogTail } from './normal.js';
import type { Alternative } from './result.js';

/** P(T <= t) of Student's t with `df` degrees of freedom. */
export function studentTCdf(t: number, df: number): number {
  return cdf(t, df);
}

/** The t with P(T <= t) = probability. */
export function studentTQuantile(probability: number, df: number): number {
  return quantileOf(probability, df);
}

/**
 * Natural logarithm of P(T > t); finite for every finite t.
 *
 * The tail is half the regularised incomplete beta function I_x(df/2, 1/2) with x = df / (df + t^2). Far out that
 * underflows, so its continued fraction is summed in logarithms. Above 1e9 degrees of freedom the normal tail stands
 * in; it is off by t^4 / (4 df).
 *
 * Source: Press et al., Numerical Recipes, 3rd ed., section 6.4 (continued fraction by Lentz's method).
 */
export function studentTLogTail(t: number, df: number): number {
  if (t <= 0) return Math.log1p(-cdf(t, df));
  if (df > 1e9) return normalLogTail(t);
  const a = df / 2;
  const b = 0.5;
  const squared = t * t;
  const x = df / (df + squared);
  if (x > (a + 1) / (a + b + 2)) return Math.log(cdf(-t, df));
  const logX = squared < df ? -Math.log1p(squared / df) : Math.log(x);
  const front = a * logX + b * Math.log(squared / (df + squared)) - Math.log(a) - betaln(a, b);
  return front + Math.log(betaContinuedFraction(a, b, x)) - Math.LN2;
}

/** Natural logarithm of the p-value of a t statistic. */
export function studentTLogP(t: number, df: number, alternative: Alternative): number {
  if (alternative === 'greater') return studentTLogTail(t, df);
  if (alternative === 'less') return studentTLogTail(-t, df);
  return Math.min(0, Math.LN2 + studentTLogTail(Math.abs(t), df));
}

function betaContinuedFraction(a: number, b: number, x: number): number {
  const tiny = 1e-300;
  let c = 1;
  let d = 1 - ((a + b) * x) / (a + 1);
  d = 1 / (Math.abs(d) < tiny ? tiny : d);
  let result = d;
  for (let m = 1; m <= 100_000; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 + even * d;
    c = 1 + even / c;
    d = 1 / (Math.abs(d) < tiny ? tiny : d);
    if (Math.abs(c) < tiny) c = tiny;
    result *= d * c;
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 + odd * d;
    c = 1 + odd / c;
    d = 1 / (Math.abs(d) < tiny ? tiny : d);
    if (Math.abs(c) < tiny) c = tiny;
    const step = d * c;
    result *= step;
    if (Math.abs(step - 1) < 1e-16) break;
  }
  return result;
}
