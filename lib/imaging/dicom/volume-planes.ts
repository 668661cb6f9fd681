import type { DataSet } from 'dicom-parser';
import { FormatError, messageOf } from '../../core/errors.js';
import type { DicomFile } from './dicom-file.js';

/** Three coordinates in mm, or a direction. */
export type Triple = readonly [x: number, y: number, z: number];

/** Where one frame of a volume lies, in the frame of reference of the transducer: x lateral, y elevation, z depth. */
export interface VolumePlane {
  /** 0-based. */
  readonly frame: number;
  /** Centre of the frame's first pixel, mm. */
  readonly origin: Triple;
  /** Unit vectors along a row (to the next column) and down a column (to the next row). */
  readonly right: Triple;
  readonly down: Triple;
  /** Milliseconds; equal for the planes of one moment. */
  readonly milliseconds: number;
}

/** The geometry of a volume file. */
export interface VolumePlanes {
  /** Millimetres a pixel within a plane. */
  readonly acrossMillimetres: number;
  readonly downMillimetres: number;
  readonly planes: readonly VolumePlane[];
}

/** Enhanced US Volume Storage. */
const ENHANCED_US_VOLUME = '1.2.840.10008.5.1.4.1.1.6.2';

/**
 * The planes of an Enhanced US Volume, or null for other files.
 *
 * Source: DICOM PS3.3 C.8.24.3 (Ultrasound Frame of Reference), C.7.6.16 (functional groups: Plane Position (Volume), Plane Orientation (Volume), Pixel
 * Measures, Temporal Position, Frame Content). Volume to Transducer Mapping Matrix is applied where the file has one; without it the volume's axes
 * are taken as the transducer's.
 *
 * @throws {FormatError} if a frame has no place, or directions that are not at right angles
 */
export function volumePlanesOf(file: DicomFile, frameCount: number): VolumePlanes | null {
  if (file.text('x00080016') !== ENHANCED_US_VOLUME) return null;
  try {
    return planesOf(file, frameCount);
  } catch (error) {
    if (error instanceof FormatError) throw error;
    throw new FormatError(`readDicom: ${file.origin} has a damaged functional group: ${messageOf(error)}`);
  }
}

function planesOf(file: DicomFile, frameCount: number): VolumePlanes {
  const bad = (what: string): never => {
    throw new FormatError(`readDicom: ${file.origin} ${what}`);
  };
  const shared = itemsOf(file.data, 'x52009229')[0];
  const own = itemsOf(file.data, 'x52009230');
  if (own.length !== frameCount) bad(`places ${own.length} frames, it has ${frameCount}`);
  const find = (frame: number, group: string): DataSet | undefined =>
    itemsOf(own[frame], group)[0] ?? itemsOf(shared, group)[0];
  const toTransducer = mappingOf(doublesOf(file.data, 'x0020930a', 16));
  const [downMillimetres, acrossMillimetres] = (find(0, 'x00289110')?.string('x00280030') ?? '')
    .split('\\')
    .map(Number) as [number, number?];
  if (!(downMillimetres > 0) || acrossMillimetres === undefined || !(acrossMillimetres > 0)) {
    return bad('does not say how large a pixel of its planes is');
  }
  const planes = own.map((_item, frame): VolumePlane => {
    const place = doublesOf(find(frame, 'x0020930e'), 'x00209301', 3);
    const turned = doublesOf(find(frame, 'x0020930f'), 'x00209302', 6);
    if (place === null || turned === null) return bad(`does not say where frame ${frame + 1} lies`);
    const [right, down] = [unit(turned.slice(0, 3)), unit(turned.slice(3))];
    if (!(Math.abs(dot(right, down)) < 1e-3)) bad(`turns frame ${frame + 1} along directions not at right angles`);
    return {
      frame,
      origin: toTransducer(place as unknown as Triple, 1),
      right: toTransducer(right, 0),
      down: toTransducer(down, 0),
      milliseconds: millisecondsOf(find(frame, 'x00209310'), find(frame, 'x00209111')),
    };
  });
  return { acrossMillimetres, downMillimetres, planes };
}

/** Temporal Position Time Offset in seconds, else Temporal Position Index counted as one a second. */
function millisecondsOf(position: DataSet | undefined, content: DataSet | undefined): number {
  const offset = position?.double('x0020930d');
  if (offset !== undefined && Number.isFinite(offset)) return 1000 * offset;
  return 1000 * (content?.uint32('x00209128') ?? 0);
}

function itemsOf(data: DataSet | undefined, tag: string): DataSet[] {
  return (data?.elements[tag]?.items ?? []).flatMap((item) => (item.dataSet === undefined ? [] : [item.dataSet]));
}

function doublesOf(data: DataSet | undefined, tag: string, count: number): number[] | null {
  const element = data?.elements[tag];
  if (data === undefined || element === undefined || element.length < 8 * count) return null;
  const values = Array.from({ length: count }, (_value, index) => data.double(tag, index) ?? Number.NaN);
  return values.every(Number.isFinite) ? values : null;
}

/** A 4 x 4 matrix, row by row; places have weight 1, directions 0. */
function mappingOf(matrix: readonly number[] | null): (vector: Triple, weight: 0 | 1) => Triple {
  if (matrix === null) return (vector) => vector;
  return ([x, y, z], weight) =>
    [0, 4, 8].map(
      (row) => matrix[row]! * x + matrix[row + 1]! * y + matrix[row + 2]! * z + matrix[row + 3]! * weight,
    ) as unknown as Triple;
}

function unit(vector: readonly number[]): Triple {
  const length = Math.hypot(...vector);
  return vector.map((value) => value / length) as unknown as Triple;
}

/** Scalar product. */
export function dot(a: Triple, b: Triple): number {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}
