import { ArgumentError } from '../../core/errors.js';
import type { GrayImage, PixelSpacing } from '../image.js';
import { type Volume, valueAt } from './volume.js';

/** A slice of a volume. */
export interface VolumeSlice {
  readonly image: GrayImage;
  readonly spacing: PixelSpacing;
  /** `AB`: along the depth, turned about its axis. `C`: across the depth. */
  readonly plane: 'AB' | 'C';
  /** Degrees about the depth axis for AB planes (0 is the x-z plane), millimetres below the first voxel for C planes. */
  readonly position: number;
}

/** Options of {@link sliceVolume}. */
export interface SliceVolumeOptions {
  /** AB planes; default 12, at 15 degrees. */
  readonly turned?: number;
  /** C planes; default 3, at a quarter, half and three quarters of the depth. */
  readonly across?: number;
  /** Millimetres a pixel; default the finest spacing of the volume. */
  readonly millimetresPerPixel?: number;
}

/**
 * Cuts the slices that the paper trains on: 12 planes through the depth axis, 15 degrees apart (sagittal, coronal and all between), and 3 planes
 * across it. Black outside the volume; trilinear.
 *
 * Source: EchoApex A.1. The paper does not say at which depths the C planes lie: evenly spread here.
 */
export function sliceVolume(volume: Volume, options: SliceVolumeOptions = {}): VolumeSlice[] {
  const { turned = 12, across = 3 } = options;
  const step = options.millimetresPerPixel ?? Math.min(...volume.spacing);
  if (![turned, across].every((count) => Number.isInteger(count) && count >= 0) || !(step > 0)) {
    throw new ArgumentError(
      `sliceVolume: counts must be integers >= 0 and the step > 0, got ${turned}, ${across}, ${step}`,
    );
  }
  const depth = (volume.shape[2] - 1) * volume.spacing[2];
  return [
    ...Array.from({ length: turned }, (_, n) => turnedSlice(volume, (180 * n) / turned, step)),
    ...Array.from({ length: across }, (_, n) => acrossSlice(volume, (depth * (n + 1)) / (across + 1), step)),
  ];
}

/** The plane that holds the depth axis in the middle of the volume, turned by an angle from the x-z plane. */
export function turnedSlice(volume: Volume, degrees: number, step: number): VolumeSlice {
  const [halfX, halfY] = [
    ((volume.shape[0] - 1) * volume.spacing[0]) / 2,
    ((volume.shape[1] - 1) * volume.spacing[1]) / 2,
  ];
  const angle = (degrees * Math.PI) / 180;
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  const reach = halfX * Math.abs(cos) + halfY * Math.abs(sin);
  const width = 2 * Math.floor(reach / step + 1e-9) + 1;
  const height = Math.floor(((volume.shape[2] - 1) * volume.spacing[2]) / step + 1e-9) + 1;
  return slice(volume, width, height, step, 'AB', degrees, (column, row) => {
    const along = (column - (width - 1) / 2) * step;
    return [halfX + along * cos, halfY + along * sin, row * step];
  });
}

/** The plane across the depth axis, some millimetres below the first voxel. */
export function acrossSlice(volume: Volume, millimetres: number, step: number): VolumeSlice {
  const [width, height] = [0, 1].map(
    (axis) => Math.floor(((volume.shape[axis]! - 1) * volume.spacing[axis]!) / step + 1e-9) + 1,
  ) as [number, number];
  return slice(volume, width, height, step, 'C', millimetres, (column, row) => [
    column * step,
    row * step,
    millimetres,
  ]);
}

function slice(
  volume: Volume,
  width: number,
  height: number,
  step: number,
  plane: VolumeSlice['plane'],
  position: number,
  at: (column: number, row: number) => readonly [number, number, number],
): VolumeSlice {
  const data = new Uint8Array(width * height);
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      const [x, y, z] = at(column, row);
      const value = valueAt(volume, x / volume.spacing[0], y / volume.spacing[1], z / volume.spacing[2]);
      data[row * width + column] = Math.min(255, Math.max(0, Math.round(value)));
    }
  }
  return { image: { width, height, data }, spacing: { xMillimetres: step, yMillimetres: step }, plane, position };
}
