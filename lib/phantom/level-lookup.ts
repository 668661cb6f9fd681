import { CEILING, FLOOR, levelIndex, STEPS } from './grey-map.js';

/** Amplitudes from 2^-15 (the floor lies at 2^-15.02) to 2^6 by exponent and the first 11 bits of the mantissa. */
const SHIFT = 12;
const FIRST = (127 - 15) << (23 - SHIFT);
const COUNT = 21 << (23 - SHIFT);
/** Marks amplitudes among which the index changes. */
const SPLIT = 0xffff;

let shared: Uint16Array | undefined;

/** dB of an amplitude, as it is kept between detection and display. */
export function levelOfAmplitude(amplitude: number): number {
  return Math.fround(20 * Math.log10(amplitude + 3e-5));
}

/** Index of an amplitude in a table of levels: {@link levelIndex} of {@link levelOfAmplitude}. */
function indexOf(amplitude: number): number {
  return levelIndex(levelOfAmplitude(amplitude));
}

function table(): Uint16Array {
  if (shared === undefined) {
    const bits = new Uint32Array(1);
    const number = new Float32Array(bits.buffer);
    const indexOfBits = (value: number): number => {
      bits[0] = value;
      return indexOf(number[0]!);
    };
    shared = Uint16Array.from({ length: COUNT }, (_, n) => {
      const low = indexOfBits((FIRST + n) << SHIFT);
      return indexOfBits((((FIRST + n + 1) << SHIFT) - 1) >>> 0) === low ? low : SPLIT;
    });
  }
  return shared;
}

/**
 * Replaces amplitudes by what a table of grey levels has for them: a logarithm for one sample in thirty only, with the same result as if
 * all had been taken.
 *
 * @param amplitudes not negative; float32
 * @param greys by {@link levelIndex}, `[(CEILING - FLOOR) * STEPS + 1]`
 * @param out as long as `amplitudes`, filled
 */
export function lookUpGreys(amplitudes: Float32Array, greys: Float32Array, out: Float32Array): void {
  const bits = new Uint32Array(amplitudes.buffer, amplitudes.byteOffset, amplitudes.length);
  const indices = table();
  const last = (CEILING - FLOOR) * STEPS;
  for (let n = 0; n < bits.length; n++) {
    const key = (bits[n]! >>> SHIFT) - FIRST;
    let index = key >= 0 && key < COUNT ? indices[key]! : SPLIT;
    if (index > last) index = indexOf(amplitudes[n]!);
    out[n] = greys[index]!;
  }
}
