import { clamp01 } from './clamp.js';
import type { Heart } from './heart.js';
import { FAINTEST, Leaflets } from './leaflets.js';
import { VENTRICLE_LEVELS } from './left-ventricle.js';
import { Chamber, Sample, Tissue } from './tissue.js';

/** The left ventricle at one instant with what is in its cavity. */
export class LeftVentricleState {
  readonly #heart: Heart;
  readonly #contraction: number;
  readonly #stretch: number;
  readonly #levelScale: number;
  readonly #twistCos: Float64Array;
  readonly #twistSin: Float64Array;
  readonly #mitral: Leaflets;
  readonly #cavityShare: number;

  /**
   * @param contraction 0 to 1
   * @param inflow opening of the mitral valve, 0 to 1
   * @param cavityShare share of the wall, from inside, that is labelled cavity
   */
  constructor(heart: Heart, contraction: number, inflow: number, cavityShare: number) {
    const { leftVentricle } = heart;
    this.#heart = heart;
    this.#cavityShare = cavityShare;
    this.#contraction = contraction;
    this.#stretch = leftVentricle.stretch(contraction);
    this.#levelScale = VENTRICLE_LEVELS / leftVentricle.apex;
    this.#twistCos = new Float64Array(VENTRICLE_LEVELS + 2);
    this.#twistSin = new Float64Array(VENTRICLE_LEVELS + 2);
    for (let i = 0; i < VENTRICLE_LEVELS + 2; i++) {
      const angle = contraction * leftVentricle.twist * (i / VENTRICLE_LEVELS - 0.35);
      this.#twistCos[i] = Math.cos(angle);
      this.#twistSin[i] = Math.sin(angle);
    }
    this.#mitral = new Leaflets(heart.mitral, leftVentricle.baseAt(contraction), inflow);
  }

  /** Fills `out`, and how far beyond the epicardium the point lies; returns true if the point belongs to the ventricle. */
  sample(out: Float64Array): boolean {
    const x = out[Sample.x]!;
    const y = out[Sample.y]!;
    const material = out[Sample.material]!;
    const ventricle = this.#heart.leftVentricle;
    const level = material * this.#levelScale;
    const i = level | 0;
    const f = level - i;
    const bendX = ventricle.bendX[i]! + f * (ventricle.bendX[i + 1]! - ventricle.bendX[i]!);
    const bendY = ventricle.bendY[i]! + f * (ventricle.bendY[i + 1]! - ventricle.bendY[i]!);
    const px = x - bendX;
    const py = y - bendY;
    const r2 = px * px + py * py;
    if (r2 > 4 * ventricle.epicardialRadius * ventricle.epicardialRadius) return false;
    const r = Math.sqrt(r2) + 1e-9;
    // untwist: direction of the tissue at end-diastole
    const tc = this.#twistCos[i]!;
    const ts = this.#twistSin[i]!;
    const c = (px * tc + py * ts) / r;
    const s = (py * tc - px * ts) / r;
    const slope = ventricle.endocardium[i]! - ventricle.endocardium[i + 1]!;
    const endocardium = (ventricle.endocardium[i]! - f * slope) * ventricle.dentAt(level, c, s);
    const left = 1 - this.#contraction * ventricle.contractility * ventricle.shareAt(level, c, s);
    const inner2 = endocardium * endocardium * left;
    if (r2 < inner2) {
      const inner = Math.sqrt(inner2);
      out[Sample.chamber] = Chamber.leftVentricle;
      out[Sample.tissue] = Tissue.blood;
      out[Sample.depth] = r / inner;
      this.#sampleCavity((c * r) / inner, (s * r) / inner, inner, out);
      out[Sample.x] = c * endocardium * (r / inner);
      out[Sample.y] = s * endocardium * (r / inner);
      out[Sample.z] = material;
      return true;
    }
    const origin = Math.sqrt(endocardium * endocardium + this.#stretch * (r2 - inner2));
    const wall =
      (ventricle.wall[i]! + f * (ventricle.wall[i + 1]! - ventricle.wall[i]!)) * (1 - ventricle.septalExcess * c);
    const beyond = origin - endocardium - wall;
    const steepness = (slope * this.#levelScale * 0.8 + (0.2 * material) / ventricle.apex) / this.#stretch;
    const norm = 1 / Math.sqrt(1 + steepness * steepness);
    out[Sample.normalX] = (px / r) * norm;
    out[Sample.normalY] = (py / r) * norm;
    out[Sample.normalZ] = steepness * norm;
    if (beyond < 0) {
      out[Sample.chamber] = Chamber.myocardium;
      out[Sample.tissue] = Tissue.myocardium;
      out[Sample.x] = c * origin;
      out[Sample.y] = s * origin;
      out[Sample.z] = material;
      const depth = wall > 0 ? 1 + beyond / wall : 1;
      out[Sample.depth] = depth;
      if (depth < this.#cavityShare) out[Sample.chamber] = Chamber.leftVentricle;
    }
    out[Sample.beyond] = beyond;
    return beyond < 0;
  }

  /** Leaflets, papillary muscles and tendons in the left ventricle; `u`, `v` are relative to the endocardium. */
  #sampleCavity(u: number, v: number, inner: number, out: Float64Array): void {
    const heart = this.#heart;
    const material = out[Sample.material]!;
    if (material < 0.62 * heart.leftVentricle.length) {
      const leaflet = this.#mitral.levelAt(out);
      if (leaflet > FAINTEST) {
        out[Sample.tissue] = Tissue.leaflet;
        out[Sample.level] = leaflet;
        return;
      }
    }
    for (let n = 0; n < heart.papillaries.length; n++) {
      const muscle = heart.papillaries[n]!;
      const along = (material - muscle.z) / muscle.halfLength;
      if (along > 1 || along < -1) continue;
      const du = (u - muscle.share * muscle.cos) * inner;
      const dv = (v - muscle.share * muscle.sin) * inner;
      if ((du * du + dv * dv) / (muscle.radius * muscle.radius) + along * along * along * along < 1) {
        out[Sample.tissue] = Tissue.papillary;
        return;
      }
    }
    for (let n = 0; n < heart.tendons.length; n++) {
      const { from, to } = heart.tendons[n]!;
      const ax = (to[0] - from[0]) * inner;
      const ay = (to[1] - from[1]) * inner;
      const az = to[2] - from[2];
      const bx = (u - from[0]) * inner;
      const by = (v - from[1]) * inner;
      const bz = material - from[2];
      const t = clamp01((ax * bx + ay * by + az * bz) / (ax * ax + ay * ay + az * az));
      const d2 = (bx - t * ax) ** 2 + (by - t * ay) ** 2 + (bz - t * az) ** 2;
      const level = -2 * d2;
      if (level > FAINTEST) {
        out[Sample.tissue] = Tissue.leaflet;
        out[Sample.level] = level - 4;
        return;
      }
    }
  }
}
