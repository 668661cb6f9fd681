import { resizeImage } from '../imaging/resample.js';
import { quantile } from '../statistics/quantile.js';
import { type MeasuredPicture, sectorRows } from './realism.js';

/** What all pictures of a comparison have in common. */
export interface Geometry {
  /** mm a pixel, both ways. */
  readonly spacing: number;
  /** mm from a sector's first row to the last one kept. */
  readonly depth: number;
}

/**
 * The spacing and depth at which sets of pictures are compared: the coarsest of the sets' median spacings, and the shallowest of the
 * depths that nine of ten pictures of a set reach. Single pictures may be coarser or shallower: one deep sector would blur them all.
 */
export function commonGeometry(sets: readonly (readonly MeasuredPicture[])[]): Geometry {
  const spacings = sets.map((set) => set.map(({ spacing }) => spacing));
  const depths = sets.map((set) => set.map(depthOf));
  return {
    spacing: Math.max(...spacings.map((values) => quantile(values, 0.5))),
    depth: Math.min(...depths.map((values) => quantile(values, 0.1))),
  };
}

/**
 * A picture at a spacing, from its sector's first row down to a depth; the middle column stays in the middle. A coarser picture is interpolated, a shallower one stays as shallow.
 */
export function inGeometry<T extends MeasuredPicture>(picture: T, { spacing, depth }: Geometry): T {
  const { image, labels } = picture;
  const scale = spacing / picture.spacing;
  const top = depthRows(image)[0];
  const width = Math.floor(image.width / scale + 1e-9);
  const height = Math.floor(Math.min(depth, depthOf(picture)) / spacing + 1e-9);
  const left = (image.width - width * scale) / 2;
  const box = { left: Math.max(0, left), top, width: width * scale, height: height * scale };
  const nearest = new Uint8Array(width * height);
  for (let y = 0; y < height; y++) {
    const row = Math.floor(top + (y + 0.5) * scale) * image.width;
    for (let x = 0; x < width; x++) nearest[y * width + x] = labels[row + Math.floor(left + (x + 0.5) * scale)]!;
  }
  return { ...picture, image: resizeImage(image, width, height, 'bilinear', box), spacing, labels: nearest };
}

/** mm from the sector's first row to its last one. */
function depthOf({ image, spacing }: MeasuredPicture): number {
  const [first, last] = depthRows(image);
  return spacing * (last + 1 - first);
}

/** First and last row of the sector. */
function depthRows(image: MeasuredPicture['image']): readonly [number, number] {
  const rows = sectorRows(image);
  const isIn = ([first, last]: readonly [number, number]): boolean => last > first;
  return [rows.findIndex(isIn), rows.findLastIndex(isIn)];
}
