import type { Acquisition } from './acquisition.js';
import { gaussianPairs } from './scatterers.js';
import { cross, type ViewPlane } from './view-planes.js';

/**
 * How far each sample looks beside its place: the slice is thick, and no border is sharp. Fixed to the beams.
 *
 * @returns `[beams, depths, 3]`, mm in the heart's frame
 */
export function drawOffsets(
  plane: ViewPlane,
  acquisition: Acquisition,
  scale: number,
  beams: number,
  radii: Float64Array,
): Float64Array {
  const pairs = gaussianPairs();
  const mask = pairs.length - 1;
  const elevation = cross(plane.beam, plane.right);
  const blur = acquisition.borderBlur * scale;
  const thickness = 0.6 * acquisition.sliceThickness;
  const thickening = (0.4 * acquisition.sliceThickness) / 100;
  const offsets = new Float64Array(3 * beams * radii.length);
  for (let n = 0; n < beams * radii.length; n++) {
    const off = (thickness + thickening * radii[n % radii.length]!) * pairs[(2 * n + 1) & mask]!;
    const aside = blur * pairs[(2 * n) & mask]!;
    const along = 0.7 * blur * pairs[(2 * n + 15838) & mask]!;
    for (let axis = 0; axis < 3; axis++) {
      offsets[3 * n + axis] = off * elevation[axis]! + aside * plane.right[axis]! + along * plane.beam[axis]!;
    }
  }
  return offsets;
}
