import { join } from 'node:path';
import { DataError } from '../../core/errors.js';
import { stream } from '../../core/random.js';
import type { FeatureMatrix } from '../../embedding/feature-matrix.js';
import type { HostTensor } from '../../engine/compile.js';
import type { Beat } from '../../evaluation/beats.js';
import { meanSquaredErrorLoss } from '../../losses/weighted-mse-loss.js';
import { type EfDecoderConfig, efDecoder, efDecoderParams } from '../../models/ef-decoder.js';
import type { SupervisedModel } from '../../training/supervised/supervised-step.js';
import { type EpochRow, trainSupervised } from '../../training/supervised/train-supervised.js';
import { validationGraph } from '../../training/supervised/validation-graph.js';
import type { RunContext } from '../experiment.js';
import type { EfConfig } from './ef-config.js';
import { fillSequence } from './sequence-decoder.js';

/** A clip as stage 2 sees it in training. */
export interface TrainingClip {
  /** One row a frame. */
  readonly features: FeatureMatrix;
  readonly beats: readonly Beat[];
  /** Per cent. */
  readonly label: number;
}

/** A trained sequence decoder. */
export interface TrainedSequence {
  readonly config: EfDecoderConfig;
  readonly params: Record<string, HostTensor>;
  readonly rows: readonly EpochRow[];
}

/**
 * Trains stage 2 on frozen features: one random cycle of each clip in each epoch, mean squared error (paper A.5). Validation looks at the first
 * cycle of each clip; the epoch with the lowest loss is kept.
 *
 * @param name of the run's folder and progress
 * @throws {DataError} if there are fewer training clips than a batch holds, or none of validation
 */
export async function trainSequence(
  name: string,
  clips: { readonly train: readonly TrainingClip[]; readonly validation: readonly TrainingClip[] },
  config: EfConfig,
  seed: number,
  context: RunContext,
): Promise<TrainedSequence> {
  const { frames, depth, heads, batchSize, training, jitterFrames } = config.sequence;
  const { train, validation } = clips;
  if (train.length < batchSize || validation.length === 0) {
    throw new DataError(
      `trainSequence: needs ${batchSize} training clips and one of validation, got ${train.length} and ${validation.length}; lower the batch size`,
    );
  }
  const { width } = train[0]!.features;
  const decoder: EfDecoderConfig = { name: `ef-decoder-${width}`, width, heads, frames, depth };
  const shapes = (count: number) => ({ sequences: { shape: [count, frames, width] }, labels: { shape: [count] } });
  const model: SupervisedModel = {
    name: 'sequenceDecoder',
    params: efDecoderParams(decoder, stream(seed, 'sequence')),
    rule: () => ({}),
    inputs: shapes(batchSize),
    loss: (all, { sequences, labels }) => ({
      loss: meanSquaredErrorLoss(efDecoder(all, sequences!, decoder), labels!),
    }),
  };
  const inputs = (
    items: readonly { readonly clip: TrainingClip; readonly beat: Beat }[],
  ): { sequences: Float32Array; labels: Float32Array } => {
    const sequences = new Float32Array(items.length * frames * width);
    items.forEach(({ clip, beat }, i) => {
      fillSequence(sequences, i * frames * width, clip.features, beat, frames);
    });
    return { sequences, labels: Float32Array.from(items, ({ clip }) => clip.label) };
  };
  const graph = await validationGraph(model, shapes(validation.length));
  const known = inputs(validation.map((clip) => ({ clip, beat: clip.beats[0]! })));
  const stepsPerEpoch = Math.floor(train.length / batchSize);
  const progress = context.progress(name, training.epochs * stepsPerEpoch, 'steps');
  try {
    const { params, rows } = await trainSupervised(model, training, {
      stepsPerEpoch,
      folder: join(context.workFolder, name.replaceAll(/[^a-zA-Z0-9-]/g, '-')),
      checkpointEvery: Math.max(1, Math.ceil(training.epochs / 5)),
      progress,
      say: context.say,
      batch: ({ epoch, batch }) => {
        const order = stream(seed, `sequence/order/${epoch}`).shuffled(train.keys());
        const random = stream(seed, `sequence/cycle/${epoch}/${batch}`);
        const jitter = (frame: number): number => frame + random.integer(2 * jitterFrames + 1) - jitterFrames;
        const chosen = order.slice(batch * batchSize, (batch + 1) * batchSize).map((index) => {
          const clip = train[index]!;
          const beat = clip.beats[random.integer(clip.beats.length)]!;
          return {
            clip,
            beat: { ...beat, endDiastole: jitter(beat.endDiastole), endSystole: jitter(beat.endSystole) },
          };
        });
        return inputs(chosen);
      },
      validate: (all) => graph.lossOf(all, known),
    });
    return { config: decoder, params, rows };
  } finally {
    await graph.dispose();
    progress.finish();
  }
}
