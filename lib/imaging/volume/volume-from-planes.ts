import { FormatError } from '../../core/errors.js';
import { dot, type Triple, type VolumePlane, type VolumePlanes } from '../dicom/volume-planes.js';
import type { GrayImage } from '../image.js';
import { type Volume, valueAt } from './volume.js';

/** Planes of one moment. */
export interface VolumeMoment {
  readonly milliseconds: number;
  readonly planes: readonly VolumePlane[];
}

/** Directions that differ by less than this cosine are one. */
const PARALLEL = 0.9999;
/** Distances between planes may differ by this share. */
const UNEVEN = 0.02;
const MOST_VOXELS = 2 ** 26;

/** The planes of a file by moment, in order of time. */
export function momentsOf({ planes }: VolumePlanes): VolumeMoment[] {
  const moments = new Map<number, VolumePlane[]>();
  for (const plane of planes) moments.set(plane.milliseconds, [...(moments.get(plane.milliseconds) ?? []), plane]);
  return [...moments].sort(([a], [b]) => a - b).map(([milliseconds, members]) => ({ milliseconds, planes: members }));
}

/** True where all planes of a moment are parallel: a grid. Otherwise they were swept about an axis or chosen by hand (multi-plane). */
export function areParallel(planes: readonly VolumePlane[]): boolean {
  const [first] = planes;
  if (first === undefined || planes.length < 2) return false;
  return planes.every((plane) => dot(plane.right, first.right) > PARALLEL && dot(plane.down, first.down) > PARALLEL);
}

/**
 * A stack of parallel planes, in any order and turned in any way, as a Cartesian volume along the axes of the transducer (x lateral, y elevation, z
 * depth), trilinear. 0 where no plane lies.
 *
 * @param planes of one moment; see {@link areParallel}
 * @param pictures one for each plane
 * @param spacing millimetres a voxel; default the finest of the stack
 * @throws {FormatError} if the planes are not evenly spaced, or the volume would be absurdly large
 */
export function volumeFromPlanes(
  geometry: Pick<VolumePlanes, 'acrossMillimetres' | 'downMillimetres'>,
  planes: readonly VolumePlane[],
  pictures: readonly GrayImage[],
  spacing?: number,
): Volume {
  const { right, down } = planes[0]!;
  const normal: Triple = [
    right[1] * down[2] - right[2] * down[1],
    right[2] * down[0] - right[0] * down[2],
    right[0] * down[1] - right[1] * down[0],
  ];
  const order = planes
    .map((plane, index) => ({ plane, picture: pictures[index]!, height: dot(plane.origin, normal) }))
    .sort((a, b) => a.height - b.height);
  const gap = (order.at(-1)!.height - order[0]!.height) / (order.length - 1);
  const uneven = order.some(({ height }, index) => Math.abs(height - order[0]!.height - index * gap) > UNEVEN * gap);
  if (!(gap > 0) || uneven) {
    throw new FormatError(`volumeFromPlanes: ${planes.length} planes must lie at even distances; these do not`);
  }
  const { width, height } = order[0]!.picture;
  const stack: Volume = {
    shape: [width, height, order.length],
    spacing: [geometry.acrossMillimetres, geometry.downMillimetres, gap],
    data: new Uint8Array(width * height * order.length),
  };
  for (const [index, { picture }] of order.entries())
    (stack.data as Uint8Array).set(picture.data, index * width * height);
  return turned(stack, order[0]!.plane.origin, [right, down, normal], spacing ?? Math.min(...stack.spacing));
}

/** Resamples a stack with its own axes onto the axes of the transducer. */
function turned(stack: Volume, origin: Triple, axes: readonly [Triple, Triple, Triple], step: number): Volume {
  const low = [...origin] as [number, number, number];
  const high = [...origin] as [number, number, number];
  for (let axis = 0; axis < 3; axis++) {
    for (let own = 0; own < 3; own++) {
      const reach = axes[own]![axis]! * (stack.shape[own]! - 1) * stack.spacing[own]!;
      low[axis] = low[axis]! + Math.min(0, reach);
      high[axis] = high[axis]! + Math.max(0, reach);
    }
  }
  const shape = [0, 1, 2].map((axis) => Math.floor((high[axis]! - low[axis]!) / step + 1e-6) + 1) as [
    number,
    number,
    number,
  ];
  if (!(shape[0] * shape[1] * shape[2] <= MOST_VOXELS)) {
    throw new FormatError(`volumeFromPlanes: a volume of ${shape.join(' x ')} voxels is larger than ${MOST_VOXELS}`);
  }
  const data = new Uint8Array(shape[0] * shape[1] * shape[2]);
  // Rounding must not push voxels on a face out of the stack.
  const inside = (value: number, most: number): number =>
    value < 0 && value > -1e-6 ? 0 : value > most && value < most + 1e-6 ? most : value;
  let at = 0;
  for (let z = 0; z < shape[2]; z++) {
    for (let y = 0; y < shape[1]; y++) {
      for (let x = 0; x < shape[0]; x++, at++) {
        const from: Triple = [
          low[0] + x * step - origin[0],
          low[1] + y * step - origin[1],
          low[2] + z * step - origin[2],
        ];
        const [u, v, w] = axes.map((axis, own) =>
          inside(dot(from, axis) / stack.spacing[own]!, stack.shape[own]! - 1),
        ) as [number, number, number];
        data[at] = Math.round(valueAt(stack, u, v, w));
      }
    }
  }
  return { shape, spacing: [step, step, step], data };
}
