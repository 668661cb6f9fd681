import type { Acquisition } from './acquisition.js';
import type { Vector } from './heart.js';
import type { PolarGrid } from './point-spread.js';
import type { ViewPlane } from './view-planes.js';

/** Where the sector lies in a square picture, and where its pixels lie in the heart. */
export interface Picture {
  readonly size: number;
  /** mm a pixel, both ways. */
  readonly spacing: number;
  /** Plane coordinates (mm right of and below the transducer's face) of the centre of pixel (0, 0). */
  readonly left: number;
  readonly top: number;
  /** Sector in polar coordinates about a point `face` mm behind the transducer's face. */
  readonly grid: PolarGrid;
  readonly face: number;
  readonly plane: ViewPlane;
}

/**
 * Lays a tight square around the sector (of a linear array: around its rectangle) (EchoApex A.1: tight crop, pad to square) and chooses a polar grid as fine as its pixels.
 *
 * @param size pixels a side
 */
export function layPicture(plane: ViewPlane, acquisition: Acquisition, size: number): Picture {
  if (acquisition.halfWidth !== undefined) return layRectangle(plane, acquisition.halfWidth * plane.narrowing, size);
  const halfAngle = acquisition.halfAngle * plane.narrowing;
  const { face } = acquisition;
  const near = face + plane.near;
  const far = face + plane.far;
  const width = 2 * far * Math.sin(halfAngle);
  const highest = near * Math.cos(halfAngle) - face;
  const height = far - face - highest;
  const side = Math.max(width, height) * 1.005;
  const spacing = side / size;
  return {
    size,
    spacing,
    left: -side / 2 + spacing / 2,
    top: highest + height / 2 - side / 2 + spacing / 2,
    face,
    plane,
    grid: {
      depths: Math.max(24, Math.round((1.35 * (far - near)) / spacing)),
      beams: Math.max(16, Math.round((0.78 * 2 * halfAngle * far * 0.75) / spacing)),
      halfAngle,
      near,
      far,
    },
  };
}

function layRectangle(plane: ViewPlane, halfWidth: number, size: number): Picture {
  const { near, far } = plane;
  const side = Math.max(2 * halfWidth, far - near) * 1.005;
  const spacing = side / size;
  return {
    size,
    spacing,
    left: -side / 2 + spacing / 2,
    top: (near + far) / 2 - side / 2 + spacing / 2,
    face: 0,
    plane,
    grid: {
      depths: Math.max(24, Math.round((1.35 * (far - near)) / spacing)),
      beams: Math.max(16, Math.round((0.78 * 2 * halfWidth) / spacing)),
      halfAngle: 0,
      halfWidth,
      near,
      far,
    },
  };
}

/** The point of the heart's frame under plane coordinates, mm. */
export function planeToHeart(plane: ViewPlane, right: number, down: number): Vector {
  const { origin, beam } = plane;
  return [
    origin[0] + right * plane.right[0] + down * beam[0],
    origin[1] + right * plane.right[1] + down * beam[1],
    origin[2] + right * plane.right[2] + down * beam[2],
  ];
}

/** Plane coordinates (mm right of and below the face) of a point; its distance from the plane is dropped. */
export function heartToPlane(plane: ViewPlane, [x, y, z]: Vector): readonly [number, number] {
  const dx = x - plane.origin[0];
  const dy = y - plane.origin[1];
  const dz = z - plane.origin[2];
  return [
    dx * plane.right[0] + dy * plane.right[1] + dz * plane.right[2],
    dx * plane.beam[0] + dy * plane.beam[1] + dz * plane.beam[2],
  ];
}

/** Plane coordinates to pixels; the centre of the first pixel is (0, 0). */
export function planeToPixel(picture: Picture, right: number, down: number): readonly [number, number] {
  return [(right - picture.left) / picture.spacing, (down - picture.top) / picture.spacing];
}

/** True if plane coordinates lie in the sector, or in a linear array's rectangle. */
export function insideSector(picture: Picture, right: number, down: number): boolean {
  const { grid, face } = picture;
  if (grid.halfWidth !== undefined) return down >= grid.near && down <= grid.far && Math.abs(right) <= grid.halfWidth;
  const radius = Math.hypot(right, down + face);
  return radius >= grid.near && radius <= grid.far && Math.abs(Math.atan2(right, down + face)) <= grid.halfAngle;
}

/** For each pixel in the sector where to read the polar image. */
export interface ScanConversion {
  /** `[n]`: pixel. */
  readonly pixel: Uint32Array;
  /** `[n]`: upper left polar sample, and how far on to the next depth and beam. */
  readonly sample: Uint32Array;
  readonly alongBeam: Float32Array;
  readonly acrossBeams: Float32Array;
}

/** Bilinear scan conversion of a picture at `size * oversampling` pixels a side. */
export function scanConversion(picture: Picture, oversampling: number): ScanConversion {
  const { grid, face } = picture;
  const size = picture.size * oversampling;
  const spacing = picture.spacing / oversampling;
  const left = picture.left - picture.spacing / 2 + spacing / 2;
  const top = picture.top - picture.spacing / 2 + spacing / 2;
  const pixel = new Uint32Array(size * size);
  const sample = new Uint32Array(size * size);
  const along = new Float32Array(size * size);
  const across = new Float32Array(size * size);
  const depthScale = grid.depths / (grid.far - grid.near);
  const parallel = grid.halfWidth !== undefined;
  const half = grid.halfWidth ?? grid.halfAngle;
  const beamScale = grid.beams / (2 * half);
  let count = 0;
  for (let row = 0; row < size; row++) {
    const down = top + row * spacing + face;
    for (let column = 0; column < size; column++) {
      const right = left + column * spacing;
      const radius = parallel ? down : Math.sqrt(right * right + down * down);
      if (radius < grid.near || radius > grid.far) continue;
      const aside = parallel ? right : Math.atan2(right, down);
      if (Math.abs(aside) > half) continue;
      const depth = clamp((radius - grid.near) * depthScale - 0.5, 0, grid.depths - 1.001);
      const beam = clamp((aside + half) * beamScale - 0.5, 0, grid.beams - 1.001);
      pixel[count] = row * size + column;
      sample[count] = Math.floor(beam) * grid.depths + Math.floor(depth);
      along[count] = depth - Math.floor(depth);
      across[count] = beam - Math.floor(beam);
      count++;
    }
  }
  return {
    pixel: pixel.slice(0, count),
    sample: sample.slice(0, count),
    alongBeam: along.slice(0, count),
    acrossBeams: across.slice(0, count),
  };
}

function clamp(value: number, low: number, high: number): number {
  return value < low ? low : Math.min(value, high);
}
