import type { Atrium } from './heart.js';
import { Sample, Tissue } from './tissue.js';

/** An atrium at one instant, with its wall and the pericardium behind it. */
export class AtriumState {
  readonly atrium: Atrium;
  /** z of the valve plane, and mm from there to the roof. */
  readonly plane: number;
  readonly height: number;
  readonly #wall: number;
  readonly #chamber: number;
  readonly #inverseX: number;
  readonly #inverseY: number;

  /**
   * @param chamber its label
   * @param wall thickness of wall and septum, mm
   * @param base z of the left ventricle's base
   * @param shrink share of the half-widths that the atrium has now
   */
  constructor(atrium: Atrium, chamber: number, wall: number, base: number, shrink: number) {
    this.atrium = atrium;
    this.plane = base + atrium.planeOffset;
    this.height = atrium.height + base;
    this.#wall = wall;
    this.#chamber = chamber;
    this.#inverseX = 1 / (atrium.halfX * shrink);
    this.#inverseY = 1 / (atrium.halfY * shrink);
  }

  /** Fills `out` and returns true if the point belongs to the atrium or what lies against it. */
  sample(out: Float64Array): boolean {
    const { atrium, height } = this;
    const depth = this.plane - out[Sample.z]!;
    const thick = this.#wall;
    if (depth < 0 || depth > height + 4 * thick) return false;
    const u = (out[Sample.x]! - atrium.x - atrium.leanX * depth) * this.#inverseX;
    const v = (out[Sample.y]! - atrium.y - atrium.leanY * depth) * this.#inverseY;
    const w = (depth / height - 0.42) / 0.58;
    const rho2 = u * u + v * v;
    if (rho2 > 1.6) return false;
    const w2 = w * w;
    const q = rho2 + w2 - atrium.squareness * rho2 * w2;
    const rim = 1 + (2 * thick) / atrium.halfX;
    const inside = q < 1 && rho2 < 1 && w2 < 1;
    if (!inside && q > rim) {
      if (w < 0.45 || q > rim + 0.6) return false;
      // behind the atria: one broad arc of pericardium and mediastinum, not a bowl that hugs them
      const off = (q - rim - 0.2) / 0.2;
      out[Sample.tissue] = Tissue.pericardium;
      out[Sample.level] = -1.5 - 2.2 * off * off - 16 * Math.max(0, 0.95 - w) - 5 * rho2;
      return out[Sample.level]! > -12;
    }
    out[Sample.x] = u * atrium.halfX;
    out[Sample.y] = v * atrium.halfY;
    out[Sample.z] = -w * atrium.height;
    if (inside) {
      out[Sample.tissue] = Tissue.atrialBlood;
      out[Sample.chamber] = this.#chamber;
      return true;
    }
    const nx = u * this.#inverseX;
    const ny = v * this.#inverseY;
    const nz = -w / (0.58 * height);
    const norm = 1 / Math.sqrt(nx * nx + ny * ny + nz * nz + 1e-12);
    out[Sample.tissue] = Tissue.atrialWall;
    out[Sample.normalX] = nx * norm;
    out[Sample.normalY] = ny * norm;
    out[Sample.normalZ] = nz * norm;
    return true;
  }
}
