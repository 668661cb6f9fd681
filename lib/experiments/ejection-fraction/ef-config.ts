import { LANDMARK_DECODER_S, type LandmarkDecoderConfig } from '../../models/landmark-decoder.js';
import { tinyUnet, type UnetConfig } from '../../models/unet.js';
import type { PHANTOM_SCALES } from '../../phantom/data-config.js';
import type { Scale } from '../../records/record.js';
import type { SupervisedConfig } from '../../training/supervised/supervised-config.js';
import type { EncoderStart } from '../encoders/starting-encoder.js';
import type { ExperimentConfig } from '../experiment.js';

/** One learned model: the same decoder on the frozen features of one encoder. */
export interface EfArm {
  readonly name: string;
  readonly start: EncoderStart;
  /** Its counterpart in the paper, whose numbers stand beside it. */
  readonly paper: 'EchoApex-ST' | 'ImageNet-ST' | null;
}

/** Random change of a training picture and its outline. */
export interface FrameAugmentation {
  /** Largest turn, degrees. */
  readonly turnDegrees: number;
  /** Largest shift, as a share of the side. */
  readonly shift: number;
  /** Largest zoom in or out, as a share. */
  readonly zoom: number;
  /** Largest change of brightness, as a share. */
  readonly brightness: number;
}

/** Everything that decides the result of notebook 05. */
export interface EfConfig extends ExperimentConfig {
  /** Phantom data set; `null` where only real data make sense. */
  readonly phantom: keyof typeof PHANTOM_SCALES | null;
  /** Side of the square frames that the encoders see, pixels. */
  readonly imageSize: number;
  readonly arms: readonly EfArm[];
  /** Stage 1: the left ventricle's outline. `encoder`: on the frozen features of the first arm's encoder. */
  readonly segmenter: {
    readonly network:
      | { readonly kind: 'encoder'; readonly decoder: LandmarkDecoderConfig }
      | { readonly kind: 'unet'; readonly unet: UnetConfig };
    /** Side of the square frames that it sees, pixels. */
    readonly imageSize: number;
    readonly batchSize: number;
    readonly training: SupervisedConfig;
    readonly augmentation: FrameAugmentation;
  };
  /** Stage 2: the sequence decoder. */
  readonly sequence: {
    /** Frames from end-diastole to end-systole. */
    readonly frames: number;
    readonly depth: number;
    readonly heads: number;
    readonly batchSize: number;
    readonly training: SupervisedConfig;
    /** Frames by which both ends of a cycle may move in training; 0 as in the paper. */
    readonly jitterFrames: number;
  };
  /** Below it the ejection fraction counts as cardiomyopathy, per cent. */
  readonly thresholdPercent: number;
  readonly labels: {
    /** `exact`: as the data set has them; `reader`: disturbed as a reader's would be. */
    readonly training: 'exact' | 'reader';
    /** Standard deviation of the logarithm of a traced volume: see reader-noise.ts. */
    readonly readerNoise: number;
  };
  /** Clips of a video that EchoNet's own network sees, spread evenly, where its weights are in data/weights. */
  readonly referenceClips: number;
}

const ARMS: readonly EfArm[] = [
  { name: 'EchoApex-ST', start: 'echo', paper: 'EchoApex-ST' },
  { name: 'Generic-ST', start: 'generic', paper: 'ImageNet-ST' },
  { name: 'Random-ST', start: 'random', paper: null },
];

/**
 * Two experts by biplane Simpson differ by 0.96 ± 7.0 points (Akil et al. 2024, Clin Physiol Funct Imaging, doi 10.1111/cpf.12918): 4.9 points a
 * reader, which at an ejection fraction of 55 % is 8 % of a volume.
 */
const READER_NOISE = 0.08;

/** A small U-Net for one structure; normalisation makes it learn from a hundred outlines in a few hundred steps. */
const VENTRICLE_UNET: UnetConfig = {
  ...tinyUnet(1, 1),
  name: 'unet-ventricle',
  down: [8, 16, 32, 64],
  up: [32, 16, 8],
  batchNorm: true,
};

const PHANTOM: Omit<EfConfig, 'seeds' | 'phantom'> = {
  imageSize: 64, // paper 112
  arms: ARMS,
  segmenter: {
    network: { kind: 'unet', unet: VENTRICLE_UNET }, // an encoder of 8-pixel patches outlines a systole of 8 pixels poorly
    imageSize: 96, // paper 112
    batchSize: 8,
    training: {
      epochs: 24,
      optimizer: 'adamw',
      learningRate: 3e-3,
      weightDecay: 0.005,
      schedule: 'cosine',
      warmupEpochs: 1,
      gradientClip: 1,
    },
    augmentation: { turnDegrees: 12, shift: 0.06, zoom: 0.12, brightness: 0.25 },
  },
  sequence: {
    frames: 8, // A.5
    depth: 2, // A.5
    heads: 3,
    batchSize: 16,
    training: {
      epochs: 100,
      optimizer: 'adamw',
      learningRate: 5e-4, // A.5
      weightDecay: 0.005, // A.5
      schedule: 'cosine', // the paper names none
      warmupEpochs: 2,
      gradientClip: 100,
    },
    jitterFrames: 1, // a clip of 16 frames holds one cycle: without it every epoch would see the same eight frames
  },
  thresholdPercent: 50, // 2.5
  labels: { training: 'exact', readerNoise: READER_NOISE },
  referenceClips: 3,
};

/** The four scales. */
export const EF_CONFIGS: Readonly<Record<Scale, EfConfig>> = Object.freeze({
  smoke: {
    ...PHANTOM,
    seeds: [1],
    phantom: 'smoke',
    segmenter: {
      ...PHANTOM.segmenter,
      batchSize: 5,
      training: { ...PHANTOM.segmenter.training, epochs: 15 },
    },
    sequence: {
      ...PHANTOM.sequence,
      batchSize: 5,
      training: { ...PHANTOM.sequence.training, epochs: 20 },
    },
  },
  mini: { ...PHANTOM, seeds: [1, 2, 3], phantom: 'mini' },
  full: {
    ...PHANTOM,
    seeds: [1, 2, 3],
    phantom: 'full',
    segmenter: {
      ...PHANTOM.segmenter,
      batchSize: 24,
      training: { ...PHANTOM.segmenter.training, epochs: 20 },
    },
    sequence: {
      ...PHANTOM.sequence,
      batchSize: 32,
      training: { ...PHANTOM.sequence.training, epochs: 100 },
      jitterFrames: 0,
    },
  },
  paper: {
    seeds: [1],
    phantom: null,
    imageSize: 112,
    arms: ARMS,
    segmenter: {
      network: { kind: 'encoder', decoder: { ...LANDMARK_DECODER_S, name: 'segmenter-s', landmarks: 1 } },
      imageSize: 112,
      batchSize: 32,
      training: {
        epochs: 20,
        optimizer: 'adamw',
        learningRate: 5e-4,
        weightDecay: 0.005,
        schedule: 'cosine',
        warmupEpochs: 1,
        gradientClip: 1,
      },
      augmentation: PHANTOM.segmenter.augmentation,
    },
    sequence: {
      frames: 8,
      depth: 2,
      heads: 6,
      batchSize: 32,
      training: {
        epochs: 60,
        optimizer: 'adamw',
        learningRate: 5e-4,
        weightDecay: 0.005,
        schedule: 'cosine',
        warmupEpochs: 2,
        gradientClip: 100,
      },
      jitterFrames: 0,
    },
    thresholdPercent: 50,
    labels: { training: 'exact', readerNoise: READER_NOISE }, // the labels are readers' already
    referenceClips: 6,
  },
});
