import sharp from 'sharp';
import type { RgbaImage } from '../../figures/picture.js';
import type { GrayImage } from '../../imaging/image.js';

/** Rows of a picture to keep: the first, and the first that is not kept. */
export type Rows = readonly [number, number];

/** A drawing as PNG with a palette: flat colours stay sharp, a few kilobytes each. */
export async function drawingBytes({ width, height, data }: RgbaImage, rows: Rows = [0, height]): Promise<Uint8Array> {
  return sharp(Buffer.from(data.buffer), { raw: { width, height, channels: 4 } })
    .extract({ left: 0, top: rows[0], width, height: rows[1] - rows[0] })
    .removeAlpha()
    .png({ palette: true, colours: 64, dither: 0, compressionLevel: 9 })
    .toBuffer();
}

/** An ultrasound frame as JPEG: a record keeps many, and speckle does not compress without loss. */
export async function frameBytes({ width, height, data }: GrayImage, rows: Rows = [0, height]): Promise<Uint8Array> {
  return sharp(Buffer.from(data), { raw: { width, height, channels: 1 } })
    .extract({ left: 0, top: rows[0], width, height: rows[1] - rows[0] })
    .jpeg({ quality: 85 })
    .toBuffer();
}

/** A scanner's screen as JPEG, colour at full resolution. */
export async function screenBytes(
  width: number,
  height: number,
  channels: 1 | 3,
  data: Uint8Array,
): Promise<Uint8Array> {
  return sharp(Buffer.from(data), { raw: { width, height, channels } })
    .jpeg({ quality: 85, chromaSubsampling: '4:4:4' })
    .toBuffer();
}
