import type { Heart } from './heart.js';
import { FAINTEST, Leaflets } from './leaflets.js';
import { Chamber, Sample, Tissue } from './tissue.js';

/** The right ventricle at one instant: part of an ellipsoid that wraps round the left one, cut by the tricuspid plane. */
export class RightVentricle {
  readonly #heart: Heart;
  readonly #scale: number;
  readonly #plane: number;
  readonly #tricuspid: Leaflets;

  /**
   * @param base z of the left ventricle's base
   * @param contraction 0 to 1
   * @param inflow opening of the tricuspid valve, 0 to 1
   */
  constructor(heart: Heart, base: number, contraction: number, inflow: number) {
    this.#heart = heart;
    this.#scale = 1 / (1 - heart.rightEjection * contraction);
    this.#plane = base + heart.rightAtrium.planeOffset;
    this.#tricuspid = new Leaflets(heart.tricuspid, this.#plane, inflow);
  }

  /** True if the point of `sample` lies in the cavity. */
  holds(sample: Float64Array): boolean {
    return sample[Sample.z]! > this.#plane && this.#levelAt(sample, 1) < 1;
  }

  /** Square of the distance from the centre in half-axes; of a point beyond `limit` anything beyond it. */
  #levelAt(sample: Float64Array, limit: number): number {
    const { rightCentre, rightHalf } = this.#heart;
    const u = ((sample[Sample.x]! - rightCentre[0]) * this.#scale) / rightHalf[0];
    if (u * u > limit) return u * u;
    const v = ((sample[Sample.y]! - rightCentre[1]) * this.#scale) / rightHalf[1];
    const w = (sample[Sample.material]! - rightCentre[2]) / rightHalf[2];
    return u * u + v * v + w * w;
  }

  /** Fills `out` and returns true if the point belongs to the right ventricle. */
  sample(out: Float64Array): boolean {
    const heart = this.#heart;
    const plane = this.#plane;
    const z = out[Sample.z]!;
    if (z < plane - 2) return false;
    const rim = 1 + (2 * heart.rightWall * this.#scale) / heart.rightHalf[0];
    const q = this.#levelAt(out, rim);
    if (q > rim) return false;
    const x = out[Sample.x]!;
    const y = out[Sample.y]!;
    const material = out[Sample.material]!;
    if (q < 1 && z >= plane) {
      const leaflet = this.#tricuspid.levelAt(out);
      out[Sample.x] = x * this.#scale;
      out[Sample.y] = y * this.#scale;
      out[Sample.z] = material;
      out[Sample.tissue] = Tissue.rightBlood;
      out[Sample.chamber] = Chamber.rightVentricle;
      out[Sample.depth] = q;
      if (leaflet > FAINTEST) {
        out[Sample.tissue] = Tissue.leaflet;
        out[Sample.level] = leaflet - 2;
      }
      return true;
    }
    out[Sample.x] = x * this.#scale;
    out[Sample.y] = y * this.#scale;
    out[Sample.z] = material;
    const { rightCentre, rightHalf } = heart;
    const nx = (x - rightCentre[0]) / (rightHalf[0] * rightHalf[0]);
    const ny = (y - rightCentre[1]) / (rightHalf[1] * rightHalf[1]);
    const nz = (material - rightCentre[2]) / (rightHalf[2] * rightHalf[2]);
    const norm = 1 / Math.sqrt(nx * nx + ny * ny + nz * nz + 1e-12);
    out[Sample.tissue] = z < plane ? Tissue.fat : Tissue.rightWall;
    out[Sample.normalX] = nx * norm;
    out[Sample.normalY] = ny * norm;
    out[Sample.normalZ] = nz * norm;
    return true;
  }
}
