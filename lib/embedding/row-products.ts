/**
 * Inner products and squared distances of rows, summed in 64 bits in four interleaved parts: a single running sum would
 * wait for each addition to end before the next.
 */

/** a . b of two rows that start at `a` in `left` and `b` in `right`. */
export function rowProduct(left: Float32Array, a: number, right: Float32Array, b: number, width: number): number {
  let s0 = 0;
  let s1 = 0;
  let s2 = 0;
  let s3 = 0;
  const whole = width - (width % 4);
  for (let d = 0; d < whole; d += 4) {
    s0 += left[a + d]! * right[b + d]!;
    s1 += left[a + d + 1]! * right[b + d + 1]!;
    s2 += left[a + d + 2]! * right[b + d + 2]!;
    s3 += left[a + d + 3]! * right[b + d + 3]!;
  }
  for (let d = whole; d < width; d++) s0 += left[a + d]! * right[b + d]!;
  return s0 + s1 + (s2 + s3);
}

/** |a - b|^2 of two rows that start at `a` in `left` and `b` in `right`. */
export function rowSquaredDistance(
  left: Float32Array,
  a: number,
  right: Float32Array,
  b: number,
  width: number,
): number {
  let s0 = 0;
  let s1 = 0;
  let s2 = 0;
  let s3 = 0;
  const whole = width - (width % 4);
  for (let d = 0; d < whole; d += 4) {
    const d0 = left[a + d]! - right[b + d]!;
    const d1 = left[a + d + 1]! - right[b + d + 1]!;
    const d2 = left[a + d + 2]! - right[b + d + 2]!;
    const d3 = left[a + d + 3]! - right[b + d + 3]!;
    s0 += d0 * d0;
    s1 += d1 * d1;
    s2 += d2 * d2;
    s3 += d3 * d3;
  }
  for (let d = whole; d < width; d++) {
    const difference = left[a + d]! - right[b + d]!;
    s0 += difference * difference;
  }
  return s0 + s1 + (s2 + s3);
}
