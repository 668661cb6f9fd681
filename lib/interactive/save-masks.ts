import { join } from 'node:path';
import { ArgumentError, DataError } from '../core/errors.js';
import { writeFileWhole } from '../core/files.js';
import { sha256 } from '../core/hash.js';
import type { PixelSpacing } from '../imaging/image.js';
import { writeNifti } from '../imaging/nifti/write-nifti.js';
import { labelPng } from './label-png.js';
import type { PromptStep } from './prompt-steps.js';
import type { FramePlace } from './segmentation-session.js';

/** One object to be saved. */
export interface SavedObject {
  readonly name: string;
  readonly colour: string;
  readonly steps: readonly PromptStep[];
  /** `[height, width]`, above 0 inside. */
  readonly logits: Float32Array;
  readonly area: number;
  readonly dice: readonly { readonly structure: string; readonly value: number }[];
}

/** The format of a saved mask. */
export type MaskFormat = 'png' | 'nifti';

/** What there is to save of one frame. */
export interface MasksToSave {
  readonly place: FramePlace;
  readonly width: number;
  readonly height: number;
  readonly spacing: PixelSpacing | null;
  /** Objects 1, 2, …; a pixel that several claim goes to the one that is surest. */
  readonly objects: readonly SavedObject[];
  /** Name and source of the model. */
  readonly model: string;
}

/**
 * Writes the objects' masks as one picture of labels, and beside it a JSON file that says which label is what, which prompts led to it and which model
 * answered. Each file is whole or not there.
 *
 * @param folder where the files go; made if it is not there
 * @returns the mask's path
 * @throws {ArgumentError} if NIfTI is asked for without a spacing: it would claim millimetres that nobody measured
 */
export function saveMasks(folder: string, format: MaskFormat, masks: MasksToSave): string {
  const { place, width, height, spacing, objects } = masks;
  if (objects.length === 0) throw new ArgumentError('saveMasks: there is no mask yet; click on the frame first');
  if (objects.length > 255) throw new DataError(`saveMasks: a label picture holds 255 objects, got ${objects.length}`);
  if (format === 'nifti' && spacing === null) {
    throw new ArgumentError(
      'saveMasks: this file does not say how large a pixel is, and NIfTI must; enter millimetres a pixel, or save as PNG',
    );
  }
  const labels = labelsOf(objects, width * height);
  const name = fileName(place);
  const path = join(folder, `${name}.${format === 'png' ? 'png' : 'nii.gz'}`);
  if (format === 'png') {
    const millimetres = spacing && { x: spacing.xMillimetres, y: spacing.yMillimetres };
    writeFileWhole(
      path,
      labelPng(
        labels,
        width,
        height,
        objects.map(({ colour }) => colour),
        millimetres,
      ),
    );
  } else if (spacing !== null) {
    writeNifti(path, {
      shape: [width, height, 1, 1],
      spacing: [spacing.xMillimetres, spacing.yMillimetres, 1, 0],
      data: Float32Array.from(labels),
    });
  }
  const about = {
    frame: place,
    width,
    height,
    millimetresPerPixel: spacing && [spacing.xMillimetres, spacing.yMillimetres],
    model: masks.model,
    labels: objects.map((object, index) => ({
      label: index + 1,
      name: object.name,
      pixels: object.area,
      dice: object.dice.map(({ structure, value }) => ({ structure, value: Number(value.toFixed(4)) })),
      steps: object.steps,
    })),
  };
  writeFileWhole(join(folder, `${name}.json`), `${JSON.stringify(about, null, 2)}\n`);
  return path;
}

/** Label pictures: 0 where no object's logit is above 0, else 1 + the object of the highest. */
function labelsOf(objects: readonly SavedObject[], area: number): Uint8Array {
  const labels = new Uint8Array(area);
  for (let i = 0; i < area; i++) {
    let highest = 0;
    for (const [index, { logits }] of objects.entries()) {
      if (logits[i]! <= highest) continue;
      highest = logits[i]!;
      labels[i] = index + 1;
    }
  }
  return labels;
}

/** Group, clip and frame as a file name that leads nowhere else; where letters had to go, a few digits keep two clips apart. */
function fileName({ group, clip, frame }: FramePlace): string {
  const stem = clip.replace(/\.(avi|dcm|dicom|png|jpe?g|nii(\.gz)?)$/i, '');
  const safe = stem.replaceAll(/[^A-Za-z0-9_.-]+/g, '_').replace(/^\.+/, '');
  const apart = safe === stem ? '' : `-${sha256(clip).slice(0, 6)}`;
  return `${group === 'files' ? '' : `${group}-`}${safe || 'clip'}${apart}-frame${String(frame).padStart(3, '0')}`;
}
