import type { RandomStream } from '../core/random.js';
import type { Artefacts } from './appearance.js';
import type { ProbeShape } from './probe.js';
import { TISSUE_COUNT, Tissue } from './tissue.js';
import type { Vendor } from './vendors.js';

/**
 * One clip's settings of scanner and patient: everything that decides how the heart looks but not what it is.
 *
 * Ranges follow what matched CAMUS (blood -34 to -17 dB, myocardium -8 to +1, outside -20 to -5, dynamic range 36 to 64).
 */
export interface Acquisition {
  readonly vendor: Vendor;
  /** 0 poor to 1 good. */
  readonly quality: number;
  readonly probe: ProbeShape;
  /** Radians; 0 for a linear array, which has half a width instead, mm. */
  readonly halfAngle: number;
  readonly halfWidth?: number;
  /** Radius of the transducer's face, mm. */
  readonly face: number;
  /** Speckle length along and, far away, across the beam: mm and radians. */
  readonly axial: number;
  readonly lateral: number;
  /** Width of the aperture's own contribution to the lateral width, mm. */
  readonly aperture: number;
  /** Averaging of the envelope against the resolution, both as standard deviations; 0 none. */
  readonly smoothing: number;
  /** Standard deviation of the slice's thickness at 100 mm, mm. */
  readonly sliceThickness: number;
  /** Standard deviation of the softness of every border, mm. */
  readonly borderBlur: number;
  readonly dynamicRange: number;
  readonly gamma: number;
  /** Echo of each tissue, dB, `[TISSUE_COUNT]`. */
  readonly echo: Float64Array;
  /** dB lost by a wall that runs along the beam. */
  readonly tangentialLoss: number;
  /** dB gained by a bright interface that faces the beam. */
  readonly specular: number;
  /** Slow variation of the echo in tissue and outside, dB. */
  readonly wallVariation: number;
  readonly outsideVariation: number;
  /** Broad bright and dark patches of wall and surroundings, dB. */
  readonly blotches: number;
  /** dB by which a wall drops out in patches, and how much of it does. */
  readonly dropout: number;
  readonly dropoutShare: number;
  /** How far the trabeculated layer is above blood, dB. */
  readonly trabecularLevel: number;
  /** Echo of trabeculae that reach into the cavity against the wall, dB; the width of their zone as a share of the radius. */
  readonly rimLevel: number;
  readonly rimWidth: number;
  /** Layered wall: share of the wall that a bright strand fills, its place (0 inner to 1 outer), dB of the rest. */
  readonly strand: { readonly place: number; readonly width: number; readonly loss: number } | null;
  readonly clutter: number;
  readonly clutterLength: number;
  readonly haze: number;
  readonly sideLobes: number;
  readonly noise: number;
  readonly noiseSlope: number;
  /** Share of white in the picture: grey level of the median, and percentile that is white. */
  readonly medianGrey: number;
  readonly whitePercentile: number;
  /** dB from face to far end left over after time-gain compensation, besides its random walk. Absent: none. */
  readonly depthGain?: number;
  /** The apical wall sinks to the echo of blood. Absent: it does not. */
  readonly apicalFade?: ApicalFade;
  /** Laid over the beams; absent from the usual appearance. */
  readonly artefacts?: Artefacts;
}

/** How the wall fades towards the apex, where near-field gain is low. */
export interface ApicalFade {
  /** Where it begins, as a share of the way from base to apex; it is whole at nine tenths. */
  readonly from: number;
  /** How far the wall sinks towards its lower echo, 0 to 1. */
  readonly share: number;
  /** That echo, dB above blood. */
  readonly above: number;
}

/**
 * Draws a clip's settings.
 *
 * @param quality 0 poor to 1 good; CAMUS' own grades correspond to thirds
 * @param bodyScale of the patient; the resolution of a child's probe is finer
 */
export function drawAcquisition(
  random: RandomStream,
  vendor: Vendor,
  quality: number,
  bodyScale = 1,
  contrast = false,
): Acquisition {
  // small bodies are imaged with higher frequencies
  const wavelength = 0.4 + 0.6 * bodyScale;
  const from = ([low, high]: readonly [number, number]): number => random.between(low, high);
  const poor = 1 - quality;
  const blood = random.between(-33, -21) + 8 * poor;
  const wall = random.between(-6, 1) - 3 * poor;
  const outside = random.between(-19, -6) + 2 * poor;
  const echo = new Float64Array(TISSUE_COUNT);
  const set = (tissue: number, base: number, low: number, high: number): void => {
    echo[tissue] = base + random.between(low, high);
  };
  set(Tissue.outside, outside, 0, 0);
  set(Tissue.lung, outside, -2, 6);
  set(Tissue.blood, blood, 0, 0);
  set(Tissue.rightBlood, blood, -1, 8);
  set(Tissue.atrialBlood, blood, -2, 8);
  set(Tissue.vein, blood, -2, 4);
  set(Tissue.effusion, blood, -6, 0);
  set(Tissue.myocardium, wall, 0, 0);
  set(Tissue.papillary, wall, -9, 0);
  set(Tissue.rightWall, wall, -6, 2);
  set(Tissue.atrialWall, wall, -13, -1);
  set(Tissue.vesselWall, wall, -2, 5);
  set(Tissue.leaflet, wall, -6, 5);
  set(Tissue.pericardium, wall, -1, 9);
  set(Tissue.fat, wall, -7, 3);
  set(Tissue.liver, wall, -8, -2);
  set(Tissue.diaphragm, wall, 3, 9);
  if (contrast) fillWithContrast(random, echo, wall);
  return {
    vendor,
    quality,
    probe: 'phased',
    halfAngle: (from(vendor.halfAngle) * Math.PI) / 180,
    face: from(vendor.face),
    axial: wavelength * from(vendor.axial),
    lateral: from(vendor.lateral) * (1 + 0.25 * poor),
    aperture: wavelength * random.between(0.5, 0.95),
    smoothing: from(vendor.smoothing),
    sliceThickness: random.between(0.8, 2.2),
    borderBlur: random.between(0.4, 1.3),
    dynamicRange: from(vendor.dynamicRange),
    gamma: from(vendor.gamma),
    echo,
    tangentialLoss: random.between(1, 9) + 5 * poor * random.uniform(),
    specular: random.between(0, 7),
    wallVariation: random.between(0.8, 3),
    outsideVariation: random.between(1.5, 5),
    blotches: random.between(0.5, 3.2),
    dropout: random.between(0, 7) + 6 * poor * random.uniform(),
    dropoutShare: random.between(-1.4, 0.1) + 0.5 * poor,
    trabecularLevel: random.between(1, 9),
    rimLevel: random.between(-22, -5),
    rimWidth: random.between(0.05, 0.3),
    strand: random.chance(0.5)
      ? { place: random.uniform(), width: random.between(0.15, 0.45), loss: random.between(3, 13) }
      : null,
    clutter: from(vendor.clutter) + 4 * poor,
    clutterLength: wavelength * random.between(5, 24),
    haze: random.between(-47, -33) + 12 * poor,
    sideLobes: random.between(-36, -22) + 6 * poor,
    noise: random.between(-54, -40) + 12 * poor,
    noiseSlope: random.between(0, 3),
    medianGrey: random.between(0.17, 0.47),
    whitePercentile: random.between(0.986, 0.9995),
  };
}

/** Microbubbles: a bright cavity and a dark wall (low mechanical index, harmonic imaging cancels tissue). */
function fillWithContrast(random: RandomStream, echo: Float64Array, wall: number): void {
  const bubbles = wall + random.between(0, 6);
  echo[Tissue.blood] = bubbles;
  echo[Tissue.rightBlood] = bubbles + random.between(-8, 2);
  echo[Tissue.atrialBlood] = bubbles + random.between(-6, 1);
  echo[Tissue.myocardium] = wall - random.between(13, 20);
  echo[Tissue.papillary] = echo[Tissue.myocardium]!;
  echo[Tissue.rightWall] = wall - random.between(10, 18);
  for (const tissue of [
    Tissue.outside,
    Tissue.lung,
    Tissue.fat,
    Tissue.atrialWall,
    Tissue.leaflet,
    Tissue.pericardium,
  ]) {
    echo[tissue]! -= random.between(6, 14);
  }
}
