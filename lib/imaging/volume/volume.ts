import { ShapeError } from '../../core/errors.js';
import type { NiftiVolume } from '../nifti/nifti-volume.js';

/** A three-dimensional picture on a Cartesian grid. */
export interface Volume {
  /** Lengths along x (lateral), y (elevation) and z (depth, away from the transducer). */
  readonly shape: readonly [x: number, y: number, z: number];
  /** Millimetres a voxel along x, y, z. */
  readonly spacing: readonly [x: number, y: number, z: number];
  /** `[z, y, x]`, 0 to 255. */
  readonly data: Uint8Array | Float32Array;
}

/** Trilinear value at voxel coordinates; 0 outside. */
export function valueAt(volume: Volume, x: number, y: number, z: number): number {
  const [nx, ny, nz] = volume.shape;
  if (!(x >= 0 && y >= 0 && z >= 0 && x <= nx - 1 && y <= ny - 1 && z <= nz - 1)) return 0;
  const [x0, y0, z0] = [
    Math.min(Math.floor(x), Math.max(0, nx - 2)),
    Math.min(Math.floor(y), Math.max(0, ny - 2)),
    Math.min(Math.floor(z), Math.max(0, nz - 2)),
  ];
  const [fx, fy, fz] = [x - x0, y - y0, z - z0];
  const [sx, sy, sz] = [nx > 1 ? 1 : 0, ny > 1 ? nx : 0, nz > 1 ? nx * ny : 0];
  const at = (z0 * ny + y0) * nx + x0;
  const { data } = volume;
  const row = (start: number): number => data[start]! * (1 - fx) + data[start + sx]! * fx;
  const plane = (start: number): number => row(start) * (1 - fy) + row(start + sy) * fy;
  return plane(at) * (1 - fz) + plane(at + sz) * fz;
}

/**
 * One moment of a NIfTI series as a volume.
 *
 * @throws {ShapeError} if `time` is not in the series
 */
export function volumeOf(series: NiftiVolume, time = 0): Volume {
  const [x, y, z, times] = series.shape;
  if (!Number.isInteger(time) || time < 0 || time >= times) {
    throw new ShapeError(`volumeOf: time must be in [0, ${times - 1}], got ${time}`);
  }
  const size = x * y * z;
  return {
    shape: [x, y, z],
    spacing: [series.spacing[0], series.spacing[1], series.spacing[2]],
    data: series.data.subarray(time * size, (time + 1) * size),
  };
}
