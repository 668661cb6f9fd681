import type { Mask } from '../imaging/curation/regions.js';
import type { PixelSpacing } from '../imaging/image.js';
import { areaLengthMillilitres, simpsonMillilitres } from './left-ventricle-volume.js';

/** How a mask becomes a size: its pixels (EchoNet-Dynamic's released code), or a volume by a formula. */
export type VolumeMethod = 'pixels' | 'area-length' | 'simpson';

/**
 * Size of the ventricle in each frame of a clip.
 *
 * @param masks one a frame
 * @param spacing of all frames; 1 and 1 where the scale is unknown
 * @returns `[N]` pixels or millilitres; `null` where the mask is empty, also for pixels, where the released code has 0
 * @throws {ShapeError | ArgumentError} as the volume functions
 */
export function volumeCurve(
  masks: readonly Mask[],
  spacing: PixelSpacing,
  method: VolumeMethod = 'simpson',
): (number | null)[] {
  if (method === 'area-length') return masks.map((mask) => areaLengthMillilitres(mask, spacing));
  if (method === 'simpson') return masks.map((mask) => simpsonMillilitres(mask, spacing));
  return masks.map(({ data }) => {
    let pixels = 0;
    for (const value of data) pixels += Number(value !== 0);
    return pixels === 0 ? null : pixels;
  });
}
