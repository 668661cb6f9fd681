import { ArgumentError } from '../core/errors.js';

/** Options of {@link findPeaks}. */
export interface PeakOptions {
  /** Least number of samples between two peaks, >= 1; of two that are nearer the lower goes. Applied before prominence. */
  readonly distance?: number;
  /** Least prominence. */
  readonly prominence?: number;
}

/** Peaks of a signal, in order. */
export interface Peaks {
  readonly positions: readonly number[];
  /** How far each rises above the higher of the two lowest points between it and higher ground. */
  readonly prominences: readonly number[];
}

/**
 * Local maxima of a signal.
 *
 * Equal to scipy 1.17.1 `scipy.signal.find_peaks` with `distance` and `prominence`: a plateau counts once, at its middle
 * rounded down; the first and last sample are never peaks; `distance` is rounded up and goes from the highest peak down.
 * Of equally high peaks that are too near the later one stays. In scipy that depends on numpy's unstable sort, and with more
 * than 16 peaks or AVX-512 on the processor, so equality is promised up to that choice.
 *
 * @throws {ArgumentError} if a sample is not finite or `distance` < 1
 * @example findPeaks([0, 2, 2, 2, 0, 1, 0]).positions // [2, 5]
 */
export function findPeaks(signal: ArrayLike<number>, options: PeakOptions = {}): Peaks {
  const { distance = 1, prominence } = options;
  for (let i = 0; i < signal.length; i++) {
    if (!Number.isFinite(signal[i])) {
      throw new ArgumentError(`findPeaks: signal must be finite, got ${signal[i]} at sample ${i}; fill gaps first`);
    }
  }
  if (!(distance >= 1)) throw new ArgumentError(`findPeaks: distance must be >= 1, got ${distance}`);
  let positions = thin(signal, localMaxima(signal), Math.ceil(distance));
  let prominences = positions.map((peak) => prominenceOf(signal, peak));
  if (prominence !== undefined) {
    positions = positions.filter((_, i) => prominences[i]! >= prominence);
    prominences = prominences.filter((value) => value >= prominence);
  }
  return { positions, prominences };
}

/** Middle of every plateau (often of one sample) with lower samples on both sides. */
function localMaxima(signal: ArrayLike<number>): number[] {
  const found: number[] = [];
  for (let start = 1; start < signal.length - 1; ) {
    let end = start;
    while (end + 1 < signal.length && signal[end + 1] === signal[start]) end++;
    const risesBefore = signal[start - 1]! < signal[start]!;
    const fallsAfter = end + 1 < signal.length && signal[end + 1]! < signal[start]!;
    if (risesBefore && fallsAfter) found.push((start + end) >> 1);
    start = end + 1;
  }
  return found;
}

/** From the highest peak down, removes lower peaks nearer than `distance`. */
function thin(signal: ArrayLike<number>, peaks: readonly number[], distance: number): number[] {
  const kept = peaks.map(() => true);
  const order = peaks.map((_, i) => i).sort((a, b) => signal[peaks[b]!]! - signal[peaks[a]!]! || b - a);
  for (const i of order) {
    if (!kept[i]) continue;
    for (let j = i - 1; j >= 0 && peaks[i]! - peaks[j]! < distance; j--) kept[j] = false;
    for (let j = i + 1; j < peaks.length && peaks[j]! - peaks[i]! < distance; j++) kept[j] = false;
  }
  return peaks.filter((_, i) => kept[i]);
}

function prominenceOf(signal: ArrayLike<number>, peak: number): number {
  const height = signal[peak]!;
  const lowest = (step: -1 | 1): number => {
    let low = height;
    for (let i = peak; i >= 0 && i < signal.length && signal[i]! <= height; i += step) low = Math.min(low, signal[i]!);
    return low;
  };
  return height - Math.max(lowest(-1), lowest(1));
}
