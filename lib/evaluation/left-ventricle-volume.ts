import { ArgumentError, ShapeError } from '../core/errors.js';
import type { Mask } from '../imaging/curation/regions.js';
import type { PixelSpacing } from '../imaging/image.js';

/** A point in millimetres from the centre of the top left pixel; x across, y down. */
export interface MillimetrePoint {
  readonly xMillimetres: number;
  readonly yMillimetres: number;
}

/** Long axis of the ventricle in a mask. */
export interface LongAxis {
  readonly apex: MillimetrePoint;
  readonly base: MillimetrePoint;
}

/** Discs of Simpson's rule that the ASE recommends. */
export const DISCS = 20;

/** Parts a pixel is cut into along each side, so that thin discs are not made of whole pixels. */
const PARTS = 4;

/**
 * Long axis of a mask: along its direction of largest spread, from one edge of the mask to the other.
 *
 * The end with the smaller y, nearer to the transducer, is called the apex. Deviates from a reader, who draws from the apex to
 * the middle of the mitral valve: give that axis to the volume functions where it is known.
 *
 * @returns `null` if the mask is empty
 */
export function longAxisOf(mask: Mask, spacing: PixelSpacing): LongAxis | null {
  expectSpacing('longAxisOf', mask, spacing);
  const { xMillimetres: dx, yMillimetres: dy } = spacing;
  let count = 0;
  let sumX = 0;
  let sumY = 0;
  forEachPixel(mask, (x, y) => {
    count++;
    sumX += x * dx;
    sumY += y * dy;
  });
  if (count === 0) return null;
  const middle = { x: sumX / count, y: sumY / count };
  let xx = 0;
  let xy = 0;
  let yy = 0;
  forEachPixel(mask, (x, y) => {
    const offX = x * dx - middle.x;
    const offY = y * dy - middle.y;
    xx += offX * offX;
    xy += offX * offY;
    yy += offY * offY;
  });
  const angle = 0.5 * Math.atan2(2 * xy, xx - yy);
  const downwards = Math.sin(angle) > 0 || (Math.sin(angle) === 0 && Math.cos(angle) > 0) ? 1 : -1;
  const direction = { x: downwards * Math.cos(angle), y: downwards * Math.sin(angle) };
  const halfPixel = (Math.abs(direction.x) * dx + Math.abs(direction.y) * dy) / 2;
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  forEachPixel(mask, (x, y) => {
    const along = (x * dx - middle.x) * direction.x + (y * dy - middle.y) * direction.y;
    low = Math.min(low, along);
    high = Math.max(high, along);
  });
  const at = (along: number): MillimetrePoint => ({
    xMillimetres: middle.x + along * direction.x,
    yMillimetres: middle.y + along * direction.y,
  });
  return { apex: at(low - halfPixel), base: at(high + halfPixel) };
}

/** Length of an axis. */
export function axisLengthMillimetres({ apex, base }: LongAxis): number {
  return Math.hypot(base.xMillimetres - apex.xMillimetres, base.yMillimetres - apex.yMillimetres);
}

/** Area of a mask. */
export function maskAreaSquareMillimetres(mask: Mask, spacing: PixelSpacing): number {
  expectSpacing('maskAreaSquareMillimetres', mask, spacing);
  let count = 0;
  forEachPixel(mask, () => count++);
  return count * spacing.xMillimetres * spacing.yMillimetres;
}

/**
 * Volume by the area-length formula `8 A^2 / (3 pi L)`, exact for an ellipsoid of revolution.
 *
 * Source: Lang et al. 2015 (ASE / EACVI chamber quantification).
 * @param axis default {@link longAxisOf}
 * @returns millilitres, or `null` if the mask is empty. With a spacing of 1 where the scale is unknown: thousands of cubic
 * pixels, from which an ejection fraction follows all the same.
 */
export function areaLengthMillilitres(
  mask: Mask,
  spacing: PixelSpacing,
  axis: LongAxis | null = longAxisOf(mask, spacing),
): number | null {
  const area = maskAreaSquareMillimetres(mask, spacing);
  if (area === 0 || axis === null) return null;
  return (8 * area * area) / (3 * Math.PI * axisLengthMillimetres(axis)) / 1000;
}

/**
 * Volume by Simpson's rule in one plane: 20 round discs across the long axis, `pi / 4 sum d_i^2 L / 20`.
 *
 * The diameter of a disc is the area of the mask in its slice over the slice's height.
 * Source: Lang et al. 2015. @returns as {@link areaLengthMillilitres}
 */
export function simpsonMillilitres(
  mask: Mask,
  spacing: PixelSpacing,
  axis: LongAxis | null = longAxisOf(mask, spacing),
): number | null {
  const diameters = axis && discDiameters(mask, spacing, axis);
  if (!diameters) return null;
  return discVolume(diameters, diameters, axisLengthMillimetres(axis));
}

/** One view of a biplane volume. */
export interface VolumeView {
  readonly mask: Mask;
  readonly spacing: PixelSpacing;
  /** Default {@link longAxisOf}. */
  readonly axis?: LongAxis;
}

/**
 * Volume by Simpson's rule in two planes: 20 elliptic discs, `pi / 4 sum a_i b_i L / 20`, L the longer of the two long axes.
 *
 * Source: Lang et al. 2015.
 * @returns millilitres, or `null` if either mask is empty
 */
export function biplaneMillilitres(fourChamber: VolumeView, twoChamber: VolumeView): number | null {
  const measured = [fourChamber, twoChamber].map(({ mask, spacing, axis = longAxisOf(mask, spacing) }) => {
    const diameters = axis && discDiameters(mask, spacing, axis);
    return diameters && { diameters, length: axisLengthMillimetres(axis) };
  });
  const [four, two] = measured;
  if (!four || !two) return null;
  return discVolume(four.diameters, two.diameters, Math.max(four.length, two.length));
}

/** Diameters of the discs from apex to base, in millimetres; `null` if the mask is empty. */
function discDiameters(mask: Mask, spacing: PixelSpacing, axis: LongAxis): Float64Array | null {
  expectSpacing('discDiameters', mask, spacing);
  const length = axisLengthMillimetres(axis);
  if (!(length > 0)) throw new ArgumentError('discDiameters: the long axis must have a length > 0 mm, got 0');
  const towardsX = (axis.base.xMillimetres - axis.apex.xMillimetres) / length;
  const towardsY = (axis.base.yMillimetres - axis.apex.yMillimetres) / length;
  const height = length / DISCS;
  const part = (spacing.xMillimetres * spacing.yMillimetres) / PARTS ** 2;
  const areas = new Float64Array(DISCS);
  let pixels = 0;
  forEachPixel(mask, (x, y) => {
    pixels++;
    for (let v = 0; v < PARTS; v++) {
      for (let u = 0; u < PARTS; u++) {
        const px = (x + (u + 0.5) / PARTS - 0.5) * spacing.xMillimetres - axis.apex.xMillimetres;
        const py = (y + (v + 0.5) / PARTS - 0.5) * spacing.yMillimetres - axis.apex.yMillimetres;
        const disc = Math.floor((px * towardsX + py * towardsY) / height);
        areas[Math.min(DISCS - 1, Math.max(0, disc))]! += part; // what juts out past an end belongs to the last disc
      }
    }
  });
  return pixels === 0 ? null : areas.map((area) => area / height);
}

function discVolume(a: Float64Array, b: Float64Array, length: number): number {
  let sum = 0;
  for (let disc = 0; disc < DISCS; disc++) sum += a[disc]! * b[disc]!;
  return ((Math.PI / 4) * sum * (length / DISCS)) / 1000;
}

function forEachPixel({ width, height, data }: Mask, visit: (x: number, y: number) => void): void {
  for (let y = 0, i = 0; y < height; y++) for (let x = 0; x < width; x++, i++) if (data[i] !== 0) visit(x, y);
}

function expectSpacing(who: string, mask: Mask, { xMillimetres, yMillimetres }: PixelSpacing): void {
  if (mask.data.length !== mask.width * mask.height) {
    throw new ShapeError(`${who}: mask must hold ${mask.width} x ${mask.height} pixels, got ${mask.data.length}`);
  }
  if (!(xMillimetres > 0) || !(yMillimetres > 0)) {
    throw new ArgumentError(`${who}: spacing must be > 0 mm, got ${xMillimetres} and ${yMillimetres}`);
  }
}
