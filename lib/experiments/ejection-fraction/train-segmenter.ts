import { join } from 'node:path';
import { DataError } from '../../core/errors.js';
import { stream } from '../../core/random.js';
import type { HostTensor, TensorSpec } from '../../engine/compile.js';
import { pixelBatch } from '../../evaluation/vit-encoder.js';
import { segmentationLoss } from '../../losses/task-losses.js';
import type { SupervisedModel } from '../../training/supervised/supervised-step.js';
import { type EpochRow, trainSupervised } from '../../training/supervised/train-supervised.js';
import { validationGraph } from '../../training/supervised/validation-graph.js';
import type { StartingEncoder } from '../encoders/starting-encoder.js';
import type { RunContext } from '../experiment.js';
import { augmentFrame, type FrameAndMask } from './augment-frame.js';
import type { EfConfig } from './ef-config.js';
import type { EfClip } from './ef-data.js';
import {
  channelsOf,
  initialSegmenter,
  type SegmenterConfig,
  type SegmenterNetwork,
  segmenterLogits,
} from './segmenter.js';

/** A trained segmenter. */
export interface TrainedSegmenter {
  readonly config: SegmenterConfig;
  /** Keys of `segmenterShapes`; those of an encoder as they were. */
  readonly params: Record<string, HostTensor>;
  readonly rows: readonly EpochRow[];
}

/**
 * Trains stage 1 on the outlined frames of the training clips; an encoder stays frozen, the epoch with the lowest validation loss is kept.
 *
 * @throws {DataError} if fewer frames are outlined than a batch holds, or none of the validation split
 */
export async function trainSegmenter(
  clips: readonly EfClip[],
  encoder: StartingEncoder,
  config: EfConfig,
  context: RunContext,
): Promise<TrainedSegmenter> {
  const { batchSize, training, augmentation, imageSize: size } = config.segmenter;
  const seed = config.seeds[0] ?? 0;
  const train = await outlinedFrames(clips, 'train', size);
  const validation = await outlinedFrames(clips, 'validation', size);
  if (train.length < batchSize || validation.length === 0) {
    throw new DataError(
      `trainSegmenter: needs ${batchSize} outlined training frames and one of validation, got ${train.length} and ${validation.length}; lower the batch size`,
    );
  }
  const network: SegmenterNetwork =
    config.segmenter.network.kind === 'unet'
      ? config.segmenter.network
      : { kind: 'encoder', encoder: encoder.config, decoder: config.segmenter.network.decoder };
  const segmenter: SegmenterConfig = {
    network,
    normalisation: encoder.normalisation,
    imageSize: size,
  };
  const channels = channelsOf(network);
  const inputShapes = (count: number): Record<string, TensorSpec> => ({
    images: { shape: [count, channels, size, size] },
    targets: { shape: [count, 1, size, size] },
  });
  const stepsPerEpoch = Math.floor(train.length / batchSize);
  const inputs = (items: readonly FrameAndMask[]): { images: Float32Array; targets: Float32Array } => ({
    images: pixelBatch(
      items.map(({ image }) => image),
      size,
      channels,
      encoder.normalisation,
    ),
    targets: Float32Array.from(items.flatMap(({ mask }) => Array.from(mask))),
  });
  const model: SupervisedModel = {
    name: 'segmenter',
    params: initialSegmenter(network, encoder.params, stream(seed, 'segmenter')),
    rule: (key) => (key.startsWith('encoder.') ? 'frozen' : {}),
    inputs: inputShapes(batchSize),
    loss(all, { images, targets }) {
      const { logits, statistics } = segmenterLogits(all, images!, segmenter, true);
      return { loss: segmentationLoss(logits, targets!), statistics };
    },
  };
  const judged: SupervisedModel = {
    ...model,
    loss: (all, { images, targets }) => ({
      loss: segmentationLoss(segmenterLogits(all, images!, segmenter).logits, targets!),
    }),
  };
  const few = Math.min(batchSize, validation.length);
  const graph = await validationGraph(judged, inputShapes(few));
  const progress = context.progress('outline the ventricle', training.epochs * stepsPerEpoch, 'steps');
  try {
    const { params, rows } = await trainSupervised(model, training, {
      stepsPerEpoch,
      folder: join(context.workFolder, 'segmenter'),
      progress,
      say: context.say,
      batch: ({ epoch, batch }) => {
        const order = stream(seed, `segmenter/order/${epoch}`).shuffled(train.keys());
        const random = stream(seed, `segmenter/augment/${epoch}/${batch}`);
        const chosen = order.slice(batch * batchSize, (batch + 1) * batchSize);
        return inputs(chosen.map((index) => augmentFrame(train[index]!, augmentation, random)));
      },
      validate: async (all) => {
        const losses: number[] = [];
        for (let start = 0; start + few <= validation.length; start += few) {
          losses.push(await graph.lossOf(all, inputs(validation.slice(start, start + few))));
        }
        return losses.reduce((sum, loss) => sum + loss, 0) / losses.length;
      },
    });
    return { config: segmenter, params, rows };
  } finally {
    await graph.dispose();
    progress.finish();
  }
}

/** Outlined frames of a split, in the order of the clips. */
async function outlinedFrames(clips: readonly EfClip[], split: EfClip['split'], size: number): Promise<FrameAndMask[]> {
  const found: FrameAndMask[] = [];
  for (const clip of clips) {
    if (clip.split !== split || clip.set !== 'EchoNet-Dynamic') continue;
    for (const { frame, readMask } of clip.outlined) {
      found.push({ image: await clip.readFrame(frame, size), mask: await readMask(size) });
    }
  }
  return found;
}
