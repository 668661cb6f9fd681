import { stream } from '../core/random.js';
import type { NiftiVolume } from '../imaging/nifti/nifti-volume.js';
import type { PlannedClip } from './clip-plan.js';
import type { Vector } from './heart.js';
import { HeartFrame } from './heart-frame.js';
import { Imager } from './imager.js';
import { insideSector, planeToHeart } from './picture.js';
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

/**
 * Draws one instant of a heart as a matrix array sees it: fans of beams tilted in elevation, each drawn as a picture of its own, put together
 * on a Cartesian grid (EchoApex A.1: volumes are converted into Cartesian space before slices are cut).
 *
 * @param side voxels a side; x across, y in elevation, z along the depth
 */
export function drawVolume(planned: PlannedClip, phase: 'ED' | 'ES', side: number): DrawnVolume {
  const { heart, plane, acquisition, plan } = planned;
  const time = phase === 'ED' ? 0 : heart.cycle.endSystole;
  const random = stream(plan.seed, `${plan.patient}/${plan.clip}/volume`);
  const elevation = cross(plane.beam, plane.right);
  const half = acquisition.halfAngle * 0.85;
  const size = Math.max(48, side);
  let first: Imager | undefined;
  const fans = Array.from({ length: FANS }, (_, n) => {
    const angle = ((n + 0.5) / FANS - 0.5) * 2 * half;
    const beam = [0, 1, 2].map(
      (axis) => Math.cos(angle) * plane.beam[axis]! + Math.sin(angle) * elevation[axis]!,
    ) as unknown as Vector;
    const imager = new Imager(heart, { ...plane, beam }, acquisition, planned.sway, size, random);
    if (first === undefined) first = imager;
    else imager.takeGreyMap(first);
    const pixels = new Uint8Array(size * size);
    imager.draw(time, 0, pixels);
    return { imager, pixels };
  });
  const { picture } = fans[0]!.imager;
  const spacing = (picture.spacing * size) / side;
  const grey = new Float32Array(side ** 3);
  const chambers = new Float32Array(side ** 3);
  const state = new HeartFrame(heart, time);
  const sample = new Float64Array(SAMPLE_LENGTH);
  const [swayRight, swayDown] = swayAt(planned.sway, time);
  for (let z = 0; z < side; z++) {
    const depth = picture.top + (z + 0.5) * spacing;
    for (let y = 0; y < side; y++) {
      const aside = (y + 0.5 - side / 2) * spacing;
      const angle = Math.atan2(aside, depth);
      const fan = ((angle / half + 1) / 2) * FANS - 0.5;
      if (fan < -0.5 || fan > FANS - 0.5) continue;
      const low = Math.min(FANS - 2, Math.max(0, Math.floor(fan)));
      const share = Math.min(1, Math.max(0, fan - low));
      const down = Math.hypot(aside, depth);
      const row = Math.round((down - picture.top) / picture.spacing);
      if (row < 0 || row >= size) continue;
      for (let x = 0; x < side; x++) {
        const right = (x + 0.5 - side / 2) * spacing;
        if (!insideSector(picture, right, down)) continue;
        const column = Math.min(size - 1, Math.max(0, Math.round((right - picture.left) / picture.spacing)));
        const at = (z * side + y) * side + x;
        const pixel = row * size + column;
        grey[at] = Math.round((1 - share) * fans[low]!.pixels[pixel]! + share * fans[low + 1]!.pixels[pixel]!);
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
