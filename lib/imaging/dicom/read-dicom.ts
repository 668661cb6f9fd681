import { FormatError, ShapeError } from '../../core/errors.js';
import type { GrayClip } from '../image.js';
import { type Raster, toGray } from '../jpeg.js';
import { frameDecoderOf } from './decode-frame.js';
import { type DicomFile, openDicomFile, parseDicomFile } from './dicom-file.js';
import { identifyingTagsOf } from './identifying-tags.js';
import { paletteOf } from './palette.js';
import { pixelDescriptionOf } from './pixel-description.js';
import { grayWindowOf, toRaster } from './to-raster.js';
import {
  type SpacingVerdict,
  spacingVerdict,
  type UltrasoundRegion,
  ultrasoundRegionsOf,
} from './ultrasound-regions.js';
import { type VolumePlanes, volumePlanesOf } from './volume-planes.js';

/** A DICOM picture or cine. The file is in memory; frames are decoded when asked for. */
export interface DicomCine {
  readonly width: number;
  readonly height: number;
  readonly frameCount: number;
  /** From Frame Time, Frame Time Vector, Cine Rate or Recommended Display Frame Rate, in this order; `null` where none is usable. */
  readonly framesPerSecond: number | null;
  /** True for RGB, YBR and palette pictures. */
  readonly colour: boolean;
  readonly modality: string | null;
  readonly manufacturer: string | null;
  readonly photometric: string;
  readonly transferSyntax: string;
  readonly regions: readonly UltrasoundRegion[];
  /** Millimetres a pixel of the stored picture, or the reason why none is given. */
  readonly spacing: SpacingVerdict;
  /** Where the frames lie in space, for Enhanced US Volumes; null for everything else. */
  readonly volume: VolumePlanes | null;
  /** Burned In Annotation (0028,0301). A `no` is a claim, not a proof. */
  readonly burnedInAnnotation: 'yes' | 'no' | 'unsaid';
  /** Names of identifying attributes present, never their values. */
  readonly identifyingTags: { readonly named: readonly string[]; readonly privateElements: number };
  /** Patient ID, for grouping only: hash it before it goes anywhere. */
  readonly patientId: string | null;
  /** Study Instance UID, for grouping only: hash it before it goes anywhere. */
  readonly studyId: string | null;
  /** Frame `index` (0-based): grey or RGB, 8 bits. */
  readFrame(index: number): Promise<Raster>;
  /** All frames as luma. */
  readClip(): Promise<GrayClip>;
}

const MAXIMUM_CLIP_BYTES = 2 ** 31;

/**
 * Opens a DICOM file: single or multi-frame; native (little, big endian, deflated), JPEG baseline and extended, lossless JPEG, JPEG 2000,
 * RLE; grey of 8 or 16 bits, RGB (planar or not), YBR, palette (plain or segmented).
 *
 * @throws {FormatError} naming the file, if it is not DICOM, truncated, absurd, or of a kind that is not read
 */
export async function readDicom(path: string): Promise<DicomCine> {
  return cineOf(await openDicomFile(path));
}

/** As {@link readDicom}, from bytes; `origin` is named in errors. */
export function readDicomBytes(bytes: Uint8Array, origin: string): DicomCine {
  return cineOf(parseDicomFile(bytes, origin));
}

function cineOf(file: DicomFile): DicomCine {
  const pixels = pixelDescriptionOf(file);
  const { width, height, frameCount } = pixels;
  const decode = frameDecoderOf(file, pixels);
  const palette = pixels.photometric === 'PALETTE COLOR' ? paletteOf(file) : undefined;
  const window = grayWindowOf(file, pixels);
  const framesPerSecond = frameRateOf(file, frameCount);

  const readFrame = async (index: number): Promise<Raster> => {
    if (!Number.isInteger(index) || index < 0 || index >= frameCount) {
      throw new ShapeError(`readDicom: frame must be in [0, ${frameCount - 1}] of ${file.origin}, got ${index}`);
    }
    return toRaster(await decode(index), pixels, window, palette, file.origin);
  };

  const annotation = file.text('x00280301');
  return {
    width,
    height,
    frameCount,
    framesPerSecond,
    colour: pixels.samples === 3 || palette !== undefined,
    modality: file.text('x00080060') ?? null,
    manufacturer: file.text('x00080070') ?? null,
    photometric: pixels.photometric,
    transferSyntax: file.transferSyntax,
    regions: ultrasoundRegionsOf(file),
    spacing: spacingVerdict(file, width, height),
    volume: volumePlanesOf(file, frameCount),
    burnedInAnnotation: annotation === 'YES' ? 'yes' : annotation === 'NO' ? 'no' : 'unsaid',
    identifyingTags: identifyingTagsOf(file),
    patientId: file.text('x00100020') ?? null,
    studyId: file.text('x0020000d') ?? null,
    readFrame,
    async readClip() {
      const size = width * height;
      if (size * frameCount > MAXIMUM_CLIP_BYTES) {
        throw new FormatError(
          `readDicom: ${file.origin} would take ${size * frameCount} bytes whole; read it by frame`,
        );
      }
      const data = new Uint8Array(size * frameCount);
      for (let index = 0; index < frameCount; index++) data.set(toGray(await readFrame(index)).data, index * size);
      return { width, height, frameCount, framesPerSecond, data };
    },
  };
}

function frameRateOf(file: DicomFile, frameCount: number): number | null {
  if (frameCount < 2) return null;
  const frameTime = file.decimal('x00181063');
  if (frameTime !== undefined && frameTime > 0) return 1000 / frameTime;
  const vector = frameTimeVectorOf(file, frameCount);
  if (vector !== null) return vector;
  for (const tag of ['x00180040', 'x00082144']) {
    const rate = file.decimal(tag);
    if (rate !== undefined && rate > 0) return rate;
  }
  return null;
}

/** Mean rate from Frame Time Vector: milliseconds between frames, the first 0. */
function frameTimeVectorOf(file: DicomFile, frameCount: number): number | null {
  const times = (file.text('x00181065') ?? '').split('\\').slice(1).map(Number);
  if (times.length !== frameCount - 1 || !times.every((time) => time > 0)) return null;
  return (1000 * times.length) / times.reduce((sum, time) => sum + time, 0);
}
