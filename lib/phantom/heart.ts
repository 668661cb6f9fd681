import type { RandomStream } from '../core/random.js';
import { type CardiacCycle, drawCycle } from './cardiac-cycle.js';
import { LeftVentricle } from './left-ventricle.js';
import type { Patient } from './patient.js';
import { Warp } from './warp.js';

/** A point or direction in the heart's frame, mm; see {@link LeftVentricle} for the axes. */
export type Vector = readonly [number, number, number];

/** An atrium: a rounded box on a valve plane; its roof stays in place while the plane moves. */
export interface Atrium {
  readonly x: number;
  readonly y: number;
  /** Half-widths along x and y. */
  readonly halfX: number;
  readonly halfY: number;
  /** Valve plane to roof at end-diastole. */
  readonly height: number;
  /** z of the valve plane against the left ventricle's base. */
  readonly planeOffset: number;
  /** Lean of the axis: shift of x and y a mm of height. */
  readonly leanX: number;
  readonly leanY: number;
  /** 0 ellipse to 0.9 nearly a box. */
  readonly squareness: number;
}

/** A valve as a funnel of leaflets on a ring. */
export interface AtrioventricularValve {
  readonly x: number;
  readonly y: number;
  /** Half-axes of the ring along its own axes; the first points in `angle`. */
  readonly halfLong: number;
  readonly halfShort: number;
  readonly angle: number;
  /** Leaflet length against the ring's mean radius: mean, and excess on the side of the aorta. */
  readonly leaflet: number;
  readonly anteriorExcess: number;
  /** Angle of the shut and of the wide open leaflet against the ring's plane, radians. */
  readonly shut: number;
  readonly open: number;
  readonly thickness: number;
}

/** A bent tube: two capsules in a row. */
export interface OutflowTract {
  readonly points: readonly [Vector, Vector, Vector];
  readonly radius: number;
  readonly arteryRadius: number;
}

/** A straight tube without end in one direction. */
export interface Tube {
  readonly origin: Vector;
  readonly direction: Vector;
  readonly radius: number;
}

/** A thickening in the cavity, in coordinates relative to the endocardium. */
export interface Papillary {
  readonly cos: number;
  readonly sin: number;
  /** Distance from the axis as a share of the endocardial radius. */
  readonly share: number;
  /** Middle and half-length along the long axis at end-diastole. */
  readonly z: number;
  readonly halfLength: number;
  readonly radius: number;
}

/** A thin muscular string across the cavity, in the same coordinates. */
export interface FalseTendon {
  readonly from: Vector;
  readonly to: Vector;
}

/** Everything of one patient's heart that does not change in a beat. */
export interface Heart {
  readonly patient: Patient;
  readonly cycle: CardiacCycle;
  readonly leftVentricle: LeftVentricle;
  readonly leftAtrium: Atrium;
  readonly rightAtrium: Atrium;
  readonly interatrialSeptum: number;
  /** Right ventricle: part of an ellipsoid outside the left ventricle. */
  readonly rightCentre: Vector;
  readonly rightHalf: Vector;
  readonly rightWall: number;
  readonly rightEjection: number;
  readonly mitral: AtrioventricularValve;
  readonly tricuspid: AtrioventricularValve;
  /** Root and ascending aorta from the outflow tract on. */
  readonly aorta: Tube;
  readonly sinusRadius: number;
  /** Angle of the first commissure of the aortic valve. */
  readonly commissure: number;
  readonly outflow: OutflowTract;
  readonly descendingAorta: Tube;
  readonly cavalVein: Tube;
  readonly hepaticVein: Tube;
  /** The liver lies where `direction . p > offset`. */
  readonly liver: { readonly direction: Vector; readonly offset: number };
  readonly papillaries: readonly Papillary[];
  readonly tendons: readonly FalseTendon[];
  /** Share of the wall that is trabeculated: echoes like blood, is labelled wall. */
  readonly trabeculation: number;
  /** Irregularity of everything: shears of space, which keep volumes; see {@link Warp}. */
  readonly warp: Warp;
  /** Seed of the tissue's scatterers. */
  readonly scatterSeed: number;
}

/** Unit vector in the short axis at an angle from the lateral wall, degrees; 90 is anterior. */
export function shortAxis(degrees: number): readonly [number, number] {
  const angle = (degrees * Math.PI) / 180;
  return [Math.cos(angle), Math.sin(angle)];
}

/** Unit vector. */
export function unit([x, y, z]: Vector): Vector {
  const length = Math.hypot(x, y, z);
  return [x / length, y / length, z / length];
}

/** Builds the heart of a patient. Sizes without a distribution of their own scale with the body and jitter by 5 to 15 %. */
export function buildHeart(patient: Patient, random: RandomStream): Heart {
  const k = patient.scale;
  const vary = (mean: number, spread = 0.1): number =>
    mean * k * (1 + spread * Math.max(-2.5, Math.min(2.5, random.normal())));
  const leftVentricle = new LeftVentricle(patient, random.child('left ventricle'));
  const { baseRadius, epicardialRadius, length } = leftVentricle;

  const mitral = drawMitral(random.child('mitral'), baseRadius, k);
  const enlarged = patient.pathology === 'dilated' || patient.pathology === 'hypertensive' ? 1.13 : 1;
  const leftAtrium: Atrium = {
    x: mitral.x + vary(0.5, 2),
    y: mitral.y - vary(4, 0.4),
    halfX: vary(22.5 * enlarged, 0.11),
    halfY: vary(20 * enlarged, 0.11),
    height: vary(50 * enlarged, 0.13),
    planeOffset: 0,
    leanX: 0.1 * random.normal(),
    leanY: 0.08 * random.normal(),
    squareness: random.between(0.25, 0.85),
  };
  const interatrialSeptum = vary(2.6, 0.25);
  const halfX = vary(20 * enlarged ** 0.5, 0.13);
  const rightAtrium: Atrium = {
    x: leftAtrium.x - leftAtrium.halfX - halfX - interatrialSeptum,
    y: leftAtrium.y - vary(6, 0.5),
    halfX,
    halfY: vary(20, 0.12),
    height: vary(48, 0.13),
    planeOffset: vary(5.5, 0.3),
    leanX: leftAtrium.leanX,
    leanY: 0.06 * random.normal(),
    squareness: random.between(0.2, 0.8),
  };
  const rightHalfX = Math.max(10 * k, vary(32, 0.1));
  const rightCentre: Vector = [-0.75 * epicardialRadius, vary(2, 1.5), 0.2 * length];
  const aorta: Tube = {
    origin: [...scaled(shortAxis(143 + 5 * random.normal()), 0.7 * baseRadius), 0],
    direction: unit([...scaled(shortAxis(135), 0.42 + 0.1 * random.normal()), -0.92]),
    radius: vary(10.2, 0.07),
  };
  const sinusRadius = aorta.radius * random.between(1.35, 1.65);
  return {
    patient,
    cycle: drawCycle(random.child('cycle'), patient.heartRate),
    leftVentricle,
    leftAtrium,
    rightAtrium,
    interatrialSeptum,
    rightCentre,
    rightHalf: [rightHalfX, epicardialRadius + vary(6, 0.4), random.between(0.62, 0.74) * length],
    rightWall: vary(4, 0.2),
    rightEjection: random.between(0.1, 0.2),
    mitral,
    tricuspid: {
      x: rightAtrium.x + vary(2, 0.8),
      y: rightAtrium.y + vary(1, 1),
      halfLong: vary(17, 0.1),
      halfShort: vary(15.5, 0.1),
      angle: random.between(0, Math.PI),
      leaflet: random.between(1, 1.2),
      anteriorExcess: random.between(0, 0.2),
      shut: random.between(0.15, 0.4),
      open: random.between(1.1, 1.4),
      thickness: vary(1, 0.2),
    },
    aorta,
    sinusRadius,
    commissure: random.between(0, 2),
    outflow: drawOutflow(random.child('outflow'), epicardialRadius, aorta, sinusRadius, k),
    descendingAorta: {
      origin: [
        ...plus([leftAtrium.x, leftAtrium.y], shortAxis(322), leftAtrium.halfY + vary(16, 0.15)),
        -0.3 * leftAtrium.height,
      ],
      direction: unit([...shortAxis(60 + 10 * random.normal()), 0.2 * random.normal()]),
      radius: vary(10.5, 0.1),
    },
    cavalVein: {
      origin: [
        rightAtrium.x,
        rightAtrium.y - 0.5 * rightAtrium.halfY,
        rightAtrium.planeOffset - 0.6 * rightAtrium.height,
      ],
      direction: unit([-0.1 + 0.08 * random.normal(), -1, 0.12 + 0.1 * random.normal()]),
      radius: vary(8.5, 0.2),
    },
    hepaticVein: {
      origin: [
        rightAtrium.x - 2 * k,
        rightAtrium.y - 0.8 * rightAtrium.halfY - vary(20, 0.2),
        rightAtrium.planeOffset - 0.55 * rightAtrium.height,
      ],
      direction: unit([-0.35, -0.55, 0.6 + 0.15 * random.normal()]),
      radius: vary(4, 0.25),
    },
    liver: {
      direction: unit([-0.55 + 0.06 * random.normal(), -0.83, 0.04 * random.normal()]),
      offset: epicardialRadius + rightHalfX * 0.62 + vary(9, 0.3),
    },
    papillaries: [drawPapillary(random, 8, length, k), drawPapillary(random, 248, length, k)],
    tendons: Array.from({ length: random.weighted([0.45, 0.35, 0.2]) }, () => drawTendon(random, length)),
    trabeculation: random.chance(0.75) ? random.between(0.1, 0.5) : 0,
    warp: new Warp(random.child('warp'), k),
    scatterSeed: random.integer(1 << 30),
  };
}

function drawMitral(random: RandomStream, baseRadius: number, k: number): AtrioventricularValve {
  const [x, y] = scaled(shortAxis(-45 + 8 * random.normal()), 0.26 * baseRadius);
  return {
    x,
    y,
    halfLong: baseRadius * random.between(0.84, 0.94),
    halfShort: baseRadius * random.between(0.66, 0.76),
    angle: Math.PI / 4,
    leaflet: random.between(0.98, 1.1),
    anteriorExcess: random.between(0.22, 0.38),
    shut: random.between(0.12, 0.42),
    open: random.between(1.05, 1.35),
    thickness: k * random.between(0.8, 1.5),
  };
}

function drawOutflow(
  random: RandomStream,
  epicardialRadius: number,
  aorta: Tube,
  sinusRadius: number,
  k: number,
): OutflowTract {
  const radius = k * random.between(11.5, 15);
  const root = [0, 1, 2].map((axis) => aorta.origin[axis]! + aorta.direction[axis]! * 12 * k) as unknown as Vector;
  const valve: Vector = [root[0] + 3 * k, root[1] + sinusRadius + radius + 1.5 * k, root[2] - 2 * k];
  return {
    points: [
      [-0.85 * epicardialRadius, 0.75 * epicardialRadius, 14 * k],
      valve,
      [valve[0] + 30 * k, valve[1] - 6 * k, valve[2] - 26 * k],
    ],
    radius,
    arteryRadius: k * random.between(10, 13),
  };
}

function drawPapillary(random: RandomStream, degrees: number, length: number, k: number): Papillary {
  const [cos, sin] = shortAxis(degrees + 9 * random.normal());
  return {
    cos,
    sin,
    share: random.between(0.74, 0.92),
    z: length * random.between(0.5, 0.62),
    halfLength: length * random.between(0.16, 0.24),
    radius: k * random.between(3.6, 6.2),
  };
}

function drawTendon(random: RandomStream, length: number): FalseTendon {
  const end = (): Vector => {
    const angle = random.between(0, 2 * Math.PI);
    return [0.95 * Math.cos(angle), 0.95 * Math.sin(angle), length * random.between(0.25, 0.85)];
  };
  return { from: end(), to: end() };
}

function scaled([x, y]: readonly [number, number], by: number): [number, number] {
  return [x * by, y * by];
}

function plus([x, y]: readonly [number, number], [dx, dy]: readonly [number, number], by: number): [number, number] {
  return [x + dx * by, y + dy * by];
}
