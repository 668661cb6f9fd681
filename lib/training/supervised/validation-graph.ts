import { compileInference, type HostTensor, type RunInputs, scalarOf, type TensorSpec } from '../../engine/compile.js';
import { isFixed, isRunningStatistic } from '../../models/parameters.js';
import type { SupervisedModel } from './supervised-step.js';

/** A model's loss without a step: compiled once, for parameters that change from epoch to epoch. */
export interface ValidationGraph {
  /** Loss of one batch under these parameters; the frozen ones of the model are those it was compiled with. */
  lossOf(params: Readonly<Record<string, HostTensor>>, inputs: RunInputs): Promise<number>;
  dispose(): Promise<void>;
}

/**
 * Compiles a model's loss for validation. What is trained (and running statistics) comes as input with every call, so that an epoch costs a
 * forward pass and no compilation.
 *
 * @param model the model that is trained; `loss` is called as it stands, so a model with dropout or batch statistics needs one of its own
 * @param inputs shapes of a validation batch, where they differ from those of training
 */
export async function validationGraph(
  model: SupervisedModel,
  inputs: Readonly<Record<string, TensorSpec>> = model.inputs,
): Promise<ValidationGraph> {
  const entries = Object.entries(model.params);
  const changing = entries.filter(
    ([key, { shape }]) => isRunningStatistic(key) || (!isFixed(key) && model.rule(key, shape) !== 'frozen'),
  );
  const isChanging = new Set(changing.map(([key]) => key));
  const graph = await compileInference(
    (frozen, given) => {
      const params = Object.fromEntries(
        entries.map(([key]) => [key, isChanging.has(key) ? given[PARAMETER + key]! : frozen[key]!]),
      );
      return { loss: model.loss(params, given).loss };
    },
    {
      params: Object.fromEntries(entries.filter(([key]) => !isChanging.has(key))),
      inputs: {
        ...inputs,
        ...Object.fromEntries(changing.map(([key, { shape }]) => [PARAMETER + key, { shape }])),
      },
      name: `${model.name}Validation`,
    },
  );
  return {
    async lossOf(params, given) {
      const values = Object.fromEntries(changing.map(([key]) => [PARAMETER + key, params[key]!.data]));
      return scalarOf(await graph.run({ ...given, ...values }), 'loss');
    },
    dispose: () => graph.dispose(),
  };
}

/** Before the name of a parameter that is fed, so that it cannot be taken for an input. */
const PARAMETER = 'parameter/';
