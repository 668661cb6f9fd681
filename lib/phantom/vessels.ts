import type { Heart, Tube } from './heart.js';
import { Sample, Tissue } from './tissue.js';

/** Descending aorta, inferior caval and hepatic vein at one instant. */
export class Vessels {
  readonly #heart: Heart;
  readonly #pulse2: number;
  readonly #wall: number;
  readonly #reach: number;
  /** The veins lie below these places along y. */
  readonly #cavalTop: number;
  readonly #hepaticTop: number;
  /** Square of a distance from the origin of the descending aorta beyond which there is nothing of it. */
  readonly #descendingReach2: number;

  /** @param inflow 0 to 1; empties the veins a little */
  constructor(heart: Heart, inflow: number) {
    const { descendingAorta, cavalVein, hepaticVein, patient } = heart;
    const pulse = 1 - 0.14 * inflow;
    this.#heart = heart;
    this.#pulse2 = pulse * pulse;
    this.#wall = 1.5 * patient.scale;
    this.#reach = 60 * patient.scale;
    this.#cavalTop = topOf(cavalVein, this.#wall);
    this.#hepaticTop = topOf(hepaticVein, this.#wall);
    this.#descendingReach2 = (this.#reach + descendingAorta.radius + 2 * this.#wall) ** 2;
  }

  /** Fills `out` and returns true where a vessel is. */
  sample(out: Float64Array): boolean {
    const { descendingAorta, cavalVein, hepaticVein, patient } = this.#heart;
    const wall = this.#wall;
    const x = out[Sample.x]!;
    const y = out[Sample.y]!;
    const z = out[Sample.z]!;
    const { origin } = descendingAorta;
    const dx = x - origin[0];
    const dy = y - origin[1];
    const dz = z - origin[2];
    if (dx * dx + dy * dy + dz * dz < this.#descendingReach2) {
      const descending = tubeDistance2(descendingAorta, x, y, z, -this.#reach, 16 * patient.scale);
      if (descending < (descendingAorta.radius + wall) ** 2) {
        out[Sample.tissue] = descending < descendingAorta.radius ** 2 ? Tissue.rightBlood : Tissue.vesselWall;
        return true;
      }
    }
    const caval = y < this.#cavalTop ? tubeDistance2(cavalVein, x, y, z, 0, 1e3) / this.#pulse2 : Infinity;
    const hepatic = y < this.#hepaticTop ? tubeDistance2(hepaticVein, x, y, z, 0, 1e3) : Infinity;
    if (caval < cavalVein.radius ** 2 || hepatic < hepaticVein.radius ** 2) {
      out[Sample.tissue] = Tissue.vein;
      return true;
    }
    if (caval < (cavalVein.radius + wall) ** 2) {
      out[Sample.tissue] = Tissue.vesselWall;
      out[Sample.level] = -4;
      return true;
    }
    return false;
  }
}

/** A y above which nothing of a tube lies that runs from its origin on. */
function topOf({ origin, direction, radius }: Tube, wall: number): number {
  return direction[1] <= 0 ? origin[1] + radius + 2 * wall : Infinity;
}

function tubeDistance2(tube: Tube, x: number, y: number, z: number, from: number, to: number): number {
  const { origin, direction } = tube;
  const px = x - origin[0];
  const py = y - origin[1];
  const pz = z - origin[2];
  const along = Math.min(to, Math.max(from, px * direction[0] + py * direction[1] + pz * direction[2]));
  const qx = px - along * direction[0];
  const qy = py - along * direction[1];
  const qz = pz - along * direction[2];
  return qx * qx + qy * qy + qz * qz;
}
