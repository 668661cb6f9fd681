import sharp from 'sharp';
import { DataError } from '../../core/errors.js';
import type { GrayImage } from '../../imaging/image.js';

/** Square grey frames side by side in one PNG: the pictures that a record keeps. */
export async function frameStrip(frames: readonly GrayImage[]): Promise<Uint8Array> {
  const size = frames[0]?.height ?? 1;
  const width = size * frames.length;
  const data = Buffer.alloc(width * size);
  frames.forEach((frame, index) => {
    for (let y = 0; y < size; y++) data.set(frame.data.subarray(y * size, (y + 1) * size), y * width + index * size);
  });
  return sharp(data, { raw: { width, height: size, channels: 1 } })
    .png({ compressionLevel: 9 })
    .toBuffer();
}

/** The frames of a strip, left to right. */
export async function readFrames(png: Uint8Array | undefined): Promise<GrayImage[]> {
  if (!png) throw new DataError('readFrames: the record has lost a picture in assets/; run the experiment again');
  const { data, info } = await sharp(png).greyscale().raw().toBuffer({ resolveWithObject: true });
  const size = info.height;
  return Array.from({ length: info.width / size }, (_, index) => {
    const frame = new Uint8Array(size * size);
    for (let y = 0; y < size; y++) {
      const start = y * info.width + index * size;
      frame.set(data.subarray(start, start + size), y * size);
    }
    return { width: size, height: size, data: frame };
  });
}
