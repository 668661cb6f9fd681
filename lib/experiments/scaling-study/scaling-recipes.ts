import { RESNET50_TINY, RESNET50_TRUNK } from '../../models/resnet.js';
import { VIT_B14, VIT_S8 } from '../../models/vit-config.js';
import { RESNET_DINO_RECIPE } from '../../training/dino/dino-config.js';
import { BLUR, PAPER_DINO2 } from '../../training/dino2/dino2-config.js';
import { PHANTOM_ENCODERS } from '../encoders/phantom-encoder-config.js';
import type { ScalingStudyConfig, Stage1Recipe, Stage2Recipe } from './scaling-config.js';

/** ImageNet mean and deviation, averaged over the colour planes: what one grey plane gets. */
const GREY = { channels: 1, mean: [0.449], deviation: [0.226] } as const;
const RGB = { channels: 3, mean: [0.485, 0.456, 0.406], deviation: [0.229, 0.224, 0.225] } as const;

/** What the short phantom runs share. */
const PHANTOM_STAGE1: Stage1Recipe = {
  initialisation: 'fan-in', // the paper starts from weights pretrained on natural images
  head: { hiddenWidth: 256, bottleneckWidth: 64, prototypes: 256 }, // paper 2048, 64, 65536; a small batch fills few prototypes
  crops: {
    globalSize: 48, // of frames of 64; paper 112
    globalScale: [0.25, 1], // Table 1
    localCount: 0, // DINO 8; at this length of training they slow more than they teach
    localSize: 24, // paper 42
    localScale: [0.05, 0.25], // Table 1
    blur: BLUR['as-published'],
    ...GREY,
  },
  batchSize: 64, // paper 256 a GPU and more
  learningRate: 3e-3, // at a batch of 256; DINO 5e-4, but these runs are hundreds of steps long
  finalLearningRate: 1e-6,
  warmupEpochs: 0.2, // DINO 10
  weightDecay: [0.04, 0.04], // DINO 0.04 to 0.4
  teacherMomentum: [0.97, 1], // DINO 0.996; the teacher must keep up in a short run
  teacherTemperature: { start: 0.03, final: 0.03, warmupEpochs: 1 }, // Table 1: 0.04 to 0.07
  studentTemperature: 0.1,
  centring: 'sinkhorn-knopp', // the paper's stage 2 from the start; stage 1 has the moving mean
  koleoWeight: 0.1, // as in stage 2; without it the embeddings of a short run fall together
  centreMomentum: 0.9,
  gradientClip: 3,
  freezeLastLayerEpochs: 0.1, // DINO 1
};

const PHANTOM_STAGE2: Stage2Recipe = {
  initialisation: 'fan-in',
  variant: 'as-published',
  head: PHANTOM_STAGE1.head,
  ibotHead: PHANTOM_STAGE1.head,
  crops: PHANTOM_STAGE1.crops,
  masks: { probability: 0.5, ratio: [0.1, 0.5] }, // Table 1
  batchSize: 64,
  learningRate: 4e-3, // at a batch of 1,024, by the square root
  finalLearningRate: 1e-6,
  warmupEpochs: 0.1,
  layerDecay: 0.9,
  patchEmbedRate: 0.2,
  weightDecay: [0.04, 0.04],
  teacherMomentum: [0.98, 1],
  teacherTemperature: { start: 0.04, final: 0.04, warmupEpochs: 1 },
  studentTemperature: 0.1,
  sinkhornIterations: 3,
  dinoWeight: 1,
  ibotWeight: 1,
  koleoWeight: 0.1,
  dropPathRate: 0, // DINOv2 0.3; four blocks are few
  gradientClip: 3,
  freezeLastLayerEpochs: 0.1,
};

/** What the three phantom scales share. */
export const PHANTOM_STUDY: Pick<
  ScalingStudyConfig,
  'frameSize' | 'framesPerClip' | 'frames' | 'encoders' | 'start' | 'stage1' | 'stage2'
> = {
  frameSize: 64,
  framesPerClip: 2,
  encoders: { 'vit-small': PHANTOM_ENCODERS.small, 'vit-base': PHANTOM_ENCODERS.base, resnet50: RESNET50_TINY },
  start: 'random',
  stage1: {
    'vit-small': PHANTOM_STAGE1,
    'vit-base': PHANTOM_STAGE1,
    resnet50: {
      ...PHANTOM_STAGE1,
      ...RESNET_DINO_RECIPE,
      learningRate: 0.3, // at a batch of 256; DINO 0.03, but these runs are hundreds of steps long
      crops: { ...PHANTOM_STAGE1.crops, ...RGB, ...RESNET_DINO_RECIPE.crops },
    },
  },
  stage2: PHANTOM_STAGE2,
};

/** The phantom study with another batch. */
export function withBatch(study: typeof PHANTOM_STUDY, batchSize: number): typeof PHANTOM_STUDY {
  const { stage1, stage2 } = study;
  return {
    ...study,
    stage1: {
      'vit-small': { ...stage1['vit-small'], batchSize },
      'vit-base': { ...stage1['vit-base'], batchSize },
      resnet50: { ...stage1.resnet50, batchSize },
    },
    stage2: { ...stage2, batchSize },
  };
}

const PAPER_STAGE1: Stage1Recipe = {
  initialisation: 'released', // the paper starts from DINO's weights
  head: { hiddenWidth: 2048, bottleneckWidth: 64, prototypes: 65_536 }, // Table 1
  crops: {
    globalSize: 112,
    globalScale: [0.25, 1],
    localCount: 8,
    localSize: 40, // Table 1 has 42, for ViT-B's patch of 14; 40 is the nearest multiple of 8
    localScale: [0.05, 0.25],
    blur: BLUR['as-published'],
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
  dropPathRate: 0.1,
  gradientClip: 3,
  freezeLastLayerEpochs: 1,
};

/** The paper's own values (A.1, Table 1). */
export const PAPER_STUDY: typeof PHANTOM_STUDY = {
  frameSize: 112,
  framesPerClip: null,
  frames: 'shards', // 20 million frames of 112 px are 250 GB
  encoders: { 'vit-small': VIT_S8, 'vit-base': VIT_B14, resnet50: RESNET50_TRUNK },
  start: 'imported',
  stage1: {
    'vit-small': PAPER_STAGE1,
    'vit-base': { ...PAPER_STAGE1, crops: { ...PAPER_STAGE1.crops, localSize: 42 } },
    resnet50: {
      ...PAPER_STAGE1,
      ...RESNET_DINO_RECIPE,
      dropPathRate: 0,
      crops: { ...PAPER_STAGE1.crops, ...RESNET_DINO_RECIPE.crops },
    },
  },
  stage2: PAPER_DINO2,
};
