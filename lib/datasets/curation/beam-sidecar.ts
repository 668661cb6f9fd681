import { existsSync, readFileSync } from 'node:fs';
import { z } from 'zod';
import { FormatError, messageOf } from '../../core/errors.js';
import type { BeamVolume } from '../../imaging/volume/scan-conversion.js';

/** Where the beams of a raw volume lie. */
export type BeamGeometry = Omit<BeamVolume, 'shape' | 'data'>;

const SIDECAR = z.strictObject({
  nearMillimetres: z.number().nonnegative(),
  farMillimetres: z.number().positive(),
  azimuthDegrees: z.number().positive().lt(180),
  elevationDegrees: z.number().positive().lt(180),
});

/** The file that says of a NIfTI volume that it holds beams: `heart.beams.json` beside `heart.nii` or `heart.nii.gz`. */
export function beamSidecarOf(path: string): string {
  return path.replace(/\.nii(\.gz)?$/i, '.beams.json');
}

/**
 * Reads the beam geometry beside a NIfTI volume: `{ "nearMillimetres", "farMillimetres", "azimuthDegrees", "elevationDegrees" }`, distances of the
 * first and the last sample from the apex and whole opening angles. The volume then holds samples along x, beams across (azimuth) along y, and beams
 * along the elevation along z.
 *
 * Vendors' raw files are not open; this is what an export from their research interfaces can be brought into.
 *
 * @returns null where there is no such file: the volume is Cartesian
 * @throws {FormatError} if there is one that says something else
 */
export function readBeamSidecar(path: string): BeamGeometry | null {
  const sidecar = beamSidecarOf(path);
  if (!existsSync(sidecar)) return null;
  let said: unknown;
  try {
    said = JSON.parse(readFileSync(sidecar, 'utf8'));
  } catch (error) {
    throw new FormatError(`readBeamSidecar: ${sidecar} is no JSON: ${messageOf(error)}`);
  }
  const { success, data, error } = SIDECAR.safeParse(said);
  if (!success) throw new FormatError(`readBeamSidecar: ${sidecar} is no beam geometry: ${z.prettifyError(error)}`);
  if (data.farMillimetres <= data.nearMillimetres) {
    throw new FormatError(
      `readBeamSidecar: farMillimetres must exceed nearMillimetres in ${sidecar}, got ${data.farMillimetres} and ${data.nearMillimetres}`,
    );
  }
  const { nearMillimetres, farMillimetres, azimuthDegrees, elevationDegrees } = data;
  return {
    nearMillimetres,
    farMillimetres,
    azimuthAngle: (azimuthDegrees * Math.PI) / 180,
    elevationAngle: (elevationDegrees * Math.PI) / 180,
  };
}
