import { DEEPLABV3_LANDMARKS, type DeeplabConfig, tinyDeeplab } from '../../models/deeplab.js';
import {
  LANDMARK_DECODER_B,
  LANDMARK_DECODER_S,
  type LandmarkDecoderConfig,
  tinyLandmarkDecoder,
} from '../../models/landmark-decoder.js';
import type { PHANTOM_SCALES } from '../../phantom/data-config.js';
import type { Scale } from '../../records/record.js';
import type { SupervisedConfig } from '../../training/supervised/supervised-config.js';
import { type EncoderSize, PHANTOM_ENCODERS } from '../encoders/phantom-encoder-config.js';
import type { EncoderStart } from '../encoders/starting-encoder.js';
import type { ExperimentConfig } from '../experiment.js';
import type { Disturbance } from './disturb-picture.js';

/** What every model of the study has. */
interface ArmCommon {
  /** As in the paper's tables where it has the model. */
  readonly name: string;
  /** Pixels a side of what the model sees. */
  readonly imageSize: number;
  /** Standard deviation of the heatmaps' balls, pixels. */
  readonly sigma: number;
  readonly batchSize: number;
  readonly recipe: SupervisedConfig;
}

/** A vision transformer with the landmark decoder: generalised Dice and focal loss, equally. */
export interface EncoderArm extends ArmCommon {
  readonly kind: 'encoder';
  readonly start: EncoderStart;
  readonly size: EncoderSize;
  /** `full`: encoder and decoder are trained; `adapters`: adapters and decoder, the encoder is frozen. */
  readonly tuning: 'full' | 'adapters';
  readonly decoder: LandmarkDecoderConfig;
}

/** The DeepLabV3 baseline: weighted squared error. */
export interface DeeplabArm extends ArmCommon {
  readonly kind: 'deeplab';
  readonly model: DeeplabConfig;
  /** Weight of a background pixel. */
  readonly alpha: number;
}

/** One model of the study. */
export type LandmarkArm = EncoderArm | DeeplabArm;

/** A person of each sex whose body surface indexes the mass, where the data set gives neither sex nor size. */
export interface ReferenceBodies {
  readonly female: { readonly heightCentimetres: number; readonly weightKilograms: number };
  readonly male: { readonly heightCentimetres: number; readonly weightKilograms: number };
}

/** Everything that decides the result of notebook 04. */
export interface HypertrophyConfig extends ExperimentConfig {
  /** Phantom data set; `null` where only real data make sense. */
  readonly phantom: keyof typeof PHANTOM_SCALES | null;
  readonly arms: readonly LandmarkArm[];
  /** How training pictures are disturbed; `null` for none (paper: none named). */
  readonly disturb: Disturbance | null;
  /** Times that each training frame is shown between two validations. */
  readonly passesPerEpoch: number;
  /**
   * What is trained on: the labels as they are (`given`), or moved by as much as two human observers differ (`observer`), for phantoms,
   * whose labels are exact.
   */
  readonly trainingLabels: 'given' | 'observer';
  readonly bodies: ReferenceBodies;
  /** Frames of each test set that are shown with attention maps. */
  readonly shownFrames: number;
}

/** Means of adults of the United States, 2015 to 2018 (Fryar et al. 2021, Vital Health Stat 3(46)). */
const REFERENCE_BODIES: ReferenceBodies = {
  female: { heightCentimetres: 161.3, weightKilograms: 77.5 },
  male: { heightCentimetres: 175.3, weightKilograms: 90.6 },
};

/** Moves that keep the heart in the picture; grey values as wide as scanners' settings. */
const DISTURB: Disturbance = { shift: 0.08, turn: 12, scale: [0.88, 1.14], gamma: [0.7, 1.4], gain: [0.8, 1.25] };

/** What the phantom recipes share. */
function phantomRecipe(epochs: number, learningRate: number): SupervisedConfig {
  return {
    epochs,
    optimizer: 'adamw',
    learningRate, // paper 1e-4 (1e-3 DeepLabV3), over many more steps
    weightDecay: 0.01,
    schedule: 'cosine',
    warmupEpochs: 0.5,
    gradientClip: 1,
  };
}

/** The baseline's smaller twin: dilated ResNet of one block a stage. */
const PHANTOM_DEEPLAB: DeeplabConfig = {
  ...tinyDeeplab(4),
  backbone: { ...tinyDeeplab(4).backbone, base: 8 },
};

/** The models of Table 10, small. */
function phantomArms(epochs: number): readonly LandmarkArm[] {
  const encoder = (name: string, start: EncoderStart, size: EncoderSize, tuning: 'full' | 'adapters'): EncoderArm => ({
    kind: 'encoder',
    name,
    start,
    size,
    tuning,
    imageSize: 80, // paper 256 (S), 266 (B)
    sigma: 3, // paper 5 of 256 px
    batchSize: 8, // Table 10: 16 (S), 8 (B)
    recipe: phantomRecipe(epochs, 1.5e-3),
    decoder: tinyLandmarkDecoder(PHANTOM_ENCODERS[size].width, PHANTOM_ENCODERS[size].depth, 2),
  });
  return [
    {
      kind: 'deeplab',
      name: 'DeepLabV3',
      model: PHANTOM_DEEPLAB,
      imageSize: 144, // paper 640
      sigma: 1, // Table 10
      alpha: 1e-3, // Table 10
      batchSize: 8, // paper 32
      recipe: phantomRecipe(epochs, 3e-3),
    },
    encoder('EchoApex-AdaS', 'echo', 'small', 'adapters'),
    encoder('EchoApex-S', 'echo', 'small', 'full'),
    encoder('Generic-S', 'generic', 'small', 'full'),
    encoder('EchoApex-AdaB', 'echo', 'base', 'adapters'),
    encoder('EchoApex-B', 'echo', 'base', 'full'),
  ];
}

/** Table 10; epochs, weight decay and schedule are not given there and are A.3's. */
const PAPER_RECIPE: SupervisedConfig = {
  epochs: 60,
  optimizer: 'adamw',
  learningRate: 1e-4,
  weightDecay: 0.005,
  schedule: 'linear',
};

function paperArms(): readonly LandmarkArm[] {
  const small = (name: string, start: EncoderStart, tuning: 'full' | 'adapters'): EncoderArm => ({
    kind: 'encoder',
    name,
    start,
    size: 'small',
    tuning,
    imageSize: 256,
    sigma: 5,
    batchSize: 16,
    recipe: PAPER_RECIPE,
    decoder: LANDMARK_DECODER_S,
  });
  const base = (name: string, tuning: 'full' | 'adapters'): EncoderArm => ({
    ...small(name, 'echo', tuning),
    size: 'base',
    imageSize: 266,
    batchSize: 8,
    decoder: LANDMARK_DECODER_B,
  });
  return [
    {
      kind: 'deeplab',
      name: 'DeepLabV3',
      model: DEEPLABV3_LANDMARKS,
      imageSize: 640,
      sigma: 1,
      alpha: 1e-3,
      batchSize: 32,
      recipe: { ...PAPER_RECIPE, learningRate: 1e-3 },
    },
    small('EchoApex-AdaS', 'echo', 'adapters'),
    small('EchoApex-S', 'echo', 'full'),
    base('EchoApex-AdaB', 'adapters'),
    base('EchoApex-B', 'full'),
    small('Generic-S', 'generic', 'full'),
  ];
}

/** The four scales. */
export const HYPERTROPHY_CONFIGS: Readonly<Record<Scale, HypertrophyConfig>> = Object.freeze({
  smoke: {
    seeds: [1],
    phantom: 'smoke',
    arms: phantomArms(1).slice(0, 3), // the larger encoder and the generic start from full scale on
    disturb: DISTURB,
    passesPerEpoch: 2,
    trainingLabels: 'given',
    bodies: REFERENCE_BODIES,
    shownFrames: 2,
  },
  mini: {
    seeds: [1],
    phantom: 'mini',
    arms: phantomArms(8).slice(0, 4), // the larger encoder at full scale
    disturb: DISTURB,
    passesPerEpoch: 5,
    trainingLabels: 'given',
    bodies: REFERENCE_BODIES,
    shownFrames: 4,
  },
  full: {
    seeds: [1],
    phantom: 'full',
    arms: phantomArms(8),
    disturb: DISTURB,
    passesPerEpoch: 3,
    trainingLabels: 'given',
    bodies: REFERENCE_BODIES,
    shownFrames: 4,
  },
  paper: {
    seeds: [1],
    phantom: null,
    arms: paperArms(),
    disturb: null, // none named
    passesPerEpoch: 1,
    trainingLabels: 'given',
    bodies: REFERENCE_BODIES,
    shownFrames: 4,
  },
});
