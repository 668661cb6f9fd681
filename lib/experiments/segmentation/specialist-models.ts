import type { HostTensor } from '../../engine/compile.js';
import { DEEPLABV3_ECHONET } from '../../models/deeplab.js';
import { deeplabSpecialist, type Specialist, unetSpecialist } from '../../training/segmentation/specialist.js';
import { readReleasedDeeplab, releasedDeeplabFile } from './released-deeplab.js';
import { scoreSpecialist } from './score-cases.js';
import type { ScoreRow, SegmentationCase } from './score-mask.js';
import { type SegmentationSet, STRUCTURES } from './structures.js';
import { ofSet, type Part, type Study } from './study.js';
import { specialistStage, type TrainingRow } from './train-models.js';

/** Scores a trained specialist on any cases. */
export type SpecialistScorer = (cases: readonly SegmentationCase[]) => Promise<ScoreRow[]>;

/** A specialist, trained or imported, and its log. */
interface ReadySpecialist {
  readonly specialist: Specialist;
  readonly params: Readonly<Record<string, HostTensor>>;
  readonly rows: readonly TrainingRow[];
}

/**
 * The U-Net of CAMUS and the DeepLabV3 of EchoNet-Dynamic, each trained and tested on its own set. On real data the released DeepLabV3, which the
 * paper used, stands in for one trained here where the user imported it.
 */
export async function specialistModels(
  study: Study,
): Promise<Part & { readonly unet: SpecialistScorer | null; readonly deeplab: SpecialistScorer | null }> {
  const { config, cases, seed, context } = study;
  const rows: ScoreRow[] = [];
  const training: TrainingRow[] = [];
  const scorers = new Map<SegmentationSet, SpecialistScorer>();
  for (const { set, label, imageSize, ready } of [
    { set: 'camus', label: 'UNet', imageSize: config.unet.recipe.imageSize, ready: readyUnet },
    { set: 'echonet-dynamic', label: 'DeepLabV3', imageSize: config.deeplab.recipe.imageSize, ready: readyDeeplab },
  ] as const) {
    if (ofSet(study.stored, set).train.length === 0) continue;
    const { specialist, params, rows: log } = await ready(study);
    training.push(...log);
    const score: SpecialistScorer = (some) =>
      scoreSpecialist(specialist, params, some, { model: label, imageSize, seed, batch: config.testBatch });
    const own = cases.filter(({ frame }) => frame.set === set);
    rows.push(...(await context.stage(`test ${label}`, () => score(own))));
    scorers.set(set, score);
  }
  return {
    rows,
    training,
    unet: scorers.get('camus') ?? null,
    deeplab: scorers.get('echonet-dynamic') ?? null,
  };
}

async function readyUnet(study: Study): Promise<ReadySpecialist> {
  const { config, seed, context, stored } = study;
  const specialist = unetSpecialist(config.unet.model, [0, 1, 2, 3]);
  const at = { seed, label: 'UNet' };
  return {
    specialist,
    ...(await specialistStage(specialist, config.unet.recipe, ofSet(stored, 'camus'), at, context)),
  };
}

async function readyDeeplab(study: Study): Promise<ReadySpecialist> {
  const { config, seed, context } = study;
  const stored = ofSet(study.stored, 'echonet-dynamic');
  const leftVentricle = STRUCTURES.leftVentricle.value;
  const released = context.data === 'real' ? readReleasedDeeplab(stored.train) : null;
  if (released) {
    context.note(`DeepLabV3: the released checkpoint, ${releasedDeeplabFile()}`);
    const specialist = deeplabSpecialist(DEEPLABV3_ECHONET, leftVentricle, released.normalisation);
    return { specialist, params: released.params, rows: [] };
  }
  const specialist = deeplabSpecialist(config.deeplab.model, leftVentricle);
  const at = { seed, label: 'DeepLabV3' };
  return { specialist, ...(await specialistStage(specialist, config.deeplab.recipe, stored, at, context)) };
}
