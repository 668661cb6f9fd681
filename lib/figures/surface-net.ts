import { ShapeError } from '../core/errors.js';

/** A point or direction in space. */
export type Point3 = readonly [number, number, number];

/** Values on a regular lattice whose axes may stand in any direction. */
export interface ScalarLattice {
  /** `[nz, ny, nx]`, x fastest. */
  readonly values: Float32Array;
  /** nx, ny, nz. */
  readonly shape: readonly [number, number, number];
  /** Place of the first point. */
  readonly origin: Point3;
  /** Unit vectors of the lattice's axes. */
  readonly axes: readonly [Point3, Point3, Point3];
  /** Distance between points, the same along each axis. */
  readonly spacing: number;
}

/** A surface of triangles. V = vertices, T = triangles. */
export interface SurfaceMesh {
  /** `[V, 3]`. */
  readonly positions: Float32Array;
  /** `[V, 3]`, unit length, towards lower values. */
  readonly normals: Float32Array;
  /** `[T, 3]`, vertex numbers. */
  readonly triangles: Uint32Array;
}

/**
 * The surface on which a lattice's values pass a level: one vertex in each cell that the surface crosses, at the mean of the crossings.
 *
 * Source: naive surface nets, after Gibson 1998 (MICCAI, LNCS 1496:888), without its relaxation.
 *
 * @param level values above are inside; points at the lattice's border should lie below, or the surface stays open
 * @throws {ShapeError} if the values do not fill the lattice
 */
export function surfaceNet(lattice: ScalarLattice, level = 0.5): SurfaceMesh {
  const { values, shape } = lattice;
  const [nx, ny, nz] = shape;
  if (values.length !== nx * ny * nz) {
    throw new ShapeError(`surfaceNet: values must be ${nx} x ${ny} x ${nz} = ${nx * ny * nz}, got ${values.length}`);
  }
  const { vertexOf, positions } = placeVertices(lattice, level);
  const strides = [1, nx, nx * ny] as const;
  const triangles: number[] = [];
  for (let k = 1; k < nz; k++) {
    for (let j = 1; j < ny; j++) {
      for (let i = 1; i < nx; i++) {
        const at = i + nx * j + nx * ny * k;
        const inside = values[at]! > level;
        for (let axis = 0; axis < 3; axis++) {
          const last = axis === 0 ? i === nx - 1 : axis === 1 ? j === ny - 1 : k === nz - 1;
          if (last || values[at + strides[axis]!]! > level === inside) continue;
          // the four cells around the edge
          const b = strides[(axis + 1) % 3]!;
          const c = strides[(axis + 2) % 3]!;
          const p = vertexOf[at]!;
          const q = vertexOf[at - b]!;
          const r = vertexOf[at - b - c]!;
          const s = vertexOf[at - c]!;
          if (inside) triangles.push(p, q, r, p, r, s);
          else triangles.push(p, r, q, p, s, r);
        }
      }
    }
  }
  const mesh = { positions: Float32Array.from(positions), triangles: Uint32Array.from(triangles) };
  return { ...mesh, normals: vertexNormals(mesh.positions, mesh.triangles) };
}

/** A vertex in each cell that has corners on both sides; `vertexOf` holds its number at the cell's first corner. */
function placeVertices(
  lattice: ScalarLattice,
  level: number,
): { readonly vertexOf: Int32Array; readonly positions: readonly number[] } {
  const { values, shape, origin, axes, spacing } = lattice;
  const [nx, ny, nz] = shape;
  const vertexOf = new Int32Array(values.length).fill(-1);
  const positions: number[] = [];
  const corner = new Float64Array(8);
  const crossing = new Float64Array(3);
  for (let k = 0; k < nz - 1; k++) {
    for (let j = 0; j < ny - 1; j++) {
      for (let i = 0; i < nx - 1; i++) {
        const at = i + nx * j + nx * ny * k;
        let within = 0;
        for (let n = 0; n < 8; n++) {
          corner[n] = values[at + (n & 1) + nx * ((n >> 1) & 1) + nx * ny * (n >> 2)]!;
          if (corner[n]! > level) within++;
        }
        if (within === 0 || within === 8) continue;
        meanCrossing(corner, level, crossing);
        vertexOf[at] = positions.length / 3;
        for (let axis = 0; axis < 3; axis++) {
          positions.push(
            origin[axis]! +
              spacing *
                ((i + crossing[0]!) * axes[0][axis]! +
                  (j + crossing[1]!) * axes[1][axis]! +
                  (k + crossing[2]!) * axes[2][axis]!),
          );
        }
      }
    }
  }
  return { vertexOf, positions };
}

/** Mean place in the unit cell at which its twelve edges pass the level, into `out`. */
function meanCrossing(corner: Float64Array, level: number, out: Float64Array): void {
  out.fill(0);
  let count = 0;
  for (let n = 0; n < 8; n++) {
    for (let axis = 0; axis < 3; axis++) {
      const other = n | (1 << axis);
      if (other === n) continue;
      const a = corner[n]!;
      const b = corner[other]!;
      if (a > level === b > level) continue;
      const share = (level - a) / (b - a);
      for (let m = 0; m < 3; m++) out[m]! += m === axis ? share : (n >> m) & 1;
      count++;
    }
  }
  for (let m = 0; m < 3; m++) out[m]! /= count;
}

/** Unit normals: those of the triangles at a vertex, by their area. */
function vertexNormals(positions: Float32Array, triangles: Uint32Array): Float32Array {
  const normals = new Float32Array(positions.length);
  for (let t = 0; t < triangles.length; t += 3) {
    const a = 3 * triangles[t]!;
    const b = 3 * triangles[t + 1]!;
    const c = 3 * triangles[t + 2]!;
    for (let axis = 0; axis < 3; axis++) {
      const next = (axis + 1) % 3;
      const after = (axis + 2) % 3;
      const part =
        (positions[b + next]! - positions[a + next]!) * (positions[c + after]! - positions[a + after]!) -
        (positions[b + after]! - positions[a + after]!) * (positions[c + next]! - positions[a + next]!);
      normals[a + axis]! += part;
      normals[b + axis]! += part;
      normals[c + axis]! += part;
    }
  }
  for (let n = 0; n < normals.length; n += 3) {
    const length = Math.hypot(normals[n]!, normals[n + 1]!, normals[n + 2]!) || 1;
    for (let axis = 0; axis < 3; axis++) normals[n + axis]! /= length;
  }
  return normals;
}
