import { DataError, messageOf } from '../../core/errors.js';
import type { ProgressFactory } from '../../core/progress.js';
import { spread as spreadItems } from '../../core/spread.js';
import type { DataKind } from '../../records/record.js';
import type { LabelledSquare } from '../../training/augmentation/warp.js';
import type { TrainingItem } from '../../training/segmentation/prompt-batch.js';
import { locateSets } from '../locate-sets.js';
import { type AnnotatedFrame, type AnnotatedSet, annotatedSet, readFrames } from './annotated-frames.js';
import type { SegmentationConfig } from './segmentation-config.js';
import { storedSquare } from './square-view.js';
import { SEGMENTATION_SETS, type SegmentationSet, STRUCTURES, type Structure } from './structures.js';

/** The sets that are there, described. */
export interface SegmentationData {
  readonly sets: readonly AnnotatedSet[];
  /** Sets that are not there, and why. */
  readonly absent: readonly { readonly set: SegmentationSet; readonly reason: string }[];
}

/**
 * Describes the sets of the benchmark. Phantom sets are made where missing; of real ones those that the user has are taken.
 *
 * @throws {DataError} if no set is there
 */
export async function findSegmentationData(
  config: Pick<SegmentationConfig, 'phantom'>,
  data: DataKind,
  progress: ProgressFactory,
): Promise<SegmentationData> {
  const root = await locateSets(config.phantom, SEGMENTATION_SETS, data, progress);
  const sets: AnnotatedSet[] = [];
  const absent: { set: SegmentationSet; reason: string }[] = [];
  for (const set of SEGMENTATION_SETS) {
    try {
      sets.push(annotatedSet(set, root));
    } catch (error) {
      if (data === 'phantom' || !(error instanceof DataError)) throw error;
      absent.push({ set, reason: messageOf(error) });
    }
  }
  if (sets.length === 0) {
    throw new DataError(
      `findSegmentationData: none of ${SEGMENTATION_SETS.join(', ')} is in ${root.root}; see data-manifests for how to get them`,
    );
  }
  return { sets, absent };
}

/** The structures of a frame that the paper's benchmark asks for; the wall is left to the interactive model. */
export function benchmarkStructures({ structures }: AnnotatedFrame): Structure[] {
  return structures.filter((structure) => structure !== 'myocardium');
}

/** A frame in memory, ready to be drawn from. */
export interface StoredFrame {
  readonly frame: AnnotatedFrame;
  readonly square: LabelledSquare;
}

/** Reads frames as squares of at most `largest` pixels. */
export async function storeFrames(
  frames: readonly AnnotatedFrame[],
  largest: number,
  progress?: ReturnType<ProgressFactory>,
): Promise<StoredFrame[]> {
  const pictures = await readFrames(frames, progress);
  return frames.map((frame, index) => ({ frame, square: storedSquare(pictures[index]!, largest) }));
}

/** The structures of stored frames as training items; those that are empty on a frame are left out. */
export function itemsOf(
  stored: readonly StoredFrame[],
  wanted: (frame: AnnotatedFrame) => readonly Structure[],
  texts: ReadonlyMap<string, Float32Array> = new Map(),
): TrainingItem[] {
  return stored.flatMap(({ frame, square }) => {
    const present = new Set(square.labels);
    return wanted(frame)
      .filter((structure) => present.has(STRUCTURES[structure].value))
      .map((structure) => {
        const text = texts.get(STRUCTURES[structure].text);
        return { square, structure: STRUCTURES[structure].value, ...(text && { text }) };
      });
  });
}

/** About `count` of the cases, spread evenly; all if `null`. */
export function spread<T>(cases: readonly T[], count: number | null): T[] {
  return spreadItems(cases, count ?? cases.length);
}
