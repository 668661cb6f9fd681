import { STRUCTURES } from '../experiments/segmentation/structures.js';
import type { GrayImage, PixelSpacing } from '../imaging/image.js';

/** A structure as an expert or the phantom drew it. */
export interface TruthMask {
  /** E.g. `left ventricle`. */
  readonly structure: string;
  /** `[height, width]`, nonzero inside. */
  readonly mask: Uint8Array;
}

/** One entry of a list of clips. */
export interface ClipEntry {
  /** Unique in its group. */
  readonly id: string;
  /** What a person reads: name, view. */
  readonly title: string;
  readonly patient: string;
  /** What is known about it in words, by column; a clip may lack a column. */
  readonly attributes: Readonly<Record<string, string>>;
}

/** A clip that is open: pictures come when asked for. */
export interface OpenFrames {
  readonly frameCount: number;
  /** Millimetres a pixel where the file says so and can be believed. */
  readonly spacing: PixelSpacing | null;
  /** Frames worth going to: end-diastole, end-systole, frames with a truth. */
  readonly marks: readonly { readonly frame: number; readonly label: string }[];
  readFrame(index: number): Promise<GrayImage>;
  /** Empty where nothing is drawn on the frame. */
  readTruth(index: number): Promise<readonly TruthMask[]>;
  close(): Promise<void>;
}

/** Clips that belong together: a data set, a folder, one file. */
export interface FrameGroup {
  readonly id: string;
  readonly title: string;
  /** Phantom pictures say so on their face. */
  readonly origin: 'phantom' | 'real';
  readonly clips: readonly ClipEntry[];
  /** @throws {DataError} if the clip cannot be read */
  open(id: string): Promise<OpenFrames>;
}

/** `leftVentricle` as the models are asked for it: `left ventricle`. */
export function structureName(key: string): string {
  const known = Object.entries(STRUCTURES).find(([name]) => name === key)?.[1].text;
  return known ?? key.replaceAll(/([a-z])([A-Z])/g, '$1 $2').toLowerCase();
}

/** Masks of the structures in a label picture; those that are not in it are left out. */
export function truthOfLabels(labels: Uint8Array, names: Readonly<Record<string, number>>): TruthMask[] {
  return Object.entries(names)
    .filter(([, value]) => value !== 0)
    .map(([key, value]) => ({
      structure: structureName(key),
      mask: labels.map((label) => (label === value ? 1 : 0)),
    }))
    .filter(({ mask }) => mask.includes(1));
}
