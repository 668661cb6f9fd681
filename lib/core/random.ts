import { createHash } from 'node:crypto';
import { xoroshiro128plusFromState } from 'pure-rand/generator/xoroshiro128plus';
import type { JumpableRandomGenerator } from 'pure-rand/types/JumpableRandomGenerator';
import { ArgumentError } from './errors.js';

/** The state of a {@link RandomStream}, plain JSON: four 32-bit words. */
export type RandomState = readonly number[];

/**
 * A seeded stream of random numbers (xoroshiro128+, period 2^128 - 1).
 *
 * Every random choice in the library takes one of these; nothing uses the host's generator, so the same seed
 * gives the same bytes. Get one with {@link stream}.
 */
export class RandomStream {
  readonly #generator: JumpableRandomGenerator;
  readonly #seed: string;
  readonly #label: string;
  #spare: number | undefined;

  constructor(state: RandomState, seed: string, label: string) {
    this.#generator = xoroshiro128plusFromState([...state]);
    this.#seed = seed;
    this.#label = label;
  }

  /** Uniform in [0, 1), 53 random bits. */
  uniform(): number {
    const high = this.#generator.next() & 0x3ffffff;
    const low = this.#generator.next() & 0x7ffffff;
    return (high * 0x8000000 + low) * 2 ** -53;
  }

  /** Uniform in [low, high). */
  between(low: number, high: number): number {
    return low + (high - low) * this.uniform();
  }

  /** Integer in [0, count), without modulo bias. */
  integer(count: number): number {
    if (!Number.isInteger(count) || count < 1 || count > 2 ** 32) {
      throw new ArgumentError(`RandomStream.integer: count must be an integer in [1, 2^32], got ${count}`);
    }
    const limit = 2 ** 32 - (2 ** 32 % count);
    for (;;) {
      const draw = this.#generator.next() >>> 0;
      if (draw < limit) return draw % count;
    }
  }

  /** Standard normal (Marsaglia's polar method). */
  normal(): number {
    if (this.#spare !== undefined) {
      const value = this.#spare;
      this.#spare = undefined;
      return value;
    }
    for (;;) {
      const u = 2 * this.uniform() - 1;
      const v = 2 * this.uniform() - 1;
      const s = u * u + v * v;
      if (s > 0 && s < 1) {
        const scale = Math.sqrt((-2 * Math.log(s)) / s);
        this.#spare = v * scale;
        return u * scale;
      }
    }
  }

  /** True with the given probability. */
  chance(probability: number): boolean {
    return this.uniform() < probability;
  }

  /** One element, each equally likely. */
  pick<T>(items: readonly T[]): T {
    return items[this.integer(items.length)] as T;
  }

  /** Index i with probability weights[i] / sum. Weights are >= 0 and not all 0. */
  weighted(weights: ArrayLike<number>): number {
    let total = 0;
    for (let i = 0; i < weights.length; i++) total += weights[i]!;
    if (!(total > 0)) throw new ArgumentError(`RandomStream.weighted: weights must sum to > 0, got ${total}`);
    let left = this.uniform() * total;
    for (let i = 0; i < weights.length; i++) {
      left -= weights[i]!;
      if (left < 0) return i;
    }
    return weights.length - 1;
  }

  /** A shuffled copy (Fisher-Yates). */
  shuffled<T>(items: Iterable<T>): T[] {
    const result = [...items];
    for (let i = result.length - 1; i > 0; i--) {
      const j = this.integer(i + 1);
      [result[i], result[j]] = [result[j] as T, result[i] as T];
    }
    return result;
  }

  /** `count` distinct elements in random order. */
  sample<T>(items: readonly T[], count: number): T[] {
    if (count > items.length) {
      throw new ArgumentError(`RandomStream.sample: asked for ${count} of ${items.length} items`);
    }
    return this.shuffled(items).slice(0, count);
  }

  /** Moves 2^64 draws ahead: cut one stream into blocks that never overlap. */
  jump(): this {
    this.#generator.jump();
    this.#spare = undefined;
    return this;
  }

  /** An independent stream named under this one; does not depend on how much of this one was used. */
  child(label: string | number): RandomStream {
    return stream(this.#seed, `${this.#label}/${label}`);
  }

  /** Everything needed to go on from here; see {@link restoreStream}. */
  state(): RandomState {
    return [...this.#generator.getState()];
  }
}

/** 128 bits of state from a hash, so that streams with different names have nothing in common. */
function stateOf(seed: string, label: string): number[] {
  const digest = createHash('sha256').update(`${seed}\u0000${label}`).digest();
  const words = [digest.readInt32LE(0), digest.readInt32LE(4), digest.readInt32LE(8), digest.readInt32LE(12)];
  return words.every((word) => word === 0) ? [1, 0, 0, 0] : words;
}

/**
 * An independent, named, jumpable stream.
 *
 * @param seed the run's seed; a number or any string
 * @param label what the numbers are for, e.g. `phantom/patient/12`. Streams with different labels are independent.
 * @example stream(7, 'split').integer(10) // the same on every machine
 */
export function stream(seed: number | string, label: string): RandomStream {
  return new RandomStream(stateOf(String(seed), label), String(seed), label);
}

/** A stream that goes on from a saved {@link RandomState}; draws continue exactly after `state()` (a cached normal is dropped). */
export function restoreStream(seed: number | string, label: string, state: RandomState): RandomStream {
  return new RandomStream(state, String(seed), label);
}
