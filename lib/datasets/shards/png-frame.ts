import sharp from 'sharp';
import { FormatError, messageOf } from '../../core/errors.js';
import type { GrayImage } from '../../imaging/image.js';
import { MAXIMUM_PIXELS, toGray } from '../../imaging/jpeg.js';

/** True if the bytes begin like a PNG. */
export function isPng(bytes: Uint8Array): boolean {
  return bytes[0] === 0x89 && bytes[1] === 0x50 && bytes[2] === 0x4e && bytes[3] === 0x47;
}

/** Packs a grey frame without loss. */
export async function encodePngGray(image: GrayImage): Promise<Uint8Array> {
  const raw = { width: image.width, height: image.height, channels: 1 } as const;
  return sharp(image.data, { raw }).toColourspace('b-w').png({ compressionLevel: 6 }).toBuffer();
}

/** @throws {FormatError} naming `origin`, if the bytes are no whole picture */
export async function decodePngGray(bytes: Uint8Array, origin: string): Promise<GrayImage> {
  try {
    const picture = sharp(bytes, { limitInputPixels: MAXIMUM_PIXELS, failOn: 'truncated' }).removeAlpha();
    const { data, info } = await picture.raw().toBuffer({ resolveWithObject: true });
    const { width, height } = info;
    return toGray({ width, height, channels: info.channels === 1 ? 1 : 3, data: new Uint8Array(data) });
  } catch (error) {
    throw new FormatError(`decodePngGray: cannot read ${origin}: ${messageOf(error)}`);
  }
}
