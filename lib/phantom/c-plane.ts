import type { GrayClip } from '../imaging/image.js';
import type { PlannedClip } from './clip-plan.js';
import { MatrixArray } from './volume.js';

/** Depths of the three C-planes that EchoApex A.1 cuts from a volume, as shares of the depth shown. The paper does not say which. */
export const C_PLANE_DEPTHS: readonly number[] = [0.3, 0.5, 0.7];

/**
 * Draws a clip of a C-plane: the transverse slice of a volume, at right angles to the middle beam. Both its directions are across the beam,
 * the blurred ones of a volume transducer. The same plan drawn as a picture is the AB-plane of the same volume acquisition.
 *
 * Slow: every frame is a whole volume.
 *
 * @param share depth of the plane against the depth shown
 */
export function drawCPlane(planned: PlannedClip, share: number): GrayClip {
  const { plan, plane, acquisition, times, framesPerSecond } = planned;
  const { size } = plan;
  const array = new MatrixArray(planned, size);
  const depth = share * plane.far;
  // a tight square about the wider side of the pyramid
  const spacing = (2 * 1.005 * (depth + acquisition.face) * Math.tan(acquisition.halfAngle * plane.narrowing)) / size;
  const data = new Uint8Array(times.length * size * size);
  times.forEach((time, frame) => {
    array.draw(time, frame);
    for (let y = 0; y < size; y++) {
      const aside = (y + 0.5 - size / 2) * spacing;
      for (let x = 0; x < size; x++) {
        data[(frame * size + y) * size + x] = Math.round(array.greyAt((x + 0.5 - size / 2) * spacing, aside, depth));
      }
    }
  });
  return { width: size, height: size, frameCount: times.length, framesPerSecond, data };
}
