import * as tf from '@tensorflow/tfjs';
import type { HostTensor, RunInputs, StepFunction, TensorSpec } from '../../engine/compile.js';
import { centredSoftmax, dinoCrossEntropy, updateCentre } from '../../losses/dino-loss.js';
import { koleoLoss } from '../../losses/koleo-loss.js';
import { sinkhornKnopp } from '../../losses/sinkhorn-knopp.js';
import { dinoHead } from '../../models/dino-head.js';
import { type Params, paramsUnder, prefixParams } from '../../models/parameters.js';
import { vit } from '../../models/vit.js';
import { adamW, clipByParameter, emaUpdate, groupParameters, isExemptFromDecay } from '../optimizers/index.js';
import type { DinoConfig } from './dino-config.js';

/** Kept at 1, as the released recipe does (`norm_last_layer`): not trained, not decayed. */
const FIXED_KEY = 'head.last_layer.weight_g';

/** Not trained in the first epoch. */
const LAST_LAYER_KEY = 'head.last_layer.weight_v';
const LAST_LAYER_GATE = 'last-layer';

/** The scalars of one step, from the schedules. */
export interface DinoScalars {
  readonly learningRate: number;
  readonly weightDecay: number;
  readonly teacherMomentum: number;
  readonly teacherTemperature: number;
  /** Updates of the body so far, this one included; of the last layer, 0 while it is frozen. */
  readonly bodyUpdates: number;
  readonly lastLayerUpdates: number;
}

/** Everything that the compiler and the training loop need of one stage-1 step. */
export interface DinoStep {
  readonly step: StepFunction;
  /** What each run is given: `globals`, `locals` where there are any, and scalars. */
  readonly inputs: Readonly<Record<string, TensorSpec>>;
  /** The scalar inputs of one run. */
  scalars(values: DinoScalars): RunInputs;
  /** Student, teacher (equal to the student unless given), the optimiser's moments, and the centre; what never changes stands apart. */
  initialState(
    params: Readonly<Record<string, HostTensor>>,
    teacher?: Readonly<Record<string, HostTensor>>,
  ): {
    state: Record<string, HostTensor>;
    frozen: Record<string, HostTensor>;
  };
}

/**
 * One step of DINOv1: student on all views, teacher on the global ones, AdamW on the student, moving averages of teacher and centre.
 *
 * Source: paper A.1 and Table 1; `facebookresearch/dino` main_dino.py `train_one_epoch`. Gradients are clipped by the norm of each tensor;
 * weight decay spares biases and vectors; the last layer stands still while `lastLayerUpdates` is 0.
 *
 * Outputs: `loss`; `teacherEntropy` in nats, mean over views; `centreNorm`; `gradientNorm` over all tensors, before clipping;
 * `prototype` `[2B]`, the teacher's most likely prototype of each global view.
 *
 * @param shapes shape of each parameter, keys `backbone.…` and `head.…`
 */
export function makeDinoStep(
  config: DinoConfig,
  shapes: Readonly<Record<string, { readonly shape: readonly number[] }>>,
): DinoStep {
  const { groups } = groupParameters(shapes, (key, shape) => {
    if (key === FIXED_KEY) return 'frozen';
    if (key === LAST_LAYER_KEY) return { gate: LAST_LAYER_GATE };
    return { decayScale: isExemptFromDecay(key, shape) ? 0 : 1 };
  });
  const optimizer = adamW(groups);
  const keys = groups.flatMap(({ parameters }) => parameters);
  return {
    inputs: {
      ...viewInputs(config),
      teacherMomentum: { shape: [] },
      teacherTemperature: { shape: [] },
      ...optimizer.inputs,
    },
    scalars({ learningRate, weightDecay, teacherMomentum, teacherTemperature, bodyUpdates, lastLayerUpdates }) {
      const updates = ({ gated }: { gated: boolean }): number => (gated ? lastLayerUpdates : bodyUpdates);
      return { teacherMomentum, teacherTemperature, ...optimizer.scalars({ learningRate, weightDecay, updates }) };
    },
    initialState(params, teacher = params) {
      const pick = (from: Readonly<Record<string, HostTensor>>): Record<string, HostTensor> =>
        Object.fromEntries(keys.map((key) => [key, from[key]!]));
      const trained = pick(params);
      return {
        state: {
          ...prefixParams(trained, 'student.'),
          ...prefixParams(pick(teacher), 'teacher.'),
          ...optimizer.initialState(trained),
          centre: { shape: [1, config.head.prototypes], data: new Float32Array(config.head.prototypes) },
        },
        frozen: { [FIXED_KEY]: params[FIXED_KEY]! },
      };
    },
    step(state, inputs) {
      const student = paramsUnder(state, 'student.');
      const teacher = paramsUnder(state, 'teacher.');
      const fixed = { [FIXED_KEY]: state[FIXED_KEY]! };
      const globals = inputs.globals!;
      const centre = state.centre!;
      const temperature = inputs.teacherTemperature!;
      const teacherLogits = project({ ...teacher, ...fixed }, [globals], config).logits;
      const target =
        config.centring === 'sinkhorn-knopp'
          ? sinkhornKnopp(teacherLogits, temperature)
          : centredSoftmax(teacherLogits, centre, temperature);
      const lossOf = (...values: tf.Tensor[]): tf.Scalar => {
        const params = { ...Object.fromEntries(keys.map((key, i) => [key, values[i]!])), ...fixed };
        const views = inputs.locals ? [globals, inputs.locals] : [globals];
        const { logits, tokens } = project(params, views, config);
        const loss = crossViewLoss(logits, target, config);
        if (config.koleoWeight === 0) return loss;
        const spread = tf.addN(tf.split(tokens, 2, 0).map((half) => koleoLoss(half)));
        return tf.add(loss, tf.mul(spread, config.koleoWeight));
      };
      const { value, grads } = tf.valueAndGrads(lossOf)(keys.map((key) => student[key]!));
      const raw = Object.fromEntries(keys.map((key, i) => [key, grads[i]!]));
      const { gradients, norm } = clipByParameter(raw, config.gradientClip);
      const updated = optimizer.update(student, gradients, state, inputs);
      const isParam = (key: string): boolean => key in student;
      const nextStudent = Object.fromEntries(Object.entries(updated).filter(([key]) => isParam(key)));
      const moments = Object.fromEntries(Object.entries(updated).filter(([key]) => !isParam(key)));
      return {
        outputs: {
          loss: value,
          teacherEntropy: tf.neg(tf.mean(tf.sum(tf.mul(target, tf.log(tf.add(target, 1e-12))), -1))),
          centreNorm: tf.sqrt(tf.sum(tf.square(centre))),
          gradientNorm: norm,
          prototype: tf.argMax(target, -1),
        },
        state: {
          ...prefixParams(nextStudent, 'student.'),
          ...prefixParams(emaUpdate(teacher, nextStudent, inputs.teacherMomentum!), 'teacher.'),
          ...moments,
          centre: updateCentre(centre, teacherLogits, config.centreMomentum),
        },
      };
    },
  };
}

/** B = images, C = planes. */
function viewInputs(config: DinoConfig): Record<string, TensorSpec> {
  const { channels, globalSize, localSize, localCount } = config.crops;
  return {
    globals: { shape: [2 * config.batchSize, channels, globalSize, globalSize] },
    ...(localCount > 0 && { locals: { shape: [localCount * config.batchSize, channels, localSize, localSize] } }),
  };
}

/**
 * Mean cross-entropy over the pairs of a teacher's and another student's view, as `DINOLoss` of main_dino.py, for any centring.
 *
 * @param student logits `[V * B, K]`, view by view, the global ones first
 * @param target distributions `[2 * B, K]`
 */
function crossViewLoss(student: tf.Tensor, target: tf.Tensor, config: DinoConfig): tf.Scalar {
  const views = tf.split(student, 2 + config.crops.localCount, 0);
  const terms = tf.split(target, 2, 0).map((teacher, index) =>
    dinoCrossEntropy(
      views.filter((_, view) => view !== index),
      [teacher],
      config.studentTemperature,
    ),
  );
  return tf.div(tf.addN(terms), 2 * (views.length - 1)) as tf.Scalar;
}

/** Backbone and head on views of several sizes: logits `[rows of all views, K]`, in order, and the CLS tokens `[2B, D]` of the first size. */
function project(
  params: Params,
  views: readonly tf.Tensor[],
  config: DinoConfig,
): { logits: tf.Tensor; tokens: tf.Tensor } {
  const backbone = paramsUnder(params, 'backbone.');
  const tokens = views.map((view) => vit(backbone, view, config.encoder).cls);
  const logits = dinoHead(paramsUnder(params, 'head.'), tokens.length === 1 ? tokens[0]! : tf.concat(tokens, 0));
  return { logits, tokens: tokens[0]! };
}
