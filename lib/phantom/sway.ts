import type { RandomStream } from '../core/random.js';

/** Slow movement of the heart against the transducer by breathing and hand. */
export interface SwayMotion {
  /** Amplitudes, mm. */
  readonly side: number;
  readonly depth: number;
  readonly phase: number;
  /** Turns a heart beat. */
  readonly rate: number;
}

/** Displacement along the picture's right and down, mm. */
export type Sway = readonly [number, number];

/** Draws a clip's sway. */
export function drawSway(random: RandomStream): SwayMotion {
  return {
    side: random.between(0, 1.5),
    depth: random.between(0, 2),
    phase: random.between(0, 2 * Math.PI),
    rate: random.between(0.1, 0.35),
  };
}

/** Displacement at a time, in beats. */
export function swayAt({ side, depth, phase, rate }: SwayMotion, time: number): Sway {
  const angle = 2 * Math.PI * rate * time + phase;
  return [side * Math.sin(angle), depth * Math.cos(angle + phase)];
}
