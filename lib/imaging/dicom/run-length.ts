import { FormatError } from '../../core/errors.js';

/**
 * Decodes one RLE-compressed DICOM frame: up to 15 PackBits segments, one a byte plane, most significant byte of each sample first.
 *
 * Source: DICOM PS3.5, annex G.
 *
 * @param fragment the frame's bytes
 * @param pixels rows x columns
 * @param samples samples a pixel
 * @param bytesPerSample 1 or 2
 * @returns samples interleaved by pixel, little-endian, `pixels * samples * bytesPerSample` bytes
 * @throws {FormatError} if the segments do not fit the frame
 */
export function decodeRunLength(
  fragment: Uint8Array,
  pixels: number,
  samples: number,
  bytesPerSample: number,
  origin: string,
): Uint8Array {
  const planes = samples * bytesPerSample;
  if (fragment.length < 64) throw new FormatError(`readDicom: ${origin} has an RLE frame without its header`);
  const view = new DataView(fragment.buffer, fragment.byteOffset, fragment.byteLength);
  const count = view.getUint32(0, true);
  if (count !== planes) {
    throw new FormatError(`readDicom: ${origin} has ${count} RLE segments, ${planes} are needed`);
  }
  const output = new Uint8Array(pixels * planes);
  for (let segment = 0; segment < count; segment++) {
    const start = view.getUint32(4 + 4 * segment, true);
    const end = segment + 1 < count ? view.getUint32(8 + 4 * segment, true) : fragment.length;
    if (start < 64 || start > end || end > fragment.length) {
      throw new FormatError(
        `readDicom: ${origin} has RLE segment ${segment} at ${start} to ${end} of ${fragment.length} bytes`,
      );
    }
    const sample = Math.floor(segment / bytesPerSample);
    const byte = bytesPerSample - 1 - (segment % bytesPerSample);
    const written = unpackBits(fragment.subarray(start, end), output, sample * bytesPerSample + byte, planes, pixels);
    if (written < pixels) {
      throw new FormatError(`readDicom: ${origin} has RLE segment ${segment} with ${written} of ${pixels} values`);
    }
  }
  return output;
}

/** PackBits into every `stride`-th byte; returns how many values were written, at most `limit`. */
function unpackBits(packed: Uint8Array, output: Uint8Array, offset: number, stride: number, limit: number): number {
  let written = 0;
  for (let at = 0; at < packed.length && written < limit; ) {
    const control = packed[at++]!;
    if (control < 128) {
      const end = Math.min(at + control + 1, packed.length);
      for (; at < end && written < limit; at++) output[offset + stride * written++] = packed[at]!;
    } else if (control > 128) {
      const value = packed[at++] ?? 0;
      for (let left = 257 - control; left > 0 && written < limit; left--) output[offset + stride * written++] = value;
    }
  }
  return written;
}
