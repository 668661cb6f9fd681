import * as tf from '@tensorflow/tfjs';
import type { HostTensor, RunInputs, TensorMap, TensorSpec } from '../../engine/compile.js';
import { updateCentre } from '../../losses/dino-loss.js';
import { expectParams, isRunningStatistic, prefixParams } from '../../models/parameters.js';
import {
  adamW,
  type Clipped,
  emaUpdate,
  type GroupRule,
  gradientAccumulation,
  groupParameters,
  sgd,
} from '../optimizers/index.js';
import type { ScheduleValues } from './stage.js';

/** Weights of the heads' last layers: frozen at first. */
const LAST_LAYER = /(^|\.)last_layer\.weight_[gv]$/;

const LAST_LAYER_GATE = 'last-layer';
const BODY_GATE = 'body';

/** The centre stands among the gradients while it is averaged over the runs of an update. */
const CENTRE = 'centre';

/** How the student follows its gradients, and the teacher the student. */
export interface StudentUpdateConfig {
  /** Shapes of all parameters of the student. */
  readonly shapes: Readonly<Record<string, readonly number[]>>;
  /** Rates and decay of a parameter, or `'frozen'`. Running statistics are not asked about. */
  readonly rule: (key: string, shape: readonly number[]) => Omit<GroupRule, 'gate'> | 'frozen';
  readonly optimizer: 'adamw' | 'sgd';
  readonly clip: (gradients: TensorMap) => Clipped;
  readonly accumulate: number;
  readonly prototypes: number;
  readonly centreMomentum: number;
}

/** Everything after the gradients of one run: accumulate, clip, update, move teacher and centre. */
export interface StudentUpdate {
  /** Keys of the trained parameters. */
  readonly keys: readonly string[];
  readonly inputs: Readonly<Record<string, TensorSpec>>;
  /** @throws {ShapeError} unless both sides have exactly the parameters of {@link StudentUpdateConfig.shapes} */
  initialState(
    student: Readonly<Record<string, HostTensor>>,
    teacher?: Readonly<Record<string, HostTensor>>,
  ): { readonly state: Record<string, HostTensor>; readonly frozen: Record<string, HostTensor> };
  /** Numbers for {@link inputs} in one run of an update. */
  scalars(values: ScheduleValues, part: number): RunInputs;
  /** All parameters of one side, those that never change included. */
  paramsOf(state: TensorMap, who: 'student' | 'teacher'): Record<string, tf.Tensor>;
  /**
   * @param run.gradients by key
   * @param run.teacherLogits `[R, K]` of this run, for the centre
   * @param run.statistics running statistics of both sides after this run, by key
   * @returns the next state, and the norm of all gradients before clipping
   */
  apply(
    state: TensorMap,
    inputs: TensorMap,
    run: {
      readonly gradients: TensorMap;
      readonly teacherLogits: tf.Tensor;
      readonly statistics?: { readonly student: TensorMap; readonly teacher: TensorMap };
    },
  ): { readonly state: Record<string, tf.Tensor>; readonly gradientNorm: tf.Tensor };
}

/**
 * The part that both stages share: AdamW or SGD on the student, moving averages of teacher and centre.
 *
 * In all runs of an update but the last, parameters, moments, teacher and centre stay as they are, bit for bit. State: `student.…`, `teacher.…`,
 * the optimiser's, sums under accumulation, and `centre`. Parameters that never change stand apart under their plain keys, once for both sides.
 */
export function makeStudentUpdate(config: StudentUpdateConfig): StudentUpdate {
  const { accumulate, prototypes } = config;
  const learnable = Object.entries(config.shapes).filter(([key]) => !isRunningStatistic(key));
  const statistics = Object.keys(config.shapes).filter(isRunningStatistic);
  const { groups, frozen } = groupParameters(
    Object.fromEntries(learnable.map(([key, shape]) => [key, { shape }])),
    (key, shape) => {
      const answer = config.rule(key, shape);
      if (answer === 'frozen') return 'frozen';
      if (LAST_LAYER.test(key)) return { ...answer, gate: LAST_LAYER_GATE };
      return accumulate > 1 ? { ...answer, gate: BODY_GATE } : answer;
    },
  );
  const optimizer = config.optimizer === 'adamw' ? adamW(groups) : sgd(groups);
  const keys = groups.flatMap(({ parameters }) => parameters);
  const rounds = gradientAccumulation([...keys, CENTRE], accumulate);
  const isLastLayer = (group: { parameters: readonly string[] }): boolean => LAST_LAYER.test(group.parameters[0]!);
  const pick = (from: Readonly<Record<string, HostTensor>>): Record<string, HostTensor> =>
    Object.fromEntries([...keys, ...statistics].map((key) => [key, from[key]!]));
  return {
    keys,
    inputs: {
      teacherMomentum: { shape: [] },
      teacherTemperature: { shape: [] },
      centreMomentum: { shape: [] },
      ...rounds.inputs,
      ...optimizer.inputs,
    },
    initialState(student, teacher = student) {
      expectParams('pretrain, student at the start', config.shapes, student);
      expectParams('pretrain, teacher at the start', config.shapes, teacher);
      const centre = { shape: [1, prototypes], data: new Float32Array(prototypes) };
      return {
        state: {
          ...prefixParams(pick(student), 'student.'),
          ...prefixParams(pick(teacher), 'teacher.'),
          ...optimizer.initialState(student),
          ...rounds.initialState({ ...student, [CENTRE]: centre }),
          [CENTRE]: centre,
        },
        frozen: Object.fromEntries(frozen.map((key) => [key, student[key]!])),
      };
    },
    scalars(values, part) {
      const last = rounds.isLast(part);
      const { learningRate, lastLayerRate, bodyUpdates, lastLayerUpdates } = values;
      return {
        teacherMomentum: last ? values.teacherMomentum : 1,
        teacherTemperature: values.teacherTemperature,
        centreMomentum: last ? config.centreMomentum : 1,
        ...rounds.scalars(part),
        ...optimizer.scalars({
          learningRate: (group) => (isLastLayer(group) ? lastLayerRate : learningRate),
          weightDecay: values.weightDecay,
          updates: (group) => (last ? (isLastLayer(group) ? lastLayerUpdates : bodyUpdates) : 0),
        }),
      };
    },
    paramsOf(state, who) {
      const own = [...keys, ...statistics].map((key) => [key, state[`${who}.${key}`]!]);
      return Object.fromEntries([...own, ...frozen.map((key) => [key, state[key]!])]) as Record<string, tf.Tensor>;
    },
    apply(state, inputs, run) {
      const under = (who: string): Record<string, tf.Tensor> =>
        Object.fromEntries(keys.map((key) => [key, state[`${who}.${key}`]!]));
      const mean = tf.mean(run.teacherLogits, 0, true);
      const round = rounds.add({ ...run.gradients, [CENTRE]: mean }, state, inputs);
      const { [CENTRE]: roundMean, ...summed } = round.gradients;
      const { gradients, norm } = config.clip(summed);
      const updated = optimizer.update(under('student'), gradients, state, inputs);
      const student = Object.fromEntries(keys.map((key) => [key, updated[key]!]));
      const moments = Object.fromEntries(Object.entries(updated).filter(([key]) => !(key in student)));
      const next = {
        ...prefixParams(student, 'student.'),
        ...prefixParams(emaUpdate(under('teacher'), student, inputs.teacherMomentum!), 'teacher.'),
        ...prefixParams(run.statistics?.student ?? {}, 'student.'),
        ...prefixParams(run.statistics?.teacher ?? {}, 'teacher.'),
        ...moments,
        ...round.state,
        [CENTRE]: updateCentre(state[CENTRE]!, roundMean!, inputs.centreMomentum),
      };
      return { state: next, gradientNorm: norm };
    },
  };
}
