import { ArgumentError } from '../core/errors.js';

/**
 * ln P(X >= k) for k to n fair coin tosses; finite however far out.
 *
 * @throws {ArgumentError} unless 0 <= k <= n, both integers
 */
export function fairCoinLogTail(k: number, n: number): number {
  if (!Number.isInteger(k) || !Number.isInteger(n) || k < 0 || k > n) {
    throw new ArgumentError(`fairCoinLogTail: k must be an integer in [0, ${n}], got ${k}`);
  }
  if (k === 0) return 0;
  // Terms relative to the largest one in the tail, so that nothing under- or overflows.
  const top = Math.max(k, Math.floor(n / 2));
  let sum = 1;
  for (let i = top, term = 1; i < n && term > 0; i++) {
    term *= (n - i) / (i + 1);
    sum += term;
  }
  for (let i = top, term = 1; i > k && term > 0; i--) {
    term *= i / (n - i + 1);
    sum += term;
  }
  return Math.min(0, Math.log(sum) + logChoose(n, top) - n * Math.LN2);
}

/** Natural logarithm of the binomial coefficient n over k. */
export function logChoose(n: number, k: number): number {
  const few = Math.min(k, n - k);
  let sum = 0;
  let carry = 0;
  for (let i = 1; i <= few; i++) {
    const next = Math.log((n - few + i) / i) - carry;
    const total = sum + next;
    carry = total - sum - next;
    sum = total;
  }
  return sum;
}
