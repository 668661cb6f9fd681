import * as tf from '@tensorflow/tfjs';
import { ArgumentError } from '../../core/errors.js';
import type { HostTensor, RunInputs, StepFunction, TensorMap, TensorSpec } from '../../engine/compile.js';
import { isFixed, isRunningStatistic } from '../../models/parameters.js';
import { adamW, clipByGlobalNorm, type GroupRule, groupParameters, sgd } from '../optimizers/index.js';
import type { SupervisedConfig } from './supervised-config.js';

/** What a model makes of one batch. */
export interface SupervisedLoss {
  readonly loss: tf.Scalar;
  /** Further scalars for the log, such as the parts of the loss. */
  readonly terms?: Readonly<Record<string, tf.Tensor>>;
  /** Running statistics after this batch (`BatchNormScope.statistics`), by the keys of the parameters. */
  readonly statistics?: Readonly<Record<string, tf.Tensor>>;
}

/** A model, its loss and what of it is trained. */
export interface SupervisedModel {
  /** Names the run in messages and compile reports. */
  readonly name: string;
  /** All parameters at the start, frozen ones and running statistics included. */
  readonly params: Readonly<Record<string, HostTensor>>;
  /** Rates and decay of a parameter, or `'frozen'`. Running statistics and fixed buffers are not asked about. */
  readonly rule: (key: string, shape: readonly number[]) => GroupRule | 'frozen';
  /** Tensors of one batch; static shapes. */
  readonly inputs: Readonly<Record<string, TensorSpec>>;
  /** Pure function of tensors: forward pass in training mode and loss. */
  loss(params: TensorMap, inputs: TensorMap): SupervisedLoss;
}

/** Everything that the compiler and the loop need of one step. */
export interface SupervisedStep {
  readonly step: StepFunction;
  readonly inputs: Readonly<Record<string, TensorSpec>>;
  readonly state: Record<string, HostTensor>;
  readonly frozen: Record<string, HostTensor>;
  /** Keys of the parameters and running statistics that change. */
  readonly changing: readonly string[];
  /** Share of the trained numbers in all numbers of the model, running statistics and fixed buffers aside. */
  readonly trainedShare: number;
  scalars(values: { readonly learningRate: number; readonly weightDecay: number; readonly updates: number }): RunInputs;
}

const RESERVED = ['loss', 'gradientNorm'];

/**
 * One step of supervised training: forward, backward, clip by global norm, AdamW or SGD. Outputs: `loss`, `gradientNorm` before clipping,
 * and the model's terms.
 *
 * @throws {ArgumentError} if nothing is trained
 */
export function makeSupervisedStep(model: SupervisedModel, config: SupervisedConfig): SupervisedStep {
  const { name, params } = model;
  const learnable = Object.fromEntries(
    Object.entries(params).filter(([key]) => !isRunningStatistic(key) && !isFixed(key)),
  );
  const { groups } = groupParameters(learnable, model.rule);
  const keys = groups.flatMap(({ parameters }) => parameters);
  if (keys.length === 0) throw new ArgumentError(`${name}: no parameter is trained; the rule freezes all of them`);
  const optimizer = config.optimizer === 'adamw' ? adamW(groups) : sgd(groups);
  const trained = Object.fromEntries(keys.map((key) => [key, params[key]!]));
  const moving = Object.fromEntries(Object.entries(params).filter(([key]) => isRunningStatistic(key)));
  const isChanging = (key: string): boolean => key in trained || key in moving;
  const sizeOfAll = (all: Readonly<Record<string, HostTensor>>): number =>
    Object.values(all).reduce((sum, { data }) => sum + data.length, 0);
  return {
    inputs: { ...model.inputs, ...optimizer.inputs },
    state: { ...trained, ...moving, ...optimizer.initialState(trained) },
    frozen: Object.fromEntries(Object.entries(params).filter(([key]) => !isChanging(key))),
    changing: [...keys, ...Object.keys(moving)],
    trainedShare: sizeOfAll(trained) / sizeOfAll(learnable),
    scalars: (values) => optimizer.scalars(values),
    step(state, inputs) {
      const all = Object.fromEntries(Object.keys(params).map((key) => [key, state[key]!]));
      let rest: Omit<SupervisedLoss, 'loss'> = {};
      const lossOf = (...values: tf.Tensor[]): tf.Scalar => {
        const current = { ...all, ...Object.fromEntries(keys.map((key, i) => [key, values[i]!])) };
        const { loss, ...others } = model.loss(current, inputs);
        rest = others;
        return loss;
      };
      const { value, grads } = tf.valueAndGrads(lossOf)(keys.map((key) => state[key]!));
      const raw = Object.fromEntries(keys.map((key, i) => [key, grads[i]!]));
      const { gradients, norm } = clipByGlobalNorm(raw, config.gradientClip ?? Number.MAX_VALUE);
      const updated = optimizer.update(
        Object.fromEntries(keys.map((key) => [key, state[key]!])),
        gradients,
        state,
        inputs,
      );
      const { terms = {}, statistics = {} } = rest;
      const clash = Object.keys(terms).find((term) => RESERVED.includes(term));
      if (clash !== undefined) throw new ArgumentError(`${name}: a term may not be called '${clash}'`);
      return {
        outputs: { loss: value, gradientNorm: norm, ...terms },
        state: {
          ...updated,
          ...Object.fromEntries(Object.keys(moving).map((key) => [key, statistics[key] ?? tf.mul(state[key]!, 1)])),
        },
      };
    },
  };
}
