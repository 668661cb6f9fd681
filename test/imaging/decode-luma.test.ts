import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import sharp, { type Sharp } from 'sharp';
import { describe, expect, it } from 'vitest';
import { DataError } from '../../lib/core/errors.js';
import { stream } from '../../lib/core/random.js';
import { LumaDecoder } from '../../lib/imaging/baseline-jpeg/decode-luma.js';
import { mutate } from '../../lib/imaging/fuzz/mutate.js';
import { decodeLumaWithTurbo, encodeJpegGray } from '../../lib/imaging/jpeg.js';

const decoder = new LumaDecoder();

/** Noise over a gradient, and noise of full contrast: many codes, long runs, values that clip. */
function pixels(width: number, height: number, channels: 1 | 3, contrast: number): Sharp {
  const random = stream(3, `luma/${width}/${channels}/${contrast}`);
  const data = Uint8Array.from({ length: width * height * channels }, (_, i) =>
    Math.min(255, Math.max(0, (i / channels) % width) + contrast * (random.uniform() - 0.5)),
  );
  return sharp(data, { raw: { width, height, channels } });
}

/** Baseline JPEGs of many kinds: sampling, quality, sizes that fill no block, own Huffman tables. */
async function pictures(): Promise<Buffer[]> {
  const made: Promise<Buffer>[] = [];
  for (const [width, height] of [
    [112, 112],
    [37, 21],
    [8, 8],
    [1, 1],
  ] as const) {
    for (const [quality, contrast] of [
      [95, 20],
      [100, 500],
      [30, 500],
      [1, 90],
    ] as const) {
      const grey = pixels(width, height, 1, contrast).toColourspace('b-w');
      made.push(grey.jpeg({ quality, optimiseCoding: false }).toBuffer());
      for (const chromaSubsampling of ['4:2:0', '4:4:4']) {
        const colour = pixels(width, height, 3, contrast);
        made.push(colour.jpeg({ quality, chromaSubsampling, optimiseCoding: contrast > 50 }).toBuffer());
      }
    }
  }
  return Promise.all(made);
}

describe('LumaDecoder', () => {
  it('runs here', () => {
    expect(decoder.isAvailable).toBe(true);
  });

  it('was compiled from the source beside it', () => {
    const room = new URL('../../lib/imaging/baseline-jpeg/', import.meta.url);
    const compiled = readFileSync(new URL('decode-scan.wasm.ts', room), 'utf8');
    const source = readFileSync(new URL('decode-scan.as', room));
    expect(compiled).toContain(createHash('sha256').update(source).digest('hex'));
  });

  it('gives the bits that libjpeg-turbo gives', async () => {
    for (const bytes of await pictures()) {
      const luma = decoder.decode(bytes);
      expect(luma).not.toBeNull();
      const expected = await decodeLumaWithTurbo(bytes, 'x');
      expect([luma!.width, luma!.height]).toEqual([expected.width, expected.height]);
      expect(Buffer.compare(luma!.data, expected.data)).toBe(0);
    }
  });

  it('gives them from damaged files too, or leaves them to libjpeg-turbo', async () => {
    const originals = await pictures();
    let [same, left] = [0, 0];
    for (let mutation = 0; mutation < 3000; mutation++) {
      const bytes = mutate(originals[mutation % originals.length]!, stream(4, `luma/${mutation}`));
      const luma = decoder.decode(bytes);
      if (luma === null) {
        left++;
        continue;
      }
      try {
        const expected = await decodeLumaWithTurbo(bytes, 'x');
        expect(Buffer.compare(luma.data, expected.data), `mutation ${mutation}`).toBe(0);
        same++;
      } catch (error) {
        if (!(error instanceof DataError)) throw error;
        expect.fail(`mutation ${mutation} is decoded here and refused there: ${error.message}`);
      }
    }
    expect(same).toBeGreaterThan(300);
    expect(left).toBeGreaterThan(1000);
  });

  it('reads restart markers', async () => {
    const width = 40;
    const height = 24;
    const data = Uint8Array.from({ length: width * height }, (_, i) => (7 * i) % 256);
    const bytes = Buffer.from(await encodeJpegGray({ width, height, data }, 90));
    expect(decoder.decode(bytes)).not.toBeNull();
    // An interval longer than the picture changes nothing; one that its data do not keep is not believed.
    const scan = bytes.indexOf(Buffer.of(0xff, 0xda));
    const withInterval = (units: number): Buffer =>
      Buffer.concat([bytes.subarray(0, scan), Buffer.of(0xff, 0xdd, 0, 4, 0, units), bytes.subarray(scan)]);
    expect(decoder.decode(withInterval(200))!.data).toEqual(decoder.decode(bytes)!.data);
    expect(decoder.decode(withInterval(3))).toBeNull();
  });

  it('leaves to libjpeg-turbo what is not baseline, not YCbCr, cut short or absurd', async () => {
    const colour = pixels(40, 24, 3, 50);
    const good = await colour.jpeg().toBuffer();
    expect(decoder.decode(await colour.clone().jpeg({ progressive: true }).toBuffer())).toBeNull();
    expect(decoder.decode(good.subarray(0, good.length - 3))).toBeNull();
    expect(decoder.decode(new Uint8Array(40))).toBeNull();
    const huge = Buffer.from(good);
    huge.writeUInt32BE(0xffffffff, good.indexOf(Buffer.of(0xff, 0xc0)) + 5); // height and width 65,535
    expect(decoder.decode(huge)).toBeNull();
  });
});
