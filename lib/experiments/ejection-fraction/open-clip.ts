import { readdirSync, statSync } from 'node:fs';
import { extname, join } from 'node:path';
import { DataError } from '../../core/errors.js';
import { openClip } from '../../datasets/clip-file.js';
import { curateClip } from '../../imaging/curation/curate-clip.js';
import type { GrayClip, PixelSpacing } from '../../imaging/image.js';

/** A clip ready to be measured. */
export interface OpenedClip {
  readonly clip: GrayClip;
  /** `null` where the file does not say. */
  readonly spacing: PixelSpacing | null;
}

/** Side to which a DICOM screen is curated before the networks' own resize, pixels. */
const CURATED_SIZE = 224;
/** Suffixes of moving pictures; DICOM files often have none. */
const SUFFIXES = ['.avi', '.dcm', '.dicom', ''];

/**
 * The clips that a path names: itself, or every AVI and DICOM file under a folder, sorted.
 *
 * @throws {DataError} if a folder holds none
 */
export function clipsUnder(path: string): string[] {
  if (!statSync(path).isDirectory()) return [path];
  const found = readdirSync(path, { recursive: true, withFileTypes: true })
    .filter(
      (entry) => entry.isFile() && !entry.name.startsWith('.') && SUFFIXES.includes(extname(entry.name).toLowerCase()),
    )
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((file) => !['DICOMDIR', 'LICENSE', 'README'].includes(file.split(/[\\/]/).at(-1)!))
    .sort();
  if (found.length === 0) throw new DataError(`clipsUnder: ${path} holds no AVI or DICOM file`);
  return found;
}

/**
 * Opens one clip: an AVI as it is (EchoNet-Dynamic's are cropped to the sector already), a DICOM curated (sector only, tight square crop).
 *
 * @throws {FormatError} if it cannot be read; {DataError} if it is one picture, or no sector is found in a DICOM
 */
export async function readClipToMeasure(path: string): Promise<OpenedClip> {
  const handle = await openClip(path);
  try {
    if (handle.frameCount < 2) {
      throw new DataError(`readClipToMeasure: ${path} holds one frame; an ejection fraction needs a moving picture`);
    }
    const clip = await handle.readClip();
    if (extname(path).toLowerCase() === '.avi') return { clip, spacing: handle.spacing };
    const { spacing } = handle;
    const curated = curateClip(clip, { size: CURATED_SIZE, ...(spacing !== null && { spacing }) });
    return { clip: curated.clip, spacing: curated.spacing };
  } finally {
    await handle.close();
  }
}
