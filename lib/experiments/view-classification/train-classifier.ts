import { join } from 'node:path';
import { stream } from '../../core/random.js';
import { pixelBatch } from '../../evaluation/vit-encoder.js';
import { crossEntropyLoss, inverseFrequencyWeights } from '../../losses/cross-entropy-loss.js';
import { isAdapterKey } from '../../models/adapter.js';
import { parameterCount } from '../../models/parameters.js';
import { augmentFrame } from '../../training/augmentation/augment-frame.js';
import { isExemptFromDecay } from '../../training/optimizers/index.js';
import type { SupervisedModel } from '../../training/supervised/supervised-step.js';
import { type EpochRow, trainSupervised } from '../../training/supervised/train-supervised.js';
import type { RunContext } from '../experiment.js';
import { type Classifier, classify } from './classify-frames.js';
import { paperRange } from './input-range.js';
import type { Sequence, SequenceFrames } from './sequence-frames.js';
import type { ModelPlan, ViewClassificationConfig } from './view-config.js';
import type { ViewData } from './view-data.js';
import { channelsOf, initialClassifier, viewNetwork } from './view-model.js';

/** A trained classifier and how it got there. */
export interface TrainedClassifier {
  readonly classifier: Classifier;
  readonly rows: readonly EpochRow[];
  readonly bestEpoch: number;
  /** Share of the trained numbers in all numbers of the model, in [0, 1]. */
  readonly trainedShare: number;
  /** Numbers of the model that training could change, frozen ones included. */
  readonly parameters: number;
  readonly source: string;
}

/**
 * Trains one model of the study (A.2): random frames of every sequence, changed as `config.augmentation` says, cross-entropy weighted by class frequency, inputs in [-1, 1], the
 * epoch with the lowest validation loss kept.
 */
export async function trainClassifier(
  plan: ModelPlan,
  config: ViewClassificationConfig,
  data: ViewData,
  frames: SequenceFrames,
  context: RunContext,
): Promise<TrainedClassifier> {
  const seed = config.seeds[0] ?? 0;
  const { classes, train } = data;
  const { network, params, source } = initialClassifier(plan, config, classes.length, context.data, seed);
  const counts = classes.map((view) => train.filter(({ label }) => label === view).length);
  const weights = inverseFrequencyWeights(counts).map((weight) => weight ** config.classWeightPower);
  const channels = channelsOf(network);
  const { imageSize, batchSize } = plan;
  const model: SupervisedModel = {
    name: plan.name,
    params,
    rule: (key, shape) => {
      if (plan.adaptation === 'adapters' && !key.startsWith('head.') && !isAdapterKey(key)) return 'frozen';
      return isExemptFromDecay(key, shape) ? { decayScale: 0 } : {};
    },
    inputs: {
      images: { shape: [batchSize, channels, imageSize, imageSize] },
      labels: { shape: [batchSize], dtype: 'int32' },
      weights: { shape: [classes.length] },
    },
    loss: (state, inputs) => {
      const { logits, statistics } = viewNetwork(state, inputs.images!, network, { training: true });
      return { loss: crossEntropyLoss(logits, inputs.labels!, inputs.weights!), statistics };
    },
  };
  const order = epochOrder(train, config.framesPerSequence, seed, plan.name);
  const stepsPerEpoch = Math.floor((train.length * config.framesPerSequence) / batchSize);
  const progress = context.progress(`train ${plan.name}`, stepsPerEpoch * plan.training.epochs, 'steps');
  const result = await trainSupervised(model, plan.training, {
    stepsPerEpoch,
    async batch({ epoch, batch }) {
      const chosen = order(epoch).slice(batch * batchSize, (batch + 1) * batchSize);
      const images = await Promise.all(
        chosen.map(({ sequence, place }) => frames.frames(sequence, (count) => [Math.floor(place * count)])),
      );
      const random = stream(seed, `view-classification/${plan.name}/augment/${epoch}/${batch}`);
      const { augmentation } = config;
      const seen = images.flat().map((frame) => (augmentation ? augmentFrame(frame, augmentation, random) : frame));
      return {
        images: pixelBatch(seen, imageSize, channels, paperRange(channels)),
        labels: Int32Array.from(chosen, ({ sequence }) => classes.indexOf(sequence.label)),
        weights,
      };
    },
    validate: (state) =>
      validationLoss({ network, params: state, classes, imageSize }, data.validation, weights, config, frames),
    folder: join(context.workFolder, plan.name.replaceAll(' ', '-')),
    progress,
    say: context.say,
  });
  progress.finish(`best epoch ${result.bestEpoch}`);
  if (result.resumedFrom > 0) context.note(`${plan.name}: interrupted and resumed after epoch ${result.resumedFrom}`);
  return {
    classifier: { network, params: result.params, classes, imageSize },
    rows: result.rows,
    bestEpoch: result.bestEpoch,
    trainedShare: result.trainedShare,
    parameters: parameterCount(Object.fromEntries(Object.entries(params).map(([key, { shape }]) => [key, shape]))),
    source,
  };
}

/** A sequence and where in it, in [0, 1), an epoch takes a frame. */
interface Draw {
  readonly sequence: Sequence;
  readonly place: number;
}

/** Every sequence so many times an epoch, shuffled, each time at a random frame; the same for the same seed. */
function epochOrder(
  train: readonly Sequence[],
  times: number,
  seed: number,
  name: string,
): (epoch: number) => readonly Draw[] {
  let known: { epoch: number; draws: readonly Draw[] } | undefined;
  return (epoch) => {
    if (known?.epoch !== epoch) {
      const random = stream(seed, `view-classification/${name}/epoch/${epoch}`);
      const draws = Array.from({ length: times }, () =>
        random.shuffled(train).map((sequence): Draw => ({ sequence, place: random.uniform() })),
      ).flat();
      known = { epoch, draws };
    }
    return known.draws;
  };
}

async function validationLoss(
  classifier: Classifier,
  sequences: readonly Sequence[],
  weights: Float32Array,
  config: ViewClassificationConfig,
  frames: SequenceFrames,
): Promise<number> {
  const count = config.validationFrames;
  const { probabilities } = await classify(classifier, sequences, frames, (frameCount) =>
    Array.from({ length: count }, (_, n) => Math.floor(((n + 0.5) * frameCount) / count)),
  );
  const size = classifier.classes.length;
  let sum = 0;
  let total = 0;
  sequences.forEach((sequence, s) => {
    const label = classifier.classes.indexOf(sequence.label);
    for (const row of chunks(probabilities[s]!, size)) {
      sum -= weights[label]! * Math.log(Math.max(row[label]!, Number.MIN_VALUE));
      total += weights[label]!;
    }
  });
  return sum / total;
}

function chunks(values: Float64Array, size: number): Float64Array[] {
  return Array.from({ length: values.length / size }, (_, i) => values.subarray(i * size, (i + 1) * size));
}
