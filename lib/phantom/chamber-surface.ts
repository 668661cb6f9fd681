import { DataError } from '../core/errors.js';
import type { Vector } from './heart.js';
import type { HeartFrame } from './heart-frame.js';
import { SAMPLE_LENGTH, Sample } from './tissue.js';

/** A closed surface as a grid of points, `[rows][columns]` each, mm: what a surface plot takes. */
export interface ChamberSurface {
  readonly x: number[][];
  readonly y: number[][];
  readonly z: number[][];
}

/**
 * The inner surface of a chamber, found by rays from its middle on the geometry that is imaged.
 *
 * A ray ends where it first leaves the chamber, so the horns of the crescent right ventricle are cut short.
 *
 * @param chamber one of `Chamber`
 * @param rows,columns latitudes and longitudes of the rays; at least 3 each
 * @throws {DataError} if the heart has no such chamber
 */
export function chamberSurface(frame: HeartFrame, chamber: number, rows = 24, columns = 36): ChamberSurface {
  const sample = new Float64Array(SAMPLE_LENGTH);
  const holds = (x: number, y: number, z: number): boolean => {
    frame.sample(x, y, z, sample);
    return sample[Sample.chamber] === chamber;
  };
  const [cx, cy, cz] = middleOf(holds, chamber);
  const surface: ChamberSurface = { x: [], y: [], z: [] };
  for (let row = 0; row < rows; row++) {
    const polar = (Math.PI * row) / (rows - 1);
    const [x, y, z] = [new Array<number>(columns), new Array<number>(columns), new Array<number>(columns)];
    for (let column = 0; column < columns; column++) {
      const turn = (2 * Math.PI * column) / (columns - 1);
      const [dx, dy, dz] = [Math.sin(polar) * Math.cos(turn), Math.sin(polar) * Math.sin(turn), Math.cos(polar)];
      let reach = 0;
      while (reach < 120 && holds(cx + (reach + 0.5) * dx, cy + (reach + 0.5) * dy, cz + (reach + 0.5) * dz))
        reach += 0.5;
      x[column] = cx + reach * dx;
      y[column] = cy + reach * dy;
      z[column] = cz + reach * dz;
    }
    surface.x.push(x);
    surface.y.push(y);
    surface.z.push(z);
  }
  return surface;
}

/** The point of the chamber nearest to its centre of mass, on a grid of 3 mm. */
function middleOf(holds: (x: number, y: number, z: number) => boolean, chamber: number): Vector {
  const inside: Vector[] = [];
  for (let x = -110; x <= 70; x += 3) {
    for (let y = -80; y <= 80; y += 3) {
      for (let z = -90; z <= 130; z += 3) if (holds(x, y, z)) inside.push([x, y, z]);
    }
  }
  if (inside.length === 0)
    throw new DataError(`chamberSurface: the heart has no chamber ${chamber}; use a value of Chamber`);
  const mean = [0, 1, 2].map((axis) => inside.reduce((sum, point) => sum + point[axis]!, 0) / inside.length);
  const distance = (point: Vector): number => Math.hypot(point[0] - mean[0]!, point[1] - mean[1]!, point[2] - mean[2]!);
  return inside.reduce((best, point) => (distance(point) < distance(best) ? point : best));
}
