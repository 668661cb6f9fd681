import { ArgumentError, ShapeError } from '../../core/errors.js';
import type { Volume } from './volume.js';

/** A volume as a matrix transducer acquires it: samples along beams that fan out from one point. */
export interface BeamVolume {
  /** Samples along a beam, beams across (azimuth), beams along the elevation. */
  readonly shape: readonly [depth: number, azimuth: number, elevation: number];
  /** Distance of the first and the last sample from the apex, mm. */
  readonly nearMillimetres: number;
  readonly farMillimetres: number;
  /** Whole opening angles, radians; beams are evenly spread and symmetric. */
  readonly azimuthAngle: number;
  readonly elevationAngle: number;
  /** `[elevation, azimuth, depth]`, 0 to 255. */
  readonly data: Uint8Array | Float32Array;
}

/** More voxels are not made without being asked for: 256 a side. */
const MOST_VOXELS = 2 ** 24;

/** The finest spacing that loses nothing along a beam, in mm, or the coarser one at which the grid has at most {@link MOST_VOXELS} voxels. */
export function spacingOf({
  shape,
  nearMillimetres,
  farMillimetres,
  azimuthAngle,
  elevationAngle,
}: BeamVolume): number {
  const [tanA, tanE] = [Math.tan(azimuthAngle / 2), Math.tan(elevationAngle / 2)];
  const across = 2 * farMillimetres * Math.sin(azimuthAngle / 2);
  const along = 2 * farMillimetres * Math.sin(elevationAngle / 2);
  const depth = farMillimetres - nearMillimetres / Math.hypot(1, tanA, tanE);
  return Math.max(
    (farMillimetres - nearMillimetres) / (shape[0] - 1),
    Math.cbrt((across * along * depth) / MOST_VOXELS),
  );
}

/**
 * Converts beams to a Cartesian grid by trilinear interpolation; 0 outside the pyramid. A beam at azimuth a and elevation e points to
 * `(tan a, tan e, 1)`, normalised: planes of constant azimuth and of constant elevation both hold the apex.
 *
 * Source: EchoApex A.1 ("converted them into Cartesian space"); the beam geometry is that of matrix arrays in general, no vendor's format.
 *
 * @param spacing millimetres a voxel, equal along x, y and z
 */
export function toCartesian(beams: BeamVolume, spacing: number): Volume {
  checkBeams(beams, spacing);
  const { nearMillimetres: near, farMillimetres: far, azimuthAngle, elevationAngle } = beams;
  const [tanA, tanE] = [Math.tan(azimuthAngle / 2), Math.tan(elevationAngle / 2)];
  // The widest reach across is that of the outermost beam in the middle of the other direction.
  const [halfX, halfY] = [far * Math.sin(azimuthAngle / 2), far * Math.sin(elevationAngle / 2)];
  const nearest = near / Math.hypot(1, tanA, tanE);
  const shape = [
    2 * Math.ceil(halfX / spacing) + 1,
    2 * Math.ceil(halfY / spacing) + 1,
    Math.ceil((far - nearest) / spacing) + 1,
  ] as const;
  const data = new Float32Array(shape[0] * shape[1] * shape[2]);
  let at = 0;
  for (let k = 0; k < shape[2]; k++) {
    const z = nearest + k * spacing;
    for (let j = 0; j < shape[1]; j++) {
      const y = (j - (shape[1] - 1) / 2) * spacing;
      for (let i = 0; i < shape[0]; i++, at++) data[at] = beamValue(beams, (i - (shape[0] - 1) / 2) * spacing, y, z);
    }
  }
  return { shape, spacing: [spacing, spacing, spacing], data };
}

function checkBeams(
  { shape, data, nearMillimetres, farMillimetres, azimuthAngle, elevationAngle }: BeamVolume,
  spacing: number,
): void {
  const samples = shape[0] * shape[1] * shape[2];
  if (shape.some((length) => length < 2) || data.length !== samples) {
    throw new ShapeError(
      `toCartesian: shape ${shape.join(' x ')} needs at least 2 each and ${samples} samples, got ${data.length}`,
    );
  }
  const angles = [azimuthAngle, elevationAngle].every((angle) => angle > 0 && angle < Math.PI);
  if (!angles || !(nearMillimetres >= 0 && farMillimetres > nearMillimetres) || !(spacing > 0)) {
    throw new ArgumentError(
      `toCartesian: needs angles in (0, pi), 0 <= near < far and spacing > 0, got ${azimuthAngle}, ${elevationAngle}, ${nearMillimetres}, ${farMillimetres}, ${spacing}`,
    );
  }
}

function beamValue(beams: BeamVolume, x: number, y: number, z: number): number {
  const [samples, across, along] = beams.shape;
  const depth =
    ((Math.hypot(x, y, z) - beams.nearMillimetres) / (beams.farMillimetres - beams.nearMillimetres)) * (samples - 1);
  const azimuth = (Math.atan2(x, z) / beams.azimuthAngle + 0.5) * (across - 1);
  const elevation = (Math.atan2(y, z) / beams.elevationAngle + 0.5) * (along - 1);
  if (
    !(
      depth >= 0 &&
      depth <= samples - 1 &&
      azimuth >= 0 &&
      azimuth <= across - 1 &&
      elevation >= 0 &&
      elevation <= along - 1
    )
  )
    return 0;
  const [d, a, e] = [
    Math.min(Math.floor(depth), samples - 2),
    Math.min(Math.floor(azimuth), across - 2),
    Math.min(Math.floor(elevation), along - 2),
  ];
  const [fd, fa, fe] = [depth - d, azimuth - a, elevation - e];
  const { data } = beams;
  const beam = (start: number): number => data[start]! * (1 - fd) + data[start + 1]! * fd;
  const plane = (start: number): number => beam(start) * (1 - fa) + beam(start + samples) * fa;
  const first = (e * across + a) * samples + d;
  return plane(first) * (1 - fe) + plane(first + samples * across) * fe;
}
