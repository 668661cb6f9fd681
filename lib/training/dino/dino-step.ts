import * as tf from '@tensorflow/tfjs';
import { ArgumentError } from '../../core/errors.js';
import type { StepFunction } from '../../engine/compile.js';
import { centredSoftmax, crossViewLoss } from '../../losses/dino-loss.js';
import { koleoLoss } from '../../losses/koleo-loss.js';
import { sinkhornKnopp } from '../../losses/sinkhorn-knopp.js';
import { dinoHead, dinoHeadShapes } from '../../models/dino-head.js';
import { linearRates } from '../../models/drop-path.js';
import { type Params, paramsUnder, prefixParams } from '../../models/parameters.js';
import { clipByParameter, isExemptFromDecay } from '../optimizers/index.js';
import { type DropPathPlan, dropPathInputs } from '../self-distillation/drop-path-inputs.js';
import {
  type EncoderConfig,
  encoderShapes,
  encoderWidth,
  encodeViews,
  isVit,
  joinRows,
} from '../self-distillation/encoder.js';
import { teacherSigns } from '../self-distillation/health.js';
import { imagesPerRun, viewInputs } from '../self-distillation/stage.js';
import { makeStudentUpdate, type StudentUpdate } from '../self-distillation/student-update.js';
import type { DinoConfig } from './dino-config.js';

/** Not trained, not decayed: lengths kept at 1, as the released recipe does (`norm_last_layer`), and a mask token, which only stage 2 uses. */
const FIXED_KEYS = ['head.last_layer.weight_g', 'backbone.mask_token'];

/** One stage-1 step: the function, and its inputs and state. */
export interface DinoStep extends Pick<StudentUpdate, 'inputs' | 'initialState' | 'scalars'> {
  readonly step: StepFunction;
}

/**
 * One run of DINOv1: student on all views, teacher on the global ones; then AdamW or SGD on the student, moving averages of teacher and centre.
 *
 * Teacher distributions are centred by the moving mean (softmax of logits minus centre) or by Sinkhorn-Knopp over the run's global views;
 * KoLeo may be added on the student's embeddings of each global view. Gradients are clipped by the norm of each tensor; weight decay spares
 * biases and vectors; the last layer stands still while `lastLayerUpdates` is 0. A ResNet's BatchNorm uses batch statistics on both sides,
 * one pass a view size, and each side keeps its own running ones.
 *
 * Source: paper A.1 and Table 1; `facebookresearch/dino` main_dino.py `train_one_epoch`. Sinkhorn-Knopp and KoLeo here are not DINOv1's: they are
 * parts of stage 2 that short runs need from the start.
 *
 * Outputs: those of `healthRow`; terms `koleo` (weighted) where its weight is not 0.
 *
 * @throws {ArgumentError} if the encoder cannot have what the config asks for
 */
export function makeDinoStep(config: DinoConfig<EncoderConfig>): DinoStep {
  checkEncoder(config);
  const update = makeStudentUpdate({
    shapes: dinoShapes(config),
    rule: (key, shape) =>
      FIXED_KEYS.includes(key) ? 'frozen' : { decayScale: isExemptFromDecay(key, shape) ? 0 : 1, rateScale: 1 },
    optimizer: config.optimizer ?? 'adamw',
    clip: (gradients) => clipByParameter(gradients, config.gradientClip),
    accumulate: config.accumulate ?? 1,
    prototypes: config.head.prototypes,
    centreMomentum: config.centreMomentum,
  });
  const views = 2 + config.crops.localCount;
  return {
    initialState: update.initialState,
    scalars: update.scalars,
    inputs: {
      ...viewInputs(config.crops, imagesPerRun(config)),
      ...dropPathInputs(dropPathPlan(config)),
      ...update.inputs,
    },
    step(state, inputs) {
      const globals = inputs.globals!;
      const teacher = project(update.paramsOf(state, 'teacher'), [globals], config);
      const targets =
        config.centring === 'sinkhorn-knopp'
          ? sinkhornKnopp(teacher.logits, inputs.teacherTemperature!)
          : centredSoftmax(teacher.logits, state.centre!, inputs.teacherTemperature!);
      const student = update.paramsOf(state, 'student');
      const sizes = inputs.locals ? [globals, inputs.locals] : [globals];
      const reported: Record<string, tf.Tensor> = {};
      let statistics: Params = {};
      const lossOf = (...values: tf.Tensor[]): tf.Scalar => {
        const params = { ...student, ...Object.fromEntries(update.keys.map((key, i) => [key, values[i]!])) };
        const seen = project(params, sizes, config, [inputs.globalDropPath, inputs.localDropPath]);
        statistics = seen.statistics;
        for (const tensor of Object.values(statistics)) tf.keep(tensor); // an eager gradient would drop them
        const loss = crossViewLoss(seen.logits, targets, { views, studentTemperature: config.studentTemperature });
        reported.dino = tf.keep(loss);
        if (config.koleoWeight === 0) return loss;
        const spread = tf.addN(tf.split(seen.embeddings, 2, 0).map((half) => koleoLoss(half)));
        reported.koleo = tf.keep(tf.mul(spread, config.koleoWeight));
        return tf.add(loss, reported.koleo);
      };
      const { value, grads } = tf.valueAndGrads(lossOf)(update.keys.map((key) => student[key]!));
      const next = update.apply(state, inputs, {
        gradients: Object.fromEntries(update.keys.map((key, i) => [key, grads[i]!])),
        teacherLogits: teacher.logits,
        statistics: {
          student: prefixParams(statistics, 'backbone.'),
          teacher: prefixParams(teacher.statistics, 'backbone.'),
        },
      });
      const signs = teacherSigns(targets, teacher.embeddings, state.centre!);
      return { outputs: { loss: value, ...reported, ...signs, gradientNorm: next.gradientNorm }, state: next.state };
    },
  };
}

/** Shapes of all parameters: `backbone.…`, `head.…`. */
export function dinoShapes(
  config: Pick<DinoConfig<EncoderConfig>, 'encoder' | 'head'>,
): Record<string, readonly number[]> {
  return {
    ...prefixParams(encoderShapes(config.encoder), 'backbone.'),
    ...prefixParams(dinoHeadShapes({ ...config.head, inputWidth: encoderWidth(config.encoder) }), 'head.'),
  };
}

/** Stochastic depth of the student, as DINO draws it: per image, rising with depth. */
export function dropPathPlan(config: DinoConfig<EncoderConfig>): DropPathPlan {
  const images = imagesPerRun(config);
  return {
    rates: isVit(config.encoder) ? linearRates(config.encoder.depth, config.dropPathRate ?? 0) : [],
    mode: 'per-image',
    globalRows: 2 * images,
    localRows: config.crops.localCount * images,
  };
}

function checkEncoder({ encoder, initialisation, dropPathRate = 0, crops }: DinoConfig<EncoderConfig>): void {
  if (isVit(encoder)) {
    if (encoder.channels === crops.channels) return;
    throw new ArgumentError(
      `makeDinoStep: ${encoder.name} takes ${encoder.channels} planes, crops have ${crops.channels}; make them equal`,
    );
  }
  if (crops.channels !== 3) {
    throw new ArgumentError(`makeDinoStep: a ResNet takes 3 planes, crops have ${crops.channels}; set crops.channels`);
  }
  if (initialisation === 'released' && dropPathRate === 0) return;
  throw new ArgumentError(
    `makeDinoStep: a ResNet starts 'released' and drops no paths, got '${initialisation}' and ${dropPathRate}`,
  );
}

/** Encoder and head on views of several sizes: logits `[rows of all views, K]`, in order, and the embeddings `[2B, D]` of the first size. */
function project(
  params: Params,
  views: readonly tf.Tensor[],
  config: DinoConfig<EncoderConfig>,
  dropPath: readonly (tf.Tensor | undefined)[] = [],
): { logits: tf.Tensor; embeddings: tf.Tensor; statistics: Params } {
  const { embeddings, statistics } = encodeViews(paramsUnder(params, 'backbone.'), views, config.encoder, dropPath);
  const logits = dinoHead(paramsUnder(params, 'head.'), joinRows(embeddings));
  return { logits, embeddings: embeddings[0]!, statistics };
}
