import type { Acquisition } from './acquisition.js';

/** Levels below and above are cut, dB; and table steps a dB. */
export const FLOOR = -90;
export const CEILING = 30;
export const STEPS = 8;

/** Index of a level in a table from {@link FLOOR} to {@link CEILING}. */
export function levelIndex(level: number): number {
  return level < FLOOR ? 0 : level > CEILING ? (CEILING - FLOOR) * STEPS : ((level - FLOOR) * STEPS) | 0;
}

/**
 * Log compression as a scanner is set for a clip: white at a high percentile, black a dynamic range below, bent so that the median has its grey.
 *
 * @param levels dB of a frame's samples
 * @returns grey 0 to 255 by {@link levelIndex}
 */
export function greyMap(levels: Float32Array, acquisition: Acquisition): Float32Array {
  const { dynamicRange, whitePercentile, medianGrey, gamma } = acquisition;
  const sorted = Float32Array.from({ length: Math.floor(levels.length / 3) }, (_, i) => levels[3 * i]!).sort();
  const white = sorted[Math.floor(whitePercentile * (sorted.length - 1))]!;
  const grey = (level: number): number => Math.min(1, Math.max(0, (level - white + dynamicRange) / dynamicRange));
  const median = Math.min(0.97, Math.max(0.03, grey(sorted[sorted.length >> 1]!)));
  const bend = gamma * Math.min(2.4, Math.max(0.6, Math.log(medianGrey) / Math.log(median)));
  return Float32Array.from({ length: (CEILING - FLOOR) * STEPS + 1 }, (_, i) => 255 * grey(FLOOR + i / STEPS) ** bend);
}
