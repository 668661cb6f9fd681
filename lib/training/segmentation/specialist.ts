import type * as tf from '@tensorflow/tfjs';
import type { Progress } from '../../core/progress.js';
import { type RandomStream, stream } from '../../core/random.js';
import type { HostTensor, RunInputs } from '../../engine/compile.js';
import { segmentationLoss } from '../../losses/task-losses.js';
import { type DeeplabConfig, deeplab, deeplabParams } from '../../models/deeplab.js';
import type { Params } from '../../models/parameters.js';
import { type UnetConfig, unet, unetParams } from '../../models/unet.js';
import { augmentEcho } from '../augmentation/echo-augmentation.js';
import { type LabelledSquare, plainWarp, randomWarp, renderWarp, type WarpRange } from '../augmentation/warp.js';
import type { SupervisedConfig } from '../supervised/supervised-config.js';
import type { SupervisedModel } from '../supervised/supervised-step.js';
import { type SupervisedResult, trainSupervised } from '../supervised/train-supervised.js';
import { validationGraph } from '../supervised/validation-graph.js';
import { shuffledIndex } from './shuffled-index.js';
import { type PlaneNormalisation, writePlanes } from './write-planes.js';

/** A network without prompts that segments one set (paper: "sub-task specialist"). */
export interface Specialist {
  readonly name: string;
  /** Planes of a picture. */
  readonly channels: number;
  readonly normalisation: PlaneNormalisation;
  /** Values of the structures in the labels, one a channel of the output; 0 is the background. */
  readonly classes: readonly number[];
  readonly initial: (random: RandomStream) => Record<string, HostTensor>;
  /** `[B, channels, S, S]` to logits `[B, classes, S, S]`. */
  forward(
    params: Params,
    images: tf.Tensor,
    training: boolean,
  ): { readonly logits: tf.Tensor; readonly statistics: Readonly<Record<string, tf.Tensor>> };
}

/** The U-Net of CAMUS: background, left ventricle, wall and left atrium at once. */
export function unetSpecialist(config: UnetConfig, classes: readonly number[]): Specialist {
  return {
    name: `UNet (${config.name})`,
    channels: config.channels,
    normalisation: { mean: [0.449], deviation: [0.226] },
    classes,
    initial: (random) => unetParams(config, random),
    forward: (params, images, training) => unet(params, images, config, { training }),
  };
}

/** The DeepLabV3 of EchoNet-Dynamic: the left ventricle alone. */
export function deeplabSpecialist(
  config: DeeplabConfig,
  leftVentricle: number,
  normalisation: PlaneNormalisation = { mean: [0.485, 0.456, 0.406], deviation: [0.229, 0.224, 0.225] },
): Specialist {
  return {
    name: `DeepLabV3 (${config.name})`,
    channels: 3,
    normalisation,
    classes: [leftVentricle],
    initial: (random) => deeplabParams(config, random),
    forward: (params, images, training) => {
      const { logits, statistics } = deeplab(params, images, config, { training });
      return { logits, statistics };
    },
  };
}

/** How a specialist is trained, besides its data. */
export interface SpecialistRecipe extends SupervisedConfig {
  readonly imageSize: number;
  readonly batchSize: number;
  /** `null`: as many as show every picture once. */
  readonly stepsPerEpoch: number | null;
  readonly warp: WarpRange | null;
  readonly augmentation: number;
  readonly validationBatches: number | null;
}

/** Trains a specialist: cross-entropy plus Dice over its classes; keeps the epoch with the lowest validation loss. */
export async function trainSpecialist(
  specialist: Specialist,
  recipe: SpecialistRecipe,
  options: {
    readonly train: readonly LabelledSquare[];
    readonly validation: readonly LabelledSquare[];
    readonly seed: number;
    readonly folder: string;
    readonly progress: Progress;
    readonly say: (text: string) => void;
  },
): Promise<SupervisedResult> {
  const { train, validation, seed } = options;
  const { batchSize, imageSize: S } = recipe;
  const params = specialist.initial(stream(seed, `specialist/${specialist.name}`));
  const modelOf = (training: boolean): SupervisedModel => ({
    name: specialist.name,
    params,
    rule: () => ({}),
    inputs: {
      images: { shape: [batchSize, specialist.channels, S, S] },
      targets: { shape: [batchSize, specialist.classes.length, S, S] },
    },
    loss(tensors, { images, targets }) {
      const { logits, statistics } = specialist.forward(tensors, images!, training);
      return { loss: segmentationLoss(logits, targets!), statistics };
    },
  });
  const judge = await validationGraph(modelOf(false));
  const stepsPerEpoch = recipe.stepsPerEpoch ?? Math.max(1, Math.floor(train.length / batchSize));
  const all = Math.max(1, Math.floor(validation.length / batchSize));
  const batches = Math.min(recipe.validationBatches ?? all, all);
  try {
    return await trainSupervised(modelOf(true), recipe, {
      stepsPerEpoch,
      batch({ epoch, batch }) {
        const at = (epoch * stepsPerEpoch + batch) * batchSize;
        const squares = Array.from({ length: batchSize }, (_, i) => train[shuffledIndex(train.length, at + i, seed)]!);
        return specialistBatch(specialist, squares, recipe, stream(seed, `specialist/batch/${epoch}/${batch}`));
      },
      async validate(current) {
        let sum = 0;
        for (let batch = 0; batch < batches; batch++) {
          const squares = Array.from(
            { length: batchSize },
            (_, i) => validation[(batch * batchSize + i) % validation.length]!,
          );
          const plain = { ...recipe, warp: null, augmentation: 0 };
          sum += await judge.lossOf(current, specialistBatch(specialist, squares, plain, stream(seed, 'plain')));
        }
        return sum / batches;
      },
      folder: options.folder,
      progress: options.progress,
      say: options.say,
    });
  } finally {
    await judge.dispose();
  }
}

function specialistBatch(
  { channels, normalisation, classes }: Specialist,
  squares: readonly LabelledSquare[],
  { imageSize: S, warp, augmentation }: Pick<SpecialistRecipe, 'imageSize' | 'warp' | 'augmentation'>,
  random: RandomStream,
): RunInputs {
  const area = S * S;
  const images = new Float32Array(squares.length * channels * area);
  const targets = new Float32Array(squares.length * classes.length * area);
  squares.forEach((square, b) => {
    const view = warp === null ? plainWarp(square.side, S) : randomWarp(square.side, S, warp, random);
    const covers = classes.map((value) => renderWarp(square, value, view, S));
    const { image } = covers[0]!;
    augmentEcho(image, S, augmentation, random);
    writePlanes(images, b, image, { channels, normalisation });
    covers.forEach(({ cover }, c) => {
      targets.set(cover, (b * classes.length + c) * area);
    });
  });
  return { images, targets };
}
