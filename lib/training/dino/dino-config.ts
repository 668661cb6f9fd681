import type { MultiCropConfig } from '../../imaging/augmentation/multi-crop.js';
import type { DinoHeadConfig } from '../../models/dino-head.js';
import type { VitConfig } from '../../models/vit-config.js';

/**
 * One stage of DINOv1 pretraining: everything that decides its result, frozen.
 *
 * Source of the values: `facebookresearch/dino` main_dino.py, with the paper's Table 1 where the two differ.
 */
export interface DinoConfig {
  readonly encoder: VitConfig;
  /**
   * How random weights start. `released`: normal 0.02 everywhere, as the authors'. `fan-in`: linear weights with deviation 1 / sqrt(inputs) and
   * sine-cosine positions, for short runs of narrow encoders, whose attention the released start leaves blind to position for thousands of steps.
   */
  readonly initialisation: 'released' | 'fan-in';
  /** Prototypes, hidden and bottleneck width; the input width is the encoder's. */
  readonly head: Omit<DinoHeadConfig, 'inputWidth'>;
  readonly crops: MultiCropConfig;
  /** Images a step. The last images of an epoch that do not fill a batch are left out, as in the authors' loader. */
  readonly batchSize: number;
  readonly epochs: number;
  /** At a batch of 256; scaled linearly with the batch. DINO and Table 1: 5e-4. */
  readonly learningRate: number;
  /** DINO: 1e-6. */
  readonly finalLearningRate: number;
  /** Linear warm-up; DINO: 10. May be fractional for short runs. */
  readonly warmupEpochs: number;
  /** Cosine from start to end; DINO: 0.04 to 0.4. Table 1 of the paper names 0.005. */
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
  /** Largest gradient norm of one parameter tensor; DINO: 3. */
  readonly gradientClip: number;
  /** Epochs in which the last layer is not trained; DINO: 1. May be fractional for short runs. */
  readonly freezeLastLayerEpochs: number;
}

/** Steps of an epoch: the last, unfilled batch is dropped. */
export function stepsPerEpoch(config: Pick<DinoConfig, 'batchSize'>, images: number): number {
  return Math.floor(images / config.batchSize);
}
