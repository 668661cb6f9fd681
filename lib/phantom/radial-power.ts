import { ShapeError } from '../core/errors.js';

/** Side of a window, mm: the longest wavelength that is told apart. */
export const WINDOW_SIDE = 32;

/** Lower ends of the rings, cycles/mm; each is an octave wide, and the last one ends at 1. */
export const RING_STARTS: readonly number[] = [1, 2, 4, 8, 16].map((cycles) => cycles / WINDOW_SIDE);

/** What a window holds in one ring of the plane of frequencies. */
export interface Ring {
  /** Mean power of the frequencies in it: the variance of the picture where that is white noise. NaN where the pixels are too coarse to reach it. */
  readonly power: number;
  /** Frequencies in it. `power * frequencies` goes with the share of the variance. */
  readonly frequencies: number;
}

/**
 * Power spectrum of a square window, averaged over rings around zero frequency, so over all directions.
 *
 * The window is freed of its mean and tapered by a Hann window both ways; with the mean the first ring loses 29 % of white noise. Deviates: the rings end at whole cycles a window, whose side
 * is {@link WINDOW_SIDE} to half a pixel.
 *
 * @param window `[side, side]`, {@link WINDOW_SIDE} across
 * @returns one ring for each of {@link RING_STARTS}
 * @throws {ShapeError} if the window is not square
 */
export function radialPower(window: readonly Float64Array[]): Ring[] {
  const side = window.length;
  if (side < 2 || window.some((row) => row.length !== side)) {
    throw new ShapeError(`radialPower: the window must be square, got ${side} rows of ${window[0]?.length}`);
  }
  const taper = Float64Array.from({ length: side }, (_, n) => 0.5 - 0.5 * Math.cos((2 * Math.PI * (n + 0.5)) / side));
  const squares = taper.reduce((sum, value) => sum + value * value, 0) ** 2;
  const rows = tapered(window, taper);
  const cosines = Float64Array.from({ length: side }, (_, n) => Math.cos((2 * Math.PI * n) / side));
  const sines = Float64Array.from({ length: side }, (_, n) => Math.sin((2 * Math.PI * n) / side));
  const most = Math.min(2 ** RING_STARTS.length, Math.floor(side / 2));
  const sums = RING_STARTS.map(() => 0);
  const counts = RING_STARTS.map(() => 0);
  for (let across = 0; across <= most; across++) {
    const real = new Float64Array(side);
    const imaginary = new Float64Array(side);
    for (let y = 0; y < side; y++) {
      for (let x = 0; x < side; x++) {
        const turn = (across * x) % side;
        real[y]! += rows[y]![x]! * cosines[turn]!;
        imaginary[y]! -= rows[y]![x]! * sines[turn]!;
      }
    }
    // a real picture has the same power at the opposite frequency
    const twice = across > 0 && 2 * across < side ? 2 : 1;
    for (let down = -most; down <= most; down++) {
      const ring = Math.floor(Math.log2(Math.hypot(across, down)));
      if (!(ring >= 0 && ring < sums.length) || 2 * down === -side) continue;
      let [a, b] = [0, 0];
      for (let y = 0; y < side; y++) {
        const turn = (((down * y) % side) + side) % side;
        a += real[y]! * cosines[turn]! + imaginary[y]! * sines[turn]!;
        b += imaginary[y]! * cosines[turn]! - real[y]! * sines[turn]!;
      }
      sums[ring]! += (twice * (a * a + b * b)) / squares;
      counts[ring]! += twice;
    }
  }
  return sums.map((sum, ring) => ({ power: sum / counts[ring]!, frequencies: counts[ring]! }));
}

/** The window without its mean, faded out to its sides. */
function tapered(window: readonly Float64Array[], taper: Float64Array): Float64Array[] {
  const weight = taper.reduce((sum, value) => sum + value, 0) ** 2;
  let mean = 0;
  window.forEach((row, y) => {
    row.forEach((value, x) => {
      mean += (taper[y]! * taper[x]! * value) / weight;
    });
  });
  return window.map((row, y) => row.map((value, x) => taper[y]! * taper[x]! * (value - mean)));
}
