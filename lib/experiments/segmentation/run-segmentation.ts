import { join } from 'node:path';
import type { CsvCell } from '../../core/csv.js';
import { DataError } from '../../core/errors.js';
import { isEager, resolveDevice } from '../../engine/devices.js';
import type { Table } from '../../records/record.js';
import { localExecutor } from '../../sweeps/local-executor.js';
import { runSweep } from '../../sweeps/run-sweep.js';
import { sweepName } from '../../sweeps/sweep.js';
import { deeplabSpecialist, unetSpecialist } from '../../training/segmentation/specialist.js';
import type { ExperimentOutput, RunContext } from '../experiment.js';
import { type AnnotatedFrame, readFrames } from './annotated-frames.js';
import { type FewShotRow, fewShotSweep } from './few-shot.js';
import { encodeSegmenter } from './load-segmenter.js';
import { medsamFile, medsamMasks, readMedsam } from './medsam.js';
import { newSegmenter } from './new-segmenter.js';
import { drawTestFrames } from './overlay-pictures.js';
import { scoreRealCamus } from './real-camus.js';
import {
  clicked,
  EXACT_BOX,
  jitteredBox,
  scoreSegmenter,
  scoreSpecialist,
  TEST_COLUMNS,
  TEXT_ALONE,
} from './score-cases.js';
import { casesOf, type ScoreRow, type SegmentationCase, scoreMask } from './score-mask.js';
import type { SegmentationConfig } from './segmentation-config.js';
import { benchmarkStructures, findSegmentationData, type SegmentationData, storeFrames } from './segmentation-data.js';
import { type SegmentationSet, STRUCTURES, type Structure } from './structures.js';
import { textTower } from './text-tower.js';
import { type StoredSides, specialistStage, type TrainingRow, trainStage } from './train-models.js';

/** Name of the trained interactive model among the record's assets; see `loadSegmenter`. */
export const SEGMENTER_ASSET = 'echoapex-sam.safetensors';

/** What every part of the run works on. */
interface Study {
  readonly config: SegmentationConfig;
  readonly data: SegmentationData;
  readonly stored: StoredSides;
  readonly cases: readonly SegmentationCase[];
  readonly embeddings: ReadonlyMap<string, Float32Array>;
  readonly textWidth: number;
  readonly seed: number;
  readonly context: RunContext;
}

/** Runs notebook 03: the benchmark, the interactive model, generalisation, few-shot, and real frames where there are some. */
export async function runSegmentation(config: SegmentationConfig, context: RunContext): Promise<ExperimentOutput> {
  const seed = config.seeds[0] ?? 0;
  const tower = textTower(config.textTower);
  context.note(`texts: ${tower.source}`);
  const data = await context.stage('find data', () => findSegmentationData(config, context.data, context.progress));
  for (const { set, reason } of data.absent) context.note(`${set}: not present (${reason})`);
  const study = await context.stage('read data', async (): Promise<Study> => {
    const side = (name: 'train' | 'validation' | 'test'): AnnotatedFrame[] =>
      data.sets.flatMap(({ frames }) => frames[name]);
    const bar = context.progress('read training frames', side('train').length, 'frames');
    const stored = {
      train: await storeFrames(side('train'), config.storedSide, bar),
      validation: await storeFrames(side('validation'), config.storedSide),
    };
    const test = side('test');
    const cases = casesOf(test, await readFrames(test), benchmarkStructures);
    const embeddings = await tower.embed(Object.values(STRUCTURES).map(({ text }) => text));
    return { config, data, stored, cases, embeddings, textWidth: tower.width, seed, context };
  });

  const small = await interactiveModel(study);
  const base = await boxModels(study);
  const specialists = await specialistModels(study);
  const general = await generalisation(study, specialists.deeplab);
  const fewShot = await context.stage('few-shot sweep', () => fewShotRows(study));
  const trainedOn = context.data === 'phantom' ? 'phantoms alone' : data.sets.map(({ set }) => set).join(', ');
  const real = await context.stage('real CAMUS', () => scoreRealCamus(small.segmenter, config, trainedOn, context));
  const device = await resolveDevice();
  return {
    tables: {
      samples: { columns: TEST_COLUMNS, rows: [...small.rows, ...base.rows, ...specialists.rows] },
      generalisation: { columns: TEST_COLUMNS, rows: general.rows },
      fewShot: { columns: FEW_SHOT_COLUMNS, rows: fewShot.map((row) => ({ ...row })) },
      realCamus: { columns: TEST_COLUMNS, rows: real.rows },
      training: tableOf([...small.training, ...base.training, ...specialists.training, ...general.training]),
      counts: tableOf(data.sets.flatMap(({ counts }) => counts.map((count) => ({ ...count })))),
      shown: tableOf(small.shown),
    },
    assets: { [SEGMENTER_ASSET]: encodeSegmenter(small.segmenter), ...small.assets },
    manifests: {
      ...Object.fromEntries(data.sets.map(({ manifest, manifestHash }) => [manifest.name, manifestHash])),
      ...real.manifests,
    },
    engine: { device, compiled: !isEager(device) },
  };
}

const FEW_SHOT_COLUMNS = ['sample', 'patient', 'target', 'start', 'frames', 'repeat', 'prompt', 'dice'];

function tableOf(rows: readonly Readonly<Record<string, CsvCell>>[]): Table {
  return { columns: Object.keys(rows[0] ?? { none: null }), rows };
}

interface Part {
  readonly rows: readonly ScoreRow[];
  readonly training: readonly TrainingRow[];
}

/** EchoApex-SAM-S with every kind of prompt; it also learns the wall, which the benchmark does not ask for. */
async function interactiveModel(study: Study) {
  const { config, cases, context, seed } = study;
  const fresh = newSegmenter({
    name: 'EchoApex-SAM-S',
    start: 'echo',
    size: 'small',
    slots: { points: config.clicks, box: true, text: true },
    imageSize: config.imageSize,
    textWidth: study.textWidth,
    data: context.data,
    seed,
  });
  const every = ({ structures }: AnnotatedFrame): readonly Structure[] => structures;
  const at = { seed, label: 'EchoApex-SAM-S' };
  const segmenter = await trainStage(fresh, config.small, study.stored, every, study.embeddings, at, context);
  const prompts = [EXACT_BOX, jitteredBox(config.testJitter), TEXT_ALONE, clicked(1), clicked(3)];
  const masks = new Map<string, readonly Uint8Array[]>();
  const rows = await context.stage('test EchoApex-SAM-S', () =>
    scoreSegmenter(segmenter, cases, {
      model: at.label,
      prompts,
      seed,
      batch: config.testBatch,
      passes: config.testPasses,
      look: (prompt, own) => masks.set(prompt, own),
    }),
  );
  const { assets, shown } = await drawTestFrames(cases, masks, context.data === 'phantom');
  return { segmenter, rows, training: segmenter.rows, assets, shown };
}

/** EchoApex-SAM-B and its variant with adapters, and MedSAM where it is there: boxes. */
async function boxModels(study: Study): Promise<Part> {
  const { config, cases, context, seed } = study;
  const rows: ScoreRow[] = [];
  const training: TrainingRow[] = [];
  for (const adapters of [false, true]) {
    const label = adapters ? 'EchoApex-SAM-AdaB' : 'EchoApex-SAM-B';
    const fresh = newSegmenter({
      name: label,
      start: 'echo',
      size: 'base',
      adapters,
      slots: { points: 0, box: true, text: false },
      imageSize: config.imageSize,
      textWidth: 0,
      data: context.data,
      seed,
    });
    const recipe = adapters ? config.adapters : config.base;
    const trained = await trainStage(
      fresh,
      recipe,
      study.stored,
      benchmarkStructures,
      new Map(),
      { seed, label },
      context,
    );
    training.push(...trained.rows);
    const scored = await context.stage(`test ${label}`, () =>
      scoreSegmenter(trained, cases, {
        model: label,
        prompts: [EXACT_BOX],
        seed,
        batch: config.testBatch,
        passes: config.testPasses,
      }),
    );
    rows.push(...scored);
  }
  if (context.data === 'real') rows.push(...(await medsamRows(study)));
  return { rows, training };
}

/** MedSAM at its own input size and at the paper's 112 pixels. */
async function medsamRows({ cases, config, seed, context }: Study): Promise<ScoreRow[]> {
  const params = readMedsam();
  if (params === null) {
    context.note(`MedSAM: not present (${medsamFile()}); the paper's figures stand as quoted`);
    return [];
  }
  return context.stage('test MedSAM', async () => {
    const rows: ScoreRow[] = [];
    for (const [model, pixels] of [
      ['MedSAM', 1024] as const,
      [`MedSAM at ${config.imageSize} px`, config.imageSize] as const,
    ]) {
      const masks = await medsamMasks(params, cases, pixels);
      rows.push(...cases.map((one, i) => ({ ...scoreMask(one, masks[i]!, seed), model, prompt: EXACT_BOX.name })));
    }
    return rows;
  });
}

/** Scores a trained specialist on any cases. */
type SpecialistScorer = (cases: readonly SegmentationCase[]) => Promise<ScoreRow[]>;

/** The U-Net of CAMUS and the DeepLabV3 of EchoNet-Dynamic, each trained and tested on its own set. */
async function specialistModels(study: Study): Promise<Part & { readonly deeplab: SpecialistScorer | null }> {
  const { config, cases, context, seed } = study;
  const rows: ScoreRow[] = [];
  const training: TrainingRow[] = [];
  let scorer: SpecialistScorer | null = null;
  const leftVentricle = STRUCTURES.leftVentricle.value;
  const plan = [
    { set: 'camus', label: 'UNet', own: config.unet, make: () => unetSpecialist(config.unet.model, [0, 1, 2, 3]) },
    {
      set: 'echonet-dynamic',
      label: 'DeepLabV3',
      own: config.deeplab,
      make: () => deeplabSpecialist(config.deeplab.model, leftVentricle),
    },
  ] as const;
  for (const { set, label, own, make } of plan) {
    if (!study.data.sets.some((each) => each.set === set)) continue;
    const specialist = make();
    const trained = await specialistStage(specialist, own.recipe, ofSet(study.stored, set), { seed, label }, context);
    training.push(...trained.rows);
    const score: SpecialistScorer = (some) =>
      scoreSpecialist(specialist, trained.params, some, {
        model: label,
        imageSize: own.recipe.imageSize,
        seed,
        batch: config.testBatch,
      });
    const own_ = cases.filter(({ frame }) => frame.set === set);
    rows.push(...(await context.stage(`test ${label}`, () => score(own_))));
    if (set === 'echonet-dynamic') scorer = score;
  }
  return { rows, training, deeplab: scorer };
}

/** Fig. 4e: trained on EchoNet-Dynamic with one text, tested on the left ventricle of every set, beside DeepLabV3. */
async function generalisation(study: Study, deeplab: SpecialistScorer | null): Promise<Part> {
  const { config, context, seed } = study;
  const stored = ofSet(study.stored, 'echonet-dynamic');
  if (deeplab === null || stored.train.length === 0) {
    context.note('generalisation: not run, EchoNet-Dynamic is not present');
    return { rows: [], training: [] };
  }
  const label = 'EchoApex-SAM-S on ENDym';
  const fresh = newSegmenter({
    name: 'EchoApex-SAM-S',
    start: 'echo',
    size: 'small',
    slots: { points: 0, box: false, text: true },
    imageSize: config.imageSize,
    textWidth: study.textWidth,
    data: context.data,
    seed,
  });
  const only = (): readonly Structure[] => ['leftVentricle'];
  const trained = await trainStage(
    fresh,
    config.generalisation,
    stored,
    only,
    study.embeddings,
    { seed, label },
    context,
  );
  const cases = study.cases.filter(({ structure }) => structure === 'leftVentricle');
  const rows = await context.stage('test generalisation', async () => [
    ...(await scoreSegmenter(trained, cases, {
      model: 'EchoApex-SAM-S',
      prompts: [TEXT_ALONE],
      seed,
      batch: config.testBatch,
      passes: config.testPasses,
    })),
    ...(await deeplab(cases)),
  ]);
  return { rows, training: trained.rows };
}

function ofSet({ train, validation }: StoredSides, set: SegmentationSet): StoredSides {
  return {
    train: train.filter(({ frame }) => frame.set === set),
    validation: validation.filter(({ frame }) => frame.set === set),
  };
}

/** Fig. 4d, each cell in a process of its own; cells that a cluster computed before (`echolab sweep few-shot`) are taken as they are. */
async function fewShotRows({ context }: Study): Promise<FewShotRow[]> {
  const { scale, data } = context;
  const sweep = await fewShotSweep({ scale, data, progress: context.progress, say: context.say });
  const { rows, missing, folder } = await runSweep(sweep, {
    executor: localExecutor(),
    progress: context.progress,
    say: context.say,
  });
  for (const cell of missing)
    context.note(`few-shot: ${cell.label} is missing after ${cell.attempts} attempts: ${cell.reason}`);
  if (rows.length === 0) {
    throw new DataError(
      `runSegmentation: no cell of ${sweepName('few-shot', context)} has a result; see ${join(folder, 'cells')}`,
    );
  }
  return [...rows];
}
