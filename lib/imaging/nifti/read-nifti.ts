import { readFile, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { constants, gunzipSync } from 'node:zlib';
import { isNIFTI, NIFTI1, readHeader } from 'nifti-reader-js';
import { FormatError, messageOf } from '../../core/errors.js';
import type { NiftiVolume } from './nifti-volume.js';

/** Nothing larger is read, compressed or not. */
const MAXIMUM_BYTES = 2 ** 30;

/** Metres, millimetres, micrometres in millimetres; unknown is taken as millimetres, as every reader does. */
const LENGTH_UNITS: Readonly<Record<number, number>> = { 0: 1, 1: 1000, 2: 1, 3: 0.001 };
/** Seconds, milliseconds, microseconds in seconds. */
const TIME_UNITS: Readonly<Record<number, number>> = { 0: 0, 8: 1, 16: 1e-3, 24: 1e-6 };

type Reader = (view: DataView, at: number, little: boolean) => number;

const READERS: Readonly<Record<number, { readonly bytes: number; readonly read: Reader }>> = {
  [NIFTI1.TYPE_UINT8]: { bytes: 1, read: (view, at) => view.getUint8(at) },
  [NIFTI1.TYPE_INT8]: { bytes: 1, read: (view, at) => view.getInt8(at) },
  [NIFTI1.TYPE_INT16]: { bytes: 2, read: (view, at, little) => view.getInt16(at, little) },
  [NIFTI1.TYPE_UINT16]: { bytes: 2, read: (view, at, little) => view.getUint16(at, little) },
  [NIFTI1.TYPE_INT32]: { bytes: 4, read: (view, at, little) => view.getInt32(at, little) },
  [NIFTI1.TYPE_UINT32]: { bytes: 4, read: (view, at, little) => view.getUint32(at, little) },
  [NIFTI1.TYPE_FLOAT32]: { bytes: 4, read: (view, at, little) => view.getFloat32(at, little) },
  [NIFTI1.TYPE_FLOAT64]: { bytes: 8, read: (view, at, little) => view.getFloat64(at, little) },
};

/**
 * Reads a NIfTI-1 or NIfTI-2 file, compressed or not, up to four dimensions, real numbers.
 *
 * Voxels stay in stored order (x fastest): CAMUS pictures come out upright, apex on top. The affine transform is not applied.
 *
 * @throws {FormatError} naming the file, if it is damaged, truncated, absurd, or inflates past what its header says
 */
export async function readNifti(path: string): Promise<NiftiVolume> {
  const origin = basename(path);
  let bytes: Uint8Array;
  try {
    const { size } = await stat(path);
    if (size > MAXIMUM_BYTES) throw new Error(`${size} bytes; at most ${MAXIMUM_BYTES} are read`);
    bytes = await readFile(path);
  } catch (error) {
    throw new FormatError(`readNifti: cannot open ${path}: ${messageOf(error)}`);
  }
  return parseNifti(bytes, origin);
}

/** As {@link readNifti}, from bytes; `origin` is named in errors. */
export function parseNifti(stored: Uint8Array, origin: string): NiftiVolume {
  const compressed = stored[0] === 0x1f && stored[1] === 0x8b;
  const layout = layoutOf(compressed ? inflatedStart(stored, origin) : stored, origin);
  const { header, lengths, type, voxels, start } = layout;
  const needed = start + voxels * type.bytes;
  // Never inflates further than the header asks for.
  const bytes = compressed ? inflated(stored, needed, origin) : stored;
  if (needed > bytes.length) {
    throw new FormatError(
      `readNifti: ${origin} is truncated: ${voxels} voxels need ${voxels * type.bytes} bytes from ${start}, the file has ${bytes.length}`,
    );
  }
  const slope = header.scl_slope === 0 || !Number.isFinite(header.scl_slope) ? 1 : header.scl_slope;
  const intercept = Number.isFinite(header.scl_inter) ? header.scl_inter : 0;
  const view = new DataView(bytes.buffer, bytes.byteOffset + start, voxels * type.bytes);
  const data = new Float32Array(voxels);
  for (let i = 0; i < voxels; i++) data[i] = type.read(view, i * type.bytes, header.littleEndian) * slope + intercept;
  const lengthUnit = LENGTH_UNITS[header.xyzt_units & 7] ?? 1;
  const timeUnit = TIME_UNITS[header.xyzt_units & 56] ?? 0;
  const step = (axis: number): number => Math.abs(header.pixDims[axis] ?? 0);
  return {
    shape: lengths,
    spacing: [step(1) * lengthUnit, step(2) * lengthUnit, step(3) * lengthUnit, step(4) * timeUnit],
    data,
  };
}

interface StoredLayout {
  readonly header: NonNullable<ReturnType<typeof readHeader>>;
  readonly lengths: readonly [number, number, number, number];
  readonly type: { readonly bytes: number; readonly read: Reader };
  readonly voxels: number;
  readonly start: number;
}

/** What the header says, if it is sane. */
function layoutOf(head: Uint8Array, origin: string): StoredLayout {
  const buffer = new Uint8Array(head.subarray(0, 1024)).buffer;
  let header: ReturnType<typeof readHeader> | null;
  try {
    header = buffer.byteLength >= 352 && isNIFTI(buffer) ? readHeader(buffer) : null;
  } catch (error) {
    throw new FormatError(`readNifti: ${origin} has a damaged header: ${messageOf(error)}`);
  }
  if (header === null) throw new FormatError(`readNifti: ${origin} is not a NIfTI file (${head.length} bytes)`);
  const { dims } = header;
  const rank = dims[0] ?? 0;
  const length = (axis: number): number => (axis <= rank ? (dims[axis] ?? 0) : 1);
  const lengths = [length(1), length(2), length(3), length(4)] as const;
  const type = READERS[header.datatypeCode];
  if (type === undefined) {
    throw new FormatError(
      `readNifti: ${origin} has data type ${header.datatypeCode}; read are integers to 32 bits and floats`,
    );
  }
  const voxels = lengths.reduce((product, one) => product * one, 1);
  const sane =
    rank >= 1 &&
    rank <= 7 &&
    lengths.every((one) => Number.isInteger(one) && one >= 1) &&
    !dims.slice(5, rank + 1).some((one) => one > 1);
  const start = Math.floor(header.vox_offset);
  if (!sane || voxels * type.bytes > MAXIMUM_BYTES || !(start >= 0 && start <= MAXIMUM_BYTES)) {
    throw new FormatError(
      `readNifti: ${origin} has dimensions ${dims.slice(0, rank + 1).join(', ')} from byte ${start}; up to four dimensions and ${MAXIMUM_BYTES} bytes are read`,
    );
  }
  return { header, lengths, type, voxels, start };
}

/** The first bytes of a compressed file. */
function inflatedStart(bytes: Uint8Array, origin: string): Uint8Array {
  try {
    return gunzipSync(bytes.subarray(0, 4096), { finishFlush: constants.Z_SYNC_FLUSH });
  } catch (error) {
    throw new FormatError(`readNifti: ${origin} cannot be inflated: ${messageOf(error)}`);
  }
}

function inflated(bytes: Uint8Array, limit: number, origin: string): Uint8Array {
  try {
    // Padding after the voxels is allowed to a point.
    return gunzipSync(bytes, { maxOutputLength: limit + 65536 });
  } catch (error) {
    throw new FormatError(
      `readNifti: ${origin} cannot be inflated to the ${limit} bytes its header asks for: ${messageOf(error)}`,
    );
  }
}
