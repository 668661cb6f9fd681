import type { Heart, Vector } from './heart.js';
import { FAINTEST } from './leaflets.js';
import { Sample, Tissue } from './tissue.js';

/** Outflow tract, sinuses, valve and ascending aorta at one instant. */
export class AorticRoot {
  readonly #heart: Heart;
  readonly #origin: Vector;
  readonly #opening: number;
  /** Square of a radius that is nowhere reached. */
  readonly #widest2: number;

  /**
   * @param base z of the left ventricle's base, which the root follows by 85 %
   * @param opening of the valve, 0 shut to 1 wide
   */
  constructor(heart: Heart, base: number, opening: number) {
    const [x, y, z] = heart.aorta.origin;
    this.#heart = heart;
    this.#origin = [x, y, z + 0.85 * base];
    this.#opening = opening;
    this.#widest2 = (Math.max(heart.sinusRadius, 1.18 * heart.aorta.radius) + 2 * heart.patient.scale) ** 2;
  }

  /** Fills `out` and returns true if the point belongs to the root or the ascending aorta. */
  sample(out: Float64Array): boolean {
    const heart = this.#heart;
    const { direction } = heart.aorta;
    const dx = direction[0];
    const dy = direction[1];
    const dz = direction[2];
    const px = out[Sample.x]! - this.#origin[0];
    const py = out[Sample.y]! - this.#origin[1];
    const pz = out[Sample.z]! - this.#origin[2];
    const along = px * dx + py * dy + pz * dz;
    const k = heart.patient.scale;
    if (along < -6 * k || along > 75 * k) return false;
    const qx = px - along * dx;
    const qy = py - along * dy;
    const qz = pz - along * dz;
    const r2 = qx * qx + qy * qy + qz * qz;
    if (r2 > this.#widest2) return false;
    const mouth = heart.aorta.radius;
    const u = along / k;
    const bulge = u < 0 ? 0 : u < 20 ? Math.sin((Math.PI * u) / 20) ** 2 : 0;
    const tube = u < 10 ? mouth : 1.18 * mouth;
    const radius = Math.max(tube, mouth + (heart.sinusRadius - mouth) * bulge);
    const wall = radius + 1.9 * k;
    if (r2 > wall * wall) return false;
    const r = Math.sqrt(r2) + 1e-9;
    out[Sample.x] = px;
    out[Sample.y] = py;
    out[Sample.z] = pz;
    if (r >= radius) {
      out[Sample.tissue] = Tissue.vesselWall;
      out[Sample.normalX] = qx / r;
      out[Sample.normalY] = qy / r;
      out[Sample.normalZ] = qz / r;
      return true;
    }
    out[Sample.tissue] = Tissue.rightBlood;
    if (u > -1 && u < 16) this.#sampleValve(qx, qy, r, u, radius, out);
    return true;
  }

  /** Three cusps: shut they meet along three radii and bulge to the ventricle; open they lie in the sinuses. */
  #sampleValve(qx: number, qy: number, r: number, u: number, radius: number, out: Float64Array): void {
    const heart = this.#heart;
    const opening = this.#opening;
    const k = heart.patient.scale;
    let nearest = 1e3;
    for (let n = 0; n < 3; n++) {
      const angle = heart.commissure + (n * 2 * Math.PI) / 3;
      const c = Math.cos(angle);
      const s = Math.sin(angle);
      if (qx * c + qy * s <= 0) continue;
      nearest = Math.min(nearest, Math.abs(qx * s - qy * c));
    }
    // shut: seam of coaptation, and the belly of the cusps below it
    const seam = u > 2 && u < 11 ? nearest / k : 1e3;
    const belly = Math.abs(u - 1 - 7 * (r / radius) ** 2 + 4 * Math.min(1, nearest / (0.5 * radius)));
    const shut = Math.min(seam, r < 0.97 * radius ? belly : 1e3);
    // open: a tube a little narrower than the ring
    const tube = u > 0 && u < 13 ? Math.abs(r - (0.25 + 0.63 * opening) * heart.aorta.radius) / k : 1e3;
    const distance = opening < 0.15 ? shut : tube;
    const level = -7 * distance * distance;
    if (level <= FAINTEST) return;
    out[Sample.tissue] = Tissue.leaflet;
    out[Sample.level] = level - 1;
  }
}
