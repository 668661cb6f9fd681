import { FormatError } from '../../core/errors.js';
import { decodeJpeg } from '../jpeg.js';
import { compressedFrames } from './compressed-frames.js';
import type { DicomFile } from './dicom-file.js';
import { decodeJpeg2000 } from './jpeg-2000.js';
import { decodeLosslessJpeg } from './jpeg-lossless.js';
import type { PixelDescription } from './pixel-description.js';
import { decodeRunLength } from './run-length.js';
import type { FrameSamples } from './to-raster.js';

/** Decodes frame `index` of an open file to interleaved samples. */
export type FrameDecoder = (index: number) => Promise<FrameSamples>;

const NATIVE = new Set(['1.2.840.10008.1.2', '1.2.840.10008.1.2.1', '1.2.840.10008.1.2.1.99', '1.2.840.10008.1.2.2']);
const JPEG = new Set(['1.2.840.10008.1.2.4.50', '1.2.840.10008.1.2.4.51']);
const LOSSLESS_JPEG = new Set(['1.2.840.10008.1.2.4.57', '1.2.840.10008.1.2.4.70']);
const JPEG_2000 = new Set(['1.2.840.10008.1.2.4.90', '1.2.840.10008.1.2.4.91']);
const RUN_LENGTH = '1.2.840.10008.1.2.5';

/**
 * The decoder for a file's transfer syntax: native (little and big endian, deflated), JPEG baseline and extended, lossless JPEG,
 * JPEG 2000, RLE.
 *
 * @throws {FormatError} on any other transfer syntax, named, with the way out
 */
export function frameDecoderOf(file: DicomFile, pixels: PixelDescription): FrameDecoder {
  const { transferSyntax: syntax, origin } = file;
  if (file.data.elements.x7fe00010 === undefined) {
    throw new FormatError(`readDicom: ${origin} holds no pixel data (Modality ${file.text('x00080060') ?? 'unsaid'})`);
  }
  if (NATIVE.has(syntax)) return nativeFrames(file, pixels);
  if (!JPEG.has(syntax) && !LOSSLESS_JPEG.has(syntax) && !JPEG_2000.has(syntax) && syntax !== RUN_LENGTH) {
    throw new FormatError(
      `readDicom: ${origin} has transfer syntax ${syntax || 'unsaid'}, which is not read; decompress it first: dcmdjpeg, dcmdjpls or gdcmconv --raw`,
    );
  }
  const frameBytes = compressedFrames(file, pixels.frameCount);
  const { width, height, samples } = pixels;
  return async (index) => {
    const bytes = frameBytes(index);
    const name = `${origin} frame ${index}`;
    if (syntax === RUN_LENGTH) {
      return fromBytes(decodeRunLength(bytes, width * height, samples, pixels.bitsAllocated / 8, name), pixels, false);
    }
    if (LOSSLESS_JPEG.has(syntax)) {
      const values = decodeLosslessJpeg(bytes, pixels, name);
      return { values: pixels.signed && values instanceof Uint16Array ? signed(values) : values, alreadyRgb: false };
    }
    if (JPEG_2000.has(syntax)) {
      const picture = await decodeJpeg2000(bytes, width, height, name);
      if (picture.channels !== samples || picture.bytesPerSample * 8 !== pixels.bitsAllocated) {
        throw new FormatError(`readDicom: ${name} has ${picture.channels} channels, the header says ${samples}`);
      }
      const alreadyRgb = samples === 3 && (picture.colourTransformed || /RCT|ICT/.test(pixels.photometric));
      return fromBytes(picture.data, pixels, alreadyRgb);
    }
    const picture = await decodeJpeg(asStored(bytes, pixels.photometric), name);
    if (picture.width !== width || picture.height !== height || picture.channels !== samples) {
      throw new FormatError(
        `readDicom: ${name} is ${picture.width} x ${picture.height} x ${picture.channels}, the header says ${width} x ${height} x ${samples}`,
      );
    }
    return { values: picture.data, alreadyRgb: true };
  };
}

/** A JPEG that holds RGB says so in an Adobe marker, without which decoders take it for YCbCr; one is put in where it is missing. */
function asStored(bytes: Uint8Array, photometric: string): Uint8Array {
  if (photometric !== 'RGB' || bytes[2] !== 0xff || (bytes[3]! & 0xf0) === 0xe0) return bytes;
  const marker = [0xff, 0xee, 0, 14, 0x41, 0x64, 0x6f, 0x62, 0x65, 0, 100, 0, 0, 0, 0, 0];
  const marked = new Uint8Array(bytes.length + marker.length);
  marked.set(bytes.subarray(0, 2));
  marked.set(marker, 2);
  marked.set(bytes.subarray(2), 2 + marker.length);
  return marked;
}

function nativeFrames(file: DicomFile, pixels: PixelDescription): FrameDecoder {
  const { width, height, samples, bitsAllocated, frameCount } = pixels;
  const halved = pixels.photometric === 'YBR_FULL_422';
  const frameSize = width * height * (halved ? 2 : samples * (bitsAllocated / 8));
  const all = file.bytes('x7fe00010')!;
  if (all.length < frameSize * frameCount) {
    throw new FormatError(
      `readDicom: ${file.origin} is truncated: ${frameCount} frames need ${frameSize * frameCount} bytes of pixels, ${all.length} are there`,
    );
  }
  // 8-bit samples in 16-bit words (OW) are swapped in big-endian files; a frame may start in the middle of a word.
  const swapWords = file.isBigEndian && (bitsAllocated === 16 || file.data.elements.x7fe00010?.vr !== 'OB');
  return async (index) => {
    const bytes = new Uint8Array(frameSize);
    const start = index * frameSize;
    if (swapWords) for (let i = 0; i < frameSize; i++) bytes[i] = all[(start + i) ^ 1]!;
    else bytes.set(all.subarray(start, start + frameSize));
    if (halved) return { values: fullYbr(bytes), alreadyRgb: false };
    return fromBytes(samples === 3 && pixels.planar ? interleaved(bytes, width * height) : bytes, pixels, false);
  };
}

function interleaved(planes: Uint8Array, size: number): Uint8Array {
  const pixels = new Uint8Array(planes.length);
  for (let i = 0, j = 0; i < size; i++, j += 3) {
    pixels[j] = planes[i]!;
    pixels[j + 1] = planes[size + i]!;
    pixels[j + 2] = planes[2 * size + i]!;
  }
  return pixels;
}

/** Native YBR_FULL_422: Y Y Cb Cr for two pixels. */
function fullYbr(packed: Uint8Array): Uint8Array {
  const pixels = new Uint8Array((packed.length / 2) * 3);
  for (let i = 0, j = 0; i + 3 < packed.length; i += 4, j += 6) {
    pixels.set([packed[i]!, packed[i + 2]!, packed[i + 3]!, packed[i + 1]!, packed[i + 2]!, packed[i + 3]!], j);
  }
  return pixels;
}

/** Little-endian bytes to samples; bits above Bits Stored are cleared. */
function fromBytes(bytes: Uint8Array, pixels: PixelDescription, alreadyRgb: boolean): FrameSamples {
  if (pixels.bitsAllocated === 8) return { values: bytes, alreadyRgb };
  const words = new Uint16Array(bytes.length / 2);
  for (let i = 0; i < words.length; i++) words[i] = bytes[2 * i]! | (bytes[2 * i + 1]! << 8);
  if (pixels.signed) return { values: signed(words), alreadyRgb };
  const mask = 2 ** pixels.bitsStored - 1;
  for (let i = 0; i < words.length; i++) words[i] = words[i]! & mask;
  return { values: words, alreadyRgb };
}

const signed = (words: Uint16Array): Int16Array => new Int16Array(words.buffer, words.byteOffset, words.length);
