import { ArgumentError } from '../../core/errors.js';
import type { HostTensor, RunInputs, StepFunction, TensorSpec } from '../../engine/compile.js';
import type { MultiCropConfig } from '../../imaging/augmentation/multi-crop.js';

/** How many images a stage sees, and in what portions. */
export interface StageSize {
  /** Images an update. The last images of an epoch that do not fill a batch are left out, as in the authors' loader. */
  readonly batchSize: number;
  /**
   * Runs whose gradients are averaged into one update, each on `batchSize / accumulate` images; 1 if left out. What a run computes over its
   * batch (Sinkhorn-Knopp, KoLeo, BatchNorm) sees the images of that run only.
   */
  readonly accumulate?: number;
  readonly epochs: number;
}

/** Updates of an epoch: the last, unfilled batch is dropped. */
export function stepsPerEpoch(config: Pick<StageSize, 'batchSize'>, images: number): number {
  return Math.floor(images / config.batchSize);
}

/**
 * Images of one run of the compiled step.
 *
 * @throws {ArgumentError} if the batch does not divide into the runs
 */
export function imagesPerRun(config: Pick<StageSize, 'batchSize' | 'accumulate'>): number {
  const images = config.batchSize / (config.accumulate ?? 1);
  if (Number.isInteger(images) && images >= 1) return images;
  throw new ArgumentError(
    `imagesPerRun: batchSize must be a multiple of accumulate, got ${config.batchSize} and ${config.accumulate}`,
  );
}

/** The schedules at one update. */
export interface ScheduleValues {
  readonly learningRate: number;
  /** Of the heads' last layers. */
  readonly lastLayerRate: number;
  readonly weightDecay: number;
  readonly teacherMomentum: number;
  readonly teacherTemperature: number;
  /** Updates of the body so far, this one included; of the last layers, 0 while they stand still. */
  readonly bodyUpdates: number;
  readonly lastLayerUpdates: number;
}

/** Which run of the compiled step. */
export interface RunPlace {
  readonly seed: number;
  readonly epoch: number;
  /** Run within the epoch, from 0. */
  readonly run: number;
  /** Run within the update, from 0. */
  readonly part: number;
}

/** A stage of self-distillation as the loop sees it: a step, and what each of its runs is given. */
export interface DistillationStage {
  /** Named in errors and reports. */
  readonly name: string;
  readonly size: StageSize;
  readonly crops: MultiCropConfig;
  /** Width of an embedding. */
  readonly width: number;
  /** Prototypes of the head on the embedding. */
  readonly prototypes: number;
  /** Epochs of learning-rate warm-up; a collapse is looked for after it. */
  readonly warmupEpochs: number;
  readonly step: StepFunction;
  readonly inputs: Readonly<Record<string, TensorSpec>>;
  /** Outputs that are terms of the loss: columns of the health table. */
  readonly terms: readonly string[];
  /** Random parameters of the student. */
  initialParams(seed: number): Record<string, HostTensor>;
  /** The state before the first update; the teacher equals the student unless given. */
  initialState(
    student: Readonly<Record<string, HostTensor>>,
    teacher?: Readonly<Record<string, HostTensor>>,
  ): { readonly state: Record<string, HostTensor>; readonly frozen: Record<string, HostTensor> };
  /** The schedules at an update, from 0. */
  schedules(update: number, perEpoch: number): ScheduleValues;
  /** Everything that a run is given beside the views: scalars, and what is drawn for it. A function of its arguments. */
  feed(values: ScheduleValues, place: RunPlace): RunInputs;
}

/** The inputs that hold a run's views. */
export function viewInputs(crops: MultiCropConfig, images: number): Record<string, TensorSpec> {
  const { channels, globalSize, localSize, localCount } = crops;
  return {
    globals: { shape: [2 * images, channels, globalSize, globalSize] },
    ...(localCount > 0 && { locals: { shape: [localCount * images, channels, localSize, localSize] } }),
  };
}
