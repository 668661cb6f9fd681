import {
  axisLengthMillimetres,
  longAxisOf,
  maskAreaSquareMillimetres,
} from '../../evaluation/left-ventricle-volume.js';
import type { Mask } from '../../imaging/curation/regions.js';

const PIXELS = { xMillimetres: 1, yMillimetres: 1 };

/**
 * Long axis over mean width (area over long axis) of a mask: a foreshortened ventricle is short and wide.
 *
 * @returns unitless; `null` where the mask is empty
 */
export function slendernessOf(mask: Mask): number | null {
  const axis = longAxisOf(mask, PIXELS);
  if (axis === null) return null;
  const length = axisLengthMillimetres(axis);
  return (length * length) / maskAreaSquareMillimetres(mask, PIXELS);
}

/** True if the mask reaches the border of the picture: part of the ventricle may lie outside. */
export function touchesBorder({ width, height, data }: Mask): boolean {
  for (let x = 0; x < width; x++) if (data[x] !== 0 || data[(height - 1) * width + x] !== 0) return true;
  for (let y = 0; y < height; y++) if (data[y * width] !== 0 || data[y * width + width - 1] !== 0) return true;
  return false;
}
