import type { Acquisition } from './acquisition.js';
import type { Heart } from './heart.js';
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

/**
 * How loud each bit of tissue is in one clip: its echo, slow variation, layers of the wall, trabeculae, drop-out, and the angle at which the
 * beam meets it.
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

  /** @param contrast true where microbubbles fill the cavities */
  constructor(heart: Heart, acquisition: Acquisition, contrast: boolean) {
    const k = heart.patient.scale;
    this.#heart = heart;
    this.#acquisition = acquisition;
    this.#contrast = contrast;
    this.#echo = acquisition.echo;
    this.#wallField = new SmoothField(heart.scatterSeed, 9 * k);
    this.#outsideField = new SmoothField(heart.scatterSeed + 1, 14 * k);
    this.#blotchField = new SmoothField(heart.scatterSeed + 3, 26 * k);
    this.#rimField = new SmoothField(heart.scatterSeed + 2, 4 * k);
  }

  /**
   * @param sample what `HeartFrame.sample` filled in
   * @param x,y,z tissue coordinates, mm
   * @param time beats; moves the swirl of contrast
   * @param radius mm from the apex of the sector
   * @param dropout dB that walls lose here
   * @param dx,dy,dz direction of the beam
   * @returns dB
   */
  levelOf(
    sample: Float64Array,
    x: number,
    y: number,
    z: number,
    time: number,
    radius: number,
    dropout: number,
    dx: number,
    dy: number,
    dz: number,
  ): number {
    const acquisition = this.#acquisition;
    const { strand } = acquisition;
    const { trabeculation } = this.#heart;
    const blood = this.#echo[Tissue.blood]!;
    const tissue = sample[Sample.tissue]! | 0;
    let level = this.#echo[tissue]!;
    switch (tissue) {
      case Tissue.blood: {
        if (this.#contrast) {
          level += 2.5 * this.#rimField.at(0.4 * x + 6 * time, 0.4 * y - 4 * time, 0.4 * z) - 0.05 * radius + 3;
          break;
        }
        const rim = 1 - (1 - sample[Sample.depth]!) / acquisition.rimWidth;
        if (rim > 0) {
          const bumps = this.#rimField.at(x, y, 0.5 * z);
          if (bumps > 0.1) level = Math.max(level, acquisition.rimLevel + 7 * rim - 9 + 3 * bumps);
        }
        break;
      }
      case Tissue.rightBlood:
      case Tissue.atrialBlood:
      case Tissue.vein:
      case Tissue.effusion: {
        if (sample[Sample.depth]! > 0.5) {
          const bumps = this.#rimField.at(0.7 * x, 0.7 * y, 0.7 * z);
          if (bumps > 0.5) level = Math.max(level, acquisition.rimLevel - 5 + 4 * bumps);
        }
        break;
      }
      case Tissue.leaflet:
        level = Math.max(blood, level + sample[Sample.level]! + this.#wallField.at(x, y, z) * 4);
        break;
      case Tissue.myocardium: {
        const depth = sample[Sample.depth]!;
        level +=
          acquisition.wallVariation * this.#wallField.at(x, y, z) +
          acquisition.blotches * this.#blotchField.at(x, y, z);
        if (strand !== null) {
          const off = (depth - strand.place) / strand.width;
          level -= strand.loss * (1 - Math.exp(-off * off));
        }
        if (depth < trabeculation) {
          const edge = trabeculation * (0.8 + 0.5 * this.#rimField.at(x, y, z));
          if (depth < edge && !this.#contrast) level = Math.min(level, blood + acquisition.trabecularLevel);
        }
        level -= dropout;
        break;
      }
      case Tissue.papillary:
        level += 3 * this.#rimField.at(x, y, z) - dropout;
        break;
      case Tissue.rightWall:
      case Tissue.atrialWall:
      case Tissue.vesselWall:
        level += 2 * acquisition.blotches * this.#blotchField.at(x, y, z) - dropout;
        break;
      case Tissue.pericardium:
        level += sample[Sample.level]! + acquisition.wallVariation * 1.5 * this.#outsideField.at(x, y, z);
        break;
      case Tissue.liver:
        level += 1.5 * this.#outsideField.at(x, y, z);
        break;
      default:
        level +=
          acquisition.outsideVariation * this.#outsideField.at(x, y, 0.6 * z) +
          1.5 * acquisition.blotches * this.#blotchField.at(x, y, z);
    }
    const nx = sample[Sample.normalX]!;
    const ny = sample[Sample.normalY]!;
    const nz = sample[Sample.normalZ]!;
    if (nx !== 0 || ny !== 0 || nz !== 0) {
      const facing = nx * dx + ny * dy + nz * dz;
      const facing2 = facing * facing;
      level +=
        tissue === Tissue.myocardium
          ? -acquisition.tangentialLoss * (1 - facing2) * (1 - facing2)
          : acquisition.specular * (facing2 - 0.35);
    }
    return level;
  }
}
