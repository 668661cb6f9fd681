import type { RandomStream } from '../core/random.js';
import type { ViewName } from '../core/views.js';
import { type Heart, shortAxis, unit, type Vector } from './heart.js';

/** Where the transducer stands and what it looks at, in the heart's frame. */
export interface ViewPlane {
  readonly view: ViewName;
  /** Transducer face, mm. */
  readonly origin: Vector;
  /** Unit vector of the middle beam. */
  readonly beam: Vector;
  /** Unit vector to the right of the picture, at right angles to `beam`. */
  readonly right: Vector;
  /** Depth shown, mm: from `near` (0 unless zoomed) to `far`. */
  readonly near: number;
  readonly far: number;
  /** Half-angle of the sector against the vendor's full sector; below 1 where the operator narrows or zooms. */
  readonly narrowing: number;
  readonly contrast: boolean;
}

/** How far an operator strays from the textbook plane, standard deviations. */
export interface OperatorSkill {
  /** Transducer position, mm. */
  readonly position: number;
  /** Aim, mm at the target. */
  readonly aim: number;
  /** Rotation about the beam, degrees. */
  readonly rotation: number;
  /** Habits in apical views. */
  readonly apical: ApicalHabit;
}

/** Where an operator stands for an apical view and how much of the heart the picture shows. Lengths in mm of an adult of scale 1. */
export interface ApicalHabit {
  /** From the epicardial apex to the face of the transducer. */
  readonly stand: readonly [number, number];
  /** Share of the depth shown that reaches to the base: mean, standard deviation, least and most. */
  readonly filling: readonly [number, number, number, number];
  /** The face beside the apex, to the right of the picture: mean and standard deviation. */
  readonly swing: readonly [number, number];
  /** The aim beside the textbook's, to the right of the picture: mean and standard deviation. Absent: none. */
  readonly aside?: readonly [number, number];
  /** Readers take a frame up to so long before end-diastole for it, beats: least and most. Absent: none. */
  readonly early?: readonly [number, number];
}

/** A hospital's usual operator. */
export const USUAL_OPERATOR: OperatorSkill = {
  position: 5,
  aim: 4.5,
  rotation: 6,
  // some operators show both atria whole, others fill the sector with the ventricle; the beam rarely runs along the axis
  apical: { stand: [5, 24], filling: [0.71, 0.1, 0.56, 0.93], swing: [-8, 9] },
};

/** How far trained sonographers stray from a plane that they name, beside the usual operator. */
const SONOGRAPHER_SPREAD = 0.3;

/**
 * Who acquires and names the views of a labelled study: a plane that strays so far that it shows another view is named for what it shows, so what
 * bears a label lies near its textbook plane.
 */
export const SONOGRAPHER: OperatorSkill = {
  position: SONOGRAPHER_SPREAD * USUAL_OPERATOR.position,
  aim: SONOGRAPHER_SPREAD * USUAL_OPERATOR.aim,
  rotation: SONOGRAPHER_SPREAD * USUAL_OPERATOR.rotation,
  apical: {
    ...USUAL_OPERATOR.apical,
    swing: [SONOGRAPHER_SPREAD * USUAL_OPERATOR.apical.swing[0], SONOGRAPHER_SPREAD * USUAL_OPERATOR.apical.swing[1]],
  },
};

/** The textbook plane of a view before the operator's hand. */
interface Target {
  readonly origin: Vector;
  readonly aim: Vector;
  readonly right: Vector;
  /** Depth shown, mm for an adult of scale 1: mean, spread, and start. */
  readonly depth: readonly [number, number];
  readonly near?: number;
  readonly narrowing?: number;
}

/**
 * Places the transducer for a view.
 *
 * Textbook planes follow Mitchell et al. 2019 (J Am Soc Echocardiogr 32:1). Views that the paper's models confuse are close here
 * for the same reason: PLAX:LV, PLAX:ID and PLAX:VAL are one plane at three depths and zooms; A5C is A4C tilted to the aorta;
 * A3C and PLAX are one plane seen from two places.
 */
export function placeView(
  heart: Heart,
  view: ViewName,
  random: RandomStream,
  skill: OperatorSkill = USUAL_OPERATOR,
): ViewPlane {
  const target = targetOf(heart, view, random, skill.apical);
  const k = heart.patient.scale;
  const jitter = (point: Vector, spread: number): Vector => {
    const [x, y, z] = point;
    return [x + spread * random.normal(), y + spread * random.normal(), z + spread * random.normal()];
  };
  const origin = jitter(target.origin, skill.position * k);
  const aim = jitter(target.aim, skill.aim * k);
  const beam = unit([aim[0] - origin[0], aim[1] - origin[1], aim[2] - origin[2]]);
  const square = orthogonal(target.right, beam);
  const side = cross(beam, square);
  const turn = (skill.rotation * random.normal() * Math.PI) / 180;
  const right: Vector = [0, 1, 2].map(
    (axis) => Math.cos(turn) * square[axis]! + Math.sin(turn) * side[axis]!,
  ) as unknown as Vector;
  const [mean, spread] = target.depth;
  const far = mean * k * (1 + spread * Math.max(-2, Math.min(2, random.normal())));
  return {
    view,
    origin,
    beam,
    right,
    near: target.near === undefined ? 0 : target.near * far,
    far,
    narrowing: (target.narrowing ?? 1) * (random.chance(0.2) ? random.between(0.8, 1) : 1),
    contrast: view.startsWith('Cont:'),
  };
}

function targetOf(heart: Heart, view: ViewName, random: RandomStream, habit: ApicalHabit): Target {
  const { leftVentricle: ventricle, patient } = heart;
  const k = patient.scale;
  const radius = ventricle.epicardialRadius;
  const { length } = ventricle;
  const apical = (rightDegrees: number, aim: Vector): Target => {
    const stand = ventricle.apex + k * random.between(...habit.stand);
    const [mean, spread, least, most] = habit.filling;
    const filling = Math.min(most, Math.max(least, mean + spread * random.normal()));
    const swing = k * (habit.swing[1] * random.normal() + habit.swing[0]);
    const aside = habit.aside === undefined ? 0 : k * (habit.aside[0] + habit.aside[1] * random.normal());
    const [rx, ry] = shortAxis(rightDegrees);
    const [ax, ay, az] = aim;
    return {
      origin: [rx * swing + ventricle.apexShift, ry * swing, stand],
      aim: [ax + rx * aside, ay + ry * aside, az],
      right: [rx, ry, 0],
      depth: [stand / k / filling, 0.01],
    };
  };
  const parasternal = (z: number, degrees: number): Vector => {
    const [x, y] = shortAxis(degrees);
    const distance = radius + k * random.between(34, 46);
    return [x * distance, y * distance, z];
  };
  const long = (depth: readonly [number, number]): Target => {
    const [x, y] = shortAxis(328);
    const [rx, ry] = [0, 0];
    return {
      origin: parasternal(length * random.between(0.05, 0.28), 148),
      aim: [x * 5 * k, y * 5 * k, length * 0.1],
      right: [rx, ry, -1],
      depth,
    };
  };
  const short = (z: number, tilt: number): Target => {
    const [rx, ry] = shortAxis(38);
    return { origin: parasternal(z + tilt * k, 128), aim: [0, 0, z], right: [rx, ry, 0], depth: [132, 0.1] };
  };
  switch (view) {
    case 'A4C':
    case 'Cont:A4C':
      return apical(20, [-3 * k, -7 * k, -8 * k]);
    case 'A5C':
      return apical(24, [-8 * k, 9 * k, -10 * k]);
    case 'A2C':
    case 'Cont:A2C':
      return apical(82, [5 * k, -3 * k, -8 * k]);
    case 'A3C':
    case 'Cont:A3C':
      return apical(146, [2 * k, 0, -8 * k]);
    case 'PLAX:LV':
      return long([134, 0.07]);
    case 'PLAX:ID':
      return long([198, 0.09]);
    case 'PLAX:VAL': {
      const target = long([112, 0.08]);
      return { ...target, aim: [0, 0, -8 * k], near: random.between(0.2, 0.4), narrowing: random.between(0.45, 0.65) };
    }
    case 'PLAX:RVN': {
      const { x, y } = heart.tricuspid;
      return {
        origin: parasternal(length * random.between(0.25, 0.45), 146),
        aim: [x, y - 4 * k, 0],
        right: [0, 0, -1],
        depth: [136, 0.1],
      };
    }
    case 'PLAX:RVT': {
      const [, valve, artery] = heart.outflow.points;
      return {
        origin: parasternal(length * random.between(0.2, 0.4), 128),
        aim: [(valve[0] + artery[0]) / 2, (valve[1] + artery[1]) / 2 - 3 * k, valve[2] - 4 * k],
        right: [artery[0] - valve[0], artery[1] - valve[1], artery[2] - valve[2]],
        depth: [126, 0.1],
      };
    }
    case 'PSAX:AV': {
      const { origin, direction } = heart.aorta;
      const at = (u: number): Vector =>
        [0, 1, 2].map((axis) => origin[axis]! + direction[axis]! * u * k) as unknown as Vector;
      const centre = at(8);
      const [x, y] = shortAxis(118);
      const distance = radius + 36 * k;
      // on the plane through the cusps, at right angles to the root
      const reach: Vector = orthogonal([x, y, 0], direction);
      const [rx, ry] = shortAxis(28);
      return {
        origin: [centre[0] + reach[0] * distance, centre[1] + reach[1] * distance, centre[2] + reach[2] * distance],
        aim: centre,
        right: orthogonal([rx, ry, 0], direction),
        depth: [126, 0.1],
      };
    }
    case 'PSAX:MV':
      return short(length * random.between(0.13, 0.22), 4);
    case 'PSAX:PAP':
    case 'Cont:SAX':
      return short(length * random.between(0.48, 0.62), 4);
    case 'SC:4C': {
      const [x, y] = shortAxis(213);
      const distance = heart.liver.offset + k * random.between(42, 62);
      const [ax, ay] = shortAxis(15);
      return {
        origin: [x * distance, y * distance, length * random.between(0.3, 0.55)],
        aim: [ax * 5 * k, ay * 5 * k, length * random.between(0.05, 0.25)],
        right: [0, 0, 1],
        depth: [190, 0.08],
      };
    }
    case 'SC:IVC': {
      const { origin, direction } = heart.cavalVein;
      const at = (u: number): Vector =>
        [0, 1, 2].map((axis) => origin[axis]! + direction[axis]! * u * k) as unknown as Vector;
      const middle = at(random.between(26, 42));
      const away = orthogonal([-0.35, -0.1, 0.9], direction);
      const stand = k * random.between(70, 92);
      return {
        origin: [middle[0] + away[0] * stand, middle[1] + away[1] * stand, middle[2] + away[2] * stand],
        aim: middle,
        right: [-direction[0], -direction[1], -direction[2]],
        depth: [158, 0.1],
      };
    }
  }
}

/** The part of `vector` at right angles to a unit `axis`, as a unit vector. */
function orthogonal(vector: Vector, axis: Vector): Vector {
  const along = vector[0] * axis[0] + vector[1] * axis[1] + vector[2] * axis[2];
  return unit([vector[0] - along * axis[0], vector[1] - along * axis[1], vector[2] - along * axis[2]]);
}

/** Cross product. */
export function cross([ax, ay, az]: Vector, [bx, by, bz]: Vector): Vector {
  return [ay * bz - az * by, az * bx - ax * bz, ax * by - ay * bx];
}
