import type { FrameSource } from '../frame-source.js';
import { type PretrainOptions, type PretrainResult, pretrain } from '../self-distillation/pretrain.js';
import type { Dino2Config } from './dino2-config.js';
import { dino2Stage } from './dino2-stage.js';

/**
 * Stage 2: the full DINOv2 on frames in memory or in shards. See `pretrain` for the loop, {@link Dino2Config} for the recipe.
 *
 * Starts from `options.initial` (`continueStage1`, or `dino2Params` with imported weights as student and teacher) or at random. Keys of the result:
 * `backbone.…`, `dino_head.…`, `ibot_head.…`.
 *
 * @throws {NumericalError} when the loss is not finite, naming the step and the last checkpoint
 */
export function pretrainDino2(
  frames: FrameSource,
  config: Dino2Config,
  options: PretrainOptions,
): Promise<PretrainResult> {
  return pretrain(frames, dino2Stage(config), options);
}
