import type { MultiCropConfig } from '../../imaging/augmentation/multi-crop.js';
import type { DinoHeadConfig } from '../../models/dino-head.js';
import type { VitConfig } from '../../models/vit-config.js';
import type { EncoderConfig } from '../self-distillation/encoder.js';
import type { StageSize } from '../self-distillation/stage.js';

/**
 * One stage of DINOv1 pretraining: everything that decides its result, frozen.
 *
 * Source of the values: `facebookresearch/dino` main_dino.py, with the paper's Table 1 where the two differ.
 *
 * @typeParam Encoder a ViT, or the ResNet of the paper's baseline (with {@link RESNET_DINO_RECIPE})
 */
export interface DinoConfig<Encoder extends EncoderConfig = VitConfig> extends StageSize {
  readonly encoder: Encoder;
  /**
   * How random weights start. `released`: as the authors' (ViT: normal 0.02 everywhere; ResNet: torchvision's). `fan-in`, ViT only: linear weights
   * with deviation 1 / sqrt(inputs) and sine-cosine positions, for short runs of narrow encoders, whose attention the released start leaves blind
   * to position for thousands of steps.
   */
  readonly initialisation: 'released' | 'fan-in';
  /** Prototypes, hidden and bottleneck width; the input width is the encoder's. */
  readonly head: Omit<DinoHeadConfig, 'inputWidth'>;
  readonly crops: MultiCropConfig;
  /** AdamW, or SGD with momentum 0.9 as DINO trains a ResNet50; AdamW if left out. */
  readonly optimizer?: 'adamw' | 'sgd';
  /** At a batch of 256; scaled linearly with the batch. DINO and Table 1: 5e-4; ResNet50: 0.03. */
  readonly learningRate: number;
  /** DINO: 1e-6. */
  readonly finalLearningRate: number;
  /** Linear warm-up; DINO: 10. May be fractional for short runs. */
  readonly warmupEpochs: number;
  /** Cosine from start to end; DINO: 0.04 to 0.4, ResNet50: 1e-4 throughout. Table 1 of the paper names 0.005. */
  readonly weightDecay: readonly [number, number];
  /** Of the teacher, cosine from start to end; DINO: 0.996 to 1. */
  readonly teacherMomentum: readonly [number, number];
  /** Linear over the first epochs; Table 1: 0.04 to 0.07, DINO: over 30 epochs. */
  readonly teacherTemperature: { readonly start: number; readonly final: number; readonly warmupEpochs: number };
  /** DINO: 0.1. */
  readonly studentTemperature: number;
  /**
   * What keeps the teacher from choosing one prototype for all. `moving-mean`: DINOv1's centre. `sinkhorn-knopp`: DINOv2's balanced
   * assignment of each batch, which the paper uses in stage 2 and which a short run needs from the start, since the moving mean lags behind.
   */
  readonly centring: 'moving-mean' | 'sinkhorn-knopp';
  /** Weight of KoLeo on the student's CLS tokens of the global views, summed over both; DINOv1: 0, DINOv2 and so the paper's stage 2: 0.1. */
  readonly koleoWeight: number;
  /** Of the moving mean; DINO: 0.9. */
  readonly centreMomentum: number;
  /** Stochastic depth of the student's last block, rising linearly from 0 in the first; DINO: 0.1. ViT only; 0 if left out. */
  readonly dropPathRate?: number;
  /** Largest gradient norm of one parameter tensor; DINO: 3. */
  readonly gradientClip: number;
  /** Epochs in which the last layer is not trained; DINO: 1. May be fractional for short runs. */
  readonly freezeLastLayerEpochs: number;
}

/**
 * What DINO does otherwise for a ResNet50: SGD, and larger crops.
 *
 * Source: `facebookresearch/dino` README, "Resnet-50 and other convnets trainings": `--optimizer sgd --lr 0.03 --weight_decay 1e-4
 * --weight_decay_end 1e-4 --global_crops_scale 0.14 1 --local_crops_scale 0.05 0.14`.
 */
export const RESNET_DINO_RECIPE: Readonly<
  Required<Pick<DinoConfig, 'optimizer' | 'learningRate' | 'weightDecay' | 'initialisation'>> & {
    readonly crops: Pick<MultiCropConfig, 'globalScale' | 'localScale'>;
  }
> = Object.freeze({
  optimizer: 'sgd',
  initialisation: 'released',
  learningRate: 0.03,
  weightDecay: Object.freeze([1e-4, 1e-4] as const),
  crops: Object.freeze({ globalScale: [0.14, 1] as const, localScale: [0.05, 0.14] as const }),
});

export { stepsPerEpoch } from '../self-distillation/stage.js';
