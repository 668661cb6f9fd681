import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ArgumentError, NumericalError } from '../../core/errors.js';
import { writeFileWhole } from '../../core/files.js';
import type { Progress } from '../../core/progress.js';
import { type CompiledStep, compileStep, type HostTensor, type RunInputs, scalarOf } from '../../engine/compile.js';
import { openWeights } from '../../models/weights/open-weights.js';
import { encodeSafetensors } from '../../models/weights/safetensors.js';
import { loadCheckpoint, saveCheckpoint } from '../checkpoint.js';
import { StepLog } from '../step-log.js';
import { learningRateAt, type SupervisedConfig } from './supervised-config.js';
import { makeSupervisedStep, type SupervisedModel, type SupervisedStep } from './supervised-step.js';

/** One row of the log: an epoch. */
export interface EpochRow {
  readonly [name: string]: number;
  /** Steps done at its end. */
  readonly step: number;
  /** From 1. */
  readonly epoch: number;
  /** Mean over the epoch's steps; the model's terms stand beside it under their names. */
  readonly loss: number;
  /** What `validate` gave. */
  readonly validationLoss: number;
  readonly gradientNorm: number;
  /** Of the last step. */
  readonly learningRate: number;
}

/** Where a batch stands. */
export interface BatchPlace {
  readonly epoch: number;
  /** Within the epoch. */
  readonly batch: number;
}

/** An epoch before it is validated. */
interface TrainedEpoch {
  readonly [name: string]: number;
  readonly step: number;
  readonly epoch: number;
  readonly loss: number;
  readonly gradientNorm: number;
  readonly learningRate: number;
}

export interface SupervisedOptions {
  readonly stepsPerEpoch: number;
  /** Inputs of a step. Must depend on the place alone (and on seeds), so that a resumed run sees the same. Called in order, one ahead of the engine. */
  readonly batch: (place: BatchPlace) => RunInputs | Promise<RunInputs>;
  /** Loss on the validation set, lower is better, of all parameters (frozen ones included) after an epoch. */
  readonly validate: (params: Record<string, HostTensor>, epoch: number) => Promise<number>;
  /** Where checkpoints go; a run that finds one there goes on from it. */
  readonly folder: string;
  /** Epochs between checkpoints; default 1. */
  readonly checkpointEvery?: number;
  readonly progress: Progress;
  readonly say: (text: string) => void;
}

/** What training leaves. */
export interface SupervisedResult {
  /** Parameters of the epoch with the lowest validation loss, all keys. */
  readonly params: Record<string, HostTensor>;
  readonly bestEpoch: number;
  readonly bestValidationLoss: number;
  readonly rows: readonly EpochRow[];
  readonly trainedShare: number;
  /** Epoch after which an interrupted run went on; 0 if it ran through. */
  readonly resumedFrom: number;
}

const BEST = 'best.safetensors';

/**
 * Trains a model on labelled batches and keeps the epoch with the lowest validation loss (paper A.2, A.3).
 *
 * A killed run that is started again with the same arguments ends with the same weights, bit for bit.
 *
 * @throws {NumericalError} when the loss is not finite, naming the step, the terms and the last checkpoint
 */
export async function trainSupervised(
  model: SupervisedModel,
  config: SupervisedConfig,
  options: SupervisedOptions,
): Promise<SupervisedResult> {
  const { folder, stepsPerEpoch, checkpointEvery = 1 } = options;
  if (!(stepsPerEpoch >= 1 && config.epochs >= 1)) {
    throw new ArgumentError(
      `trainSupervised: needs at least one step an epoch and one epoch, got ${stepsPerEpoch} and ${config.epochs}; lower the batch size`,
    );
  }
  const made = makeSupervisedStep(model, config);
  const found = loadCheckpoint(folder, options.say);
  const log = new StepLog<EpochRow>(join(folder, 'epochs.jsonl'), found?.step ?? 0);
  const step = await compileStep(made.step, {
    state: found?.tensors ?? made.state,
    frozen: made.frozen,
    inputs: made.inputs,
    name: model.name,
  });
  const resumedFrom = log.rows.at(-1)?.epoch ?? 0;
  try {
    for (let epoch = resumedFrom; epoch < config.epochs; epoch++) {
      if (endedEarly(log.rows, config)) break;
      const trained = await oneEpoch(step, made, model, config, options, epoch);
      const changed = await step.readState(made.changing);
      const validationLoss = await options.validate({ ...made.frozen, ...changed }, epoch + 1);
      if (validationLoss < bestOf(log.rows).validationLoss)
        writeFileWhole(join(folder, BEST), encodeSafetensors(changed));
      log.rows.push({ ...trained, validationLoss });
      options.progress.update(
        (epoch + 1) * stepsPerEpoch,
        `loss ${trained.loss.toFixed(3)}, validation ${validationLoss.toFixed(3)}`,
      );
      const last = epoch + 1 === config.epochs || endedEarly(log.rows, config);
      if (last || (epoch + 1) % checkpointEvery === 0) {
        log.flush();
        saveCheckpoint(folder, { step: (epoch + 1) * stepsPerEpoch, tensors: await step.readState() });
      }
    }
  } finally {
    await step.dispose();
  }
  const best = bestOf(log.rows);
  return {
    params: { ...made.frozen, ...readBest(folder, model) },
    bestEpoch: best.epoch,
    bestValidationLoss: best.validationLoss,
    rows: log.rows,
    trainedShare: made.trainedShare,
    resumedFrom,
  };
}

async function oneEpoch(
  step: CompiledStep,
  made: SupervisedStep,
  model: SupervisedModel,
  config: SupervisedConfig,
  options: SupervisedOptions,
  epoch: number,
): Promise<TrainedEpoch> {
  const { stepsPerEpoch } = options;
  const sums = new Map<string, number>();
  let learningRate = 0;
  let next = prepare(options, { epoch, batch: 0 });
  for (let batch = 0; batch < stepsPerEpoch; batch++) {
    const done = epoch * stepsPerEpoch + batch;
    learningRate = learningRateAt(config, done, stepsPerEpoch);
    const running = step.run({
      ...(await next),
      ...made.scalars({ learningRate, weightDecay: config.weightDecay, updates: done + 1 }),
    });
    // prepared while the engine computes
    if (batch + 1 < stepsPerEpoch) next = prepare(options, { epoch, batch: batch + 1 });
    const outputs = await running;
    for (const name of Object.keys(outputs)) sums.set(name, (sums.get(name) ?? 0) + scalarOf(outputs, name));
    if (!Number.isFinite(scalarOf(outputs, 'loss'))) {
      throw new NumericalError(
        `${model.name}: the loss is ${scalarOf(outputs, 'loss')} at step ${done + 1} (${Object.keys(outputs)
          .map((name) => `${name} ${scalarOf(outputs, name)}`)
          .join(', ')}, learning rate ${learningRate}); checkpoints are in ${options.folder}; lower the learning rate`,
      );
    }
    options.progress.update(done + 1);
  }
  const means = Object.fromEntries([...sums].map(([name, sum]) => [name, sum / stepsPerEpoch]));
  return {
    ...means,
    step: (epoch + 1) * stepsPerEpoch,
    epoch: epoch + 1,
    loss: means.loss!,
    gradientNorm: means.gradientNorm!,
    learningRate,
  };
}

/** A batch, or the failure to make it, which the next step reports. */
function prepare(options: SupervisedOptions, place: BatchPlace): Promise<RunInputs> {
  const batch = (async () => options.batch(place))();
  batch.catch(() => {}); // reported by the step that awaits it
  return batch;
}

function bestOf(rows: readonly EpochRow[]): { epoch: number; validationLoss: number } {
  return rows.reduce<{ epoch: number; validationLoss: number }>(
    (best, row) => (row.validationLoss < best.validationLoss ? row : best),
    { epoch: 0, validationLoss: Number.POSITIVE_INFINITY },
  );
}

function endedEarly(rows: readonly EpochRow[], { patience }: SupervisedConfig): boolean {
  return patience !== undefined && rows.length - bestOf(rows).epoch >= patience;
}

function readBest(folder: string, { name }: SupervisedModel): Record<string, HostTensor> {
  const path = join(folder, BEST);
  if (!existsSync(path)) {
    throw new NumericalError(`${name}: no epoch had a finite validation loss; lower the learning rate`);
  }
  const file = openWeights(path);
  try {
    return Object.fromEntries(file.entries.map((entry) => [entry.key, { shape: entry.shape, data: entry.read() }]));
  } finally {
    file.close();
  }
}
