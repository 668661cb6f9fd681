import { stream } from '../../core/random.js';
import { distinctPatients, nestedSubsets } from '../../datasets/split.js';
import type { FeatureMatrix } from '../../embedding/feature-matrix.js';
import { applyLinearProbe, fitLinearProbe } from '../../evaluation/linear-probe.js';
import { majorityVote, votingFrames } from '../../evaluation/majority-vote.js';
import { linearHeadParams } from '../../models/linear-head.js';
import { prefixParams } from '../../models/parameters.js';
import type { DataKind } from '../../records/record.js';
import { type EncoderStart, startingEncoder } from '../encoders/starting-encoder.js';
import type { RunContext } from '../experiment.js';
import { type Classifier, classify } from './classify-frames.js';
import { absorbNormalisation } from './input-range.js';
import type { Sequence, SequenceFrames } from './sequence-frames.js';
import type { StudyModel, ViewClassificationConfig } from './view-config.js';
import type { ViewData } from './view-data.js';
import { widthOf } from './view-model.js';
import { type Row, type VotedSequence, voteRows } from './vote-rows.js';

/** Columns of efficiency.csv: the vote of one probe on one test sequence; its label stands in samples.csv. */
export const EFFICIENCY_COLUMNS = ['start', 'percent', 'seed', 'patients', 'sequences', 'sample', 'prediction'];

/** Rows of the label-efficiency study, and the probe on all labels as a model of its own. */
export interface LabelEfficiency {
  readonly rows: Row[];
  /** Samples of `EchoApex-S probe`, the probe on all labels. */
  readonly probe: Row[];
  /** Its row among the models. */
  readonly probeModel: Row;
}

/** Name of the probe on all labels among the models. */
const PROBE: StudyModel = 'EchoApex-S probe';

/** Features of the frames of each sequence: `[F, D]` a sequence. */
interface Features {
  readonly train: readonly Float32Array[];
  readonly test: readonly Float32Array[];
  readonly width: number;
}

/**
 * A linear probe on frozen features of ViT-S with part of the labels: pretrained on echo, on generic pictures, or not at all.
 *
 * Labels are taken patient by patient, and a smaller set lies within each larger one of the same seed. A random encoder is drawn anew for
 * each seed.
 */
export async function labelEfficiency(
  config: ViewClassificationConfig,
  data: ViewData,
  frames: SequenceFrames,
  context: RunContext,
): Promise<LabelEfficiency> {
  const { percents, starts } = config.efficiency;
  const cells = starts.length * percents.length * config.seeds.length;
  const progress = context.progress('label efficiency', cells, 'probes');
  const rows: Row[] = [];
  let probe: Row[] = [];
  let probeModel: Row = {};
  let done = 0;
  for (const start of starts) {
    let features: Features | undefined;
    let source = '';
    let parameters = 0;
    let whole: VotedSequence[] | undefined;
    for (const seed of config.seeds) {
      if (features === undefined || start === 'random') {
        const encoder = frozen(start, config, data, context.data, seed);
        source = encoder.source;
        parameters = numbersOf(encoder.classifier.params);
        features = await featuresOf(encoder.classifier, config, data, frames);
        whole = undefined;
      }
      for (const percent of percents) {
        const chosen = labelled(data.train, percent, seed);
        const everyone = chosen.length === data.train.length;
        const voted: VotedSequence[] = (everyone ? whole : undefined) ?? probed(features, chosen, data);
        if (everyone) whole = voted; // the same for every seed, unless the encoder is drawn anew
        const patients = new Set(chosen.map((index) => data.train[index]!.patient)).size;
        const common = { start, percent, seed, patients, sequences: chosen.length };
        for (const { sequence, vote } of voted) {
          rows.push({ ...common, sample: sequence.id, prediction: data.classes[vote.label]! });
        }
        if (start === 'echo' && percent === 100 && seed === config.seeds[0]) {
          probe = voteRows(voted, data.classes, { model: PROBE, seed, split: 'test' });
          const trainedShare = (data.classes.length * (features.width + 1)) / parameters;
          probeModel = { model: PROBE, start, source, trained: 'linear probe', parameters, trainedShare };
        }
        progress.update(++done);
      }
    }
  }
  progress.finish();
  return { rows, probe, probeModel };
}

/** Training sequences, by index, of the patients whose labels are used; at least one patient. */
export function labelled(train: readonly Sequence[], percent: number, seed: number): number[] {
  const patients = distinctPatients(train).map((patient) => ({ id: patient, patient }));
  const size = Math.max(1, Math.round((percent / 100) * patients.length));
  const chosen = new Set(
    nestedSubsets([patients], [size], `views/${seed}`)
      .get(size)!
      .map(({ patient }) => patient),
  );
  return [...train.keys()].filter((index) => chosen.has(train[index]!.patient));
}

/** A frozen encoder; its linear classifier is not used. */
function frozen(
  start: EncoderStart,
  config: ViewClassificationConfig,
  data: ViewData,
  kind: DataKind,
  seed: number,
): { classifier: Classifier; source: string } {
  const encoder = startingEncoder(start, 'small', kind, seed);
  const head = linearHeadParams(encoder.config.width, data.classes.length, stream(seed, 'label-efficiency/head'));
  return {
    classifier: {
      network: { kind: 'vit', config: encoder.config },
      params: {
        ...prefixParams(absorbNormalisation(encoder.params, encoder.normalisation), 'encoder.'),
        ...prefixParams(head, 'head.'),
      },
      classes: data.classes,
      imageSize: config.efficiency.imageSize,
    },
    source: encoder.source,
  };
}

function numbersOf(params: Classifier['params']): number {
  return Object.values(params).reduce((sum, { data }) => sum + data.length, 0);
}

async function featuresOf(
  classifier: Classifier,
  config: ViewClassificationConfig,
  data: ViewData,
  frames: SequenceFrames,
): Promise<Features> {
  const count = config.efficiency.framesPerSequence;
  const spreadEvenly = (frameCount: number): number[] =>
    Array.from({ length: count }, (_, n) => Math.floor(((n + 0.5) * frameCount) / count));
  const train = await classify(classifier, data.train, frames, spreadEvenly);
  const test = await classify(classifier, data.test, frames, votingFrames);
  return { train: train.embeddings, test: test.embeddings, width: widthOf(classifier.network) };
}

function probed(features: Features, chosen: readonly number[], data: ViewData): VotedSequence[] {
  const { width } = features;
  const train = matrix(
    chosen.map((index) => features.train[index]!),
    width,
  );
  const labels = chosen.flatMap((index) => {
    const label = data.classes.indexOf(data.train[index]!.label);
    return Array<number>(features.train[index]!.length / width).fill(label);
  });
  // features of the random start want more than the usual 1,000 iterations once there are thousands of them
  const options = { classes: data.classes.length, tolerance: 1e-4, iterations: 20_000 };
  const probe = fitLinearProbe(train, labels, options);
  const { probabilities } = applyLinearProbe(probe, matrix(features.test, width));
  let at = 0;
  return data.test.map((sequence, s) => {
    const count = features.test[s]!.length / width;
    const own = probabilities.slice(at * data.classes.length, (at + count) * data.classes.length);
    at += count;
    return { sequence, vote: majorityVote(own, data.classes.length), probabilities: own };
  });
}

function matrix(parts: readonly Float32Array[], width: number): FeatureMatrix {
  const data = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    data.set(part, at);
    at += part.length;
  }
  return { count: data.length / width, width, data };
}
