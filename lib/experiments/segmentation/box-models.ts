import { medsamFile, medsamMasks, readMedsam } from './medsam.js';
import { newSegmenter } from './new-segmenter.js';
import { MEDSAM_RUNS } from './published-dice.js';
import { EXACT_BOX, scoreSegmenter, type TestSegmenter } from './score-cases.js';
import { type ScoreRow, scoreMask } from './score-mask.js';
import { benchmarkStructures } from './segmentation-data.js';
import type { Part, Study } from './study.js';
import { type TrainingRow, trainStage } from './train-models.js';

/** EchoApex-SAM-B and its variant with adapters, and MedSAM where it is there: boxes. */
export async function boxModels(study: Study): Promise<Part & { readonly segmenters: readonly TestSegmenter[] }> {
  const { config, cases, context, seed } = study;
  const rows: ScoreRow[] = [];
  const training: TrainingRow[] = [];
  const segmenters: TestSegmenter[] = [];
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
    segmenters.push(trained);
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
  return { rows, training, segmenters };
}

/** MedSAM at its own input size and at the paper's 112 pixels. */
async function medsamRows({ cases, seed, context }: Study): Promise<ScoreRow[]> {
  const params = readMedsam();
  if (params === null) {
    context.note(`MedSAM: not present (${medsamFile()}); the paper's figures stand as quoted`);
    return [];
  }
  return context.stage('test MedSAM', async () => {
    const rows: ScoreRow[] = [];
    for (const { model, pixels } of MEDSAM_RUNS) {
      const masks = await medsamMasks(params, cases, pixels);
      rows.push(...cases.map((one, i) => ({ ...scoreMask(one, masks[i]!, seed), model, prompt: EXACT_BOX.name })));
    }
    return rows;
  });
}
