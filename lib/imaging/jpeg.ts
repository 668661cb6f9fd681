import { createRequire } from 'node:module';
import sharp from 'sharp';
import { ArgumentError, FormatError, messageOf } from '../core/errors.js';
import { LumaDecoder } from './baseline-jpeg/decode-luma.js';
import type { GrayImage } from './image.js';

/** An 8-bit picture with interleaved channels, as a file holds it. */
export interface Raster {
  readonly width: number;
  readonly height: number;
  /** 1 grey, 3 red-green-blue. */
  readonly channels: 1 | 3;
  /** `[height, width, channels]`. */
  readonly data: Uint8Array;
}

/** Pictures above this are refused before anything is allocated for them. */
export const MAXIMUM_PIXELS = 64 * 1024 * 1024;

interface TurboDecoder {
  getEncodedBuffer(length: number): Uint8Array;
  getDecodedBuffer(): Uint8ClampedArray;
  decode(): void;
  getFrameInfo(): { width: number; height: number; componentCount: number };
}

interface TurboModule {
  JPEGDecoder: new () => TurboDecoder;
}

let lumaDecoder: LumaDecoder | undefined;
let loading: Promise<TurboDecoder> | undefined;

function turboDecoder(): Promise<TurboDecoder> {
  loading ??= (async () => {
    const require = createRequire(import.meta.url);
    const create = require('@cornerstonejs/codec-libjpeg-turbo-8bit/decodewasmjs') as (options: {
      locateFile: () => string;
      printErr: () => void;
    }) => Promise<TurboModule>;
    const wasm = require.resolve('@cornerstonejs/codec-libjpeg-turbo-8bit/decodewasm');
    const codec = await create({ locateFile: () => wasm, printErr: () => {} });
    return new codec.JPEGDecoder();
  })();
  return loading;
}

/**
 * Width, height and channels from a JPEG's frame header, without decoding.
 *
 * @throws {FormatError} if there is no baseline, extended or progressive 8-bit frame header
 */
export function jpegHeader(bytes: Uint8Array, origin: string): { width: number; height: number; channels: number } {
  if (bytes[0] !== 0xff || bytes[1] !== 0xd8) throw new FormatError(`decodeJpeg: ${origin} does not start like a JPEG`);
  for (let at = 2; at + 9 < bytes.length; ) {
    if (bytes[at] !== 0xff) throw new FormatError(`decodeJpeg: ${origin} has no marker at byte ${at}`);
    const marker = bytes[at + 1]!;
    if (marker === 0xff) {
      at += 1;
      continue;
    }
    if (marker >= 0xc0 && marker <= 0xc2) {
      const bits = bytes[at + 4]!;
      if (bits !== 8) throw new FormatError(`decodeJpeg: ${origin} has ${bits} bits a sample; 8 are read`);
      return {
        height: bytes[at + 5]! * 256 + bytes[at + 6]!,
        width: bytes[at + 7]! * 256 + bytes[at + 8]!,
        channels: bytes[at + 9]!,
      };
    }
    if (marker >= 0xc3 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc) {
      throw new FormatError(
        `decodeJpeg: ${origin} uses JPEG process 0x${marker.toString(16)}; baseline and progressive are read`,
      );
    }
    const length = bytes[at + 2]! * 256 + bytes[at + 3]!;
    if (length < 2)
      throw new FormatError(`decodeJpeg: ${origin} has a marker segment of ${length} bytes at byte ${at}`);
    at += 2 + length;
  }
  throw new FormatError(`decodeJpeg: ${origin} ends before its frame header`);
}

/** The luma by {@link LumaDecoder}; null where libjpeg-turbo has to look. */
function quickLuma(bytes: Uint8Array): GrayImage | null {
  lumaDecoder ??= new LumaDecoder();
  return lumaDecoder.decode(bytes);
}

/**
 * Decodes an 8-bit JPEG with libjpeg-turbo (WebAssembly; bit for bit what libvips' build gives, without its
 * cost a call, which is ten times the decoding of a 112 px frame), or, if it is grey, with {@link LumaDecoder}, which gives the same. Motion JPEG
 * without Huffman tables is read.
 *
 * @param origin named in errors, e.g. `clip.avi frame 3`
 * @throws {FormatError} on anything that is not a whole 8-bit JPEG of 1 or 3 channels and at most {@link MAXIMUM_PIXELS}
 */
export async function decodeJpeg(bytes: Uint8Array, origin: string): Promise<Raster> {
  const grey = jpegHeader(bytes, origin).channels === 1 ? quickLuma(bytes) : null;
  return grey === null ? decodeWithTurbo(bytes, origin) : { ...grey, channels: 1 };
}

/** As {@link decodeJpeg}, by libjpeg-turbo whatever the picture. */
async function decodeWithTurbo(bytes: Uint8Array, origin: string): Promise<Raster> {
  const header = jpegHeader(bytes, origin);
  const pixels = header.width * header.height;
  if (pixels === 0 || pixels > MAXIMUM_PIXELS) {
    throw new FormatError(
      `decodeJpeg: ${origin} must have 1 to ${MAXIMUM_PIXELS} pixels, says ${header.width} x ${header.height}`,
    );
  }
  if (header.channels !== 1 && header.channels !== 3) {
    throw new FormatError(`decodeJpeg: ${origin} must have 1 or 3 channels, has ${header.channels}`);
  }
  const decoder = await turboDecoder();
  try {
    decoder.getEncodedBuffer(bytes.length).set(bytes);
    decoder.decode();
  } catch {
    throw new FormatError(`decodeJpeg: ${origin} is damaged or cut short; libjpeg-turbo cannot decode it`);
  }
  const { width, height, componentCount } = decoder.getFrameInfo();
  const decoded = decoder.getDecodedBuffer();
  // A view of bytes first: copying clamped values one by one takes as long as decoding them.
  const data = new Uint8Array(decoded.buffer, decoded.byteOffset, decoded.length).slice();
  if (width !== header.width || height !== header.height || data.length !== pixels * componentCount) {
    throw new FormatError(`decodeJpeg: ${origin} contradicts its own header`);
  }
  return { width, height, channels: componentCount === 1 ? 1 : 3, data };
}

/**
 * Decodes the luma of a JPEG. Where the picture is coded as YCbCr, as Motion JPEG is, Y is taken as it stands in the file: no detour over RGB,
 * which costs time and rounds twice. RGB-coded pictures go through {@link toGray}.
 *
 * Baseline frames, as Motion JPEG has them, are decoded by {@link LumaDecoder}; all others, and all that are damaged, by libjpeg-turbo.
 */
export async function decodeJpegLuma(bytes: Uint8Array, origin: string): Promise<GrayImage> {
  return quickLuma(bytes) ?? decodeLumaWithTurbo(bytes, origin);
}

/** As {@link decodeJpegLuma}, by libjpeg-turbo whatever the picture. */
export async function decodeLumaWithTurbo(bytes: Uint8Array, origin: string): Promise<GrayImage> {
  const plain = withoutColourTransform(bytes);
  if (plain === null) return toGray(await decodeWithTurbo(bytes, origin));
  const { width, height, data, channels } = await decodeWithTurbo(plain, origin);
  if (channels === 1) return { width, height, data };
  const luma = new Uint8Array(width * height);
  for (let i = 0, j = 0; i < luma.length; i++, j += 3) luma[i] = data[j]!;
  return { width, height, data: luma };
}

/** Says that the three components need no conversion: decoders then hand out Y, Cb and Cr. */
const ADOBE_NO_TRANSFORM = [0xff, 0xee, 0, 14, 0x41, 0x64, 0x6f, 0x62, 0x65, 0, 100, 0, 0, 0, 0, 0];

/** The JPEG with its colour space hidden; null if it is not three components of YCbCr, or not a JPEG. */
function withoutColourTransform(bytes: Uint8Array): Uint8Array | null {
  const kept: Uint8Array[] = [bytes.subarray(0, 2), Uint8Array.from(ADOBE_NO_TRANSFORM)];
  let components = 0;
  for (let at = 2; at + 4 < bytes.length; ) {
    const marker = bytes[at + 1]!;
    const length = bytes[at + 2]! * 256 + bytes[at + 3]!;
    if (bytes[at] !== 0xff || marker === 0xff || length < 2) return null;
    if (marker === 0xda) {
      if (components !== 3) return null;
      kept.push(bytes.subarray(at));
      return Buffer.concat(kept);
    }
    if (marker === 0xc0 || marker === 0xc1 || marker === 0xc2) {
      components = bytes[at + 9] ?? 0;
      if (bytes[at + 10] === 0x52) return null; // components named R, G, B
    }
    if (marker === 0xee && bytes[at + 4] === 0x41 && bytes[at + 15] !== 1) return null; // Adobe, not YCbCr
    if (marker !== 0xe0 && marker !== 0xee) kept.push(bytes.subarray(at, at + 2 + length));
    at += 2 + length;
  }
  return null;
}

/**
 * Luma of a picture: ITU-R BT.601, `0.299 R + 0.587 G + 0.114 B`, rounded; grey input is returned as it is.
 * The weights are scaled to 2^16 so that R = G = B gives the same value back.
 */
export function toGray(raster: Raster): GrayImage {
  const { width, height } = raster;
  if (raster.channels === 1) return { width, height, data: raster.data };
  const data = new Uint8Array(width * height);
  for (let i = 0, j = 0; i < data.length; i++, j += 3) {
    data[i] = (19595 * raster.data[j]! + 38470 * raster.data[j + 1]! + 7471 * raster.data[j + 2]! + 32768) >> 16;
  }
  return { width, height, data };
}

/**
 * Encodes one grey frame as baseline JPEG with the standard Huffman tables, which every Motion-JPEG reader knows.
 *
 * @param quality 1 to 100
 */
export async function encodeJpegGray(image: GrayImage, quality: number): Promise<Uint8Array> {
  if (!Number.isInteger(quality) || quality < 1 || quality > 100) {
    throw new ArgumentError(`encodeJpegGray: quality must be an integer in [1, 100], got ${quality}`);
  }
  try {
    return await sharp(image.data, { raw: { width: image.width, height: image.height, channels: 1 } })
      .toColourspace('b-w')
      .jpeg({ quality, optimiseCoding: false })
      .toBuffer();
  } catch (error) {
    throw new ArgumentError(`encodeJpegGray: cannot encode ${image.width} x ${image.height}: ${messageOf(error)}`);
  }
}
