import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { ArgumentError, FormatError } from '../../lib/core/errors.js';
import { decodeJpeg, decodeJpegLuma, encodeJpegGray, toGray } from '../../lib/imaging/jpeg.js';

const [width, height] = [40, 24];
const colour = Uint8Array.from({ length: width * height * 3 }, (_, i) => {
  const [x, y, c] = [Math.floor(i / 3) % width, Math.floor(i / 3 / width), i % 3];
  return 60 + 3 * x * (c === 0 ? 1 : 0.3) + 4 * y * (c === 2 ? 1 : 0.2);
});
const raw = sharp(colour, { raw: { width, height, channels: 3 } });

describe('decodeJpeg', () => {
  it('gives the bits that libvips gives', async () => {
    for (const bytes of [
      await raw.jpeg({ quality: 80 }).toBuffer(),
      await raw.jpeg({ progressive: true }).toBuffer(),
    ]) {
      const expected = await sharp(bytes).raw().toBuffer();
      expect(Buffer.from((await decodeJpeg(bytes, 'x')).data).equals(expected)).toBe(true);
    }
  });

  it('reads Motion JPEG without Huffman tables', async () => {
    const image = { width, height, data: colour.filter((_, i) => i % 3 === 0) };
    const bytes = Buffer.from(await encodeJpegGray(image, 90));
    const parts = [bytes.subarray(0, 2)];
    for (let at = 2; ; ) {
      const length = bytes.readUInt16BE(at + 2);
      if (bytes[at + 1] === 0xda) {
        parts.push(bytes.subarray(at));
        break;
      }
      if (bytes[at + 1] !== 0xc4) parts.push(bytes.subarray(at, at + 2 + length));
      at += 2 + length;
    }
    expect((await decodeJpeg(Buffer.concat(parts), 'x')).data).toEqual((await decodeJpeg(bytes, 'x')).data);
  });

  it('refuses what is no whole JPEG', async () => {
    const bytes = await raw.jpeg().toBuffer();
    await expect(decodeJpeg(bytes.subarray(0, 300), 'cut.jpg')).rejects.toThrow(FormatError);
    await expect(decodeJpeg(new Uint8Array(40), 'zero.jpg')).rejects.toThrow('zero.jpg does not start like a JPEG');
  });
});

describe('decodeJpegLuma', () => {
  it('takes Y as coded: within rounding of the luma of the decoded colours', async () => {
    const bytes = await raw.jpeg({ quality: 95, chromaSubsampling: '4:4:4' }).toBuffer();
    const luma = await decodeJpegLuma(bytes, 'x');
    const over = toGray(await decodeJpeg(bytes, 'x'));
    for (let i = 0; i < luma.data.length; i++) expect(Math.abs(luma.data[i]! - over.data[i]!)).toBeLessThanOrEqual(1);
  });

  it('leaves grey pictures as they are', async () => {
    const bytes = await encodeJpegGray({ width, height, data: colour.filter((_, i) => i % 3 === 0) }, 95);
    expect((await decodeJpegLuma(bytes, 'x')).data).toEqual((await decodeJpeg(bytes, 'x')).data);
  });
});

describe('toGray', () => {
  it('keeps grey and weighs colours by BT.601', () => {
    const pixels = Uint8Array.of(7, 7, 7, 255, 255, 255, 255, 0, 0, 0, 255, 0, 0, 0, 255);
    // 0.299, 0.587 and 0.114 of 255
    expect([...toGray({ width: 5, height: 1, channels: 3, data: pixels }).data]).toEqual([7, 255, 76, 150, 29]);
  });
});

describe('encodeJpegGray', () => {
  it('refuses a quality that is none', async () => {
    await expect(encodeJpegGray({ width: 1, height: 1, data: Uint8Array.of(1) }, 0)).rejects.toThrow(ArgumentError);
  });
});
