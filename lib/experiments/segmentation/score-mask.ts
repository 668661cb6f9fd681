import type { CsvCell } from '../../core/csv.js';
import { areaLengthMillilitres } from '../../evaluation/left-ventricle-volume.js';
import { diceOf, overlapOf } from '../../statistics/dice.js';
import { type SurfaceDistances, surfaceDistances } from '../../statistics/surface-distance.js';
import { boxOfMask } from '../../training/segmentation/box-prompt.js';
import type { AnnotatedFrame, TracedPicture } from './annotated-frames.js';
import { STRUCTURES, type Structure, targetOf } from './structures.js';

/** One structure of one picture, to be segmented. */
export interface SegmentationCase {
  readonly frame: AnnotatedFrame;
  readonly picture: TracedPicture;
  readonly structure: Structure;
}

/** Columns of a scored mask. */
export const SCORE_COLUMNS = [
  'sample',
  'patient',
  'split',
  'label',
  'prediction',
  'score',
  'seed',
  'set',
  'view',
  'phase',
  'structure',
  'target',
  'overlap',
  'hausdorff',
  'averageSurfaceDistance',
  'unit',
  'areaError',
  'volumeError',
] as const;

/** A row of a table of scores. */
export type ScoreRow = Readonly<Record<string, CsvCell>>;

/** The cases of frames: every structure in `wanted` that a frame traces and that is not empty. */
export function casesOf(
  frames: readonly AnnotatedFrame[],
  pictures: readonly TracedPicture[],
  wanted: (frame: AnnotatedFrame) => readonly Structure[],
): SegmentationCase[] {
  return frames.flatMap((frame, index) => {
    const picture = pictures[index]!;
    return wanted(frame)
      .filter((structure) => frame.structures.includes(structure))
      .filter((structure) => picture.labels.includes(STRUCTURES[structure].value))
      .map((structure) => ({ frame, picture, structure }));
  });
}

/** The true mask of a case, `[height, width]` of 0 and 1. */
export function trueMask({ picture, structure }: SegmentationCase): Uint8Array {
  const { value } = STRUCTURES[structure];
  return picture.labels.map((label) => (label === value ? 1 : 0));
}

/**
 * Everything that is measured of one mask at the size of the picture: Dice (`score`), pixels of truth (`label`), prediction and overlap (for
 * the pooled Dice), distances between outlines (mm where the set knows its scale, else pixels; empty where the prediction is), errors of area
 * and, for the left ventricle in apical views, of area-length volume, in percent of the truth.
 */
export function scoreMask(one: SegmentationCase, predicted: Uint8Array, seed: number): ScoreRow {
  const { frame, picture, structure } = one;
  const { width, height } = picture.image;
  const truth = trueMask(one);
  const overlap = overlapOf(predicted, truth);
  const spacing = picture.spacing ?? { xMillimetres: 1, yMillimetres: 1 };
  const distances =
    overlap.a === 0
      ? null
      : outlineDistances(predicted, truth, width, height, [spacing.yMillimetres, spacing.xMillimetres]);
  const volume = (data: Uint8Array): number | null => areaLengthMillilitres({ width, height, data }, spacing);
  const apical = structure === 'leftVentricle' && frame.view !== 'PSAX';
  const [predictedVolume, trueVolume] = apical ? [volume(predicted), volume(truth)] : [null, null];
  return {
    sample: `${frame.id}/${STRUCTURES[structure].short}`,
    patient: frame.patient,
    split: 'test',
    label: overlap.b,
    prediction: overlap.a,
    score: digits(diceOf(overlap)),
    seed,
    set: frame.set,
    view: frame.view,
    phase: frame.phase,
    structure,
    target: targetOf({ ...frame, structure }),
    overlap: overlap.both,
    hausdorff: distances && digits(distances.hausdorff),
    averageSurfaceDistance: distances && digits(distances.averageSurfaceDistance),
    unit: picture.spacing === null ? 'px' : 'mm',
    areaError: digits((100 * (overlap.a - overlap.b)) / overlap.b),
    volumeError:
      predictedVolume === null || trueVolume === null
        ? null
        : digits((100 * (predictedVolume - trueVolume)) / trueVolume),
  };
}

/** Distances within the box of both masks: what is empty around them costs time and changes nothing. */
function outlineDistances(
  predicted: Uint8Array,
  truth: Uint8Array,
  width: number,
  height: number,
  spacing: readonly [number, number],
): SurfaceDistances {
  const both = predicted.map((value, i) => value | truth[i]!);
  const { x0, y0, x1, y1 } = boxOfMask(both, width, height);
  const [columns, rows] = [x1 - x0 + 1, y1 - y0 + 1];
  const part = (mask: Uint8Array): Uint8Array => {
    const result = new Uint8Array(columns * rows);
    for (let y = 0; y < rows; y++) {
      const start = (y + y0) * width + x0;
      result.set(mask.subarray(start, start + columns), y * columns);
    }
    return result;
  };
  return surfaceDistances(part(predicted), part(truth), [rows, columns], spacing);
}

/** Five digits: what a table keeps of a measurement. */
export function digits(value: number): number {
  return Number(value.toPrecision(5));
}
