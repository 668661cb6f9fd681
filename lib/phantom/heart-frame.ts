import { type CyclePoint, cycleAt } from './cardiac-cycle.js';
import type { AtrioventricularValve, Atrium, Heart, Tube, Vector } from './heart.js';
import { VENTRICLE_LEVELS } from './left-ventricle.js';
import { Chamber, Sample, Tissue } from './tissue.js';

/** A leaflet weaker than this against its middle is not there, dB. */
const FAINTEST = -24;

/** A valve at one instant: ring, its plane and the slope of the leaflets. */
interface ValveState {
  readonly valve: AtrioventricularValve;
  readonly plane: number;
  readonly meanRadius: number;
  readonly cos: number;
  readonly sin: number;
  readonly slopeCos: number;
  readonly slopeSin: number;
}

/** An atrium at one instant. */
interface AtriumState {
  readonly atrium: Atrium;
  readonly plane: number;
  readonly height: number;
  /** 1 / half-width. */
  readonly inverseX: number;
  readonly inverseY: number;
}

/**
 * The heart at one instant: says of any point in space what tissue is there and where that tissue was at end-diastole.
 *
 * {@link HeartFrame.sample} is the hot loop of the whole phantom: no allocation, no trigonometry.
 */
export class HeartFrame {
  readonly heart: Heart;
  readonly point: CyclePoint;
  /** z of the left ventricle's base plane. */
  readonly base: number;
  readonly #contraction: number;
  readonly #stretch: number;
  readonly #levelScale: number;
  readonly #twistCos: Float64Array;
  readonly #twistSin: Float64Array;
  readonly #mitral: ValveState;
  readonly #tricuspid: ValveState;
  readonly #left: AtriumState;
  readonly #right: AtriumState;
  readonly #rightScale: number;
  readonly #aortaOrigin: Vector;
  readonly #outflow: readonly [Vector, Vector, Vector];

  /** @param time fraction of the cycle; 0 is end-diastole */
  constructor(heart: Heart, time: number) {
    this.heart = heart;
    this.point = cycleAt(heart.cycle, time);
    const { leftVentricle } = heart;
    const { contraction, inflow } = this.point;
    this.#contraction = contraction;
    this.#stretch = leftVentricle.stretch(contraction);
    this.base = leftVentricle.baseAt(contraction);
    this.#levelScale = VENTRICLE_LEVELS / leftVentricle.apex;
    this.#twistCos = new Float64Array(VENTRICLE_LEVELS + 2);
    this.#twistSin = new Float64Array(VENTRICLE_LEVELS + 2);
    for (let i = 0; i < VENTRICLE_LEVELS + 2; i++) {
      const angle = contraction * leftVentricle.twist * (i / VENTRICLE_LEVELS - 0.35);
      this.#twistCos[i] = Math.cos(angle);
      this.#twistSin[i] = Math.sin(angle);
    }
    this.#mitral = valveState(heart.mitral, this.base, inflow);
    this.#tricuspid = valveState(heart.tricuspid, this.base + heart.rightAtrium.planeOffset, inflow);
    const shrink = 1 - 0.08 * this.point.atrialKick - 0.02 * (1 - contraction);
    this.#left = atriumState(heart.leftAtrium, this.base, shrink);
    this.#right = atriumState(heart.rightAtrium, this.base, shrink);
    this.#rightScale = 1 / (1 - heart.rightEjection * contraction);
    const moved = ([x, y, z]: Vector, share: number): Vector => [x, y, z + share * this.base];
    this.#aortaOrigin = moved(heart.aorta.origin, 0.85);
    const [p0, p1, p2] = heart.outflow.points;
    this.#outflow = [moved(p0, 0.9), moved(p1, 0.7), moved(p2, 0.4)];
  }

  /**
   * @param px,py,pz point in the heart's frame, mm
   * @param out `[SAMPLE_LENGTH]`, filled; indices in {@link Sample}
   */
  sample(px: number, py: number, pz: number, out: Float64Array): void {
    const { warp } = this.heart;
    const x = px + warp.at(0, py) + warp.at(1, pz);
    const y = py + warp.at(2, x) + warp.at(3, pz);
    const z = pz + warp.at(4, x) + warp.at(5, y);
    out[Sample.level] = 0;
    out[Sample.normalX] = 0;
    out[Sample.normalY] = 0;
    out[Sample.normalZ] = 0;
    out[Sample.chamber] = Chamber.none;
    out[Sample.depth] = 0;
    out[Sample.x] = x;
    out[Sample.y] = y;
    out[Sample.z] = z;
    const { heart } = this;
    const { apex } = heart.leftVentricle;
    // z of the tissue at end-diastole
    const material = apex - (apex - z) / this.#stretch;
    let beyondEpicardium = 1e3;
    if (material >= 0 && material < apex) {
      beyondEpicardium = this.#sampleLeftVentricle(x, y, z, material, out);
      if (beyondEpicardium < 0) return;
    } else if (material < 0 && material > -70 * heart.patient.scale) {
      if (this.#sampleAorta(x, y, z, out)) return;
    }
    if (this.#sampleOutflow(x, y, z, out)) return;
    if (material < heart.rightAtrium.planeOffset + 2) {
      if (this.#sampleAtrium(this.#left, x, y, z, Chamber.leftAtrium, out)) return;
      if (this.#sampleAtrium(this.#right, x, y, z, Chamber.rightAtrium, out)) return;
    }
    if (this.#sampleRightVentricle(x, y, z, material, out)) return;
    if (this.#sampleGreatVessels(x, y, z, out)) return;
    this.#sampleSurroundings(x, y, z, material, beyondEpicardium, out);
  }

  /** Returns mm beyond the epicardium, negative when the point belongs to the ventricle. */
  #sampleLeftVentricle(x: number, y: number, z: number, material: number, out: Float64Array): number {
    const ventricle = this.heart.leftVentricle;
    const level = material * this.#levelScale;
    const i = level | 0;
    const f = level - i;
    const bendX = ventricle.bendX[i]! + f * (ventricle.bendX[i + 1]! - ventricle.bendX[i]!);
    const bendY = ventricle.bendY[i]! + f * (ventricle.bendY[i + 1]! - ventricle.bendY[i]!);
    const px = x - bendX;
    const py = y - bendY;
    const r2 = px * px + py * py;
    if (r2 > 4 * ventricle.epicardialRadius * ventricle.epicardialRadius) return 1e3;
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
      out[Sample.x] = c * endocardium * (r / inner);
      out[Sample.y] = s * endocardium * (r / inner);
      out[Sample.z] = material;
      this.#sampleCavity(x, y, z, (c * r) / inner, (s * r) / inner, inner, material, out);
      return -1;
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
      out[Sample.depth] = wall > 0 ? 1 + beyond / wall : 1;
    }
    return beyond;
  }

  /** Leaflets, papillary muscles and tendons in the left ventricle; `u`, `v` are relative to the endocardium. */
  #sampleCavity(
    x: number,
    y: number,
    z: number,
    u: number,
    v: number,
    inner: number,
    material: number,
    out: Float64Array,
  ): void {
    const { heart } = this;
    if (material < 0.62 * heart.leftVentricle.length) {
      const leaflet = leafletLevel(this.#mitral, x, y, z);
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

  #sampleAorta(x: number, y: number, z: number, out: Float64Array): boolean {
    const { heart } = this;
    const { direction } = heart.aorta;
    const dx = direction[0];
    const dy = direction[1];
    const dz = direction[2];
    const px = x - this.#aortaOrigin[0];
    const py = y - this.#aortaOrigin[1];
    const pz = z - this.#aortaOrigin[2];
    const along = px * dx + py * dy + pz * dz;
    const k = heart.patient.scale;
    if (along < -6 * k || along > 75 * k) return false;
    const qx = px - along * dx;
    const qy = py - along * dy;
    const qz = pz - along * dz;
    const r2 = qx * qx + qy * qy + qz * qz;
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
    if (u > -1 && u < 16) this.#sampleAorticValve(qx, qy, r, u, radius, out);
    return true;
  }

  /** Three cusps: shut they meet along three radii and bulge to the ventricle; open they lie in the sinuses. */
  #sampleAorticValve(qx: number, qy: number, r: number, u: number, radius: number, out: Float64Array): void {
    const { heart } = this;
    const opening = this.point.outflow;
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

  #sampleOutflow(x: number, y: number, z: number, out: Float64Array): boolean {
    const { outflow, patient, rightEjection } = this.heart;
    const k = patient.scale;
    const narrowed = 1 - rightEjection * this.#contraction;
    for (let n = 0; n < 2; n++) {
      const a = this.#outflow[n]!;
      const b = this.#outflow[n + 1]!;
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
      const wall = radius + (n === 0 ? 0.8 * this.heart.rightWall : 1.6 * k);
      if (r2 > wall * wall) continue;
      out[Sample.x] = qx / narrowed;
      out[Sample.y] = qy / narrowed;
      out[Sample.z] = t * Math.sqrt(length2);
      if (r2 < radius * radius) {
        out[Sample.tissue] = Tissue.rightBlood;
        out[Sample.chamber] = n === 0 ? Chamber.rightVentricle : Chamber.none;
        if (n === 1) this.#samplePulmonaryValve(t * Math.sqrt(length2) - 3 * k, Math.sqrt(r2) / radius, out);
        return true;
      }
      // a wall only where no other part of the tract is
      if (n === 0 && insideCapsule(this.#outflow[1]!, this.#outflow[2]!, outflow.arteryRadius, x, y, z)) continue;
      if (n === 1 && insideCapsule(this.#outflow[0]!, this.#outflow[1]!, outflow.radius * narrowed, x, y, z)) continue;
      if (this.#insideRightVentricle(x, y, z)) continue;
      const r = Math.sqrt(r2);
      out[Sample.tissue] = n === 0 ? Tissue.rightWall : Tissue.vesselWall;
      out[Sample.normalX] = qx / r;
      out[Sample.normalY] = qy / r;
      out[Sample.normalZ] = qz / r;
      return true;
    }
    return false;
  }

  #samplePulmonaryValve(along: number, share: number, out: Float64Array): void {
    const { scale } = this.heart.patient;
    const opening = this.point.outflow;
    const distance =
      opening < 0.15
        ? Math.abs(along - 4 * scale * share * share) / scale
        : along > 0 && along < 11 * scale
          ? (Math.abs(share - (0.3 + 0.55 * opening)) * this.heart.outflow.arteryRadius) / scale
          : 1e3;
    const level = -7 * distance * distance;
    if (level <= FAINTEST) return;
    out[Sample.tissue] = Tissue.leaflet;
    out[Sample.level] = level - 3;
  }

  #sampleAtrium(state: AtriumState, x: number, y: number, z: number, chamber: number, out: Float64Array): boolean {
    const { atrium } = state;
    const depth = state.plane - z;
    const thick = chamber === Chamber.leftAtrium ? this.heart.interatrialSeptum : 0.8 * this.heart.interatrialSeptum;
    if (depth < 0 || depth > state.height + 4 * thick) return false;
    const u = (x - atrium.x - atrium.leanX * depth) * state.inverseX;
    const v = (y - atrium.y - atrium.leanY * depth) * state.inverseY;
    const w = (depth / state.height - 0.42) / 0.58;
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
      out[Sample.chamber] = chamber;
      return true;
    }
    const nx = u * state.inverseX;
    const ny = v * state.inverseY;
    const nz = -w / (0.58 * state.height);
    const norm = 1 / Math.sqrt(nx * nx + ny * ny + nz * nz + 1e-12);
    out[Sample.tissue] = Tissue.atrialWall;
    out[Sample.normalX] = nx * norm;
    out[Sample.normalY] = ny * norm;
    out[Sample.normalZ] = nz * norm;
    return true;
  }

  #rightLevel(x: number, y: number, z: number): number {
    const { rightCentre, rightHalf, leftVentricle } = this.heart;
    const material = leftVentricle.apex - (leftVentricle.apex - z) / this.#stretch;
    const u = ((x - rightCentre[0]) * this.#rightScale) / rightHalf[0];
    const v = ((y - rightCentre[1]) * this.#rightScale) / rightHalf[1];
    const w = (material - rightCentre[2]) / rightHalf[2];
    return u * u + v * v + w * w;
  }

  #insideRightVentricle(x: number, y: number, z: number): boolean {
    return z > this.base + this.heart.rightAtrium.planeOffset && this.#rightLevel(x, y, z) < 1;
  }

  #sampleRightVentricle(x: number, y: number, z: number, material: number, out: Float64Array): boolean {
    const { heart } = this;
    const plane = this.base + heart.rightAtrium.planeOffset;
    if (z < plane - 2) return false;
    const q = this.#rightLevel(x, y, z);
    const rim = 1 + (2 * heart.rightWall * this.#rightScale) / heart.rightHalf[0];
    if (q > rim) return false;
    out[Sample.x] = x * this.#rightScale;
    out[Sample.y] = y * this.#rightScale;
    out[Sample.z] = material;
    if (q < 1 && z >= plane) {
      out[Sample.tissue] = Tissue.rightBlood;
      out[Sample.chamber] = Chamber.rightVentricle;
      out[Sample.depth] = q;
      const leaflet = leafletLevel(this.#tricuspid, x, y, z);
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

  #sampleGreatVessels(x: number, y: number, z: number, out: Float64Array): boolean {
    const { descendingAorta, cavalVein, hepaticVein, patient } = this.heart;
    const wall = 1.5 * patient.scale;
    const descending = tubeDistance2(descendingAorta, x, y, z, -60 * patient.scale, 16 * patient.scale);
    if (descending < (descendingAorta.radius + wall) ** 2) {
      out[Sample.tissue] = descending < descendingAorta.radius ** 2 ? Tissue.rightBlood : Tissue.vesselWall;
      return true;
    }
    const pulse = 1 - 0.14 * this.point.inflow;
    const caval = tubeDistance2(cavalVein, x, y, z, 0, 1e3) / (pulse * pulse);
    const hepatic = tubeDistance2(hepaticVein, x, y, z, 0, 1e3);
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

  #sampleSurroundings(
    x: number,
    y: number,
    z: number,
    material: number,
    beyondEpicardium: number,
    out: Float64Array,
  ): void {
    const { liver, patient, leftVentricle } = this.heart;
    const k = patient.scale;
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
    const ring = (Math.hypot(x, y) - leftVentricle.epicardialRadius + 3 * k) / (9 * k);
    const height = (z - this.base + 5 * k) / (9 * k);
    if (ring * ring + height * height < 1) {
      out[Sample.tissue] = Tissue.fat;
      return;
    }
    out[Sample.tissue] = edge < 40 * k && x > 0 ? Tissue.lung : Tissue.outside;
  }
}

function valveState(valve: AtrioventricularValve, plane: number, opening: number): ValveState {
  const slope = valve.shut + opening * (valve.open - valve.shut);
  return {
    valve,
    plane,
    meanRadius: Math.sqrt(valve.halfLong * valve.halfShort),
    cos: Math.cos(valve.angle),
    sin: Math.sin(valve.angle),
    slopeCos: Math.cos(slope),
    slopeSin: Math.sin(slope),
  };
}

function atriumState(atrium: Atrium, base: number, shrink: number): AtriumState {
  const plane = base + atrium.planeOffset;
  return {
    atrium,
    plane,
    height: atrium.height + base,
    inverseX: 1 / (atrium.halfX * shrink),
    inverseY: 1 / (atrium.halfY * shrink),
  };
}

/** dB of a leaflet at a point, 0 on its middle surface. The leaflet runs from the ring towards the apex and the ring's axis. */
function leafletLevel(state: ValveState, x: number, y: number, z: number): number {
  const { valve, meanRadius, slopeCos, slopeSin } = state;
  const depth = z - state.plane;
  if (depth < -3 || depth > 2 * meanRadius) return -1e3;
  const px = x - valve.x;
  const py = y - valve.y;
  const a = (px * state.cos + py * state.sin) / valve.halfLong;
  const b = (py * state.cos - px * state.sin) / valve.halfShort;
  const share = Math.sqrt(a * a + b * b);
  if (share > 1.15) return -1e3;
  const length = meanRadius * (valve.leaflet + (valve.anteriorExcess * b) / (share + 1e-6));
  const inward = (1 - share) * meanRadius;
  const t = clamp01((inward * slopeCos + depth * slopeSin) / length);
  const belly = 0.1 * length * 4 * t * (1 - t);
  const du = inward - t * length * slopeCos - belly * slopeSin;
  const dz = depth - t * length * slopeSin + belly * slopeCos;
  const d2 = (du * du + dz * dz) / (valve.thickness * valve.thickness);
  return -4.3 * d2;
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

function clamp01(value: number): number {
  return value < 0 ? 0 : Math.min(value, 1);
}
