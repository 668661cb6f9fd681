import type { MultiCropConfig } from '../../imaging/augmentation/multi-crop.js';
import type { DinoHeadConfig } from '../../models/dino-head.js';
import { VIT_B14, type VitConfig } from '../../models/vit-config.js';
import type { DinoConfig } from '../dino/dino-config.js';
import type { StageSize } from '../self-distillation/stage.js';
import type { MaskConfig } from './block-masks.js';

/** Where the released code of DINOv2 does otherwise than the papers say; see {@link VARIANTS} and {@link BLUR}. */
export type Dino2Variant = 'as-published' | 'as-released';

/** What a variant decides in the step and its schedules. */
export interface VariantChoices {
  /** Lengths of the last layers' rows: kept at 1 (DINO's `norm_last_layer`), or trained and decayed (DINOv2's head never freezes them). */
  readonly lastLayerLength: 'fixed' | 'trained';
  /** How last layers stand still at first: without gradient, so that their moments start later (DINO), or at rate 0 while moments gather (DINOv2). */
  readonly lastLayerFreeze: 'gradient' | 'rate';
  /** The teacher's temperature warms up once an epoch (DINO) or with every update (DINOv2). */
  readonly temperatureWarmup: 'epoch' | 'update';
}

/** What each variant means. */
export const VARIANTS: Readonly<Record<Dino2Variant, VariantChoices>> = Object.freeze({
  'as-published': Object.freeze({
    lastLayerLength: 'fixed',
    lastLayerFreeze: 'gradient',
    temperatureWarmup: 'epoch',
  } as const),
  'as-released': Object.freeze({
    lastLayerLength: 'trained',
    lastLayerFreeze: 'rate',
    temperatureWarmup: 'update',
  } as const),
});

/**
 * `crops.blur` of each variant. The released `GaussianBlur` of DINOv2 calls `RandomApply(p = 1 - p)`: global crop 1 is never blurred, crop 2 nine
 * times of ten.
 */
export const BLUR: Readonly<Record<Dino2Variant, MultiCropConfig['blur']>> = Object.freeze({
  'as-published': [1, 0.1, 0.5] as const,
  'as-released': [0, 0.9, 0.5] as const,
});

/**
 * Stage 2, the full DINOv2: everything that decides its result, frozen.
 *
 * Source of the values: `facebookresearch/dinov2` configs/ssl_default_config.yaml, with paper A.1 and Table 1 where they differ.
 */
export interface Dino2Config extends StageSize {
  /** A ViT with a mask token. */
  readonly encoder: VitConfig;
  /** How random weights start where none are given; see `DinoConfig`. */
  readonly initialisation: DinoConfig['initialisation'];
  readonly variant: Dino2Variant;
  /** Of the CLS token; the input width is the encoder's. */
  readonly head: Omit<DinoHeadConfig, 'inputWidth'>;
  /** Of the masked patches; Table 1: separate, hidden 2048, 65,536 prototypes. */
  readonly ibotHead: Omit<DinoHeadConfig, 'inputWidth'>;
  readonly crops: MultiCropConfig;
  readonly masks: MaskConfig;
  /** At a batch of 1,024; scaled with the square root of the batch. DINOv2: 0.004. */
  readonly learningRate: number;
  /** DINOv2: 1e-6. */
  readonly finalLearningRate: number;
  /** Linear warm-up; DINOv2: 10. May be fractional for short runs. */
  readonly warmupEpochs: number;
  /** Each block's rate is this times the next one's; DINOv2: 0.9. */
  readonly layerDecay: number;
  /** Multiplies the rate of the patch embedding; DINOv2: 0.2. */
  readonly patchEmbedRate: number;
  /** Cosine from start to end; DINOv2: 0.04 to 0.4. */
  readonly weightDecay: readonly [number, number];
  /** Of the teacher, cosine from start to end; DINOv2: 0.992 to 1. */
  readonly teacherMomentum: readonly [number, number];
  /** Linear over the first epochs; Table 1: 0.04 to 0.07, DINOv2: over 30 epochs. */
  readonly teacherTemperature: DinoConfig['teacherTemperature'];
  /** 0.1. */
  readonly studentTemperature: number;
  /** Of Sinkhorn-Knopp on CLS tokens and on masked patches; DINOv2: 3. */
  readonly sinkhornIterations: number;
  /** Weight of each term; DINOv2 1, 1 and 0.1, Table 1: iBOT 1. */
  readonly dinoWeight: number;
  readonly ibotWeight: number;
  readonly koleoWeight: number;
  /** Stochastic depth of every block of the student; DINOv2: 0.3. Above 0.1 a fixed share of the rows is dropped. */
  readonly dropPathRate: number;
  /** Largest gradient norm of backbone and of each head; DINOv2: 3. */
  readonly gradientClip: number;
  /** Epochs in which the last layers stand still; DINOv2: 1. May be fractional for short runs. */
  readonly freezeLastLayerEpochs: number;
}

/** ImageNet's mean and deviation of the three planes, as the released weights expect. */
const RGB = {
  channels: 3,
  mean: Object.freeze([0.485, 0.456, 0.406]),
  deviation: Object.freeze([0.229, 0.224, 0.225]),
} as const;

const PAPER_HEAD = Object.freeze({ hiddenWidth: 2048, bottleneckWidth: 64, prototypes: 65_536 });

/**
 * Stage 2 of the paper (A.1, Table 1) with ViT-B/14. Epochs are the caller's: the paper does not give them.
 *
 * Table 1 names no batch. Ours is what the released defaults give on the paper's node of eight GPUs, 64 images each, here as eight runs an update.
 */
export const PAPER_DINO2: Readonly<Omit<Dino2Config, 'epochs'>> = Object.freeze({
  encoder: VIT_B14,
  initialisation: 'released', // the paper starts from DINOv2's weights
  variant: 'as-published',
  head: PAPER_HEAD, // Table 1
  ibotHead: PAPER_HEAD, // Table 1; its bottleneck is not named, so that of the other head
  crops: Object.freeze({
    globalSize: 112,
    globalScale: [0.25, 1] as const,
    localCount: 8,
    localSize: 42,
    localScale: [0.05, 0.25] as const,
    blur: BLUR['as-published'],
    ...RGB,
  }),
  masks: Object.freeze({ probability: 0.5, ratio: [0.1, 0.5] as const }),
  batchSize: 512,
  accumulate: 8,
  learningRate: 0.004,
  finalLearningRate: 1e-6,
  warmupEpochs: 10,
  layerDecay: 0.9,
  patchEmbedRate: 0.2,
  weightDecay: [0.04, 0.4] as const,
  teacherMomentum: [0.992, 1] as const,
  teacherTemperature: Object.freeze({ start: 0.04, final: 0.07, warmupEpochs: 30 }),
  studentTemperature: 0.1,
  sinkhornIterations: 3,
  dinoWeight: 1,
  ibotWeight: 1,
  koleoWeight: 0.1,
  dropPathRate: 0.3,
  gradientClip: 3,
  freezeLastLayerEpochs: 1,
});
