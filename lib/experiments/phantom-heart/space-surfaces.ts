import { DataError } from '../../core/errors.js';
import type { SpaceSurface } from '../../figures/surfaces-in-space.js';
import type { StructureSurface } from './heart-surfaces.js';

/** The record's file with the surfaces that the reader turns. */
export const SPACE_ASSET = 'anatomy-surfaces.json';

/** Surfaces as a file of the record: places in mm to 0.1 mm, vertex numbers of the triangles. */
export function spaceBytes(surfaces: readonly StructureSurface[]): Uint8Array {
  const plain = surfaces.map(
    ({ name, colour, opacity = 1, mesh }): SpaceSurface => ({
      name,
      colour,
      opacity,
      positions: Array.from(mesh.positions, (value) => Math.round(10 * value) / 10),
      triangles: Array.from(mesh.triangles),
    }),
  );
  return Buffer.from(`${JSON.stringify(plain)}\n`);
}

/**
 * Reads what {@link spaceBytes} wrote.
 *
 * @throws {DataError} if the file is damaged
 */
export function readSpaceSurfaces(bytes: Uint8Array): SpaceSurface[] {
  try {
    return JSON.parse(Buffer.from(bytes).toString('utf8')) as SpaceSurface[];
  } catch (error) {
    throw new DataError(`readSpaceSurfaces: ${SPACE_ASSET} of the record is damaged; run the experiment again`, {
      cause: error,
    });
  }
}
