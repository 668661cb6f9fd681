import { clamp01 } from './clamp.js';
import type { Heart, Vector } from './heart.js';
import { FAINTEST } from './leaflets.js';
import type { RightVentricle } from './right-ventricle.js';
import { Chamber, Sample, Tissue } from './tissue.js';

/** Right outflow tract, pulmonary valve and artery at one instant. */
export class PulmonaryOutflow {
  readonly #heart: Heart;
  readonly #rightVentricle: RightVentricle;
  readonly #points: readonly [Vector, Vector, Vector];
  readonly #narrowed: number;
  readonly #opening: number;
  /** Least and greatest x, y and z of the tract with its wall, and a little more. */
  readonly #box: Float64Array;

  /**
   * @param base z of the left ventricle's base; the tract follows it less and less along its way
   * @param contraction 0 to 1
   * @param opening of the valve, 0 shut to 1 wide
   */
  constructor(heart: Heart, rightVentricle: RightVentricle, base: number, contraction: number, opening: number) {
    const moved = ([x, y, z]: Vector, share: number): Vector => [x, y, z + share * base];
    const [start, valve, end] = heart.outflow.points;
    this.#heart = heart;
    this.#rightVentricle = rightVentricle;
    this.#points = [moved(start, 0.9), moved(valve, 0.7), moved(end, 0.4)];
    this.#narrowed = 1 - heart.rightEjection * contraction;
    this.#opening = opening;
    const reach =
      Math.max(heart.outflow.radius, heart.outflow.arteryRadius) + heart.rightWall + 2 * heart.patient.scale;
    const ends = [0, 1, 2].map((axis) => this.#points.map((point) => point[axis]!));
    this.#box = Float64Array.from([
      ...ends.map((values) => Math.min(...values) - reach),
      ...ends.map((values) => Math.max(...values) + reach),
    ]);
  }

  /** Fills `out` and returns true if the point belongs to the outflow tract or the pulmonary artery. */
  sample(out: Float64Array): boolean {
    const box = this.#box;
    const x = out[Sample.x]!;
    if (x < box[0]! || x > box[3]!) return false;
    const y = out[Sample.y]!;
    if (y < box[1]! || y > box[4]!) return false;
    const z = out[Sample.z]!;
    if (z < box[2]! || z > box[5]!) return false;
    const { outflow, patient } = this.#heart;
    const k = patient.scale;
    const narrowed = this.#narrowed;
    for (let n = 0; n < 2; n++) {
      const a = this.#points[n]!;
      const b = this.#points[n + 1]!;
      const ax = b[0] - a[0];
      const ay = b[1] - a[1];
      const az = b[2] - a[2];
      const bx = x - a[0];
      const by = y - a[1];
      const bz = z - a[2];
      const length2 = ax * ax + ay * ay + az * az;
      const t = clamp01((ax * bx + ay * by + az * bz) / length2);
      const qx = bx - t * ax;
      const qy = by - t * ay;
      const qz = bz - t * az;
      const r2 = qx * qx + qy * qy + qz * qz;
      const radius = n === 0 ? outflow.radius * narrowed : outflow.arteryRadius;
      const wall = radius + (n === 0 ? 0.8 * this.#heart.rightWall : 1.6 * k);
      if (r2 > wall * wall) continue;
      const lumen = r2 < radius * radius;
      // a wall only where no other part of the tract is
      if (!lumen && (this.#otherHolds(n, x, y, z) || this.#rightVentricle.holds(out))) continue;
      out[Sample.x] = qx / narrowed;
      out[Sample.y] = qy / narrowed;
      out[Sample.z] = t * Math.sqrt(length2);
      if (lumen) {
        out[Sample.tissue] = Tissue.rightBlood;
        out[Sample.chamber] = n === 0 ? Chamber.rightVentricle : Chamber.none;
        if (n === 1) this.#sampleValve(t * Math.sqrt(length2) - 3 * k, Math.sqrt(r2) / radius, out);
        return true;
      }
      const r = Math.sqrt(r2);
      out[Sample.tissue] = n === 0 ? Tissue.rightWall : Tissue.vesselWall;
      out[Sample.normalX] = qx / r;
      out[Sample.normalY] = qy / r;
      out[Sample.normalZ] = qz / r;
      return true;
    }
    return false;
  }

  /** True if the lumen of the part that is not number `n` holds a point. */
  #otherHolds(n: number, x: number, y: number, z: number): boolean {
    const { outflow } = this.#heart;
    const [start, valve, end] = this.#points;
    return n === 0
      ? insideCapsule(valve, end, outflow.arteryRadius, x, y, z)
      : insideCapsule(start, valve, outflow.radius * this.#narrowed, x, y, z);
  }

  #sampleValve(along: number, share: number, out: Float64Array): void {
    const { scale } = this.#heart.patient;
    const opening = this.#opening;
    const distance =
      opening < 0.15
        ? Math.abs(along - 4 * scale * share * share) / scale
        : along > 0 && along < 11 * scale
          ? (Math.abs(share - (0.3 + 0.55 * opening)) * this.#heart.outflow.arteryRadius) / scale
          : 1e3;
    const level = -7 * distance * distance;
    if (level <= FAINTEST) return;
    out[Sample.tissue] = Tissue.leaflet;
    out[Sample.level] = level - 3;
  }
}

function insideCapsule(a: Vector, b: Vector, radius: number, x: number, y: number, z: number): boolean {
  const ax = b[0] - a[0];
  const ay = b[1] - a[1];
  const az = b[2] - a[2];
  const bx = x - a[0];
  const by = y - a[1];
  const bz = z - a[2];
  const t = clamp01((ax * bx + ay * by + az * bz) / (ax * ax + ay * ay + az * az));
  return (bx - t * ax) ** 2 + (by - t * ay) ** 2 + (bz - t * az) ** 2 < radius * radius;
}
