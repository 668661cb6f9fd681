import { DataError } from '../core/errors.js';
import type { HeartFrame } from './heart-frame.js';
import type { Picture } from './picture.js';
import type { Sway } from './sway.js';
import { Chamber } from './tissue.js';
import { CavitySection, type PixelPoint } from './tracing.js';

/** Septum, cavity and posterior wall measured on one line in a parasternal long axis. */
export interface CaliperReading {
  /** Right side of the septum, its left side, endocardium and epicardium of the posterior wall; pixels. */
  readonly points: readonly [PixelPoint, PixelPoint, PixelPoint, PixelPoint];
  /** mm. */
  readonly septum: number;
  readonly cavity: number;
  readonly posterior: number;
}

/** Level of the measurement, share of the cavity's length from the base: just below the mitral leaflets' tips (Lang et al. 2015). */
const LEVEL = 0.27;

/**
 * Measures the left ventricle at right angles to its long axis, on the geometry itself.
 *
 * @throws {DataError} if the plane misses the cavity or a wall
 */
export function placeCalipers(frame: HeartFrame, picture: Picture, sway: Sway): CaliperReading {
  const section = new CavitySection(frame, picture, sway);
  const { leftVentricle } = frame.heart;
  const level = (share: number): number => frame.base + share * (leftVentricle.length - frame.base);
  const at = section.axisPoint(level(LEVEL));
  const towards = section.axisPoint(level(LEVEL + 0.1));
  const length = Math.hypot(towards[0] - at[0], towards[1] - at[1]);
  // at right angles to the axis, towards the transducer
  let up: PixelPoint = [(towards[1] - at[1]) / length, -(towards[0] - at[0]) / length];
  if (up[1] > 0) up = [-up[0], -up[1]];
  const down: PixelPoint = [-up[0], -up[1]];
  if (!section.has(at[0], at[1])) throw missing(picture, 'cavity');
  const near = section.reach(at[0], at[1], up[0], up[1]);
  const far = section.reach(at[0], at[1], down[0], down[1]);
  const nearWall = section.reachOf(Chamber.myocardium, at[0], at[1], up[0], up[1], near + 0.02);
  const farWall = section.reachOf(Chamber.myocardium, at[0], at[1], down[0], down[1], far + 0.02);
  if (nearWall - near < 2 || farWall - far < 2) throw missing(picture, 'wall');
  const point = (distance: number): PixelPoint => section.pixel(at[0] + distance * up[0], at[1] + distance * up[1]);
  return {
    points: [point(nearWall), point(near), point(-far), point(-farWall)],
    septum: nearWall - near,
    cavity: near + far,
    posterior: farWall - far,
  };
}

function missing(picture: Picture, what: string): DataError {
  return new DataError(
    `placeCalipers: the ${picture.plane.view} plane misses the left ventricle's ${what}; place the view anew`,
  );
}
