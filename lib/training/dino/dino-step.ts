import * as tf from '@tensorflow/tfjs';
import type { HostTensor, RunInputs, StepFunction, TensorMap, TensorSpec } from '../../engine/compile.js';
import { centredSoftmax, dinoLoss, updateCentre } from '../../losses/dino-loss.js';
import { dinoHead } from '../../models/dino-head.js';
import { type Params, paramsUnder } from '../../models/parameters.js';
import { vit } from '../../models/vit.js';
import { adamScalars, adamWeights, type StepWeights } from './adam-weights.js';
import type { DinoConfig } from './dino-config.js';

/** Kept at 1, as the released recipe does (`norm_last_layer`): not trained, not decayed. */
const FIXED_KEY = 'head.last_layer.weight_g';

/** Not trained in the first epoch. */
const LAST_LAYER_KEY = 'head.last_layer.weight_v';

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

/** What each run of the step is given, as specs for the compiler. */
export function dinoInputSpecs(config: DinoConfig): Record<string, TensorSpec> {
  const { channels, globalSize, localSize, localCount } = config.crops;
  const names = Object.keys(dinoInputs(ZERO));
  return {
    globals: { shape: [2 * config.batchSize, channels, globalSize, globalSize] },
    ...(localCount > 0 && { locals: { shape: [localCount * config.batchSize, channels, localSize, localSize] } }),
    ...Object.fromEntries(names.map((name) => [name, { shape: [] }])),
  };
}

const ZERO: DinoScalars = {
  learningRate: 0,
  weightDecay: 0,
  teacherMomentum: 0,
  teacherTemperature: 0,
  bodyUpdates: 1,
  lastLayerUpdates: 0,
};

/** The scalar inputs of one run. */
export function dinoInputs(scalars: DinoScalars): RunInputs {
  const { learningRate, weightDecay, teacherMomentum, teacherTemperature } = scalars;
  return {
    ...adamScalars('decayed', learningRate, weightDecay, scalars.bodyUpdates),
    ...adamScalars('plain', learningRate, 0, scalars.bodyUpdates),
    ...adamScalars('lastLayer', learningRate, weightDecay, scalars.lastLayerUpdates),
    teacherMomentum,
    teacherTemperature,
  };
}

/** The state of stage 1: student, teacher (equal at the start), the optimiser's two moments, and the centre. */
export function dinoState(
  config: DinoConfig,
  params: Readonly<Record<string, HostTensor>>,
): { state: Record<string, HostTensor>; frozen: Record<string, HostTensor> } {
  const prototypes = config.head.prototypes;
  const state: Record<string, HostTensor> = {
    centre: { shape: [1, prototypes], data: new Float32Array(prototypes) },
  };
  const frozen: Record<string, HostTensor> = {};
  for (const [key, { shape, data }] of Object.entries(params)) {
    if (key === FIXED_KEY) {
      frozen[key] = { shape, data };
      continue;
    }
    state[`student.${key}`] = { shape, data };
    state[`teacher.${key}`] = { shape, data };
    state[`moment1.${key}`] = { shape, data: new Float32Array(data.length) };
    state[`moment2.${key}`] = { shape, data: new Float32Array(data.length) };
  }
  return { state, frozen };
}

/**
 * One step of DINOv1: student on all views, teacher on the global ones, AdamW on the student, moving averages of teacher and centre.
 *
 * Source: paper A.1 and Table 1; `facebookresearch/dino` main_dino.py `train_one_epoch`. Gradients are clipped by the norm of each tensor;
 * weight decay spares biases and vectors; the last layer stands still while `lastLayerUpdates` is 0.
 *
 * Outputs: `loss`; `teacherEntropy` in nats, mean over views; `centreNorm`; `gradientNorm` over all tensors, before clipping;
 * `prototype` `[2B]`, the teacher's most likely prototype of each global view.
 */
export function dinoStep(config: DinoConfig): StepFunction {
  return (state, inputs) => {
    const student = paramsUnder(state, 'student.');
    const teacher = paramsUnder(state, 'teacher.');
    const fixed = { [FIXED_KEY]: state[FIXED_KEY]! };
    const globals = inputs.globals!;
    const teacherLogits = project({ ...teacher, ...fixed }, [globals], config);
    const keys = Object.keys(student);
    const lossOf = (...values: tf.Tensor[]): tf.Scalar => {
      const params = { ...Object.fromEntries(keys.map((key, i) => [key, values[i]!])), ...fixed };
      const views = inputs.locals ? [globals, inputs.locals] : [globals];
      return dinoLoss(project(params, views, config), teacherLogits, state.centre!, {
        views: 2 + config.crops.localCount,
        teacherTemperature: inputs.teacherTemperature!,
        studentTemperature: config.studentTemperature,
      });
    };
    const { value, grads } = tf.valueAndGrads(lossOf)(keys.map((key) => student[key]!));
    const next: Record<string, tf.Tensor> = {
      centre: updateCentre(state.centre!, teacherLogits, config.centreMomentum),
    };
    const squares: tf.Tensor[] = [];
    keys.forEach((key, i) => {
      const square = tf.sum(tf.square(grads[i]!));
      squares.push(square);
      const clipped = tf.mul(grads[i]!, clipFactor(square, config.gradientClip));
      const moments = { first: state[`moment1.${key}`]!, second: state[`moment2.${key}`]! };
      const updated = adamWeights(student[key]!, clipped, moments, weightsOf(key, student[key]!, inputs));
      next[`student.${key}`] = updated.param;
      next[`moment1.${key}`] = updated.first;
      next[`moment2.${key}`] = updated.second;
      const momentum = inputs.teacherMomentum!;
      next[`teacher.${key}`] = tf.add(tf.mul(teacher[key]!, momentum), tf.mul(updated.param, tf.sub(1, momentum)));
    });
    const target = centredSoftmax(teacherLogits, state.centre!, inputs.teacherTemperature!);
    return {
      outputs: {
        loss: value,
        teacherEntropy: tf.neg(tf.mean(tf.sum(tf.mul(target, tf.log(tf.add(target, 1e-12))), -1))),
        centreNorm: tf.sqrt(tf.sum(tf.square(state.centre!))),
        gradientNorm: tf.sqrt(tf.addN(squares)),
        prototype: tf.argMax(target, -1),
      },
      state: next,
    };
  };
}

/** Backbone and head on views of several sizes; `[rows of all views, K]`, in order. */
function project(params: Params, views: readonly tf.Tensor[], config: DinoConfig): tf.Tensor {
  const backbone = paramsUnder(params, 'backbone.');
  const tokens = views.map((view) => vit(backbone, view, config.encoder).cls);
  return dinoHead(paramsUnder(params, 'head.'), tokens.length === 1 ? tokens[0]! : tf.concat(tokens, 0));
}

/** As `utils.clip_gradients`: norms above the limit are scaled down to it. */
function clipFactor(squaredNorm: tf.Tensor, limit: number): tf.Tensor {
  return tf.minimum(1, tf.div(limit, tf.add(tf.sqrt(squaredNorm), 1e-6)));
}

function weightsOf(key: string, value: tf.Tensor, inputs: TensorMap): StepWeights {
  const group = key === LAST_LAYER_KEY ? 'lastLayer' : value.rank > 1 && !key.endsWith('.bias') ? 'decayed' : 'plain';
  return {
    keep: inputs[`${group}Keep`]!,
    size: inputs[`${group}Size`]!,
    root: inputs[`${group}Root`]!,
    blend: inputs[`${group}Blend`]!,
  };
}
