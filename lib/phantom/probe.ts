import type { RandomStream } from '../core/random.js';
import type { Acquisition } from './acquisition.js';
import type { PolarGrid } from './point-spread.js';

/** Shapes of a transducer's face: a small flat one that steers its beams (all of cardiology), a curved one, a wide flat one with parallel beams. */
export type ProbeShape = 'phased' | 'curvilinear' | 'linear';

/**
 * The same scanner and patient with another probe. Invented but usual sizes: a curved array of 40 to 60 mm radius over 56 to 70 degrees, and a
 * linear array 38 to 50 mm wide.
 */
export function withProbe(acquisition: Acquisition, shape: ProbeShape, random: RandomStream): Acquisition {
  switch (shape) {
    case 'phased':
      return acquisition;
    case 'curvilinear':
      return {
        ...acquisition,
        probe: shape,
        face: random.between(40, 60),
        halfAngle: (random.between(28, 35) * Math.PI) / 180,
      };
    case 'linear':
      return { ...acquisition, probe: shape, face: 0, halfAngle: 0, halfWidth: random.between(19, 25) };
  }
}

/** Distance between neighbouring beams: radians in a sector, mm under a linear array. */
export function beamPitch({ beams, halfAngle, halfWidth }: PolarGrid): number {
  return (2 * (halfWidth ?? halfAngle)) / beams;
}
