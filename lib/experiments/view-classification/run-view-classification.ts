import { isEager, resolveDevice } from '../../engine/devices.js';
import type { ExperimentOutput, RunContext } from '../experiment.js';
import { CLASSIFIER_ASSET, encodeClassifier } from './classifier-file.js';
import { type Classifier, compileClassifier } from './classify-frames.js';
import { EFFICIENCY_COLUMNS, labelEfficiency } from './label-efficiency.js';
import { type Look, lookAtMistakes, MISTAKE_COLUMNS } from './look-at-mistakes.js';
import { summariseNovelty } from './novelty-summary.js';
import { CASE_COLUMNS, camusCases, lookAtCases, shippedClip } from './real-cases.js';
import { SequenceFrames } from './sequence-frames.js';
import { trainClassifier } from './train-classifier.js';
import type { ViewClassificationConfig } from './view-config.js';
import { readViewData, type ViewData } from './view-data.js';
import { type Row, VIEW_COLUMNS, type VotedSequence, voteOn, voteRows } from './vote-rows.js';

/** The model whose confusion and mistakes are shown (Fig. 3b), and the one that is kept for use. */
const SHOWN = 'EchoApex-B';
const KEPT = 'EchoApex-S';

const TRAINING_COLUMNS = ['model', 'epoch', 'loss', 'validationLoss', 'learningRate', 'gradientNorm'];
const MODEL_COLUMNS = ['model', 'start', 'source', 'trained', 'parameters', 'trainedShare', 'bestEpoch', 'epochs'];

/** Runs notebook 02. */
export async function runViewClassification(
  config: ViewClassificationConfig,
  context: RunContext,
): Promise<ExperimentOutput> {
  const data = await context.stage('data', () => readViewData(config, context.data, context.progress));
  return studyViews(config, data, context);
}

/** Trains each model, votes on every test and unseen sequence, probes with fewer labels, looks at mistakes and real clips. */
export async function studyViews(
  config: ViewClassificationConfig,
  data: ViewData,
  context: RunContext,
): Promise<ExperimentOutput> {
  const seed = config.seeds[0] ?? 0;
  const samples: Row[] = [];
  const training: Row[] = [];
  const models: Row[] = [];
  const stores = new Map<number, SequenceFrames>();
  const framesAt = (size: number): SequenceFrames => {
    const store = stores.get(size) ?? new SequenceFrames(size, config.frameMemoryMiB);
    stores.set(size, store);
    return store;
  };
  let shown: { classifier: Classifier; voted: readonly VotedSequence[] } | undefined;
  let kept: Classifier | undefined;
  for (const plan of config.models) {
    const frames = framesAt(plan.imageSize);
    const trained = await context.stage(`train ${plan.name}`, () =>
      trainClassifier(plan, config, data, frames, context),
    );
    const { classifier } = trained;
    training.push(...trained.rows.map((row) => ({ model: plan.name, ...row })));
    models.push({
      model: plan.name,
      start: plan.start,
      source: trained.source,
      trained: plan.adaptation,
      parameters: trained.parameters,
      trainedShare: trained.trainedShare,
      bestEpoch: trained.bestEpoch,
      epochs: trained.rows.length,
    });
    const voted = await context.stage(`vote ${plan.name}`, () => voteAll(classifier, data, frames));
    for (const { split, sequences } of voted)
      samples.push(...voteRows(sequences, data.classes, { model: plan.name, seed, split }));
    if (plan.name === SHOWN) shown = { classifier, voted: voted[0]!.sequences };
    if (plan.name === KEPT) kept = classifier;
  }
  const efficiency = await context.stage('label efficiency', () =>
    labelEfficiency(config, data, framesAt(config.efficiency.imageSize), context),
  );
  samples.push(...efficiency.probe);
  models.push(efficiency.probeModel);
  const looks = await context.stage('mistakes and real clips', async () => {
    const mistakes = shown
      ? await lookAtMistakes(shown.classifier, shown.voted, framesAt(shown.classifier.imageSize))
      : undefined;
    const use = kept ? await lookAtUse(kept, config, data, framesAt(kept.imageSize), context) : undefined;
    return [mistakes, use].filter((look) => look !== undefined);
  });
  const device = await resolveDevice();
  const tables = Object.assign({}, ...looks.map((look) => look.tables)) as Record<string, Row[]>;
  return {
    tables: {
      samples: { columns: VIEW_COLUMNS, rows: samples },
      efficiency: { columns: EFFICIENCY_COLUMNS, rows: efficiency.rows },
      training: { columns: TRAINING_COLUMNS, rows: training },
      models: { columns: MODEL_COLUMNS, rows: models },
      mistakes: { columns: MISTAKE_COLUMNS, rows: tables.mistakes ?? [] },
      realClip: { columns: CASE_COLUMNS, rows: tables.realClip ?? [] },
      realCamus: { columns: CASE_COLUMNS, rows: tables.realCamus ?? [] },
      counts: { columns: ['view', 'train', 'validation', 'test'], rows: countRows(data) },
    },
    assets: Object.assign({}, ...looks.map((look) => look.assets)) as Record<string, Uint8Array>,
    manifests: data.manifests,
    engine: { device, compiled: !isEager(device) },
  };
}

/** Votes on the test set first, then on each unseen set. */
async function voteAll(
  classifier: Classifier,
  data: ViewData,
  frames: SequenceFrames,
): Promise<{ split: string; sequences: VotedSequence[] }[]> {
  const result = [{ split: 'test', sequences: await voteOn(classifier, data.test, frames) }];
  for (const { sequences } of data.unseen) {
    result.push({ split: 'unseen', sequences: await voteOn(classifier, sequences, frames) });
  }
  return result;
}

/** The classifier as a file for use, and what it says of real clips. */
async function lookAtUse(
  classifier: Classifier,
  config: ViewClassificationConfig,
  data: ViewData,
  frames: SequenceFrames,
  context: RunContext,
): Promise<Look> {
  const novelty = await summariseNovelty(classifier, data.train, data.validation, frames, config.noveltyNeighbours);
  const usable = { classifier, novelty, origin: context.data, model: KEPT };
  const compiled = await compileClassifier(classifier);
  try {
    const clip = await lookAtCases(compiled, usable, [await shippedClip()], 'realClip');
    const camus = await camusCases();
    const patients = await lookAtCases(compiled, usable, camus, 'realCamus');
    if (camus.length > 0) {
      context.note(
        'Holds pictures of CAMUS, whose licence does not let them be passed on: keep this record where it is.',
      );
    }
    return {
      tables: { ...clip.tables, ...patients.tables },
      assets: { ...clip.assets, ...patients.assets, [CLASSIFIER_ASSET]: encodeClassifier(usable) },
    };
  } finally {
    await compiled.dispose();
  }
}

function countRows({ classes, train, validation, test }: ViewData): Row[] {
  return classes.map((view) => {
    const of = (sequences: ViewData['train']): number => sequences.filter(({ label }) => label === view).length;
    return { view, train: of(train), validation: of(validation), test: of(test) };
  });
}
