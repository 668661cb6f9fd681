import type { CsvCell } from '../core/csv.js';
import type { ClipPlan } from './clip-plan.js';
import type { TextureKind } from './texture.js';

/** A video. `file` is relative to the data folder here and below. */
export interface VideoJob {
  readonly kind: 'video';
  readonly file: string;
  readonly plan: ClipPlan;
  /** Share of the depth at which a C-plane of the plan's volume is cut; absent for a picture in the plan's own plane. */
  readonly cPlane?: number;
}

/** One view of one CAMUS patient: pictures, masks and sequences; `file` is the `.cfg`, written last. */
export interface CamusJob {
  readonly kind: 'camus';
  readonly file: string;
  readonly view: '2CH' | '4CH';
  readonly plan: ClipPlan;
}

/** One frame of a clip as PNG. */
export interface StillJob {
  readonly kind: 'still';
  readonly file: string;
  readonly plan: ClipPlan;
  /** Number in the clip, or the instant. */
  readonly frame: number | 'ED' | 'ES';
}

/** One frame of a clip and its chambers, both PNG; `file` is the mask, written last. */
export interface BiplaneJob {
  readonly kind: 'biplane';
  readonly file: string;
  readonly image: string;
  readonly plan: ClipPlan;
  readonly phase: 'ED' | 'ES';
}

/** A three-dimensional picture and its chambers, NIfTI; `file` is the mask, written last. */
export interface VolumeJob {
  readonly kind: 'volume';
  readonly file: string;
  readonly volume: string;
  readonly plan: ClipPlan;
  readonly phase: 'ED' | 'ES';
  /** Voxels a side. */
  readonly side: number;
}

/** A video on a scanner's screen, DICOM. */
export interface DicomJob {
  readonly kind: 'dicom';
  readonly file: string;
  readonly patient: string;
  readonly plan: ClipPlan;
}

/** A picture of the generic set, PNG. */
export interface TextureJob {
  readonly kind: 'texture';
  readonly file: string;
  readonly texture: TextureKind;
  readonly seed: number;
  readonly size: number;
}

/** One thing to draw. What it writes depends on it alone. */
export type PhantomJob = VideoJob | CamusJob | StillJob | BiplaneJob | VolumeJob | DicomJob | TextureJob;

/** A file of a set that is made from labels: a CSV, or any text. `file` is relative to the data folder. */
export type TablePlan =
  | {
      readonly file: string;
      readonly columns: readonly string[];
      readonly rows: readonly Readonly<Record<string, CsvCell>>[];
    }
  | { readonly file: string; readonly text: string };

/** A whole set before a pixel is drawn. Tables are made when asked for: they need each clip's geometry. */
export interface SetPlan {
  readonly name: string;
  readonly jobs: readonly PhantomJob[];
  readonly tables: () => TablePlan[];
  /** The tables' files, known beforehand. */
  readonly tableFiles: readonly string[];
}

/** Pictures that a job draws. */
export function framesOf(job: PhantomJob): number {
  switch (job.kind) {
    case 'video':
    case 'camus':
    case 'dicom':
      return job.plan.frames;
    default:
      return 1;
  }
}

/** Bytes that a job will write, roughly: compression depends on the picture. Factors measured on the smoke scale. */
export function bytesOf(job: PhantomJob, quality: number): number {
  const pixels = 'plan' in job ? job.plan.size ** 2 : job.size ** 2;
  const jpeg = quality >= 95 ? 0.55 : quality >= 92 ? 0.44 : 0.36;
  switch (job.kind) {
    case 'video':
      return 600 + job.plan.frames * (330 + jpeg * pixels);
    case 'camus':
      return 5000 + (job.plan.frames + 2) * 0.62 * pixels;
    case 'dicom':
      return 2000 + job.plan.frames * (2500 + 0.62 * pixels);
    case 'still':
      return 0.5 * pixels;
    case 'biplane':
      return 0.5 * pixels;
    case 'volume':
      return 0.55 * job.side ** 3;
    case 'texture':
      return 0.6 * pixels;
  }
}
