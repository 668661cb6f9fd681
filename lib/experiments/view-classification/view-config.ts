import { RESNET50_TINY, RESNET50_TRUNK, type ResnetConfig } from '../../models/resnet.js';
import type { PHANTOM_SCALES } from '../../phantom/data-config.js';
import type { Scale } from '../../records/record.js';
import type { FrameAugmentation } from '../../training/augmentation/augment-frame.js';
import type { SupervisedConfig } from '../../training/supervised/supervised-config.js';
import type { EncoderSize } from '../encoders/phantom-encoder-config.js';
import type { EncoderStart } from '../encoders/starting-encoder.js';
import type { ExperimentConfig } from '../experiment.js';

/** Models of the study that the paper names, then those that stand beside them. */
export const STUDY_MODELS = [
  'ResNet50-IN',
  'EchoApex-AdaS',
  'EchoApex-S',
  'EchoApex-AdaB',
  'EchoApex-B',
  'Generic-S',
  'EchoApex-S probe',
] as const;

/** A model of {@link STUDY_MODELS}. */
export type StudyModel = (typeof STUDY_MODELS)[number];

/** What of an encoder is trained; the linear classifier always is. */
export type Adaptation = 'fine-tuned' | 'adapters';

/** One model that is trained. */
export interface ModelPlan {
  readonly name: StudyModel;
  readonly encoder: EncoderSize | 'resnet';
  readonly start: EncoderStart;
  readonly adaptation: Adaptation;
  /** Side of a frame, pixels. */
  readonly imageSize: number;
  readonly batchSize: number;
  readonly training: SupervisedConfig;
  /** Adapters: hidden width, and the last so many blocks that get them. */
  readonly adapters?: { readonly hiddenWidth: number; readonly blocks: number };
}

/** Everything that decides the result of notebook 02. */
export interface ViewClassificationConfig extends ExperimentConfig {
  /** Phantom data set; `null` where only real data make sense. */
  readonly phantom: keyof typeof PHANTOM_SCALES | null;
  readonly models: readonly ModelPlan[];
  /** The convolutional baseline. */
  readonly resnet: ResnetConfig;
  /** Random frames that a sequence gives an epoch. */
  readonly framesPerSequence: number;
  /** Power of the inverse class frequencies that weigh the loss: 1 is the paper's, 0 weighs all alike. */
  readonly classWeightPower: number;
  /** How training frames are changed. The paper names nothing of the kind: `null` there. */
  readonly augmentation: FrameAugmentation | null;
  /** Frames of a validation sequence, spread evenly, whose loss chooses the epoch. */
  readonly validationFrames: number;
  readonly efficiency: {
    /** Percent of the training patients whose labels are used; smaller sets lie within larger ones. */
    readonly percents: readonly number[];
    readonly starts: readonly EncoderStart[];
    /** Frames a training sequence whose features are probed. */
    readonly framesPerSequence: number;
    /** Side of a frame, pixels. */
    readonly imageSize: number;
  };
  /** Most sequences of an unseen data set; spread evenly over it. */
  readonly unseenSequences: number;
  /** Nearest training frames that the distance of a new frame is a mean of. */
  readonly noveltyNeighbours: number;
  /** Frames kept in memory, MiB; the others are read again. */
  readonly frameMemoryMiB: number;
}

/** AdamW; A.2 and Table 2 name no schedule, decay or epochs. */
const ADAMW = {
  optimizer: 'adamw',
  weightDecay: 0.01, // PyTorch's default
  schedule: 'constant',
} as const;

/** What short phantom runs change: a rate that small encoders need, and a schedule that ends. */
const SHORT = { ...ADAMW, schedule: 'cosine', warmupEpochs: 0.5, gradientClip: 3 } as const;

/** Epochs of the five trained models. */
interface Epochs {
  readonly resnet: number;
  readonly small: number;
  readonly base: number;
  readonly adaptedSmall: number;
  readonly adaptedBase: number;
}

function phantomModels(epochs: Epochs, batchSize = 16): ModelPlan[] {
  const side = { imageSize: 64, batchSize } as const; // paper 112 and 128; 256 and 32 a GPU, but few sequences must give many steps
  const small = {
    ...side,
    encoder: 'small',
    training: { ...SHORT, epochs: epochs.small, learningRate: 1e-3 },
  } as const;
  return [
    {
      ...side,
      name: 'ResNet50-IN',
      encoder: 'resnet',
      start: 'random', // nobody pretrained this small ResNet on natural images
      adaptation: 'fine-tuned',
      training: { ...SHORT, epochs: epochs.resnet, learningRate: 2e-3 },
    },
    {
      ...small,
      name: 'EchoApex-AdaS',
      start: 'echo',
      adaptation: 'adapters',
      training: { ...SHORT, epochs: epochs.adaptedSmall, learningRate: 3e-3 },
      adapters: { hiddenWidth: 48, blocks: 1 }, // half the width as in the paper; one of four blocks keeps the share near its 4 %
    },
    { ...small, name: 'EchoApex-S', start: 'echo', adaptation: 'fine-tuned' },
    {
      ...side,
      name: 'EchoApex-AdaB',
      encoder: 'base',
      start: 'echo',
      adaptation: 'adapters',
      training: { ...SHORT, epochs: epochs.adaptedBase, learningRate: 2e-3 },
      adapters: { hiddenWidth: 80, blocks: 1 },
    },
    {
      ...side,
      name: 'EchoApex-B',
      encoder: 'base',
      start: 'echo',
      adaptation: 'fine-tuned',
      training: { ...SHORT, epochs: epochs.base, learningRate: 6e-4 },
    },
    { ...small, name: 'Generic-S', start: 'generic', adaptation: 'fine-tuned' },
  ];
}

/** Table 2. Epochs are not published: the validation loss ends training. */
function paperModels(): ModelPlan[] {
  const training = { ...ADAMW, epochs: 50, patience: 5 } as const;
  const small = {
    encoder: 'small',
    imageSize: 128,
    batchSize: 256,
    training: { ...training, learningRate: 1e-4 },
  } as const;
  const base = {
    encoder: 'base',
    imageSize: 112,
    batchSize: 32,
    training: { ...training, learningRate: 1e-5 },
  } as const;
  return [
    { ...small, name: 'ResNet50-IN', encoder: 'resnet', start: 'generic', adaptation: 'fine-tuned' },
    {
      ...small,
      name: 'EchoApex-AdaS',
      start: 'echo',
      adaptation: 'adapters',
      adapters: { hiddenWidth: 192, blocks: 3 }, // in all twelve blocks this width is 14 % of the encoder, not "less than 4 %"
    },
    { ...small, name: 'EchoApex-S', start: 'echo', adaptation: 'fine-tuned' },
    {
      ...base,
      name: 'EchoApex-AdaB',
      start: 'echo',
      adaptation: 'adapters',
      adapters: { hiddenWidth: 384, blocks: 3 },
    },
    { ...base, name: 'EchoApex-B', start: 'echo', adaptation: 'fine-tuned' },
    { ...small, name: 'Generic-S', start: 'generic', adaptation: 'fine-tuned' },
  ];
}

const PHANTOM = {
  classWeightPower: 0.5, // some views have fifty times the clips of others, and a batch of 16 has none of the rare ones most of the time
  augmentation: { warp: { rotation: 10, zoom: 1.12, stretch: 1.1, shift: 0.05 }, echo: 0.6 }, // few patients, which a network learns by heart without it
  resnet: RESNET50_TINY,
  framesPerSequence: 1,
  validationFrames: 2,
  noveltyNeighbours: 5,
  frameMemoryMiB: 512,
} as const;

const EFFICIENCY: ViewClassificationConfig['efficiency'] = {
  percents: [1, 5, 10, 50, 100],
  starts: ['echo', 'generic', 'random'],
  framesPerSequence: 2,
  imageSize: 64,
};

/** The four scales. The first seed trains the models; each seed draws one set of nested label subsets. */
export const VIEW_CONFIGS: Readonly<Record<Scale, ViewClassificationConfig>> = Object.freeze({
  smoke: {
    ...PHANTOM,
    seeds: [1, 2],
    phantom: 'smoke',
    models: phantomModels({ resnet: 3, small: 3, base: 2, adaptedSmall: 2, adaptedBase: 2 }),
    efficiency: { ...EFFICIENCY, percents: [5, 50, 100], framesPerSequence: 1 },
    unseenSequences: 8,
  },
  mini: {
    ...PHANTOM,
    seeds: [1, 2, 3],
    phantom: 'mini',
    models: phantomModels({ resnet: 8, small: 7, base: 4, adaptedSmall: 6, adaptedBase: 4 }),
    efficiency: { ...EFFICIENCY, framesPerSequence: 1 },
    unseenSequences: 40,
  },
  full: {
    ...PHANTOM,
    seeds: [1, 2, 3, 4, 5],
    phantom: 'full',
    framesPerSequence: 4,
    models: phantomModels({ resnet: 4, small: 12, base: 4, adaptedSmall: 5, adaptedBase: 3 }, 32),
    efficiency: EFFICIENCY,
    unseenSequences: 1000,
    frameMemoryMiB: 4096,
  },
  paper: {
    seeds: [1, 2, 3, 4, 5],
    phantom: null,
    models: paperModels(),
    resnet: RESNET50_TRUNK,
    framesPerSequence: 16, // A.2 has 116 frames a sequence and does not say how many an epoch sees
    classWeightPower: 1,
    augmentation: null,
    validationFrames: 5,
    efficiency: { ...EFFICIENCY, framesPerSequence: 5, imageSize: 128 },
    unseenSequences: 20_000,
    noveltyNeighbours: 5,
    frameMemoryMiB: 16_384,
  },
});
