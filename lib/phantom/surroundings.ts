import type { Heart } from './heart.js';
import { Sample, Tissue } from './tissue.js';

/** What lies outside the heart: effusion, liver, pericardium, fat, lung, the rest. */
export class Surroundings {
  readonly #heart: Heart;
  readonly #base: number;

  /** @param base z of the left ventricle's base */
  constructor(heart: Heart, base: number) {
    this.#heart = heart;
    this.#base = base;
  }

  /** Fills `out` with the tissue of a point that belongs to nothing else. */
  sample(out: Float64Array): void {
    const { liver, patient, leftVentricle } = this.#heart;
    const k = patient.scale;
    const x = out[Sample.x]!;
    const y = out[Sample.y]!;
    const z = out[Sample.z]!;
    const material = out[Sample.material]!;
    const beyondEpicardium = out[Sample.beyond]!;
    if (beyondEpicardium < patient.effusion) {
      out[Sample.tissue] = Tissue.effusion;
      return;
    }
    const down = x * liver.direction[0] + y * liver.direction[1] + z * liver.direction[2];
    const aside2 = x * x + y * y + (z - 20) * (z - 20) - down * down;
    // a dome: the diaphragm falls away from its top
    const away = down - liver.offset - (0.0035 / k) * aside2;
    if (away > 0) {
      out[Sample.tissue] = away < 1.6 * k ? Tissue.diaphragm : Tissue.liver;
      out[Sample.normalX] = liver.direction[0];
      out[Sample.normalY] = liver.direction[1];
      out[Sample.normalZ] = liver.direction[2];
      return;
    }
    const edge = beyondEpicardium - patient.effusion;
    if (edge < 9 * k && material > -2) {
      // one broad echo against the lung, behind and beside the ventricle; hardly any in front and at the apex
      const behind = (0.82 * x - 0.57 * y) / leftVentricle.epicardialRadius;
      const apical = Math.max(0, material / leftVentricle.apex - 0.55);
      out[Sample.tissue] = Tissue.pericardium;
      out[Sample.level] =
        -0.28 * (edge / k - 2.2) ** 2 -
        7 * Math.max(0, 0.75 - behind) -
        30 * apical * apical -
        (edge < 1.2 * k ? 3 : 0);
      if (out[Sample.level]! > -16) return;
    }
    out[Sample.level] = 0;
    // the fat in the groove between atria and ventricles, a ring about the base
    const height = (z - this.#base + 5 * k) / (9 * k);
    if (height * height < 1) {
      const ring = (Math.hypot(x, y) - leftVentricle.epicardialRadius + 3 * k) / (9 * k);
      if (ring * ring + height * height < 1) {
        out[Sample.tissue] = Tissue.fat;
        return;
      }
    }
    out[Sample.tissue] = edge < 40 * k && x > 0 ? Tissue.lung : Tissue.outside;
  }
}
