import { join } from 'node:path';
import type { CsvCell } from '../../core/csv.js';
import { DataError } from '../../core/errors.js';
import { isEager, resolveDevice } from '../../engine/devices.js';
import type { Table } from '../../records/record.js';
import { localExecutor } from '../../sweeps/local-executor.js';
import { runSweep } from '../../sweeps/run-sweep.js';
import { sweepName } from '../../sweeps/sweep.js';
import type { ExperimentOutput, RunContext } from '../experiment.js';
import { type AnnotatedFrame, readFrames } from './annotated-frames.js';
import { boxModels } from './box-models.js';
import { type FewShotRow, fewShotSweep } from './few-shot.js';
import { generalisation } from './generalisation.js';
import { encodeSegmenter } from './load-segmenter.js';
import { newSegmenter } from './new-segmenter.js';
import { drawTestFrames } from './overlay-pictures.js';
import { scoreRealCamus } from './real-camus.js';
import {
  clicked,
  EXACT_BOX,
  jitteredBox,
  jitteredBoxAndText,
  scoreSegmenter,
  TEST_COLUMNS,
  TEXT_ALONE,
} from './score-cases.js';
import { casesOf } from './score-mask.js';
import type { SegmentationConfig } from './segmentation-config.js';
import { benchmarkStructures, findSegmentationData, storeFrames } from './segmentation-data.js';
import { specialistModels } from './specialist-models.js';
import { STRUCTURES, type Structure } from './structures.js';
import type { Study } from './study.js';
import { textTower } from './text-tower.js';
import { trainStage } from './train-models.js';

/** Name of the trained interactive model among the record's assets; see `loadSegmenter`. */
export const SEGMENTER_ASSET = 'echoapex-sam.safetensors';

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
  const real = await context.stage('real CAMUS', () =>
    scoreRealCamus(
      { segmenter: small.segmenter, boxModels: base.segmenters, unet: specialists.unet, config, trainedOn },
      context,
    ),
  );
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
  const { testJitter } = config;
  const boxes = [EXACT_BOX, jitteredBox(testJitter), jitteredBoxAndText(testJitter)];
  const prompts = [...boxes, TEXT_ALONE, clicked(1), clicked(3)];
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
