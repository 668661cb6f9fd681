import type { RandomStream } from '../core/random.js';

/** Makers of the scanners in EchoApex A.1. */
export const VENDOR_NAMES = ['Siemens', 'GE', 'Philips', 'Samsung'] as const;

/** One of the four makers. */
export type VendorName = (typeof VENDOR_NAMES)[number];

/** Shares of the videos, EchoApex A.1. */
export const VENDOR_SHARES: readonly number[] = [0.68, 0.15, 0.16, 0.01];

/** How one maker's scanner draws. Ranges are drawn from anew for each clip. */
export interface Vendor {
  readonly name: VendorName;
  /** Half of the sector's angle, degrees. */
  readonly halfAngle: readonly [number, number];
  /** Axial length of the pulse, mm full width at half maximum. */
  readonly axial: readonly [number, number];
  /** Lateral width of the beam far away, radians. */
  readonly lateral: readonly [number, number];
  /** Averaging of the envelope by compounding and speckle filter, against the resolution; 0 none. */
  readonly smoothing: readonly [number, number];
  /** Decibels between black and white. */
  readonly dynamicRange: readonly [number, number];
  /** Bends the grey map: above 1 darkens the middle. */
  readonly gamma: readonly [number, number];
  readonly framesPerSecond: readonly [number, number];
  /** Radius of the transducer's face, mm; 0 for a phased array. */
  readonly face: readonly [number, number];
  /** Level of the near-field clutter against the wall, dB. */
  readonly clutter: readonly [number, number];
}

/** The four makers, in the order of {@link VENDOR_NAMES}. Phantom figures: invented differences of the kind seen between makers, not measurements of their products. */
export const VENDORS: readonly Vendor[] = [
  {
    name: 'Siemens',
    halfAngle: [40, 46],
    axial: [0.441, 0.6174],
    lateral: [0.0074, 0.0105],
    smoothing: [0.8, 1.3],
    dynamicRange: [48, 66],
    gamma: [0.85, 1.15],
    framesPerSecond: [38, 65],
    face: [0, 3],
    clutter: [-24, -8],
  },
  {
    name: 'GE',
    halfAngle: [34, 42],
    axial: [0.441, 0.6174],
    lateral: [0.008, 0.011],
    smoothing: [0.7, 1.2],
    dynamicRange: [50, 68],
    gamma: [0.95, 1.25],
    framesPerSecond: [45, 80],
    face: [0, 2],
    clutter: [-22, -5],
  },
  {
    name: 'Philips',
    halfAngle: [40, 45],
    axial: [0.3528, 0.4998],
    lateral: [0.0059, 0.0084],
    smoothing: [1.0, 1.6],
    dynamicRange: [50, 64],
    gamma: [0.8, 1.0],
    framesPerSecond: [45, 60],
    face: [0, 4],
    clutter: [-28, -12],
  },
  {
    name: 'Samsung',
    halfAngle: [36, 44],
    axial: [0.441, 0.6468],
    lateral: [0.008, 0.0108],
    smoothing: [1.0, 1.7],
    dynamicRange: [44, 56],
    gamma: [1.0, 1.3],
    framesPerSecond: [40, 60],
    face: [0, 3],
    clutter: [-20, -6],
  },
];

/**
 * The volume transducer: a matrix array that pays for its third dimension with beams and frames. By the middles of the ranges its beam is 3.1 times
 * as wide as Siemens' and its frame rate 0.37 times as high (against the mean of all makers by their shares: 3.2 and 0.36); this is why a set made of
 * its slices transfers badly.
 */
export const VOLUME_TRANSDUCER: Vendor = {
  name: 'Siemens',
  halfAngle: [36, 44],
  axial: [1.0, 1.5],
  lateral: [0.023, 0.0332],
  smoothing: [0.8, 1.4],
  dynamicRange: [36, 48],
  gamma: [1.1, 1.5],
  framesPerSecond: [14, 24],
  face: [0, 3],
  clutter: [-16, -2],
};

/** Draws a maker by its share of the videos. */
export function drawVendor(random: RandomStream): Vendor {
  return VENDORS[random.weighted(VENDOR_SHARES)]!;
}
