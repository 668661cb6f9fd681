import { DEEPLABV3_ECHONET, type DeeplabConfig, tinyDeeplab } from '../../models/deeplab.js';
import { tinyUnet, UNET_CAMUS_1, type UnetConfig } from '../../models/unet.js';
import type { PHANTOM_SCALES } from '../../phantom/data-config.js';
import type { Scale } from '../../records/record.js';
import type { WarpRange } from '../../training/augmentation/warp.js';
import type { SpecialistRecipe } from '../../training/segmentation/specialist.js';
import type { SegmenterRecipe } from '../../training/segmentation/train-segmenter.js';
import type { ExperimentConfig } from '../experiment.js';

/** Everything that decides the result of notebook 03. */
export interface SegmentationConfig extends ExperimentConfig {
  /** Phantom data set; `null` where only real data make sense. */
  readonly phantom: keyof typeof PHANTOM_SCALES | null;
  /** Side of the square that EchoApex-SAM sees, pixels. */
  readonly imageSize: number;
  /** Largest side of a training picture in memory; views are rendered from it. */
  readonly storedSide: number;
  /** What embeds texts; `clip` falls back on the random tower, and says so, where the user has no CLIP. */
  readonly textTower: 'clip' | 'random';
  /** Clicks an image that EchoApex-SAM-S has room for. */
  readonly clicks: number;
  /** EchoApex-SAM-S with every kind of prompt: the interactive model. */
  readonly small: SegmenterRecipe;
  /** EchoApex-SAM-B, boxes. */
  readonly base: SegmenterRecipe;
  /** EchoApex-SAM-AdaB, boxes. */
  readonly adapters: SegmenterRecipe;
  readonly unet: { readonly model: UnetConfig; readonly recipe: SpecialistRecipe };
  readonly deeplab: { readonly model: DeeplabConfig; readonly recipe: SpecialistRecipe };
  /** EchoApex-SAM-S with the one text, on EchoNet-Dynamic (Fig. 4e). */
  readonly generalisation: SegmenterRecipe;
  readonly fewShot: FewShotConfig;
  /** Decoder passes when testing, each fed the mask of the one before. */
  readonly testPasses: number;
  /** Share of the box's sides by which corners of the jittered test box move. */
  readonly testJitter: number;
  /** Cases a call of the compiled model. */
  readonly testBatch: number;
}

/** Fig. 4d. */
export interface FewShotConfig {
  readonly sizes: readonly number[];
  readonly repeats: number;
  readonly recipe: SegmenterRecipe;
  /** Test cases, spread evenly over the test set of the benchmark; `null` for all. */
  readonly testCases: number | null;
}

const WARP: WarpRange = { rotation: 12, zoom: 1.25, stretch: 1.12, shift: 0.06 };

/** What every EchoApex-SAM shares on the phantom. */
const PHANTOM_RECIPE: SegmenterRecipe = {
  epochs: 2,
  optimizer: 'adamw',
  learningRate: 2e-3, // paper 5e-4 over 60 epochs; these runs are a few hundred steps of a small model
  weightDecay: 0.005,
  schedule: 'linear',
  warmupEpochs: 0.1,
  gradientClip: 1, // not in the paper; the decoder starts from random weights at a high rate
  multiForward: { passes: 2, decay: 0.9 }, // paper 4 passes
  batchSize: 16,
  stepsPerEpoch: 20,
  encoder: 'all',
  encoderRate: 0.25,
  sampling: { shares: { box: 1, points: 0, text: 0, boxAndText: 0 }, boxJitter: 0.15, warp: WARP, augmentation: 0.7 },
  validationBatches: 4,
};

// the paper gives a box or a text; the wall's box is nearly the cavity's, so that the box alone cannot tell them apart
const EVERY_PROMPT = {
  ...PHANTOM_RECIPE.sampling,
  shares: { box: 1, points: 1, text: 1, boxAndText: 1 },
  augmentation: 1,
};
const TEXT_ONLY = { ...PHANTOM_RECIPE.sampling, shares: { box: 0, points: 0, text: 1, boxAndText: 0 } };
const PLAIN = {
  shares: { box: 1, points: 0, text: 1, boxAndText: 0 },
  boxJitter: 0.15,
  warp: null,
  augmentation: 0,
} as const;

const PHANTOM_SPECIALIST: SpecialistRecipe = {
  epochs: 2,
  optimizer: 'adamw',
  learningRate: 3e-3,
  weightDecay: 0.005,
  schedule: 'linear',
  gradientClip: 1,
  imageSize: 64,
  batchSize: 16,
  stepsPerEpoch: 20,
  warp: WARP,
  augmentation: 0.7,
  validationBatches: 2,
};

/** The U-Net of a phantom scale and the side of what it sees. */
interface UnetAtScale {
  readonly model: UnetConfig;
  readonly imageSize: number;
}

/** Large enough for real frames; paper 2 M parameters at 256 px. */
const FULL_UNET: UnetAtScale = {
  model: { ...tinyUnet(1, 4), name: 'unet-full', down: [12, 24, 48, 64], up: [48, 24, 12], batchNorm: true },
  imageSize: 96,
};

/** A phantom scale: steps of each epoch of each model. */
function phantom(
  name: 'smoke' | 'mini' | 'full',
  seeds: readonly number[],
  epochs: number,
  steps: Readonly<Record<'small' | 'base' | 'adapters' | 'unet' | 'deeplab' | 'generalisation' | 'fewShot', number>>,
  fewShot: Pick<FewShotConfig, 'sizes' | 'repeats' | 'testCases'>,
  unet: UnetAtScale = { model: tinyUnet(1, 4), imageSize: 64 },
): SegmentationConfig {
  const recipe = (own: Partial<SegmenterRecipe>, stepsPerEpoch: number): SegmenterRecipe => ({
    ...PHANTOM_RECIPE,
    epochs,
    stepsPerEpoch,
    ...own,
  });
  return {
    seeds,
    phantom: name,
    imageSize: 64, // paper 112
    storedSide: 144,
    textTower: 'random',
    clicks: 4,
    small: recipe({ sampling: EVERY_PROMPT }, steps.small),
    base: recipe({}, steps.base),
    adapters: recipe({ encoder: 'adapters', encoderRate: 1 }, steps.adapters),
    unet: {
      model: unet.model,
      recipe: { ...PHANTOM_SPECIALIST, epochs, stepsPerEpoch: steps.unet, imageSize: unet.imageSize },
    },
    deeplab: {
      model: tinyDeeplab(1),
      recipe: { ...PHANTOM_SPECIALIST, epochs, stepsPerEpoch: steps.deeplab, imageSize: 112 }, // its grid is an eighth of that
    },
    generalisation: recipe({ sampling: TEXT_ONLY }, steps.generalisation),
    fewShot: {
      ...fewShot,
      // the paper trains in four passes, for 60 epochs
      recipe: recipe(
        {
          sampling: PLAIN,
          epochs: 4,
          validationBatches: 2,
          multiForward: { ...PHANTOM_RECIPE.multiForward, passes: 1 },
        },
        steps.fewShot,
      ),
    },
    testPasses: 1,
    testJitter: 0.15,
    testBatch: 16,
  };
}

/** The paper's values (A.3). */
const PAPER_RECIPE: SegmenterRecipe = {
  epochs: 60,
  optimizer: 'adamw',
  learningRate: 5e-4,
  weightDecay: 0.005,
  schedule: 'linear',
  multiForward: { passes: 4, decay: 0.9 },
  batchSize: 64, // the paper does not say
  stepsPerEpoch: null,
  encoder: 'all',
  encoderRate: 1,
  sampling: { shares: { box: 1, points: 0, text: 0, boxAndText: 0 }, boxJitter: 0.15, warp: null, augmentation: 0 },
  validationBatches: null,
};

const PAPER_SPECIALIST: SpecialistRecipe = {
  epochs: 60,
  optimizer: 'adamw',
  learningRate: 1e-3,
  weightDecay: 0.005,
  schedule: 'linear',
  imageSize: 256, // Leclerc et al. 2019
  batchSize: 16,
  stepsPerEpoch: null,
  warp: null,
  augmentation: 0,
  validationBatches: null,
};

/** The four scales. */
export const SEGMENTATION_CONFIGS: Readonly<Record<Scale, SegmentationConfig>> = Object.freeze({
  smoke: phantom(
    'smoke',
    [1],
    1,
    { small: 4, base: 2, adapters: 2, unet: 4, deeplab: 3, generalisation: 3, fewShot: 1 },
    { sizes: [8, 16], repeats: 1, testCases: 16 },
  ),
  mini: phantom(
    'mini',
    [1],
    2,
    { small: 100, base: 25, adapters: 25, unet: 40, deeplab: 30, generalisation: 30, fewShot: 10 },
    { sizes: [16, 64, 256], repeats: 3, testCases: 64 }, // paper 50, 100, 500, 1,000, 5,000 and 24 repeats
  ),
  full: phantom(
    'full',
    [1],
    10,
    { small: 700, base: 120, adapters: 120, unet: 150, deeplab: 40, generalisation: 80, fewShot: 50 },
    { sizes: [50, 100, 500, 1000, 5000], repeats: 24, testCases: 240 },
    FULL_UNET,
  ),
  paper: {
    seeds: [1],
    phantom: null,
    imageSize: 112,
    storedSide: 128,
    textTower: 'clip',
    clicks: 4,
    small: {
      ...PAPER_RECIPE,
      sampling: { ...PAPER_RECIPE.sampling, shares: { box: 1, points: 1, text: 1, boxAndText: 0 } },
    },
    base: PAPER_RECIPE,
    adapters: { ...PAPER_RECIPE, encoder: 'adapters' },
    unet: { model: UNET_CAMUS_1, recipe: PAPER_SPECIALIST },
    deeplab: {
      model: DEEPLABV3_ECHONET,
      recipe: { ...PAPER_SPECIALIST, imageSize: 112, optimizer: 'sgd', learningRate: 1e-5, epochs: 50, batchSize: 20 }, // echonet/dynamic
    },
    generalisation: {
      ...PAPER_RECIPE,
      sampling: { ...PAPER_RECIPE.sampling, shares: { box: 0, points: 0, text: 1, boxAndText: 0 } },
    },
    fewShot: {
      sizes: [50, 100, 500, 1000, 5000],
      repeats: 24,
      recipe: {
        ...PAPER_RECIPE,
        sampling: { ...PAPER_RECIPE.sampling, shares: { box: 1, points: 0, text: 1, boxAndText: 0 } },
      },
      testCases: null,
    },
    testPasses: 1, // the paper does not say
    testJitter: 0.15,
    testBatch: 32,
  },
});
