import { gzipSync } from 'node:zlib';
import { ShapeError } from '../../core/errors.js';
import { writeFileWhole } from '../../core/files.js';
import type { NiftiVolume } from './nifti-volume.js';

const HEADER_BYTES = 352;
const FLOAT32 = 16;
/** Millimetres and seconds. */
const UNITS = 2 | 8;

/**
 * Writes a NIfTI-1 file of 32-bit floats, little-endian, compressed where the name ends in `.gz`, whole or not at all. The affine is the one CAMUS
 * files carry: x and y negated, so that tools that use it show the picture upright.
 *
 * @throws {ShapeError} if the data do not fill the shape
 */
export function writeNifti(path: string, volume: NiftiVolume): void {
  const { shape, spacing, data } = volume;
  const voxels = shape.reduce((product, length) => product * length, 1);
  if (data.length !== voxels)
    throw new ShapeError(`writeNifti: shape ${shape.join(' x ')} needs ${voxels} voxels, got ${data.length}`);
  const bytes = Buffer.alloc(HEADER_BYTES + 4 * voxels);
  const rank = shape[3] > 1 ? 4 : shape[2] > 1 ? 3 : 2;
  bytes.writeInt32LE(348, 0);
  [rank, ...shape, 1, 1, 1].forEach((length, axis) => {
    bytes.writeInt16LE(length, 40 + 2 * axis);
  });
  bytes.writeInt16LE(FLOAT32, 70);
  bytes.writeInt16LE(32, 72);
  [1, ...spacing].forEach((step, axis) => {
    bytes.writeFloatLE(step, 76 + 4 * axis);
  });
  bytes.writeFloatLE(HEADER_BYTES, 108);
  bytes.writeFloatLE(1, 112);
  bytes.writeUInt8(UNITS, 123);
  bytes.writeInt16LE(1, 254);
  bytes.writeFloatLE(-spacing[0], 280);
  bytes.writeFloatLE(-spacing[1], 300);
  bytes.writeFloatLE(spacing[2], 320);
  bytes.write('n+1\0', 344, 'latin1');
  for (let i = 0; i < voxels; i++) bytes.writeFloatLE(data[i]!, HEADER_BYTES + 4 * i);
  writeFileWhole(path, path.endsWith('.gz') ? gzipSync(bytes) : bytes);
}
