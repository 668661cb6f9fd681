import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { FormatError, ShapeError } from '../../../lib/core/errors.js';
import { type DicomCine, readDicom, readDicomBytes } from '../../../lib/imaging/dicom/read-dicom.js';
import { decodeRunLength } from '../../../lib/imaging/dicom/run-length.js';
import { toRaster } from '../../../lib/imaging/dicom/to-raster.js';
import { toGray } from '../../../lib/imaging/jpeg.js';

const fixtures = new URL('../../fixtures/dicom/', import.meta.url).pathname;

function bytesOf(name: string): Uint8Array {
  return name === 'examples_ybr_color.dcm' || name.startsWith('gray16')
    ? readFileSync(fixtures + name)
    : gunzipSync(readFileSync(`${fixtures}${name}.gz`));
}

const digest = (data: Uint8Array): string => createHash('sha256').update(data).digest('hex');

const cineOf = (name: string): DicomCine => readDicomBytes(bytesOf(name), name);

interface Expected {
  readonly rows: number;
  readonly columns: number;
  readonly frames: number;
  readonly photometric: string;
  readonly frameTimeMs: number | null;
  readonly regions?: readonly { readonly RegionLocationMaxX1: number; readonly PhysicalDeltaX: number }[];
  readonly firstFrameRGB: {
    readonly sha256: string;
    readonly samples: readonly { readonly row: number; readonly col: number; readonly rgb: readonly number[] }[];
  };
}

const expected = JSON.parse(readFileSync(`${fixtures}expected.json`, 'utf8')) as Record<string, Expected>;

describe('readDicom', () => {
  it.each(Object.keys(expected))('decodes %s as pydicom does', async (name) => {
    const cine = cineOf(name);
    const want = expected[name]!;
    expect(cine).toMatchObject({ width: want.columns, height: want.rows, frameCount: want.frames, modality: 'US' });
    expect(cine.photometric).toBe(want.photometric);
    if (want.frameTimeMs === null) expect(cine.framesPerSecond).toBeNull();
    else expect(cine.framesPerSecond).toBeCloseTo(1000 / want.frameTimeMs, 9);
    expect(cine.regions.map(({ x1 }) => x1)).toEqual((want.regions ?? []).map((region) => region.RegionLocationMaxX1));
    const frame = await cine.readFrame(0);
    expect(frame.channels).toBe(3);
    for (const { row, col, rgb } of want.firstFrameRGB.samples) {
      const at = 3 * (row * cine.width + col);
      expect([...frame.data.subarray(at, at + 3)]).toEqual(rgb);
    }
    // libjpeg-turbo and OpenJPEG give the same bits as the reference's builds, so even lossy frames are equal.
    expect(digest(frame.data)).toBe(want.firstFrameRGB.sha256);
  });

  it('decodes later frames', async () => {
    const [native, bigEndian, rle] = ['OBXXXX1A_2frame.dcm', 'OBXXXX1A_expb_2frame.dcm', 'OBXXXX1A_rle_2frame.dcm'];
    const frame = await cineOf(native!).readFrame(1);
    expect(digest((await cineOf(bigEndian!).readFrame(1)).data)).toBe(digest(frame.data));
    expect(digest((await cineOf(rle!).readFrame(1)).data)).toBe(digest(frame.data));
  });

  it('decodes lossless JPEG of DCMTK 3.6.7 to the picture it was made from', async () => {
    const original = await cineOf('color-pl.dcm').readFrame(0);
    for (const predictor of [1, 7]) {
      const frame = await cineOf(`color-pl-lossless-${predictor}.dcm`).readFrame(0);
      expect(digest(frame.data)).toBe(digest(original.data));
    }
    expect(await cineOf('gray16-lossless-4.dcm').readFrame(0)).toEqual(await cineOf('gray16.dcm').readFrame(0));
  });

  it('shows 12 stored bits over the whole range', async () => {
    // make-gray16.py: pixel (x, y) = (131 x + 17 y^2 + 300 (xy mod 7)) mod 4096; 0 at the origin, 2227 at (17, 0)
    const { data } = await cineOf('gray16.dcm').readFrame(0);
    expect(data[0]).toBe(0);
    expect(data[17]).toBe(Math.round((2227 * 255) / 4095));
  });

  it('reads a cine as luma', async () => {
    const cine = await readDicom(`${fixtures}examples_ybr_color.dcm`);
    const clip = await cine.readClip();
    expect(clip).toMatchObject({ width: 320, height: 240, frameCount: 30 });
    const last = toGray(await cine.readFrame(29));
    expect(digest(clip.data.subarray(29 * 320 * 240))).toBe(digest(last.data));
    await expect(cine.readFrame(30)).rejects.toThrow(ShapeError);
  });
});

describe('spacing', () => {
  it('is refused where a region reaches beyond the picture', () => {
    const { spacing } = cineOf('examples_ybr_color.dcm');
    expect(spacing).toMatchObject({ known: false });
    expect(spacing.known ? '' : spacing.reason).toContain('x = 595, y = 414 in a picture of 320 x 240');
    expect(cineOf('examples_palette.dcm').spacing.known).toBe(false); // y = 518 in a picture 350 high
  });

  it('is the tissue region, in millimetres, not the ECG trace', () => {
    const { spacing } = cineOf('OBXXXX1A.dcm');
    expect(spacing).toMatchObject({ known: true, spacing: { xMillimetres: 0.26228787661969977 } }); // 0.0262… cm
  });

  it('says when nothing is known', () => {
    expect(cineOf('color-pl.dcm').spacing).toMatchObject({ known: false });
  });
});

describe('identifying attributes', () => {
  it('are named, never quoted', () => {
    const { identifyingTags } = cineOf('examples_ybr_color.dcm');
    expect(identifyingTags.named).toEqual(expect.arrayContaining(["Patient's Name", 'Patient ID', 'Study Date']));
    expect(identifyingTags.named).not.toContain('Accession Number'); // present but empty
    expect(identifyingTags.privateElements).toBe(3);
  });
});

describe('damaged and hostile files', () => {
  const failure = (bytes: Uint8Array): unknown => {
    try {
      readDicomBytes(bytes, 'hostile.dcm');
      return undefined;
    } catch (error) {
      return error;
    }
  };

  it('are refused by name', () => {
    expect(failure(new Uint8Array())).toBeInstanceOf(FormatError);
    expect(String(failure(new TextEncoder().encode('GIF89a'.repeat(60))))).toContain('not a DICOM file');
    const whole = bytesOf('ExplVR_BigEnd.dcm');
    expect(failure(whole.subarray(0, whole.length - 500))).toBeInstanceOf(FormatError);
  });

  it('cannot make the reader allocate for absurd sizes', () => {
    const bytes = Buffer.from(bytesOf('gray16.dcm'));
    const rows = bytes.indexOf(Buffer.from([0x28, 0, 0x10, 0, 0x55, 0x53]));
    const columns = bytes.indexOf(Buffer.from([0x28, 0, 0x11, 0, 0x55, 0x53]));
    bytes.writeUInt16LE(65535, rows + 8);
    expect(String(failure(bytes))).toContain('truncated');
    bytes.writeUInt16LE(65535, columns + 8);
    expect(String(failure(bytes))).toContain('65535 x 65535');
    bytes.writeUInt16LE(0, columns + 8);
    expect(String(failure(bytes))).toContain('0 x 65535');
  });

  it('name the transfer syntax that is not read', () => {
    const bytes = Buffer.from(bytesOf('gray16-lossless-4.dcm'));
    const at = bytes.indexOf('1.2.840.10008.1.2.4.57');
    bytes.write('80', at + '1.2.840.10008.1.2.4.'.length, 'latin1');
    expect(String(failure(bytes))).toMatch(/4\.80.*dcmdjpls/);
  });

  it('fail in the frame that is damaged', async () => {
    const bytes = Buffer.from(bytesOf('gray16-lossless-4.dcm'));
    const scan = bytes.indexOf(Buffer.from([0xff, 0xda]));
    expect(failure(bytes.subarray(0, scan))).toBeInstanceOf(FormatError);
    bytes.fill(0xff, scan + 12, scan + 40);
    await expect(readDicomBytes(bytes, 'cut.dcm').readFrame(0)).rejects.toThrow('lossless JPEG');
  });
});

describe('decodeRunLength', () => {
  it('decodes a hand-made frame: a literal run, a repeat, a no-op', () => {
    const frame = new Uint8Array(64 + 8);
    new DataView(frame.buffer).setUint32(0, 1, true);
    new DataView(frame.buffer).setUint32(4, 64, true);
    frame.set([1, 7, 8, 128, 254, 9, 0, 5], 64); // 7 8, nothing, 9 9 9, 5
    expect([...decodeRunLength(frame, 6, 1, 1, 'hand')]).toEqual([7, 8, 9, 9, 9, 5]);
    expect(() => decodeRunLength(frame, 7, 1, 1, 'hand')).toThrow('6 of 7 values');
    expect(() => decodeRunLength(frame, 6, 3, 1, 'hand')).toThrow('1 RLE segments, 3 are needed');
  });
});

describe('toRaster', () => {
  const pixels = {
    width: 2,
    height: 1,
    frameCount: 1,
    samples: 1,
    bitsAllocated: 8,
    bitsStored: 8,
    signed: false,
    planar: false,
    photometric: 'MONOCHROME1',
  } as const;
  const window = { low: 0, high: 255 };

  it('turns MONOCHROME1 round', () => {
    const frame = { values: Uint8Array.of(0, 200), alreadyRgb: false };
    expect([...toRaster(frame, pixels, window, undefined, 'x').data]).toEqual([255, 55]);
  });

  it('converts YBR_FULL: grey stays, red is red', () => {
    const frame = { values: Uint8Array.of(90, 128, 128, 76, 85, 255), alreadyRgb: false };
    const colour = { ...pixels, samples: 3, photometric: 'YBR_FULL' } as const;
    // BT.601: Y 76, Cb 85, Cr 255 is (254, 0, 0)
    expect([...toRaster(frame, colour, window, undefined, 'x').data]).toEqual([90, 90, 90, 254, 0, 0]);
  });

  it('names what it does not read', () => {
    const frame = { values: Uint8Array.of(1, 2), alreadyRgb: false };
    expect(() => toRaster(frame, { ...pixels, photometric: 'CMYK' }, window, undefined, 'x')).toThrow('"CMYK"');
  });
});
