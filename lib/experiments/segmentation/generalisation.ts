import { newSegmenter } from './new-segmenter.js';
import { scoreSegmenter, TEXT_ALONE } from './score-cases.js';
import type { SpecialistScorer } from './specialist-models.js';
import type { Structure } from './structures.js';
import { ofSet, type Part, type Study } from './study.js';
import { trainStage } from './train-models.js';

/** Fig. 4e: trained on EchoNet-Dynamic with one text, tested on the left ventricle of every set, beside DeepLabV3. */
export async function generalisation(study: Study, deeplab: SpecialistScorer | null): Promise<Part> {
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
