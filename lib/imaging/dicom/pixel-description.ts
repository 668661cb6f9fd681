import { FormatError } from '../../core/errors.js';
import { MAXIMUM_PIXELS } from '../jpeg.js';
import type { DicomFile } from './dicom-file.js';

/** The Image Pixel module of a file, checked. */
export interface PixelDescription {
  readonly width: number;
  readonly height: number;
  readonly frameCount: number;
  readonly samples: 1 | 3;
  readonly bitsAllocated: 8 | 16;
  readonly bitsStored: number;
  readonly signed: boolean;
  /** True where a native frame holds whole planes one after the other. */
  readonly planar: boolean;
  readonly photometric: string;
}

const MAXIMUM_FRAMES = 1_000_000;

/** @throws {FormatError} naming what is absurd or not read */
export function pixelDescriptionOf(file: DicomFile): PixelDescription {
  const { origin } = file;
  const height = file.requiredShort('x00280010', 'Rows');
  const width = file.requiredShort('x00280011', 'Columns');
  if (width * height === 0 || width * height > MAXIMUM_PIXELS) {
    throw new FormatError(`readDicom: ${origin} must have 1 to ${MAXIMUM_PIXELS} pixels, says ${width} x ${height}`);
  }
  const frameCount = file.decimal('x00280008') ?? 1;
  if (!Number.isInteger(frameCount) || frameCount < 1 || frameCount > MAXIMUM_FRAMES) {
    throw new FormatError(`readDicom: ${origin} must have 1 to ${MAXIMUM_FRAMES} frames, says ${frameCount}`);
  }
  const samples = file.short('x00280002') ?? 1;
  const bitsAllocated = file.requiredShort('x00280100', 'Bits Allocated');
  const bitsStored = file.short('x00280101') ?? bitsAllocated;
  if (
    (samples !== 1 && samples !== 3) ||
    (bitsAllocated !== 8 && bitsAllocated !== 16) ||
    bitsStored < 1 ||
    bitsStored > bitsAllocated ||
    (samples === 3 && bitsAllocated !== 8)
  ) {
    throw new FormatError(
      `readDicom: ${origin} has ${samples} samples of ${bitsStored} in ${bitsAllocated} bits; read are 1 of 8 or 16 bits and 3 of 8`,
    );
  }
  return {
    width,
    height,
    frameCount,
    samples,
    bitsAllocated,
    bitsStored,
    signed: file.short('x00280103') === 1,
    planar: file.short('x00280006') === 1,
    photometric: file.text('x00280004') ?? (samples === 1 ? 'MONOCHROME2' : 'RGB'),
  };
}
