import type { RandomStream } from '../core/random.js';

/**
 * Draws many uniform indices fast: xoshiro128** inlined and seeded from a stream, so equal streams give equal indices.
 *
 * A bootstrap of 2,100 cases draws millions of them; calling the stream for each takes most of its time. Every index is
 * exactly uniform (Lemire's multiplication with rejection, on half words where the range allows).
 *
 * Source: Blackman and Vigna 2021 (generator); Lemire 2019 (range).
 */
export class IndexSource {
  readonly #state: Int32Array;

  /** Takes four words from the stream. */
  constructor(stream: RandomStream) {
    this.#state = Int32Array.from({ length: 4 }, () => stream.integer(2 ** 32) | 0);
    if (this.#state.every((word) => word === 0)) this.#state[0] = 1;
  }

  /**
   * Fills `out[start .. end)` with indices in [0, count).
   *
   * @param count integer in [1, 2^21]
   */
  fill(out: Int32Array, start: number, end: number, count: number): void {
    if (count <= 0x10000) this.#fillByHalves(out, start, end, count);
    else this.#fillByWords(out, start, end, count);
  }

  #fillByHalves(out: Int32Array, start: number, end: number, count: number): void {
    const state = this.#state;
    let a = state[0]!;
    let b = state[1]!;
    let c = state[2]!;
    let d = state[3]!;
    const reject = 0x10000 % count;
    let i = start;
    while (i < end) {
      const scrambled = Math.imul(b, 5);
      const word = Math.imul((scrambled << 7) | (scrambled >>> 25), 9);
      const shifted = b << 9;
      c ^= a;
      d ^= b;
      b ^= c;
      a ^= d;
      c ^= shifted;
      d = (d << 11) | (d >>> 21);
      const low = Math.imul(word & 0xffff, count);
      if ((low & 0xffff) >= reject) out[i++] = low >>> 16;
      const high = Math.imul(word >>> 16, count);
      if (i < end && (high & 0xffff) >= reject) out[i++] = high >>> 16;
    }
    state[0] = a;
    state[1] = b;
    state[2] = c;
    state[3] = d;
  }

  #fillByWords(out: Int32Array, start: number, end: number, count: number): void {
    const state = this.#state;
    const reject = 0x100000000 % count;
    for (let i = start; i < end; ) {
      const [a, b, c, d] = state as unknown as [number, number, number, number];
      const scrambled = Math.imul(b, 5);
      const product = (Math.imul((scrambled << 7) | (scrambled >>> 25), 9) >>> 0) * count;
      state[2] = c ^ a ^ (b << 9);
      state[3] = d ^ b;
      state[1] = b ^ c ^ a;
      state[0] = a ^ d ^ b;
      state[3] = (state[3]! << 11) | (state[3]! >>> 21);
      const index = Math.floor(product / 0x100000000);
      if (product - index * 0x100000000 >= reject) out[i++] = index;
    }
  }
}
