import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FormatError, ShapeError } from '../../../lib/core/errors.js';
import { openAvi } from '../../../lib/imaging/avi/open-avi.js';
import { writeAvi } from '../../../lib/imaging/avi/write-avi.js';
import { frameOf, type GrayClip } from '../../../lib/imaging/image.js';

const fixtures = new URL('../../fixtures/avi/', import.meta.url).pathname;
const folder = mkdtempSync(join(tmpdir(), 'echolab-avi-'));
const path = (name: string): string => join(folder, name);
afterAll(() => rmSync(folder, { recursive: true }));

/** Frame k is a smooth picture whose mean tells k. */
function rampClip(frameCount: number, width: number, height: number): GrayClip {
  const data = new Uint8Array(frameCount * width * height);
  for (let k = 0, i = 0; k < frameCount; k++)
    for (let y = 0; y < height; y++)
      for (let x = 0; x < width; x++, i++) data[i] = 10 + 8 * k + 40 * (1 + Math.sin((x + 2 * y) / 9));
  return { width, height, frameCount, framesPerSecond: 50, data };
}

const largestDifference = (a: Uint8Array, b: Uint8Array): number => {
  let largest = 0;
  for (let i = 0; i < a.length; i++) largest = Math.max(largest, Math.abs(a[i]! - b[i]!));
  return largest;
};

const clip = rampClip(12, 37, 22);
let bytes: Buffer;
beforeAll(async () => {
  await writeAvi(path('clip.avi'), clip);
  bytes = readFileSync(path('clip.avi'));
});

async function failureOf(name: string, content: Uint8Array): Promise<unknown> {
  writeFileSync(path(name), content);
  try {
    const reader = await openAvi(path(name));
    try {
      await reader.readClip();
    } finally {
      await reader.close();
    }
  } catch (error) {
    return error;
  }
  return undefined;
}

describe('writeAvi and openAvi', () => {
  it('give the clip back within what JPEG at quality 95 loses', async () => {
    const reader = await openAvi(path('clip.avi'));
    expect(reader).toMatchObject({ width: 37, height: 22, frameCount: 12, framesPerSecond: 50 });
    const back = await reader.readClip();
    expect(largestDifference(back.data, clip.data)).toBeLessThanOrEqual(6);
    await reader.close();
  });

  it('seek exactly: a frame read alone equals the frame in the clip, in any order', async () => {
    const reader = await openAvi(path('clip.avi'));
    const whole = await reader.readClip();
    for (const index of [11, 0, 5, 10, 5, 1]) {
      expect(await reader.readFrame(index)).toEqual(frameOf(whole, index));
    }
    await expect(reader.readFrame(12)).rejects.toThrow(ShapeError);
    await expect(reader.readFrame(0.5)).rejects.toThrow('frame must be in [0, 11]');
    await reader.close();
  });

  it('keep fractional frame rates', async () => {
    for (const rate of [30000 / 1001, 33.333333, 0.5, 51.2]) {
      await writeAvi(path('rate.avi'), { ...rampClip(2, 16, 16), framesPerSecond: rate });
      const reader = await openAvi(path('rate.avi'));
      expect(reader.framesPerSecond).toBeCloseTo(rate, 6);
      await reader.close();
    }
  });

  it('refuse to write a clip without a rate or with too few values', async () => {
    await expect(writeAvi(path('no.avi'), { ...clip, framesPerSecond: null })).rejects.toThrow('positive frame rate');
    await expect(writeAvi(path('no.avi'), { ...clip, frameCount: 13 })).rejects.toThrow(ShapeError);
    expect(readdirSync(folder)).not.toContain('no.avi');
  });

  it('read what OpenCV 5.0.0 wrote as OpenCV reads it', async () => {
    const expected = JSON.parse(readFileSync(join(fixtures, 'opencv.json'), 'utf8')) as {
      fps: number;
      mean: number[];
      row20: number[][];
    };
    const reader = await openAvi(join(fixtures, 'opencv.avi'));
    expect(reader).toMatchObject({ width: 48, height: 40, frameCount: 7, framesPerSecond: expected.fps });
    for (let k = 0; k < 7; k++) {
      const frame = await reader.readFrame(k);
      const mean = frame.data.reduce((sum, value) => sum + value, 0) / frame.data.length;
      expect(Math.abs(mean - expected.mean[k]!)).toBeLessThan(1); // OpenCV's colour conversion truncates, up to 0.8
      const row = frame.data.subarray(20 * 48, 21 * 48);
      expect(largestDifference(row, Uint8Array.from(expected.row20[k]!))).toBeLessThanOrEqual(2);
    }
    await reader.close();
  });
});

describe('openAvi on other layouts', () => {
  const indexAt = (): number => bytes.lastIndexOf('idx1');
  const moviAt = (): number => bytes.indexOf('movi');

  it('walks the frames when there is no index', async () => {
    const bare = Buffer.from(bytes.subarray(0, indexAt()));
    bare.writeUInt32LE(bare.length - 8, 4);
    writeFileSync(path('bare.avi'), bare);
    const [a, b] = [await openAvi(path('bare.avi')), await openAvi(path('clip.avi'))];
    expect(await a.readClip()).toEqual(await b.readClip());
    await a.close();
    await b.close();
  });

  it('takes offsets from the start of the file too', async () => {
    const absolute = Buffer.from(bytes);
    for (let at = indexAt() + 8; at < absolute.length; at += 16) {
      absolute.writeUInt32LE(absolute.readUInt32LE(at + 8) + moviAt(), at + 8);
    }
    expect(await failureOf('absolute.avi', absolute)).toBeUndefined();
  });

  it('reads every OpenDML segment', async () => {
    const movie = bytes.subarray(moviAt() - 8, indexAt());
    const segment = Buffer.concat([Buffer.from('RIFF\0\0\0\0AVIX'), movie]);
    segment.writeUInt32LE(segment.length - 8, 4);
    writeFileSync(path('opendml.avi'), Buffer.concat([bytes, segment]));
    const reader = await openAvi(path('opendml.avi'));
    expect(reader.frameCount).toBe(24);
    expect(await reader.readFrame(23)).toEqual(await reader.readFrame(11));
    await reader.close();
  });

  it('repeats the frame before an empty one', async () => {
    const dropped = Buffer.from(bytes);
    dropped.writeUInt32LE(0, indexAt() + 8 + 3 * 16 + 12);
    writeFileSync(path('dropped.avi'), dropped);
    const reader = await openAvi(path('dropped.avi'));
    expect(await reader.readFrame(3)).toEqual(await reader.readFrame(2));
    await reader.close();
  });
});

describe('openAvi on damaged and hostile files', () => {
  it('names the file and the fault', async () => {
    expect(await failureOf('empty.avi', new Uint8Array())).toBeInstanceOf(FormatError);
    expect(String(await failureOf('text.avi', Buffer.from('this is not a video at all')))).toContain('RIFF');
    expect(String(await failureOf('cut.avi', bytes.subarray(0, bytes.length - 300)))).toContain('cut.avi is truncated');
    await expect(openAvi(path('absent.avi'))).rejects.toThrow(FormatError);
    await expect(openAvi(folder)).rejects.toThrow(FormatError);
  });

  it('is not led outside the file by a size or an offset', async () => {
    const movi = bytes.indexOf('movi');
    const index = bytes.lastIndexOf('idx1');
    const cases: readonly (readonly [string, number, number])[] = [
      ['list size', movi - 4, 0xffffffff],
      ['first frame size', movi + 8, 0x7fffffff],
      ['index size', index + 4, 0xfffffff0],
      ['offset', index + 16 + 16, 0xfffffff0],
      ['size', index + 16 + 20, 0xfffffff0],
      ['width', bytes.indexOf('strf') + 12, 0x7fffffff],
      ['height', bytes.indexOf('strf') + 16, 0x80000000],
    ];
    for (const [name, at, value] of cases) {
      const hostile = Buffer.from(bytes);
      hostile.writeUInt32LE(value, at);
      expect(await failureOf('hostile.avi', hostile), name).toBeInstanceOf(FormatError);
    }
  });

  it('refuses a frame whose JPEG contradicts the header', async () => {
    const lying = Buffer.from(bytes);
    const frame = lying.indexOf(Buffer.from([0xff, 0xc0]));
    lying.writeUInt16BE(60000, frame + 5);
    lying.writeUInt16BE(60000, frame + 7);
    expect(String(await failureOf('lying.avi', lying))).toContain('60000 x 60000');
    lying.writeUInt16BE(21, frame + 5);
    lying.writeUInt16BE(37, frame + 7);
    expect(String(await failureOf('lying.avi', lying))).toContain('37 x 21');
  });

  it('names another codec and the way out', async () => {
    const other = Buffer.from(bytes);
    other.write('H264', bytes.indexOf('strf') + 8 + 16, 'latin1');
    expect(String(await failureOf('h264.avi', other))).toMatch(/H264.*ffmpeg/);
  });
});
