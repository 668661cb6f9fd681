import { clamp01 } from './clamp.js';
import type { Heart } from './heart.js';
import { Sample, Tissue } from './tissue.js';

/** mm from the base over which pericardium and fluid come to their full strength, in an adult. */
const GROOVE = 22;

/** 0 to 1 without a corner, over 0 to 1. */
function rise(t: number): number {
  const u = clamp01(t);
  return u * u * (3 - 2 * u);
}

/** What lies outside the heart: effusion, liver, pericardium, fat, lung, the rest. */
export class Surroundings {
  readonly #heart: Heart;
  readonly #base: number;
  readonly #rightScale: number;
  readonly #rightPlane: number;
  /** Square of the right ventricle's outer size against its cavity's. */
  readonly #rightRim: number;

  /**
   * @param base z of the left ventricle's base
   * @param contraction 0 to 1
   */
  constructor(heart: Heart, base: number, contraction: number) {
    this.#heart = heart;
    this.#base = base;
    this.#rightScale = 1 / (1 - heart.rightEjection * contraction);
    this.#rightPlane = base + heart.rightAtrium.planeOffset;
    this.#rightRim = 1 + (2 * heart.rightWall * this.#rightScale) / heart.rightHalf[0];
  }

  /** mm beyond the right ventricle's wall, along the line from its centre; anything large far away and behind the tricuspid plane. */
  #beyondRight(sample: Float64Array): number {
    const { rightCentre, rightHalf } = this.#heart;
    const x = sample[Sample.x]! - rightCentre[0];
    const y = sample[Sample.y]! - rightCentre[1];
    const z = sample[Sample.material]! - rightCentre[2];
    if (x > 0 || sample[Sample.z]! < this.#rightPlane) return 1e3;
    const u = (x * this.#rightScale) / rightHalf[0];
    const v = (y * this.#rightScale) / rightHalf[1];
    const w = z / rightHalf[2];
    const q = u * u + v * v + w * w;
    if (q > 4 * this.#rightRim) return 1e3;
    return Math.sqrt(x * x + y * y + z * z) * (1 - Math.sqrt(this.#rightRim / q));
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
    // the sac ends at the groove between atria and ventricles: there the fluid runs out and the bright layers fade
    const open = rise(material / (GROOVE * k));
    const effusion = patient.effusion * open;
    const beyondRight = this.#beyondRight(out);
    const rightOpen = rise((z - this.#rightPlane) / (GROOVE * k));
    const rightEffusion = patient.effusion * rightOpen;
    if (beyondEpicardium < effusion || beyondRight < rightEffusion) {
      out[Sample.tissue] = Tissue.effusion;
      return;
    }
    const rightEdge = (beyondRight - rightEffusion) / k;
    if (rightEdge < 4) {
      // hardly more than a line in front of the right ventricle
      out[Sample.level] = -5 - 2.5 * (rightEdge - 1.2) ** 2 - 12 * (1 - rightOpen);
      if (out[Sample.level]! > -16) {
        out[Sample.tissue] = Tissue.pericardium;
        return;
      }
      out[Sample.level] = 0;
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
    const edge = beyondEpicardium - effusion;
    if (edge < 9 * k && material > -2) {
      // one broad echo against the lung, behind and beside the ventricle; hardly any in front and at the apex
      const behind = (0.82 * x - 0.57 * y) / leftVentricle.epicardialRadius;
      const apical = Math.max(0, material / leftVentricle.apex - 0.55);
      out[Sample.tissue] = Tissue.pericardium;
      out[Sample.level] =
        -0.28 * (edge / k - 2.2) ** 2 -
        7 * Math.max(0, 0.75 - behind) -
        30 * apical * apical -
        14 * (1 - open) -
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
