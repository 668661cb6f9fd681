import { ArgumentError, ShapeError } from '../../core/errors.js';
import { writeFileWhole } from '../../core/files.js';
import { frameOf, type GrayClip } from '../image.js';
import { encodeJpegGray } from '../jpeg.js';

/** Options of {@link writeAvi}. */
export interface WriteAviOptions {
  /** JPEG quality, 1 to 100; default 95, where speckle survives. */
  readonly quality?: number;
}

const HAS_INDEX = 0x10;
const KEY_FRAME = 0x10;

/**
 * Writes a grey clip as Motion JPEG in a RIFF AVI with an `idx1` index: the layout of EchoNet-Dynamic's videos,
 * read by OpenCV, FFmpeg and {@link openAvi}. The file appears whole or not at all.
 *
 * @param clip `framesPerSecond` must be a positive number, for an AVI always says one
 * @throws {ShapeError} if the data do not fill `[frameCount, height, width]`
 * @throws {ArgumentError} if there is no frame, no frame rate, or the file would pass 1 GiB (the AVI 1.0 limit kept here)
 */
export async function writeAvi(path: string, clip: GrayClip, options: WriteAviOptions = {}): Promise<void> {
  const quality = options.quality ?? 95;
  const { width, height, frameCount, framesPerSecond } = clip;
  if (clip.data.length !== frameCount * width * height) {
    throw new ShapeError(
      `writeAvi: data must hold ${frameCount} x ${height} x ${width} values, got ${clip.data.length}`,
    );
  }
  if (frameCount < 1 || framesPerSecond === null || !(framesPerSecond > 0) || !Number.isFinite(framesPerSecond)) {
    throw new ArgumentError(
      `writeAvi: needs at least one frame and a positive frame rate, got ${frameCount} frames at ${framesPerSecond} a second`,
    );
  }
  const frames: Uint8Array[] = [];
  for (let index = 0; index < frameCount; index++) frames.push(await encodeJpegGray(frameOf(clip, index), quality));
  writeFileWhole(path, aviBytes(frames, width, height, framesPerSecond));
}

/** The bytes of a Motion-JPEG AVI around frames that are JPEG already. */
export function aviBytes(
  frames: readonly Uint8Array[],
  width: number,
  height: number,
  framesPerSecond: number,
): Uint8Array {
  const movi = chunk('LIST', concat([ascii('movi'), ...frames.map((frame) => chunk('00dc', frame))]));
  if (movi.length > 2 ** 30) {
    throw new ArgumentError(`writeAvi: ${movi.length} bytes of frames pass the 1 GiB of AVI 1.0; split the clip`);
  }
  const largest = Math.max(...frames.map((frame) => frame.length));
  const rate = rational(framesPerSecond);
  const mainHeader = chunk(
    'avih',
    words([
      Math.round(1e6 / framesPerSecond),
      Math.min(0xffffffff, Math.ceil(largest * framesPerSecond)),
      0,
      HAS_INDEX,
      frames.length,
      0,
      1,
      largest,
      width,
      height,
      0,
      0,
      0,
      0,
    ]),
  );
  const frameBox = Buffer.alloc(8);
  frameBox.writeInt16LE(width, 4);
  frameBox.writeInt16LE(height, 6);
  const streamHeader = chunk(
    'strh',
    concat([
      ascii('vidsMJPG'),
      words([0, 0, 0, rate.scale, rate.rate, 0, frames.length, largest, 0xffffffff, 0]),
      frameBox,
    ]),
  );
  const bitmap = Buffer.alloc(40);
  bitmap.writeUInt32LE(40, 0);
  bitmap.writeInt32LE(width, 4);
  bitmap.writeInt32LE(height, 8);
  bitmap.writeUInt16LE(1, 12);
  bitmap.writeUInt16LE(24, 14);
  bitmap.write('MJPG', 16, 'latin1');
  bitmap.writeUInt32LE(width * height * 3, 20);
  const header = chunk(
    'LIST',
    concat([ascii('hdrl'), mainHeader, chunk('LIST', concat([ascii('strl'), streamHeader, chunk('strf', bitmap)]))]),
  );
  return chunk('RIFF', concat([ascii('AVI '), header, movi, chunk('idx1', indexOf(frames))]));
}

/** `idx1`: offsets count from the `movi` tag, as FFmpeg and OpenCV write them. */
function indexOf(frames: readonly Uint8Array[]): Uint8Array {
  const index = Buffer.alloc(frames.length * 16);
  let offset = 4;
  frames.forEach((frame, i) => {
    index.write('00dc', i * 16, 'latin1');
    index.writeUInt32LE(KEY_FRAME, i * 16 + 4);
    index.writeUInt32LE(offset, i * 16 + 8);
    index.writeUInt32LE(frame.length, i * 16 + 12);
    offset += 8 + frame.length + (frame.length % 2);
  });
  return index;
}

/** A frame rate as a fraction of 32-bit integers, exact to a millionth. */
function rational(framesPerSecond: number): { rate: number; scale: number } {
  for (const scale of [1, 1001, 1000, 1_000_000]) {
    const rate = framesPerSecond * scale;
    if (rate < 2 ** 31 && Math.abs(rate - Math.round(rate)) < 1e-9 * rate) return { rate: Math.round(rate), scale };
  }
  return { rate: Math.round(framesPerSecond * 1e6), scale: 1_000_000 };
}

function chunk(tag: string, payload: Uint8Array): Uint8Array {
  const head = Buffer.alloc(8);
  head.write(tag, 0, 'latin1');
  head.writeUInt32LE(payload.length, 4);
  return concat(payload.length % 2 === 0 ? [head, payload] : [head, payload, Buffer.alloc(1)]);
}

function words(values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 4);
  values.forEach((value, i) => {
    bytes.writeUInt32LE(value, i * 4);
  });
  return bytes;
}

const ascii = (text: string): Buffer => Buffer.from(text, 'latin1');
const concat = (parts: readonly Uint8Array[]): Buffer => Buffer.concat(parts);
