import { atImageSize, VIT_S8, VIT_S8_TINY, type VitConfig } from '../../models/vit-config.js';
import type { PHANTOM_SCALES } from '../../phantom/data-config.js';
import type { Scale } from '../../records/record.js';
import type { DinoConfig } from '../../training/dino/dino-config.js';
import type { ExperimentConfig } from '../experiment.js';

/** The paper's three pretraining sets (2.1) or their phantom analogues. */
export const SUBSETS = ['echo3m', 'echo12m', 'echo20m'] as const;
export type Subset = (typeof SUBSETS)[number];

/** One pretraining run. */
export interface Arm {
  readonly name: string;
  readonly subset: Subset;
  /** Goes on from the weights of this arm; from random ones if left out. */
  readonly continues?: string;
  readonly epochs: number;
  /** Probes during the run, spread evenly; one more before the first step. */
  readonly probes: number;
}

/** Everything that decides the result of notebook 01. */
export interface ScalingStudyConfig extends ExperimentConfig {
  /** Phantom data set; `null` where only real data make sense. */
  readonly phantom: keyof typeof PHANTOM_SCALES | null;
  readonly arms: readonly Arm[];
  /** Stage 1 recipe; epochs come from the arm. */
  readonly dino: Omit<DinoConfig, 'epochs'>;
  readonly probe: {
    /** Frames of each labelled clip, spread evenly. */
    readonly framesPerClip: number;
    /** Neighbours of the curve and the headline; DINO reports 20. */
    readonly k: number;
    /** Further k reported at the end. */
    readonly alsoK: readonly number[];
    readonly temperature: number;
  };
  readonly map: { readonly perplexity: number; readonly frames: number; readonly iterations: number };
  /** Steps between checkpoints. */
  readonly checkpointEvery: number;
}

/** ImageNet mean and deviation, averaged over the colour planes: what one grey plane gets. */
const GREY = { channels: 1, mean: [0.449], deviation: [0.226] } as const;
const RGB = { channels: 3, mean: [0.485, 0.456, 0.406], deviation: [0.229, 0.224, 0.225] } as const;

const PHANTOM_ENCODER: VitConfig = {
  ...atImageSize(VIT_S8_TINY, 48),
  name: 'vit-s8-phantom',
  channels: 1,
  width: 96,
  depth: 3,
  heads: 3,
};

/** What the short phantom runs share. */
const PHANTOM_DINO: Omit<DinoConfig, 'epochs'> = {
  encoder: PHANTOM_ENCODER,
  initialisation: 'fan-in', // the paper starts from weights pretrained on natural images
  head: { hiddenWidth: 128, bottleneckWidth: 32, prototypes: 128 }, // paper 2048, 64, 65536; a small batch fills few prototypes
  crops: {
    globalSize: 48, // paper 112
    globalScale: [0.25, 1], // Table 1
    localCount: 2, // DINO 8
    localSize: 16, // 2 x 2 patches; paper 42
    localScale: [0.05, 0.25], // Table 1
    blur: [1, 0.1, 0.5],
    ...GREY,
  },
  batchSize: 48, // paper 256 a GPU and more
  learningRate: 4e-3, // at a batch of 256; DINO 5e-4, but these runs are hundreds of steps long
  finalLearningRate: 1e-6,
  warmupEpochs: 0.3, // DINO 10
  weightDecay: [0.04, 0.04], // DINO 0.04 to 0.4
  teacherMomentum: [0.97, 1], // DINO 0.996; the teacher must keep up in a short run
  teacherTemperature: { start: 0.03, final: 0.03, warmupEpochs: 1 }, // Table 1: 0.04 to 0.07
  studentTemperature: 0.1,
  centring: 'sinkhorn-knopp', // the paper's stage 2 from the start; stage 1 has the moving mean
  koleoWeight: 0.1, // as in stage 2; without it the embeddings of a short run fall together
  centreMomentum: 0.9,
  gradientClip: 3,
  freezeLastLayerEpochs: 0.2, // DINO 1
};

const PAPER_DINO: Omit<DinoConfig, 'epochs'> = {
  encoder: VIT_S8,
  initialisation: 'released', // the paper starts from DINO's weights
  head: { hiddenWidth: 2048, bottleneckWidth: 64, prototypes: 65_536 }, // Table 1
  crops: {
    globalSize: 112,
    globalScale: [0.25, 1],
    localCount: 8,
    localSize: 40, // Table 1 has 42, for ViT-B's patch of 14; 40 is the nearest multiple of 8
    localScale: [0.05, 0.25],
    blur: [1, 0.1, 0.5],
    ...RGB,
  },
  batchSize: 256,
  learningRate: 5e-4,
  finalLearningRate: 1e-6,
  warmupEpochs: 10,
  weightDecay: [0.04, 0.4], // DINO; Table 1 names 0.005
  teacherMomentum: [0.996, 1],
  teacherTemperature: { start: 0.04, final: 0.07, warmupEpochs: 30 },
  studentTemperature: 0.1,
  centring: 'moving-mean',
  koleoWeight: 0,
  centreMomentum: 0.9,
  gradientClip: 3,
  freezeLastLayerEpochs: 1,
};

function arms(epochs: Readonly<Record<Subset, number>>, probes: number): Arm[] {
  return [
    { name: 'Echo3M', subset: 'echo3m', epochs: epochs.echo3m, probes },
    { name: 'Echo12M', subset: 'echo12m', epochs: epochs.echo12m, probes },
    { name: 'Echo20M', subset: 'echo20m', continues: 'Echo12M', epochs: epochs.echo20m, probes },
  ];
}

/** The four scales. */
export const SCALING_CONFIGS: Readonly<Record<Scale, ScalingStudyConfig>> = Object.freeze({
  smoke: {
    seeds: [1],
    phantom: 'smoke',
    arms: arms({ echo3m: 5, echo12m: 4, echo20m: 3 }, 2),
    dino: PHANTOM_DINO,
    probe: { framesPerClip: 1, k: 20, alsoK: [10], temperature: 0.07 },
    map: { perplexity: 50, frames: 200, iterations: 500 },
    checkpointEvery: 20,
  },
  mini: {
    seeds: [1],
    phantom: 'mini',
    arms: arms({ echo3m: 12, echo12m: 8, echo20m: 5 }, 5),
    dino: PHANTOM_DINO,
    probe: { framesPerClip: 2, k: 20, alsoK: [10, 100, 200], temperature: 0.07 },
    map: { perplexity: 50, frames: 1000, iterations: 1000 },
    checkpointEvery: 100,
  },
  full: {
    seeds: [1],
    phantom: 'full',
    arms: arms({ echo3m: 40, echo12m: 20, echo20m: 10 }, 10),
    dino: { ...PHANTOM_DINO, batchSize: 64, crops: { ...PHANTOM_DINO.crops, localCount: 8 } },
    probe: { framesPerClip: 3, k: 20, alsoK: [10, 100, 200], temperature: 0.07 },
    map: { perplexity: 50, frames: 10_000, iterations: 1000 },
    checkpointEvery: 200,
  },
  paper: {
    seeds: [1],
    phantom: null,
    arms: arms({ echo3m: 100, echo12m: 100, echo20m: 50 }, 20),
    dino: PAPER_DINO,
    probe: { framesPerClip: 5, k: 20, alsoK: [10, 100, 200], temperature: 0.07 },
    map: { perplexity: 50, frames: 10_000, iterations: 1000 },
    checkpointEvery: 500,
  },
});
