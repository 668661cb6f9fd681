import type { RandomStream } from '../core/random.js';

/** A bright, thin, slightly bent line across the beams. */
export interface BrightLine {
  /** Middle of the line: share of the sector from left, mm of depth; and half of its length as a share of the sector. */
  readonly across: number;
  readonly depth: number;
  readonly reach: number;
  /** mm of depth it gains from one side of the sector to the other, and its sag. */
  readonly slope: number;
  readonly sag: number;
  /** mm, standard deviation. */
  readonly width: number;
  /** dB against the wall's usual echo. */
  readonly level: number;
}

/** A line inside the heart: reverberation, a side lobe's echo of a bright valve, a moderator band. */
export function drawLine(random: RandomStream): BrightLine {
  return {
    across: random.between(0.25, 0.75),
    depth: random.between(25, 100),
    reach: random.between(0.06, 0.25),
    slope: random.between(-30, 30),
    sag: random.between(-6, 6),
    width: random.between(0.5, 1.1),
    level: random.between(-24, -8),
  };
}

/** The pericardium behind the atria: one broad arc through most of the sector. */
export function drawArc(random: RandomStream): BrightLine {
  return {
    across: random.between(0.4, 0.6),
    depth: random.between(125, 165),
    reach: random.between(0.3, 0.55),
    slope: random.between(-12, 12),
    sag: random.between(4, 18),
    width: random.between(1.8, 3.6),
    level: random.between(-18, -6),
  };
}
