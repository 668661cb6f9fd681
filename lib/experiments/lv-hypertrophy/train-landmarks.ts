import { join } from 'node:path';
import { stream } from '../../core/random.js';
import type { HostTensor } from '../../engine/compile.js';
import type { Point } from '../../imaging/polygon-fill.js';
import { type EpochRow, trainSupervised } from '../../training/supervised/train-supervised.js';
import type { RunContext } from '../experiment.js';
import type { HypertrophyConfig, LandmarkArm } from './hypertrophy-config.js';
import { type BatchShape, batchInputs, type LandmarkItem, landmarkBatch } from './landmark-batch.js';
import type { LandmarkEvaluator } from './landmark-evaluator.js';
import type { LandmarkFrame } from './landmark-frames.js';
import { batchLoss, type LandmarkModel } from './landmark-model.js';
import type { SquarePicture } from './square-picture.js';

/** A frame and the landmarks that it is trained on, in its pixels. */
export interface LabelledFrame {
  readonly frame: LandmarkFrame;
  readonly points: readonly (Point | null)[];
}

/** What reads pictures for a model, and runs it. */
export interface LandmarkTools {
  readonly read: (frame: LandmarkFrame) => Promise<SquarePicture>;
  readonly evaluator: LandmarkEvaluator;
}

/** What training an arm leaves. */
export interface TrainedLandmarks {
  readonly params: Record<string, HostTensor>;
  readonly rows: readonly EpochRow[];
  readonly bestEpoch: number;
  readonly trainedShare: number;
}

/** Trains one model; the epoch with the lowest validation loss counts. */
export async function trainLandmarks(
  arm: LandmarkArm,
  model: LandmarkModel,
  config: HypertrophyConfig,
  sets: { readonly train: readonly LabelledFrame[]; readonly validation: readonly LabelledFrame[] },
  tools: LandmarkTools,
  context: RunContext,
): Promise<TrainedLandmarks> {
  const seed = config.seeds[0] ?? 0;
  const shape = shapeOf(arm, model);
  const batchSize = Math.min(arm.batchSize, sets.train.length * config.passesPerEpoch);
  const stepsPerEpoch = Math.floor((sets.train.length * config.passesPerEpoch) / batchSize);
  const item = async ({ frame, points }: LabelledFrame): Promise<LandmarkItem> => ({
    picture: await tools.read(frame),
    points,
  });
  const validation = { count: sets.validation.length, item: (n: number) => item(sets.validation[n]!) };
  const progress = context.progress(`train ${arm.name}`, stepsPerEpoch * arm.recipe.epochs, 'steps');
  const result = await trainSupervised(
    {
      name: arm.name,
      params: model.params,
      rule: model.rule,
      inputs: batchInputs(shape, batchSize),
      loss: (params, inputs) => batchLoss(model, params, inputs, true),
    },
    arm.recipe,
    {
      stepsPerEpoch,
      batch: async ({ epoch, batch }) => {
        const chosen = Array.from({ length: batchSize }, (_, n) =>
          shown(sets.train, seed, epoch * config.passesPerEpoch, batch * batchSize + n),
        );
        const random = stream(seed, `landmarks/disturb/${epoch}/${batch}`);
        return landmarkBatch(
          await Promise.all(chosen.map(item)),
          shape,
          config.disturb && { amounts: config.disturb, random },
        );
      },
      validate: (params) => tools.evaluator.loss(params, validation),
      folder: join(context.workFolder, arm.name),
      progress,
      say: context.say,
    },
  );
  progress.finish();
  if (result.resumedFrom > 0) context.note(`${arm.name}: interrupted and resumed after epoch ${result.resumedFrom}`);
  const { params, rows, bestEpoch, trainedShare } = result;
  return { params, rows, bestEpoch, trainedShare };
}

/** What an arm's batches look like. */
export function shapeOf(arm: LandmarkArm, model: LandmarkModel): BatchShape {
  return { size: arm.imageSize, sigma: arm.sigma, channels: model.channels, normalisation: model.normalisation };
}

/** The n-th frame from a pass on: every pass shows each frame once, in an order of its own. */
function shown(frames: readonly LabelledFrame[], seed: number, firstPass: number, n: number): LabelledFrame {
  const pass = firstPass + Math.floor(n / frames.length);
  const order = stream(seed, `landmarks/order/${pass}`).shuffled(frames.keys());
  return frames[order[n % frames.length]!]!;
}
