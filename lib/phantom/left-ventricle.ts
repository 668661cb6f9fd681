import { ArgumentError } from '../core/errors.js';
import type { RandomStream } from '../core/random.js';
import type { Patient } from './patient.js';

/** Steps of the tables along the long axis. */
const LEVELS = 256;
/** Angles of the volume integral. */
const ANGLES = 48;
const DIRECTIONS = Array.from({ length: ANGLES }, (_, j) => {
  const angle = (2 * Math.PI * (j + 0.5)) / ANGLES;
  return { c: Math.cos(angle), s: Math.sin(angle) };
});

/** How a ventricle is shaped, besides its dimensions. Ranges are drawn from anew for each patient. */
export interface VentricleShape {
  /** Thickness of the apical wall against the mean of the others. */
  readonly apicalWall: readonly [number, number];
  /** Exponent of the outline from its widest place to the apex: 2 is an ellipse, more is blunter. */
  readonly bluntness: readonly [number, number];
  /** Lean of the axis towards the septum against the base plane, mm a mm: mean and standard deviation. Absent: upright. */
  readonly lean?: readonly [number, number];
}

/** Shape of all ventricles but those of a site that says otherwise. */
export const USUAL_SHAPE: VentricleShape = Object.freeze<VentricleShape>({
  apicalWall: [0.5, 0.85],
  bluntness: [1.75, 2.6],
});

/**
 * The left ventricle: a truncated, bent and dented ellipsoid whose wall keeps its volume.
 *
 * Frame (mm): z runs from the base plane (0 at end-diastole) to the apex, x to the lateral wall (the septum is at -x),
 * y to the anterior wall. The epicardial apex stays in place and the base descends.
 *
 * Motion: z' = apex - s (apex - z) with longitudinal stretch s <= 1, and in every slice and direction
 * r'^2 - e'^2 = (r^2 - e^2) / s, where e and e' are the endocardial radii before and after. Its Jacobian is 1: the
 * myocardium is incompressible by construction, and the inverse (image point to tissue point) is a square root.
 * Source of the radial map: Arts et al. 1992, J Biomech Eng 114:201 (thick-walled kinematic model), here with a local e.
 */
export class LeftVentricle {
  /** z of the epicardial apex, fixed in space. */
  readonly apex: number;
  readonly length: number;
  /** x of the epicardial apex: negative where the axis leans towards the septum. */
  readonly apexShift: number;
  /** Longitudinal stretch at end-systole. */
  readonly endSystolicStretch: number;
  /** Twist of the apex against the base at end-systole, radians. */
  readonly twist: number;
  /** Largest endocardial and epicardial radius, before dents. */
  readonly endocardialRadius: number;
  readonly epicardialRadius: number;
  /** Inner radius at the base plane, end-diastole, before dents. */
  readonly baseRadius: number;

  /** Tables over z, `[LEVELS + 2]`. */
  readonly endocardium: Float64Array;
  readonly wall: Float64Array;
  readonly dentWeight: Float64Array;
  readonly contraction: Float64Array;
  readonly bendX: Float64Array;
  readonly bendY: Float64Array;

  /** Second and third harmonics of the outline (cos, sin). */
  readonly dents: readonly [number, number, number, number];
  /** Uneven contraction around the axis (cos, sin), 0 in a healthy ventricle. */
  readonly dyskinesia: readonly [number, number];
  /** Wall thickness: mean is 1, plus this times the cosine of the angle from the septum. */
  readonly septalExcess: number;
  /** Scale of `contraction` that gives the ejection fraction. */
  readonly contractility: number;

  constructor(patient: Patient, random: RandomStream) {
    const { cavityLength, cavityDiameter, septumThickness, posteriorThickness } = patient;
    const thickness = (septumThickness + posteriorThickness) / 2;
    const shape = patient.shape ?? USUAL_SHAPE;
    const apicalWall = thickness * random.between(...shape.apicalWall);
    this.length = cavityLength;
    this.apex = cavityLength + apicalWall;
    this.endocardialRadius = cavityDiameter / 2;
    this.epicardialRadius = cavityDiameter / 2 + thickness;
    this.septalExcess = (septumThickness - posteriorThickness) / (2 * thickness);

    const widest = random.between(0.22, 0.5); // level of the largest diameter, share of the length from the base
    const bluntness = patient.pathology === 'dilated' ? random.between(2.1, 3) : random.between(...shape.bluntness);
    const narrowing = random.between(0.06, 0.26); // how much the base is narrower
    const profile = (s: number): number =>
      s >= 1
        ? 0
        : s < widest
          ? 1 - narrowing * ((widest - s) / widest) ** 2
          : Math.sqrt(1 - ((s - widest) / (1 - widest)) ** bluntness);
    this.baseRadius = this.endocardialRadius * profile(0);

    const dent = (): number => 0.025 * random.normal();
    this.dents = [dent() + 0.03, dent(), 0.6 * dent(), 0.6 * dent()];
    const regional = patient.pathology === 'ischaemic' ? random.between(0.25, 0.75) : random.between(0, 0.08);
    const where = random.between(0, 2 * Math.PI);
    this.dyskinesia = [regional * Math.cos(where), regional * Math.sin(where)];
    const apical = random.between(-0.12, 0.12);
    const bend = (0.05 * random.normal() - 0.02) * this.length;
    const bendAside = 0.03 * random.normal() * this.length;

    const lean = shape.lean === undefined ? 0 : shape.lean[0] + shape.lean[1] * random.normal();
    this.apexShift = -lean * this.apex;

    const table = (value: (z: number) => number): Float64Array =>
      Float64Array.from({ length: LEVELS + 2 }, (_, i) => value((i * this.apex) / LEVELS));
    this.endocardium = table((z) => this.endocardialRadius * profile(z / this.length));
    const epicardium = table((z) => this.epicardialRadius * profile(z / this.apex));
    this.wall = epicardium.map((radius, i) =>
      Math.max(0.35 * thickness * Math.min(1, radius), radius - this.endocardium[i]!),
    );
    this.wall[LEVELS] = 0;
    this.wall[LEVELS + 1] = 0;
    this.dentWeight = table((z) => Math.sin(Math.PI * Math.min(1, 0.15 + (0.85 * z) / this.apex)));
    this.contraction = table((z) => 1 + apical * Math.cos((Math.PI * z) / this.apex));
    this.bendX = table((z) => bend * Math.sin((Math.PI * z) / this.apex) - lean * z);
    this.bendY = table((z) => bendAside * Math.sin((Math.PI * z) / this.apex));

    this.endSystolicStretch = 1 - Math.min(0.22, patient.ejectionFraction * random.between(0.2, 0.3));
    this.twist = patient.ejectionFraction * random.between(0.2, 0.5);
    this.contractility = this.#solveContractility(patient.ejectionFraction);
  }

  /** Longitudinal stretch at a contraction in [0, 1]. */
  stretch(contraction: number): number {
    return 1 - contraction * (1 - this.endSystolicStretch);
  }

  /** z of the base plane in space. */
  baseAt(contraction: number): number {
    return this.apex * (1 - this.stretch(contraction));
  }

  /**
   * Cavity volume in mL. Exact for the geometry that is imaged, up to the quadrature (256 levels, 48 angles).
   *
   * @param layer share of the wall, from inside, that is counted too; as the wall is incompressible, its volume is the same at every contraction
   */
  cavityVolume(contraction: number, layer = 0): number {
    const cavity =
      this.#integrate((endocardium2, share) => endocardium2 * (1 - contraction * this.contractility * share)) *
      this.stretch(contraction);
    return layer === 0 ? cavity : cavity + this.#integrate((inner2, _share, edge2) => edge2 - inner2, layer);
  }

  /** Volume of the wall in mL; the same at every instant. */
  myocardialVolume(): number {
    return this.#integrate((endocardium2, _share, epicardium2) => epicardium2 - endocardium2);
  }

  /** EF 1 - ESV / EDV = f, where ESV = stretch (V0 - c V1) is linear in the contractility c. */
  #solveContractility(ejectionFraction: number): number {
    const all = this.#integrate((endocardium2) => endocardium2);
    const moved = this.#integrate((endocardium2, share) => endocardium2 * share);
    const contractility = (all - ((1 - ejectionFraction) * all) / this.endSystolicStretch) / moved;
    if (!(contractility < 0.83)) {
      throw new ArgumentError(`LeftVentricle: ejectionFraction must leave a cavity, got ${ejectionFraction}`);
    }
    return contractility;
  }

  /** Integral of half a squared radius over angle and level, in mL; `outer2` belongs to a share `layer` of the wall. */
  #integrate(squared: (endocardium2: number, share: number, outer2: number) => number, layer = 1): number {
    let total = 0;
    for (let i = 0; i < LEVELS; i++) {
      const endocardium = (this.endocardium[i]! + this.endocardium[i + 1]!) / 2;
      const wall = (this.wall[i]! + this.wall[i + 1]!) / 2;
      for (const { c, s } of DIRECTIONS) {
        const dent = this.dentAt(i + 0.5, c, s);
        const inner = endocardium * dent;
        const outer = inner + layer * wall * (1 - this.septalExcess * c);
        total += squared(inner * inner, this.shareAt(i + 0.5, c, s), outer * outer);
      }
    }
    return (total * Math.PI * this.apex) / (ANGLES * LEVELS * 1000);
  }

  /** Outline factor at a (fractional) level and direction. */
  dentAt(level: number, c: number, s: number): number {
    const i = level | 0;
    const weight = this.dentWeight[i]! + (level - i) * (this.dentWeight[i + 1]! - this.dentWeight[i]!);
    const { dents } = this;
    const second = dents[0] * (c * c - s * s) + dents[1] * 2 * c * s;
    const third = dents[2] * c * (4 * c * c - 3) + dents[3] * s * (3 - 4 * s * s);
    return 1 + weight * (second + third);
  }

  /** Share of the mean contraction at a level and direction; never so large that the cavity would vanish. */
  shareAt(level: number, c: number, s: number): number {
    const i = level | 0;
    const base = this.contraction[i]! + (level - i) * (this.contraction[i + 1]! - this.contraction[i]!);
    return Math.min(1.2, base * (1 + this.dyskinesia[0] * c + this.dyskinesia[1] * s));
  }
}

/** Number of levels in the tables of a {@link LeftVentricle}; the table index of z is `z / apex * LEVELS`. */
export const VENTRICLE_LEVELS = LEVELS;
