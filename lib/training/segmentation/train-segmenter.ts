import { ArgumentError } from '../../core/errors.js';
import type { Progress } from '../../core/progress.js';
import { stream } from '../../core/random.js';
import type { HostTensor } from '../../engine/compile.js';
import { isAdapterKey } from '../../models/adapter.js';
import type { SupervisedConfig } from '../supervised/supervised-config.js';
import { type SupervisedResult, trainSupervised } from '../supervised/train-supervised.js';
import { type ValidationGraph, validationGraph } from '../supervised/validation-graph.js';
import { type MultiForwardConfig, multiForwardModel } from './multi-forward.js';
import { type PromptSampling, promptBatch, type TrainingItem } from './prompt-batch.js';
import type { SegmenterConfig } from './segmenter.js';
import { shuffledIndex } from './shuffled-index.js';

/** What is trained of the image encoder. */
export type EncoderTraining = 'all' | 'adapters';

/** How a segmenter is trained, besides its data. */
export interface SegmenterRecipe extends SupervisedConfig {
  readonly multiForward: MultiForwardConfig;
  readonly batchSize: number;
  /** `null`: as many as show every item once. */
  readonly stepsPerEpoch: number | null;
  readonly encoder: EncoderTraining;
  /** Multiplies the learning rate of the encoder; 1 in the paper. */
  readonly encoderRate: number;
  readonly sampling: PromptSampling;
  /** Batches of the validation set that judge an epoch; `null` for all of it. */
  readonly validationBatches: number | null;
}

export interface SegmenterTrainingOptions {
  readonly params: Readonly<Record<string, HostTensor>>;
  readonly train: readonly TrainingItem[];
  readonly validation: readonly TrainingItem[];
  readonly seed: number;
  readonly folder: string;
  readonly progress: Progress;
  readonly say: (text: string) => void;
}

/**
 * Trains an EchoApex-SAM (paper A.3) and keeps the epoch with the lowest validation loss: the loss of a single pass, plain pictures, prompts
 * drawn once and for all.
 *
 * @throws {ArgumentError} if there is nothing to train or to validate on
 */
export async function trainSegmenter(
  config: SegmenterConfig,
  recipe: SegmenterRecipe,
  options: SegmenterTrainingOptions,
): Promise<SupervisedResult> {
  const { train, validation, params, seed } = options;
  if (train.length === 0 || validation.length === 0) {
    throw new ArgumentError(
      `trainSegmenter: ${config.name} needs items to train and to validate on, got ${train.length} and ${validation.length}`,
    );
  }
  const { batchSize, multiForward, sampling } = recipe;
  const modelOf = (passes: number): ReturnType<typeof multiForwardModel> =>
    multiForwardModel(config, {
      params,
      multiForward: { ...multiForward, passes },
      batchSize,
      encoderRule: (key) => encoderRule(key, recipe),
    });
  const model = modelOf(multiForward.passes);
  const stepsPerEpoch = recipe.stepsPerEpoch ?? Math.max(1, Math.floor(train.length / batchSize));
  const plain: PromptSampling = { ...sampling, warp: null, augmentation: 0 };
  let judge: ValidationGraph | undefined;
  const validate = async (current: Record<string, HostTensor>): Promise<number> => {
    judge ??= await validationGraph(modelOf(1));
    const all = Math.max(1, Math.floor(validation.length / batchSize));
    const batches = Math.min(recipe.validationBatches ?? all, all);
    const order = stream(seed, 'segmentation/validation').shuffled(validation);
    let sum = 0;
    for (let batch = 0; batch < batches; batch++) {
      const items = Array.from({ length: batchSize }, (_, i) => order[(batch * batchSize + i) % order.length]!);
      const random = stream(seed, `segmentation/validation/${batch}`);
      sum += await judge.lossOf(current, promptBatch(items, config, plain, 1, random));
    }
    return sum / batches;
  };
  try {
    return await trainSupervised(model, recipe, {
      stepsPerEpoch,
      batch: ({ epoch, batch }) => {
        const at = (epoch * stepsPerEpoch + batch) * batchSize;
        const items = Array.from({ length: batchSize }, (_, i) => train[shuffledIndex(train.length, at + i, seed)]!);
        const random = stream(seed, `segmentation/batch/${epoch}/${batch}`);
        return promptBatch(items, config, sampling, multiForward.passes, random);
      },
      validate,
      folder: options.folder,
      progress: options.progress,
      say: options.say,
    });
  } finally {
    await judge?.dispose();
  }
}

function encoderRule(key: string, { encoder, encoderRate }: SegmenterRecipe): { rateScale: number } | 'frozen' {
  if (encoder === 'adapters') return isAdapterKey(key) ? { rateScale: 1 } : 'frozen';
  return { rateScale: encoderRate };
}
