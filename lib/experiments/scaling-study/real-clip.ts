import { join } from 'node:path';
import { workbenchRoot } from '../../core/paths.js';
import { curateClip } from '../../imaging/curation/curate-clip.js';
import { readDicom } from '../../imaging/dicom/read-dicom.js';
import { frameOf, type GrayImage } from '../../imaging/image.js';

/** The real apical four-chamber cine that ships with the workbench (MIT, see the README beside it). */
export const REAL_CLIP = join('data-manifests', 'samples', 'a4c-cine.dcm');

/** Its true view, by its source. */
export const REAL_CLIP_VIEW = 'A4C';

/** Frames of the real clip, spread evenly, curated as any DICOM: cone only, tight crop, square. */
export async function realClipFrames(size: number, count: number): Promise<{ index: number; image: GrayImage }[]> {
  const cine = await readDicom(join(workbenchRoot(), REAL_CLIP));
  const { clip } = curateClip(await cine.readClip(), { size });
  return Array.from({ length: count }, (_, n) => {
    const index = Math.floor(((n + 0.5) * clip.frameCount) / count);
    return { index, image: frameOf(clip, index) };
  });
}
