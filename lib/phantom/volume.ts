import { ArgumentError } from '../core/errors.js';
import { stream } from '../core/random.js';
import type { NiftiVolume } from '../imaging/nifti/nifti-volume.js';
import type { PlannedClip } from './clip-plan.js';
import type { Vector } from './heart.js';
import { HeartFrame } from './heart-frame.js';
import { Imager } from './imager.js';
import { insideSector, type Picture, planeToHeart } from './picture.js';
import { swayAt } from './sway.js';
import { SAMPLE_LENGTH, Sample } from './tissue.js';
import { cross } from './view-planes.js';

/** Fans of a matrix array in elevation. Fewer than its beams in azimuth: a volume is finer across than through. */
const FANS = 28;

/** A three-dimensional picture with its chambers, both `[side, side, side]` as z, y, x. */
export interface DrawnVolume {
  readonly picture: NiftiVolume;
  readonly chambers: NiftiVolume;
}

/** A matrix array over one clip's heart: fans of beams tilted in elevation, each a picture of its own, with one grey map. */
export class MatrixArray {
  /** The same for all fans. */
  readonly picture: Picture;
  readonly pixels: readonly Uint8Array[];
  /** Half of the angle that the fans span in elevation, radians. */
  readonly half: number;
  readonly #imagers: readonly Imager[];

  /** @param size pixels a side of each fan */
  constructor({ heart, plane, acquisition, sway, plan }: PlannedClip, size: number) {
    if (acquisition.probe !== 'phased') {
      throw new ArgumentError(
        `MatrixArray: the probe of a volume is phased, got ${acquisition.probe}; leave plan.probe out`,
      );
    }
    const random = stream(plan.seed, `${plan.patient}/${plan.clip}/volume`);
    const elevation = cross(plane.beam, plane.right);
    this.half = acquisition.halfAngle * 0.85;
    this.#imagers = Array.from({ length: FANS }, (_, n) => {
      const angle = ((n + 0.5) / FANS - 0.5) * 2 * this.half;
      const beam = [0, 1, 2].map(
        (axis) => Math.cos(angle) * plane.beam[axis]! + Math.sin(angle) * elevation[axis]!,
      ) as unknown as Vector;
      return new Imager(heart, { ...plane, beam }, acquisition, sway, size, random);
    });
    this.pixels = this.#imagers.map(() => new Uint8Array(size * size));
    this.picture = this.#imagers[0]!.picture;
  }

  /** Draws all fans at a time; see `Imager.draw`. */
  draw(time: number, index: number): void {
    const first = this.#imagers[0]!;
    this.#imagers.forEach((imager, n) => {
      if (imager !== first) imager.takeGreyMap(first);
      imager.draw(time, index, this.pixels[n]!);
    });
  }

  /** The two fans beside a point and the share of the upper one; `undefined` outside the fans. */
  between(aside: number, depth: number): { readonly low: number; readonly share: number } | undefined {
    const angle = Math.atan2(aside, depth);
    const fan = ((angle / this.half + 1) / 2) * FANS - 0.5;
    if (fan < -0.5 || fan > FANS - 0.5) return undefined;
    const low = Math.min(FANS - 2, Math.max(0, Math.floor(fan)));
    return { low, share: Math.min(1, Math.max(0, fan - low)) };
  }

  /** Grey of the last drawn instant at mm right of, aside from and below the transducer's face; 0 outside, linear inside. */
  greyAt(right: number, aside: number, depth: number): number {
    const { picture } = this;
    const fans = this.between(aside, depth);
    const down = Math.hypot(aside, depth);
    if (fans === undefined || !insideSector(picture, right, down)) return 0;
    const last = picture.size - 1.001;
    const row = Math.min(last, Math.max(0, (down - picture.top) / picture.spacing));
    const column = Math.min(last, Math.max(0, (right - picture.left) / picture.spacing));
    const at = Math.floor(row) * picture.size + Math.floor(column);
    const [a, b] = [row % 1, column % 1];
    const grey = (pixels: Uint8Array): number => {
      const upper = pixels[at]! + b * (pixels[at + 1]! - pixels[at]!);
      const under = at + picture.size;
      return upper + a * (pixels[under]! + b * (pixels[under + 1]! - pixels[under]!) - upper);
    };
    return (1 - fans.share) * grey(this.pixels[fans.low]!) + fans.share * grey(this.pixels[fans.low + 1]!);
  }
}

/**
 * Draws one instant of a heart as a matrix array sees it: fans of beams tilted in elevation, each drawn as a picture of its own, put together
 * on a Cartesian grid (EchoApex A.1: volumes are converted into Cartesian space before slices are cut).
 *
 * @param side voxels a side; x across, y in elevation, z along the depth
 */
export function drawVolume(planned: PlannedClip, phase: 'ED' | 'ES', side: number): DrawnVolume {
  const { heart, plane } = planned;
  const time = phase === 'ED' ? 0 : heart.cycle.endSystole;
  const elevation = cross(plane.beam, plane.right);
  const size = Math.max(48, side);
  const array = new MatrixArray(planned, size);
  array.draw(time, 0);
  const { picture } = array;
  const spacing = (picture.spacing * size) / side;
  const grey = new Float32Array(side ** 3);
  const chambers = new Float32Array(side ** 3);
  const state = new HeartFrame(heart, time, planned.plan.labels);
  const sample = new Float64Array(SAMPLE_LENGTH);
  const [swayRight, swayDown] = swayAt(planned.sway, time);
  for (let z = 0; z < side; z++) {
    const depth = picture.top + (z + 0.5) * spacing;
    for (let y = 0; y < side; y++) {
      const aside = (y + 0.5 - side / 2) * spacing;
      const fans = array.between(aside, depth);
      if (fans === undefined) continue;
      const { low, share } = fans;
      const down = Math.hypot(aside, depth);
      const row = Math.round((down - picture.top) / picture.spacing);
      if (row < 0 || row >= size) continue;
      for (let x = 0; x < side; x++) {
        const right = (x + 0.5 - side / 2) * spacing;
        if (!insideSector(picture, right, down)) continue;
        const column = Math.min(size - 1, Math.max(0, Math.round((right - picture.left) / picture.spacing)));
        const at = (z * side + y) * side + x;
        const pixel = row * size + column;
        grey[at] = Math.round((1 - share) * array.pixels[low]![pixel]! + share * array.pixels[low + 1]![pixel]!);
        const [px, py, pz] = planeToHeart(plane, right - swayRight, depth - swayDown);
        state.sample(px + aside * elevation[0], py + aside * elevation[1], pz + aside * elevation[2], sample);
        chambers[at] = sample[Sample.chamber]!;
      }
    }
  }
  const volume = (data: Float32Array): NiftiVolume => ({
    shape: [side, side, side, 1],
    spacing: [spacing, spacing, spacing, 0],
    data,
  });
  return { picture: volume(grey), chambers: volume(chambers) };
}
