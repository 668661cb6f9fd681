import type { Heart } from './heart.js';
import { FAINTEST, Leaflets } from './leaflets.js';
import { Chamber, Sample, Tissue } from './tissue.js';

/** The right ventricle at one instant: part of an ellipsoid that wraps round the left one, cut by the tricuspid plane. */
export class RightVentricle {
  readonly #heart: Heart;
  readonly #stretch: number;
  readonly #scale: number;
  readonly #plane: number;
  readonly #tricuspid: Leaflets;

  /**
   * @param base z of the left ventricle's base
   * @param stretch longitudinal stretch of both ventricles
   * @param contraction 0 to 1
   * @param inflow opening of the tricuspid valve, 0 to 1
   */
  constructor(heart: Heart, base: number, stretch: number, contraction: number, inflow: number) {
    this.#heart = heart;
    this.#stretch = stretch;
    this.#scale = 1 / (1 - heart.rightEjection * contraction);
    this.#plane = base + heart.rightAtrium.planeOffset;
    this.#tricuspid = new Leaflets(heart.tricuspid, this.#plane, inflow);
  }

  /** True if the point lies in the cavity. */
  holds(x: number, y: number, z: number): boolean {
    return z > this.#plane && this.#levelAt(x, y, z) < 1;
  }

  #levelAt(x: number, y: number, z: number): number {
    const { rightCentre, rightHalf, leftVentricle } = this.#heart;
    const material = leftVentricle.apex - (leftVentricle.apex - z) / this.#stretch;
    const u = ((x - rightCentre[0]) * this.#scale) / rightHalf[0];
    const v = ((y - rightCentre[1]) * this.#scale) / rightHalf[1];
    const w = (material - rightCentre[2]) / rightHalf[2];
    return u * u + v * v + w * w;
  }

  /** Fills `out` and returns true if the point belongs to the right ventricle. */
  sample(x: number, y: number, z: number, material: number, out: Float64Array): boolean {
    const heart = this.#heart;
    const plane = this.#plane;
    if (z < plane - 2) return false;
    const q = this.#levelAt(x, y, z);
    const rim = 1 + (2 * heart.rightWall * this.#scale) / heart.rightHalf[0];
    if (q > rim) return false;
    out[Sample.x] = x * this.#scale;
    out[Sample.y] = y * this.#scale;
    out[Sample.z] = material;
    if (q < 1 && z >= plane) {
      out[Sample.tissue] = Tissue.rightBlood;
      out[Sample.chamber] = Chamber.rightVentricle;
      out[Sample.depth] = q;
      const leaflet = this.#tricuspid.levelAt(x, y, z);
      if (leaflet > FAINTEST) {
        out[Sample.tissue] = Tissue.leaflet;
        out[Sample.level] = leaflet - 2;
      }
      return true;
    }
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
