import type { Acquisition, ApicalFade } from './acquisition.js';
import type { Heart } from './heart.js';
import { TRABECULAR_EDGE } from './label-convention.js';
import { SmoothField } from './scatterers.js';
import { Sample, Tissue } from './tissue.js';

/** True for what flows: it gets new scatterers every frame. */
export function isBlood(tissue: number): boolean {
  return (
    tissue === Tissue.blood ||
    tissue === Tissue.rightBlood ||
    tissue === Tissue.atrialBlood ||
    tissue === Tissue.vein ||
    tissue === Tissue.effusion
  );
}

/** True for the chambers that microbubbles fill. */
function isOpacified(tissue: number): boolean {
  return tissue === Tissue.blood || tissue === Tissue.rightBlood || tissue === Tissue.atrialBlood;
}

/** dB lost on the way there and back in a mm of blood full of microbubbles; invented, of the size that leaves an atrium visible. */
const BUBBLE_LOSS = 0.1;

/** Turns of the contrast about the ventricle's axis a beat, at the axis; at the rim a quarter of it. */
const SWIRL = 0.5;

/**
 * How loud each bit of tissue is in one clip: its echo, slow variation, layers of the wall, trabeculae, drop-out, and the angle at which the
 * beam meets it. With contrast, the agent also attenuates all that lies behind it, and swirls in the left ventricle.
 */
export class TissueEcho {
  readonly #heart: Heart;
  readonly #acquisition: Acquisition;
  readonly #contrast: boolean;
  readonly #echo: Float64Array;
  readonly #wallField: SmoothField;
  readonly #outsideField: SmoothField;
  readonly #blotchField: SmoothField;
  readonly #rimField: SmoothField;
  readonly #dropout: Float32Array;
  /** dB that a sample full of microbubbles takes from all behind it; 0 without contrast. */
  readonly #bubbleLoss: number;
  /** Time in beats, the direction of the beam, and dB lost to microbubbles on the way so far. */
  readonly #beam = new Float64Array(5);
  readonly #place = new Float64Array(3);

  /**
   * @param contrast true where microbubbles fill the cavities
   * @param dropout dB that walls lose, by sample of the beams
   * @param radii mm from the apex of the sector, by depth; evenly spaced
   */
  constructor(heart: Heart, acquisition: Acquisition, contrast: boolean, dropout: Float32Array, radii: Float64Array) {
    const k = heart.patient.scale;
    this.#heart = heart;
    this.#acquisition = acquisition;
    this.#contrast = contrast;
    this.#echo = acquisition.echo;
    this.#dropout = dropout;
    this.#bubbleLoss = contrast ? BUBBLE_LOSS * (radii[1]! - radii[0]!) : 0;
    this.#wallField = new SmoothField(heart.scatterSeed, 9 * k);
    this.#outsideField = new SmoothField(heart.scatterSeed + 1, 14 * k);
    this.#blotchField = new SmoothField(heart.scatterSeed + 3, 26 * k);
    this.#rimField = new SmoothField(heart.scatterSeed + 2, 4 * k);
  }

  /** Begins a beam: time (beats; it turns the swirl of contrast) and direction. Its samples follow from the face on. */
  aim(time: number, dx: number, dy: number, dz: number): void {
    this.#beam[0] = time;
    this.#beam[1] = dx;
    this.#beam[2] = dy;
    this.#beam[3] = dz;
    this.#beam[4] = 0;
  }

  /**
   * Unevenness of the contrast in the left ventricle, dB: a pattern that turns about the ventricle's axis, the faster the nearer to it
   * (the angular speed of Scully's vortex).
   */
  #swirl(sample: Float64Array): number {
    const x = sample[Sample.x]!;
    const y = sample[Sample.y]!;
    const share = sample[Sample.depth]!;
    const angle = (-2 * Math.PI * SWIRL * this.#beam[0]!) / (1 + 3 * share * share);
    const c = Math.cos(angle);
    const s = Math.sin(angle);
    const place = this.#place;
    place[0] = 0.4 * (c * x - s * y);
    place[1] = 0.4 * (s * x + c * y);
    place[2] = 0.4 * sample[Sample.z]!;
    return 2.5 * this.#rimField.at(place, 0);
  }

  /** A field at a sample's place in the tissue, each coordinate by a factor of its own. */
  #scaled(field: SmoothField, sample: Float64Array, byX: number, byY: number, byZ: number): number {
    const place = this.#place;
    place[0] = byX * sample[Sample.x]!;
    place[1] = byY * sample[Sample.y]!;
    place[2] = byZ * sample[Sample.z]!;
    return field.at(place, 0);
  }

  /** A wall's level where it fades towards the apex. */
  #faded(level: number, material: number, { from, share, above }: ApicalFade): number {
    const height = material / this.#heart.leftVentricle.apex;
    const whole = Math.min(1, Math.max(0, (height - from) / (0.9 - from)));
    return level + share * whole * (Math.min(level, this.#echo[Tissue.blood]! + above) - level);
  }

  /**
   * @param sample what `HeartFrame.sample` filled in
   * @param n number of the sample in the beams; those of one beam come in order from the face, after {@link aim}
   * @returns dB
   */
  levelOf(sample: Float64Array, n: number): number {
    const acquisition = this.#acquisition;
    const { strand } = acquisition;
    const { trabeculation } = this.#heart;
    const blood = this.#echo[Tissue.blood]!;
    const tissue = sample[Sample.tissue]! | 0;
    let level = this.#echo[tissue]!;
    switch (tissue) {
      case Tissue.blood: {
        if (this.#contrast) {
          level += 3 + this.#swirl(sample);
          break;
        }
        const rim = 1 - (1 - sample[Sample.depth]!) / acquisition.rimWidth;
        if (rim > 0) {
          const bumps = this.#scaled(this.#rimField, sample, 1, 1, 0.5);
          if (bumps > 0.1) level = Math.max(level, acquisition.rimLevel + 7 * rim - 9 + 3 * bumps);
        }
        break;
      }
      case Tissue.rightBlood:
      case Tissue.atrialBlood:
      case Tissue.vein:
      case Tissue.effusion: {
        if (sample[Sample.depth]! > 0.5) {
          const bumps = this.#scaled(this.#rimField, sample, 0.7, 0.7, 0.7);
          if (bumps > 0.5) level = Math.max(level, acquisition.rimLevel - 5 + 4 * bumps);
        }
        break;
      }
      case Tissue.leaflet:
        level = Math.max(blood, level + sample[Sample.level]! + this.#wallField.at(sample, Sample.x) * 4);
        break;
      case Tissue.myocardium: {
        const depth = sample[Sample.depth]!;
        level +=
          acquisition.wallVariation * this.#wallField.at(sample, Sample.x) +
          acquisition.blotches * this.#blotchField.at(sample, Sample.x);
        if (strand !== null) {
          const off = (depth - strand.place) / strand.width;
          level -= strand.loss * (1 - Math.exp(-off * off));
        }
        if (depth < trabeculation) {
          const edge = trabeculation * (TRABECULAR_EDGE + 0.5 * this.#rimField.at(sample, Sample.x));
          if (depth < edge && !this.#contrast) level = Math.min(level, blood + acquisition.trabecularLevel);
        }
        level -= this.#dropout[n]!;
        if (acquisition.apicalFade) level = this.#faded(level, sample[Sample.material]!, acquisition.apicalFade);
        break;
      }
      case Tissue.papillary:
        level += 3 * this.#rimField.at(sample, Sample.x) - this.#dropout[n]!;
        break;
      case Tissue.rightWall:
      case Tissue.atrialWall:
      case Tissue.vesselWall:
        level += 2 * acquisition.blotches * this.#blotchField.at(sample, Sample.x) - this.#dropout[n]!;
        break;
      case Tissue.pericardium:
        level += sample[Sample.level]! + acquisition.wallVariation * 1.5 * this.#outsideField.at(sample, Sample.x);
        break;
      case Tissue.liver:
        level += 1.5 * this.#outsideField.at(sample, Sample.x);
        break;
      default:
        level +=
          acquisition.outsideVariation * this.#scaled(this.#outsideField, sample, 1, 1, 0.6) +
          1.5 * acquisition.blotches * this.#blotchField.at(sample, Sample.x);
    }
    const nx = sample[Sample.normalX]!;
    const ny = sample[Sample.normalY]!;
    const nz = sample[Sample.normalZ]!;
    if (nx !== 0 || ny !== 0 || nz !== 0) {
      const facing = nx * this.#beam[1]! + ny * this.#beam[2]! + nz * this.#beam[3]!;
      const facing2 = facing * facing;
      level +=
        tissue === Tissue.myocardium
          ? -acquisition.tangentialLoss * (1 - facing2) * (1 - facing2)
          : acquisition.specular * (facing2 - 0.35);
    }
    if (this.#contrast) {
      level -= this.#beam[4]!;
      if (isOpacified(tissue)) this.#beam[4]! += this.#bubbleLoss;
    }
    return level;
  }
}
