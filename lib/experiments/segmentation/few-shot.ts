import { join } from 'node:path';
import { DataError } from '../../core/errors.js';
import { hashOf } from '../../core/hash.js';
import { nestedSubsets } from '../../datasets/split.js';
import type { HostTensor } from '../../engine/compile.js';
import type { DataKind, Scale } from '../../records/record.js';
import type { CellContext, SweepCell } from '../../sweeps/cell.js';
import { gridOf, type PlanContext, type Sweep, sweepName } from '../../sweeps/sweep.js';
import type { TrainingItem } from '../../training/segmentation/prompt-batch.js';
import type { SegmenterConfig } from '../../training/segmentation/segmenter.js';
import { trainSegmenter } from '../../training/segmentation/train-segmenter.js';
import { readFrames } from './annotated-frames.js';
import { newSegmenter } from './new-segmenter.js';
import { casesOf, scoreMask } from './score-mask.js';
import { caseSegmenter } from './segment-cases.js';
import { SEGMENTATION_CONFIGS, type SegmentationConfig } from './segmentation-config.js';
import {
  benchmarkStructures,
  findSegmentationData,
  itemsOf,
  type SegmentationData,
  type StoredFrame,
  spread,
  storeFrames,
} from './segmentation-data.js';
import { STRUCTURES } from './structures.js';
import { textTower } from './text-tower.js';
import { stepsOf } from './train-models.js';

/** What decides a cell, besides its seed: one draw of nested subsets, one starting point. */
export interface FewShotParams {
  readonly scale: Scale;
  readonly data: DataKind;
  readonly start: 'echo' | 'generic';
  /** Numbers of annotated frames; each smaller subset lies within the larger ones. */
  readonly sizes: readonly number[];
  /** Hashes of the data sets' manifests, of the starting encoders and of what else the config decides, so that a cell of another config is not taken for this one. */
  readonly sources: readonly string[];
}

/** One prediction of a cell. */
export interface FewShotRow {
  readonly sample: string;
  readonly patient: string;
  readonly target: string;
  readonly start: string;
  readonly frames: number;
  readonly repeat: number;
  readonly prompt: string;
  readonly dice: number;
}

/**
 * A cell of Fig. 4d: trains EchoApex-SAM-S on nested subsets of annotated frames, in proportion to the sets, and tests each on the benchmark's
 * test cases with the exact box (the text of A.3) and with the text alone (the caption of Fig. 4d).
 */
export const fewShotCell: SweepCell<FewShotParams, FewShotRow> = {
  name: 'few-shot-segmentation',
  run: runFewShotCell,
};

async function runFewShotCell(params: FewShotParams, context: CellContext): Promise<FewShotRow[]> {
  const config = SEGMENTATION_CONFIGS[params.scale];
  const { seed } = context;
  const data = await findSegmentationData(config, params.data, context.progress);
  const tower = textTower(config.textTower);
  const embeddings = await tower.embed(Object.values(STRUCTURES).map(({ text }) => text));
  const { config: model, params: initial } = newSegmenter({
    name: 'EchoApex-SAM-S',
    start: params.start,
    size: 'small',
    slots: { points: 0, box: true, text: true },
    imageSize: config.imageSize,
    textWidth: tower.width,
    data: params.data,
    seed,
  });
  const subsets = nestedSubsets(
    data.sets.map(({ frames }) => frames.train),
    params.sizes,
    seed,
  );
  const largest = Math.max(...params.sizes);
  const train = await storeFrames(subsets.get(largest)!, config.storedSide);
  const validation = await storeFrames(fewShotValidation(data, config), config.storedSide);
  const items = (stored: readonly StoredFrame[]): TrainingItem[] => itemsOf(stored, benchmarkStructures, embeddings);
  const testFrames = data.sets.flatMap(({ frames }) => frames.test);
  const cases = spread(
    casesOf(testFrames, await readFrames(testFrames), benchmarkStructures),
    config.fewShot.testCases,
  );
  const rows: FewShotRow[] = [];
  for (const frames of params.sizes) {
    const subset = items(train.slice(0, frames));
    const steps = stepsOf(config.fewShot.recipe, subset.length);
    const bar = context.progress(`${params.start}, ${frames} frames`, steps, 'steps');
    const result = await trainSegmenter(model, config.fewShot.recipe, {
      params: initial,
      train: subset,
      validation: items(validation),
      seed,
      folder: join(context.checkpointFolder, String(frames)),
      progress: bar,
      say: (text) => context.say(text),
    });
    bar.finish();
    rows.push(...(await testRows(model, result.params, embeddings, cases, config, { ...params, frames, seed })));
  }
  return rows;
}

/** A small validation set goes with small training sets. */
function fewShotValidation(
  data: SegmentationData,
  config: SegmentationConfig,
): ReturnType<typeof spread<StoredFrame['frame']>> {
  const all = data.sets.flatMap(({ frames }) => frames.validation);
  const { validationBatches, batchSize } = config.fewShot.recipe;
  return spread(all, validationBatches === null ? null : 2 * validationBatches * batchSize);
}

async function testRows(
  model: SegmenterConfig,
  params: Record<string, HostTensor>,
  embeddings: ReadonlyMap<string, Float32Array>,
  cases: ReturnType<typeof casesOf>,
  config: SegmentationConfig,
  at: { readonly start: string; readonly frames: number; readonly seed: number },
): Promise<FewShotRow[]> {
  const segmenter = await caseSegmenter(
    { config: model, params, embeddings },
    { batch: config.testBatch, passes: config.testPasses },
  );
  try {
    const rows: FewShotRow[] = [];
    for (const prompt of [{ kind: 'box', jitter: 0 }, { kind: 'text' }] as const) {
      const masks = await segmenter.segment(cases, prompt, at.seed);
      cases.forEach((one, index) => {
        const { sample, patient, target, score } = scoreMask(one, masks[index]!, at.seed);
        rows.push({
          sample: String(sample),
          patient: String(patient),
          target: String(target),
          start: at.start,
          frames: at.frames,
          repeat: at.seed,
          prompt: prompt.kind,
          dice: Number(score),
        });
      });
    }
    return rows;
  } finally {
    await segmenter.dispose();
  }
}

/** The grid of Fig. 4d at a scale: every draw from both starting points. */
export async function fewShotSweep(setting: PlanContext): Promise<Sweep<FewShotParams, FewShotRow>> {
  const { scale, data } = setting;
  const config = SEGMENTATION_CONFIGS[scale];
  const found = await findSegmentationData(config, data, setting.progress);
  const sources = [
    ...found.sets.map(({ set, manifestHash }) => `${set} ${manifestHash}`),
    ...(['echo', 'generic'] as const).map((start) => sourceOf(start, config, data)),
    `config ${hashOf(settingsOf(config)).slice(0, 12)}`,
  ];
  const total = found.sets.reduce((sum, { frames }) => sum + frames.train.length, 0);
  const sizes = config.fewShot.sizes.filter((size) => size <= total);
  if (sizes.length === 0) {
    throw new DataError(`fewShotSweep: the training sets hold ${total} frames, fewer than ${config.fewShot.sizes[0]}`);
  }
  const repeats = Array.from({ length: config.fewShot.repeats }, (_, repeat) => repeat + 1);
  return {
    name: sweepName('few-shot', setting),
    cell: fewShotCell,
    cells: gridOf<FewShotParams>(
      { scale: [scale], data: [data], sizes: [sizes], sources: [sources], start: ['echo', 'generic'] },
      repeats,
    ),
    resources: { memoryMiB: data === 'phantom' ? 1200 : 12_000, cores: 1 },
  };
}

/** What a cell takes from the config besides its own parameters. */
function settingsOf({ fewShot, imageSize, storedSide, textTower: tower, testPasses }: SegmentationConfig): object {
  const { recipe, testCases } = fewShot;
  return { recipe, testCases, imageSize, storedSide, tower, testPasses };
}

function sourceOf(start: 'echo' | 'generic', config: SegmentationConfig, data: DataKind): string {
  const { source } = newSegmenter({
    name: 'EchoApex-SAM-S',
    start,
    size: 'small',
    slots: { points: 0, box: true, text: false },
    imageSize: config.imageSize,
    textWidth: 0,
    data,
    seed: 1,
  });
  return source;
}
