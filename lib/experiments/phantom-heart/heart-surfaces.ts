import type { ShadedSurface } from '../../figures/shaded-surfaces.js';
import { type Point3, surfaceNet } from '../../figures/surface-net.js';
import type { Heart } from '../../phantom/heart.js';
import { HeartFrame } from '../../phantom/heart-frame.js';
import type { Picture } from '../../phantom/picture.js';
import { Chamber, SAMPLE_LENGTH, Sample, Tissue } from '../../phantom/tissue.js';
import { cross } from '../../phantom/view-planes.js';

/** What the anatomy's pictures show, with its colour: blood on the left warm, on the right blue. */
export const STRUCTURES = [
  { name: 'LV cavity', colour: '#D55E00' },
  { name: 'Myocardium', colour: '#B79A86' },
  { name: 'Left atrium', colour: '#CC79A7' },
  { name: 'Right ventricle', colour: '#0072B2' },
  { name: 'Right atrium', colour: '#56B4E9' },
  { name: 'Great arteries', colour: '#E69F00' },
  { name: 'Veins', colour: '#009E73' },
] as const;

/** Colour of the picture's plane. */
export const PLANE_COLOUR = '#5B6770';

const MYOCARDIUM = 2;

/** The surface of one of the {@link STRUCTURES}. */
export interface StructureSurface extends ShadedSurface {
  readonly name: string;
}

/** A box of space to draw: a corner, three directions at right angles and the length along each, mm. */
export interface Box {
  readonly corner: Point3;
  readonly axes: readonly [Point3, Point3, Point3];
  readonly lengths: Point3;
}

/** The box around a whole heart, along its own axes. */
export function boxAround(heart: Heart): Box {
  const { leftVentricle, leftAtrium, rightAtrium, patient } = heart;
  const k = patient.scale;
  const radius = leftVentricle.epicardialRadius + patient.effusion + 12 * k;
  const left = Math.min(rightAtrium.x - 1.35 * rightAtrium.halfX, -radius - 24 * k);
  const top = -Math.max(leftAtrium.height, rightAtrium.height, 62 * k) - 8 * k;
  return {
    corner: [left, -radius - 8 * k, top],
    axes: [
      [1, 0, 0],
      [0, 1, 0],
      [0, 0, 1],
    ],
    lengths: [radius + 6 * k - left, 2 * radius + 34 * k, leftVentricle.apex + 8 * k - top],
  };
}

/**
 * Surfaces of the imaged geometry in a box at one instant. Where the box's side cuts a structure, the cut is closed and shows as a flat face.
 *
 * @param time fraction of the cycle
 * @param spacing mm between the points at which the geometry is asked
 * @param glassWall draws the myocardium as glass, so that the cavity shows through
 */
export function heartSurfaces(
  heart: Heart,
  time: number,
  box: Box,
  spacing: number,
  glassWall: boolean,
): StructureSurface[] {
  const { axes, lengths } = box;
  // two layers around the box: what is in them smooths its sides, then they are emptied, which closes every surface
  const shape = lengths.map((length) => Math.ceil(length / spacing) + 4) as unknown as Point3;
  const origin = [0, 1, 2].map(
    (n) => box.corner[n]! - 1.5 * spacing * (axes[0][n]! + axes[1][n]! + axes[2][n]!),
  ) as unknown as Point3;
  const structures = structuresAt(new HeartFrame(heart, time), origin, axes, shape, spacing);
  const bounds = boundsOf(structures, shape);
  return STRUCTURES.flatMap(({ name, colour }, index) => {
    const part = partOf(structures, shape, index + 1, bounds[index]);
    if (part === undefined) return [];
    smooth(part.values, part.shape);
    emptyBorder(part.values, part.shape);
    const corner = [0, 1, 2].map(
      (n) =>
        origin[n]! +
        spacing * (part.first[0] * axes[0][n]! + part.first[1] * axes[1][n]! + part.first[2] * axes[2][n]!),
    ) as unknown as Point3;
    const mesh = surfaceNet({ values: part.values, shape: part.shape, origin: corner, axes, spacing });
    return [{ name, mesh, colour, opacity: glassWall && index + 1 === MYOCARDIUM ? 0.42 : 1 }];
  });
}

/** First and last index of each structure along x, y and z; six numbers, the first above the last where it is not there. */
function boundsOf(structures: Uint8Array, [nx, ny, nz]: Point3): Int32Array[] {
  const bounds = STRUCTURES.map(() => Int32Array.of(nx, -1, ny, -1, nz, -1));
  let at = 0;
  for (let k = 0; k < nz; k++) {
    for (let j = 0; j < ny; j++) {
      for (let i = 0; i < nx; i++) {
        const structure = structures[at++]!;
        if (structure === 0) continue;
        const own = bounds[structure - 1]!;
        if (i < own[0]!) own[0] = i;
        if (i > own[1]!) own[1] = i;
        if (j < own[2]!) own[2] = j;
        if (j > own[3]!) own[3] = j;
        if (k < own[4]!) own[4] = k;
        if (k > own[5]!) own[5] = k;
      }
    }
  }
  return bounds;
}

/** One structure as 1 and all else as 0, in its own part of the lattice with three layers around it where there is room. */
function partOf(
  structures: Uint8Array,
  shape: Point3,
  structure: number,
  bounds: Int32Array | undefined,
): { readonly values: Float32Array; readonly shape: Point3; readonly first: Point3 } | undefined {
  if (bounds === undefined || bounds[0]! > bounds[1]!) return undefined;
  const first = [0, 1, 2].map((axis) => Math.max(0, bounds[2 * axis]! - 3)) as unknown as Point3;
  const [nx, ny, nz] = [0, 1, 2].map(
    (axis) => Math.min(shape[axis]! - 1, bounds[2 * axis + 1]! + 3) - first[axis]! + 1,
  ) as unknown as Point3;
  const values = new Float32Array(nx * ny * nz);
  for (let k = 0; k < nz; k++) {
    for (let j = 0; j < ny; j++) {
      const from = ((first[2] + k) * shape[1] + first[1] + j) * shape[0] + first[0];
      const to = (k * ny + j) * nx;
      for (let i = 0; i < nx; i++) values[to + i] = structures[from + i] === structure ? 1 : 0;
    }
  }
  return { values, shape: [nx, ny, nz], first };
}

/** Number of the structure at each point, 0 for none, `[nz, ny, nx]`. */
function structuresAt(
  frame: HeartFrame,
  origin: Point3,
  [across, along, through]: Box['axes'],
  [nx, ny, nz]: Point3,
  spacing: number,
): Uint8Array {
  const structures = new Uint8Array(nx * ny * nz);
  const sample = new Float64Array(SAMPLE_LENGTH);
  for (let k = 0; k < nz; k++) {
    for (let j = 0; j < ny; j++) {
      const x = origin[0] + spacing * (j * along[0] + k * through[0]);
      const y = origin[1] + spacing * (j * along[1] + k * through[1]);
      const z = origin[2] + spacing * (j * along[2] + k * through[2]);
      for (let i = 0; i < nx; i++) {
        const step = spacing * i;
        frame.sample(x + step * across[0], y + step * across[1], z + step * across[2], sample);
        structures[(k * ny + j) * nx + i] = structureOf(sample[Sample.tissue]!, sample[Sample.chamber]!);
      }
    }
  }
  return structures;
}

function structureOf(tissue: number, chamber: number): number {
  if (tissue === Tissue.papillary) return MYOCARDIUM;
  switch (chamber) {
    case Chamber.leftVentricle:
      return 1;
    case Chamber.myocardium:
      return MYOCARDIUM;
    case Chamber.leftAtrium:
      return 3;
    case Chamber.rightVentricle:
      return 4;
    case Chamber.rightAtrium:
      return 5;
    default:
      return tissue === Tissue.rightBlood ? 6 : tissue === Tissue.vein ? 7 : 0;
  }
}

/** Averages each value with its neighbours, 1 2 1, along each axis. */
function smooth(values: Float32Array, [nx, ny, nz]: Point3): void {
  const before = new Float32Array(values.length);
  for (const stride of [1, nx, nx * ny]) {
    before.set(values);
    for (let n = nx * ny; n < nx * ny * (nz - 1); n++) {
      values[n] = 0.5 * before[n]! + 0.25 * (before[n - stride]! + before[n + stride]!);
    }
  }
}

/** Sets the two outermost layers to 0. */
function emptyBorder(values: Float32Array, [nx, ny, nz]: Point3): void {
  for (let k = 0; k < nz; k++) {
    for (let j = 0; j < ny; j++) {
      const row = (k * ny + j) * nx;
      if (k < 2 || k > nz - 3 || j < 2 || j > ny - 3) {
        values.fill(0, row, row + nx);
      } else {
        values.fill(0, row, row + 2);
        values.fill(0, row + nx - 2, row + nx);
      }
    }
  }
}

/**
 * The scanner's sector as a pane of glass in space.
 *
 * @param lift mm towards the viewer of the picture, so that the pane stands before a heart that is cut along it
 */
export function sectorPane({ grid, face, plane }: Picture, lift: number): ShadedSurface {
  const forward = cross(plane.right, plane.beam);
  const steps = 24;
  const positions: number[] = [];
  const triangles: number[] = [];
  for (let n = 0; n <= steps; n++) {
    const angle = (2 * n - steps) * (grid.halfAngle / steps);
    for (const radius of [grid.near, grid.far]) {
      for (let axis = 0; axis < 3; axis++) {
        positions.push(
          plane.origin[axis]! +
            radius * Math.sin(angle) * plane.right[axis]! +
            (radius * Math.cos(angle) - face) * plane.beam[axis]! -
            lift * forward[axis]!,
        );
      }
    }
    if (n < steps) triangles.push(2 * n, 2 * n + 1, 2 * n + 3, 2 * n, 2 * n + 3, 2 * n + 2);
  }
  const normals = Float32Array.from(positions, (_, n) => -forward[n % 3]!);
  const mesh = { positions: Float32Array.from(positions), normals, triangles: Uint32Array.from(triangles) };
  return { mesh, colour: PLANE_COLOUR, opacity: 0.16 };
}
