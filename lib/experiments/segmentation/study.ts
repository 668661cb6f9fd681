import type { RunContext } from '../experiment.js';
import type { ScoreRow, SegmentationCase } from './score-mask.js';
import type { SegmentationConfig } from './segmentation-config.js';
import type { SegmentationData } from './segmentation-data.js';
import type { SegmentationSet } from './structures.js';
import type { StoredSides, TrainingRow } from './train-models.js';

/** What every part of the run works on. */
export interface Study {
  readonly config: SegmentationConfig;
  readonly data: SegmentationData;
  readonly stored: StoredSides;
  readonly cases: readonly SegmentationCase[];
  readonly embeddings: ReadonlyMap<string, Float32Array>;
  readonly textWidth: number;
  readonly seed: number;
  readonly context: RunContext;
}

/** What a part of the run leaves. */
export interface Part {
  readonly rows: readonly ScoreRow[];
  readonly training: readonly TrainingRow[];
}

/** The frames of one set. */
export function ofSet({ train, validation }: StoredSides, set: SegmentationSet): StoredSides {
  return {
    train: train.filter(({ frame }) => frame.set === set),
    validation: validation.filter(({ frame }) => frame.set === set),
  };
}
