import type { FrameSource } from '../frame-source.js';
import type { EncoderConfig } from '../self-distillation/encoder.js';
import type { HealthRow } from '../self-distillation/health.js';
import { type PretrainOptions, type PretrainResult, pretrain } from '../self-distillation/pretrain.js';
import type { DinoConfig } from './dino-config.js';
import { dinoStage } from './dino-stage.js';

export type { PretrainOptions } from '../self-distillation/pretrain.js';

/** One row of the health table of stage 1. */
export type DinoRow = HealthRow;

/** What stage 1 leaves; keys `backbone.…` and `head.…`. */
export type DinoResult = PretrainResult;

/**
 * Stage 1: DINOv1 pretraining on frames in memory or in shards. See {@link pretrain} for the loop, {@link DinoConfig} for the recipe.
 *
 * @throws {NumericalError} when the loss is not finite, naming the step and the last checkpoint
 */
export function pretrainDino(
  frames: FrameSource,
  config: DinoConfig<EncoderConfig>,
  options: PretrainOptions,
): Promise<DinoResult> {
  return pretrain(frames, dinoStage(config), options);
}
