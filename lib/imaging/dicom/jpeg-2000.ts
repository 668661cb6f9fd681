import { createRequire } from 'node:module';
import { FormatError } from '../../core/errors.js';

interface OpenJpegDecoder {
  getEncodedBuffer(length: number): Uint8Array;
  getDecodedBuffer(): Uint8Array;
  decode(): void;
  getFrameInfo(): { width: number; height: number; bitsPerSample: number; componentCount: number };
}

interface OpenJpegModule {
  J2KDecoder: new () => OpenJpegDecoder;
}

let loading: Promise<OpenJpegModule> | undefined;

function openJpeg(): Promise<OpenJpegModule> {
  const require = createRequire(import.meta.url);
  const create = require('@cornerstonejs/codec-openjpeg/decodewasmjs') as (options: object) => Promise<OpenJpegModule>;
  const wasm = require.resolve('@cornerstonejs/codec-openjpeg/decodewasm');
  loading ??= create({ locateFile: () => wasm, print: () => {}, printErr: () => {} });
  return loading;
}

/** A decoded JPEG 2000 picture, samples interleaved by pixel, little-endian where they take two bytes. */
export interface Jpeg2000Picture {
  readonly channels: number;
  readonly bytesPerSample: 1 | 2;
  readonly data: Uint8Array;
  /** True if the codestream carries its own colour transform, which has been turned back to RGB. */
  readonly colourTransformed: boolean;
}

/**
 * Decodes a JPEG 2000 codestream with OpenJPEG (WebAssembly).
 *
 * @throws {FormatError} if its header says other than `width` x `height`, or if it is damaged
 */
export async function decodeJpeg2000(
  bytes: Uint8Array,
  width: number,
  height: number,
  origin: string,
): Promise<Jpeg2000Picture> {
  const colourTransformed = checkHeader(bytes, width, height, origin);
  const codec = await openJpeg();
  try {
    const decoder = new codec.J2KDecoder();
    decoder.getEncodedBuffer(bytes.length).set(bytes);
    decoder.decode();
    const info = decoder.getFrameInfo();
    const data = new Uint8Array(decoder.getDecodedBuffer());
    const bytesPerSample = info.bitsPerSample > 8 ? 2 : 1;
    if (info.width !== width || info.height !== height) throw new Error('size');
    if (data.length !== width * height * info.componentCount * bytesPerSample) throw new Error('length');
    return { channels: info.componentCount, bytesPerSample, data, colourTransformed };
  } catch {
    throw new FormatError(`readDicom: ${origin} holds a damaged JPEG 2000 picture; OpenJPEG cannot decode it`);
  }
}

/** Holds SIZ against the DICOM header before the decoder allocates anything; returns COD's colour transform flag. */
function checkHeader(bytes: Uint8Array, width: number, height: number, origin: string): boolean {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 49 || view.getUint32(0) !== 0xff4fff51) {
    throw new FormatError(`readDicom: ${origin} does not hold a JPEG 2000 codestream`);
  }
  const coded = {
    width: view.getUint32(8) - view.getUint32(16),
    height: view.getUint32(12) - view.getUint32(20),
  };
  const components = view.getUint16(40);
  const tiles = Math.ceil(coded.width / view.getUint32(24)) * Math.ceil(coded.height / view.getUint32(28));
  if (coded.width !== width || coded.height !== height || components > 4 || !(tiles <= 65535)) {
    throw new FormatError(
      `readDicom: ${origin} has a JPEG 2000 picture of ${coded.width} x ${coded.height}, ${components} components; the header says ${width} x ${height}`,
    );
  }
  for (let at = 4 + view.getUint16(4); at + 9 < bytes.length; at += 2 + view.getUint16(at + 2)) {
    const marker = view.getUint16(at);
    if (marker === 0xff52) return bytes[at + 8] === 1;
    if (marker < 0xff00 || marker === 0xff90) break;
  }
  return false;
}
