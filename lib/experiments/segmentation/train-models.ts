import { join } from 'node:path';
import type { CsvCell } from '../../core/csv.js';
import type { HostTensor } from '../../engine/compile.js';
import type { Specialist, SpecialistRecipe } from '../../training/segmentation/specialist.js';
import { trainSpecialist } from '../../training/segmentation/specialist.js';
import type { SegmenterRecipe } from '../../training/segmentation/train-segmenter.js';
import { trainSegmenter } from '../../training/segmentation/train-segmenter.js';
import type { SupervisedResult } from '../../training/supervised/train-supervised.js';
import type { RunContext } from '../experiment.js';
import type { AnnotatedFrame } from './annotated-frames.js';
import type { LoadedSegmenter } from './load-segmenter.js';
import type { NewSegmenter } from './new-segmenter.js';
import { itemsOf, type StoredFrame } from './segmentation-data.js';
import type { Structure } from './structures.js';

/** Training and validation frames in memory. */
export interface StoredSides {
  readonly train: readonly StoredFrame[];
  readonly validation: readonly StoredFrame[];
}

/** A row of the training table: an epoch of a model. */
export type TrainingRow = Readonly<Record<string, CsvCell>>;

/** What a stage leaves: a trained segmenter and its log. */
export interface TrainedSegmenter extends Omit<LoadedSegmenter, 'texts'> {
  readonly rows: readonly TrainingRow[];
  readonly trainedShare: number;
}

/** Trains a segmenter as a stage of the run; the record says from what, and how much of it was trained. */
export async function trainStage(
  { config, params, source }: NewSegmenter,
  recipe: SegmenterRecipe,
  stored: StoredSides,
  wanted: (frame: AnnotatedFrame) => readonly Structure[],
  embeddings: ReadonlyMap<string, Float32Array>,
  at: { readonly seed: number; readonly label: string },
  context: RunContext,
): Promise<TrainedSegmenter> {
  const texts = config.slots.text ? embeddings : new Map<string, Float32Array>();
  const result = await context.stage(`train ${at.label}`, async () => {
    const train = itemsOf(stored.train, wanted, texts);
    const bar = context.progress(`train ${at.label}`, stepsOf(recipe, train.length), 'steps');
    const trained = await trainSegmenter(config, recipe, {
      params,
      train,
      validation: itemsOf(stored.validation, wanted, texts),
      seed: at.seed,
      folder: join(context.workFolder, at.label),
      progress: bar,
      say: context.say,
    });
    bar.finish();
    return trained;
  });
  noteTraining(at.label, source, result, context);
  return {
    config,
    params: ordered(result.params, params),
    embeddings: texts,
    rows: trainingRows(at.label, result),
    trainedShare: result.trainedShare,
  };
}

/** Trains a specialist as a stage of the run. */
export async function specialistStage(
  specialist: Specialist,
  recipe: SpecialistRecipe,
  stored: StoredSides,
  at: { readonly seed: number; readonly label: string },
  context: RunContext,
): Promise<{ readonly params: Record<string, HostTensor>; readonly rows: readonly TrainingRow[] }> {
  const result = await context.stage(`train ${at.label}`, async () => {
    const bar = context.progress(`train ${at.label}`, stepsOf(recipe, stored.train.length), 'steps');
    const trained = await trainSpecialist(specialist, recipe, {
      train: stored.train.map(({ square }) => square),
      validation: stored.validation.map(({ square }) => square),
      seed: at.seed,
      folder: join(context.workFolder, at.label),
      progress: bar,
      say: context.say,
    });
    bar.finish();
    return trained;
  });
  noteTraining(at.label, 'random', result, context);
  return { params: result.params, rows: trainingRows(at.label, result) };
}

/** Steps of a whole training. */
export function stepsOf(
  { epochs, stepsPerEpoch, batchSize }: Pick<SegmenterRecipe, 'epochs' | 'stepsPerEpoch' | 'batchSize'>,
  items: number,
): number {
  return epochs * (stepsPerEpoch ?? Math.max(1, Math.floor(items / batchSize)));
}

function noteTraining(label: string, source: string, result: SupervisedResult, context: RunContext): void {
  const share = (100 * result.trainedShare).toFixed(1);
  context.note(
    `${label}: started from ${source}; ${share} % of its parameters trained; epoch ${result.bestEpoch} kept`,
  );
  if (result.resumedFrom > 0) context.note(`${label}: interrupted and resumed after epoch ${result.resumedFrom}`);
}

function trainingRows(label: string, { rows, bestEpoch }: SupervisedResult): TrainingRow[] {
  return rows.map(({ epoch, step, loss, validationLoss, learningRate }) => ({
    model: label,
    epoch,
    step,
    loss,
    validationLoss,
    learningRate,
    kept: epoch === bestEpoch,
  }));
}

/** Trained parameters in the order of the untrained ones, so that equal models give equal files. */
function ordered(
  trained: Record<string, HostTensor>,
  before: Readonly<Record<string, HostTensor>>,
): Record<string, HostTensor> {
  return Object.fromEntries(Object.keys(before).map((key) => [key, trained[key] ?? before[key]!]));
}
