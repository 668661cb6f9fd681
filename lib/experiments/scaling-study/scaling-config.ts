import type { ResnetConfig } from '../../models/resnet.js';
import type { VitConfig } from '../../models/vit-config.js';
import type { PHANTOM_SCALES } from '../../phantom/data-config.js';
import type { DinoConfig } from '../../training/dino/dino-config.js';
import type { Dino2Config } from '../../training/dino2/dino2-config.js';
import type { EncoderConfig } from '../../training/self-distillation/encoder.js';
import type { ExperimentConfig } from '../experiment.js';

/** The paper's three pretraining sets (2.1) or their phantom analogues. */
export const SUBSETS = ['echo3m', 'echo12m', 'echo20m'] as const;
export type Subset = (typeof SUBSETS)[number];

/** The encoders that the paper pretrains, or their phantom stand-ins. */
export type StudyModel = 'vit-small' | 'vit-base' | 'resnet50';

/** One pretraining run. */
export interface Arm {
  readonly name: string;
  readonly model: StudyModel;
  /** `generic`: pictures that are no echocardiograms, for the counterpart that the paper takes from ImageNet. */
  readonly images: Subset | 'generic';
  /** 1: DINOv1; 2: the whole of DINOv2. */
  readonly stage: 1 | 2;
  /** Goes on from the weights of this arm; from the start that the config names if left out. */
  readonly continues?: string;
  readonly epochs: number;
  /** Probes during the run, spread evenly; one more before the first step. */
  readonly probes: number;
  /** True: once with every seed; else with the first alone. */
  readonly everySeed: boolean;
  /** The record keeps the teacher's backbone under this file name, for the other notebooks to start from. */
  readonly keeps?: string;
}

/** What is common to a stage whatever the arm. */
export type Stage1Recipe = Omit<DinoConfig<EncoderConfig>, 'encoder' | 'epochs'>;
export type Stage2Recipe = Omit<Dino2Config, 'encoder' | 'epochs'>;

/** Everything that decides the result of notebook 01. */
export interface ScalingStudyConfig extends ExperimentConfig {
  /** Phantom data set; `null` where only real data make sense. */
  readonly phantom: keyof typeof PHANTOM_SCALES | null;
  /** Frames are read as squares of this many pixels; the probe sees them whole. */
  readonly frameSize: number;
  /** Frames of each pretraining clip, spread evenly over it; `null` for all. Frames of one clip are near copies. */
  readonly framesPerClip: number | null;
  /**
   * Pretraining frames in memory, or in the shards of `pretrain-shards` for more than memory holds (`echolab data shard`); in memory if left out.
   * Shards hold the frames that they were written with: `framesPerClip` must be `null`.
   */
  readonly frames?: 'memory' | 'shards';
  readonly encoders: {
    readonly 'vit-small': VitConfig;
    readonly 'vit-base': VitConfig;
    readonly resnet50: ResnetConfig;
  };
  /** Where a first arm starts: random weights, or the imported ones of the generic counterpart where the user has them. */
  readonly start: 'random' | 'imported';
  readonly arms: readonly Arm[];
  readonly stage1: Readonly<Record<StudyModel, Stage1Recipe>>;
  readonly stage2: Stage2Recipe;
  readonly probe: {
    /** Frames of each labelled clip, spread evenly. */
    readonly framesPerClip: number;
    /** Neighbours of the curve and the headline; DINO reports 20. */
    readonly k: number;
    /** Further k reported at the end. */
    readonly alsoK: readonly number[];
    readonly temperature: number;
    /** Of the linear probe on standardised features: scikit-learn's C. */
    readonly inverseRegularisation: number;
  };
  readonly map: {
    /** The arm whose embeddings are mapped. */
    readonly arm: string;
    readonly perplexity: number;
    readonly frames: number;
    readonly iterations: number;
  };
  /** True: also makes two real updates of the whole stage 2 at paper size, for time and memory; takes 5.2 GiB. */
  readonly paperTrial: boolean;
  /** Steps between checkpoints. */
  readonly checkpointEvery: number;
}
