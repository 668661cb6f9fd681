import { stat } from 'node:fs/promises';
import { basename, extname } from 'node:path';
import sharp from 'sharp';
import { FormatError, messageOf, ShapeError } from '../core/errors.js';
import { openAvi } from '../imaging/avi/open-avi.js';
import { readDicom } from '../imaging/dicom/read-dicom.js';
import type { GrayClip, GrayImage, PixelSpacing } from '../imaging/image.js';
import { MAXIMUM_PIXELS, toGray } from '../imaging/jpeg.js';

/** An open clip of any format. Close it. */
export interface ClipHandle {
  readonly width: number;
  readonly height: number;
  readonly frameCount: number;
  readonly framesPerSecond: number | null;
  /** Millimetres a pixel where the file says so and can be believed. */
  readonly spacing: PixelSpacing | null;
  readFrame(index: number): Promise<GrayImage>;
  readClip(): Promise<GrayClip>;
  close(): Promise<void>;
}

/** A clip on disk; nothing of it is in memory until asked for. */
export interface ClipFile {
  readonly path: string;
  /** Opens the file to read several frames; close it. */
  open(): Promise<ClipHandle>;
  /** One frame, 0-based. */
  readFrame(index: number): Promise<GrayImage>;
  /** All frames. */
  readClip(): Promise<GrayClip>;
}

/** Suffixes that {@link clipFile} reads. DICOM files often have none. */
export const CLIP_SUFFIXES: readonly string[] = ['.avi', '.dcm', '.dicom', '', '.png', '.jpg', '.jpeg'];

/** Describes a clip: Motion-JPEG AVI, DICOM, or a single picture (PNG, JPEG), by its suffix. */
export function clipFile(path: string): ClipFile {
  const open = (): Promise<ClipHandle> => openClip(path);
  const once = async <T>(read: (clip: ClipHandle) => Promise<T>): Promise<T> => {
    const clip = await open();
    try {
      return await read(clip);
    } finally {
      await clip.close();
    }
  };
  return {
    path,
    open,
    readFrame: (index) => once((clip) => clip.readFrame(index)),
    readClip: () => once((clip) => clip.readClip()),
  };
}

/**
 * Opens a clip of any format that {@link clipFile} knows.
 *
 * @throws {FormatError} naming the file
 */
export async function openClip(path: string): Promise<ClipHandle> {
  const suffix = extname(path).toLowerCase();
  if (suffix === '.avi') return { ...(await openAvi(path)), spacing: null };
  if (suffix === '.png' || suffix === '.jpg' || suffix === '.jpeg') return openPicture(path);
  const cine = await readDicom(path);
  const { width, height, frameCount, framesPerSecond } = cine;
  return {
    width,
    height,
    frameCount,
    framesPerSecond,
    spacing: cine.spacing.known ? cine.spacing.spacing : null,
    readFrame: async (index) => toGray(await cine.readFrame(index)),
    readClip: () => cine.readClip(),
    close: async () => {},
  };
}

/** A PNG or JPEG as a clip of one frame. */
async function openPicture(path: string): Promise<ClipHandle> {
  const image = await readPicture(path);
  return {
    width: image.width,
    height: image.height,
    frameCount: 1,
    framesPerSecond: null,
    spacing: null,
    readFrame: async (index) => {
      if (index !== 0)
        throw new ShapeError(`openClip: ${basename(path)} is one picture; frame must be 0, got ${index}`);
      return image;
    },
    readClip: async () => ({ ...image, frameCount: 1, framesPerSecond: null }),
    close: async () => {},
  };
}

/**
 * Reads a PNG or JPEG as luma.
 *
 * @throws {FormatError} if it is missing, damaged or larger than 64 million pixels
 */
export async function readPicture(path: string): Promise<GrayImage> {
  try {
    const { size } = await stat(path);
    if (size > 2 ** 30) throw new Error(`${size} bytes; at most 1 GiB is read`);
    const picture = sharp(path, { limitInputPixels: MAXIMUM_PIXELS, failOn: 'truncated' }).removeAlpha();
    const { data, info } = await picture.toColourspace('srgb').raw().toBuffer({ resolveWithObject: true });
    return toGray({
      width: info.width,
      height: info.height,
      channels: info.channels === 1 ? 1 : 3,
      data: new Uint8Array(data),
    });
  } catch (error) {
    throw new FormatError(`readPicture: cannot read ${path}: ${messageOf(error)}`);
  }
}
