import { ShapeError } from '../core/errors.js';
import type { PixelSpacing } from '../imaging/image.js';
import type { Point } from '../imaging/polygon-fill.js';

/** Channels of the landmark model, from the anterior to the posterior side of the ventricle in a parasternal long axis view. */
export const WALL_LANDMARKS = ['ivsOuter', 'ivsInner', 'lvpwInner', 'lvpwOuter'] as const;

/** Measurements between neighbouring landmarks: septum, cavity, posterior wall. */
export const WALL_MEASUREMENTS = ['ivs', 'lvid', 'lvpw'] as const;

export type WallLandmark = (typeof WALL_LANDMARKS)[number];
export type WallMeasurement = (typeof WALL_MEASUREMENTS)[number];

/** A length of each measurement; `null` where a landmark is missing: no measurement. */
export type WallLengths = Readonly<Record<WallMeasurement, number | null>>;

/**
 * Septum, cavity and posterior wall from four landmarks.
 *
 * LVID follows from the inner septal and the inner posterior landmark (EchoApex A.4).
 * @param points one for each of {@link WALL_LANDMARKS}, in pixels
 * @param spacing millimetres of a pixel; 1 and 1 give pixels, where the data set has no scale (Unity)
 * @throws {ShapeError} if there are not four points
 */
export function wallLengths(points: readonly (Point | null)[], spacing: PixelSpacing): WallLengths {
  const [ivsOuter, ivsInner, lvpwInner, lvpwOuter] = expectFour('wallLengths', points);
  return {
    ivs: distance(ivsOuter, ivsInner, spacing),
    lvid: distance(ivsInner, lvpwInner, spacing),
    lvpw: distance(lvpwInner, lvpwOuter, spacing),
  };
}

/**
 * Landmark error of each measurement: the mean L2 distance of its two landmarks from the truth (EchoApex 2.4.1).
 *
 * @returns in the unit of the spacing; `null` where a predicted or true landmark is missing
 * @throws {ShapeError} if there are not four points each
 */
export function landmarkErrors(
  predicted: readonly (Point | null)[],
  truth: readonly (Point | null)[],
  spacing: PixelSpacing,
): WallLengths {
  const a = expectFour('landmarkErrors', predicted);
  const b = expectFour('landmarkErrors', truth);
  const errors = a.map((point, i) => distance(point, b[i] ?? null, spacing));
  const mean = (first: number, second: number): number | null => {
    const [one, other] = [errors[first] ?? null, errors[second] ?? null];
    return one === null || other === null ? null : (one + other) / 2;
  };
  return { ivs: mean(0, 1), lvid: mean(1, 2), lvpw: mean(2, 3) };
}

/** Cases without a value for each measurement, to be shown beside every mean. */
export function missingMeasurements(cases: readonly WallLengths[]): Readonly<Record<WallMeasurement, number>> {
  const missing = (name: WallMeasurement): number => cases.filter((lengths) => lengths[name] === null).length;
  return { ivs: missing('ivs'), lvid: missing('lvid'), lvpw: missing('lvpw') };
}

type FourPoints = readonly [Point | null, Point | null, Point | null, Point | null];

function expectFour(who: string, points: readonly (Point | null)[]): FourPoints {
  if (points.length !== 4) {
    throw new ShapeError(`${who}: expected 4 landmarks (${WALL_LANDMARKS.join(', ')}), got ${points.length}`);
  }
  return points as unknown as FourPoints;
}

function distance(a: Point | null, b: Point | null, { xMillimetres, yMillimetres }: PixelSpacing): number | null {
  return a === null || b === null ? null : Math.hypot((a.x - b.x) * xMillimetres, (a.y - b.y) * yMillimetres);
}
