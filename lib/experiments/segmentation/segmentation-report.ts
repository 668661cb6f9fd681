import { metricsGroup } from '../../records/metrics-group.js';
import type { LoadedRecord } from '../../records/record.js';
import { observation, pText, signed } from '../number-text.js';
import type { DiceSummary, DiceTest } from './dice-summary.js';
import { three } from './report-text.js';
import { PRIMARY_TEST } from './segmentation-metrics.js';
import { realCamusTable } from './segmentation-tables.js';
import { STRUCTURES, type Structure } from './structures.js';

/** The primary test in one sentence, as fixed before the run. */
export function segmentationTestSentence(record: LoadedRecord): string {
  const test = metricsGroup(record.metrics, 'primaryTest') as unknown as DiceTest;
  const holds = test.p < PRIMARY_TEST.alpha && test.difference > 0;
  return (
    `**Primary test.** ${PRIMARY_TEST.better} with the exact box against the specialists (UNet on CAMUS, DeepLabV3 on EchoNet-Dynamic): ` +
    `difference ${signed(test.difference, 3)} Dice over ${test.images} cases; ${test.method}, p = ${pText(test.p)} ` +
    `(${test.patients} patients, threshold ${PRIMARY_TEST.alpha}); the paper's test, a paired t-test over images, p = ${pText(test.publishedP)}. ` +
    `${holds ? 'EchoApex-SAM-B is ahead, as in the paper.' : 'That EchoApex-SAM-B is ahead is not shown here.'} ` +
    'The box tells the model where the structure ends, which no specialist is told: in the paper as here the comparison favours the model with the box.'
  );
}

/** Whether the aims on real frames were met, or that there are none here. */
export function realCamusSentence(record: LoadedRecord): string {
  const rows = realCamusTable(record);
  if (rows.length === 0) {
    return '**Real CAMUS frames: not present.** Put the data set under `data/real/camus`, or single patients as released into a folder that `ECHOLAB_CAMUS_SAMPLES` names, and run again. The licence (CC BY-NC-SA 4.0) keeps the pictures out of this repository.';
  }
  const models = metricsGroup(record.metrics, 'realCamus') as unknown as Record<
    string,
    Record<string, Record<string, DiceSummary>>
  >;
  const ours = models['EchoApex-SAM-S'] ?? {};
  const jittered = Object.keys(ours).find((prompt) => /^box jittered [\d.]+ %$/.test(prompt));
  const box = jittered ? ours[jittered]?.leftVentricle : undefined;
  const text = ours.text?.leftVentricle;
  const both = jittered ? ours[`${jittered} and text`] : undefined;
  const ellipse = jittered ? models['control: ellipse in the box']?.[jittered]?.leftVentricle : undefined;
  const black = jittered ? models['control: black picture']?.[jittered]?.leftVentricle : undefined;
  const unet = models.UNet?.none;
  const boxOnly = jittered ? models['EchoApex-SAM-B']?.[jittered]?.leftVentricle : undefined;
  const aim = (name: string, value: DiceSummary | undefined, wanted: number): string =>
    value
      ? `${name} ${three(value.dice)} (aim ${wanted}: ${value.dice >= wanted ? 'reached' : 'not reached'})`
      : `${name}: not measured`;
  return (
    `**Real CAMUS frames**, left ventricle, ${box?.images ?? 0} pictures of ${box?.patients ?? 0} patients: ` +
    `${aim('jittered box', box, 0.925)}, ${aim('text alone', text, 0.9)}. ` +
    (both?.leftVentricle
      ? `The jittered box and the text together: left ventricle ${three(both.leftVentricle.dice)}${both.myocardium ? `, wall ${three(both.myocardium.dice)}` : ''}. `
      : '') +
    (boxOnly
      ? `EchoApex-SAM-B, which learned boxes of cavities alone, gets ${three(boxOnly.dice)} with the jittered box. `
      : '') +
    (ellipse && black
      ? `With the jittered box an ellipse gets ${three(ellipse.dice)} and the same model on a black picture ${three(black.dice)}. `
      : '') +
    (unet?.leftVentricle && unet.myocardium && unet.leftAtrium
      ? `The U-Net, without a prompt: left ventricle ${three(unet.leftVentricle.dice)}, wall ${three(unet.myocardium.dice)}, left atrium ${three(unet.leftAtrium.dice)}. `
      : '') +
    controlsAhead(models) +
    (record.run.data === 'phantom'
      ? 'The model was trained on phantoms alone; shapes and look of their CAMUS set were fitted by hand to six real patients (`lib/phantom/camus-site.ts`), so those six are no independent test. '
      : '') +
    'The overlays are in `data/real-overlays/`, not in the record: their licence is not the repository’s.'
  );
}

/** Where a control scores higher than a model with the same prompt, structure by structure, and by how much. */
function controlsAhead(models: Readonly<Record<string, Record<string, Record<string, DiceSummary>>>>): string {
  const isControl = (name: string): boolean => name.startsWith('control: ');
  const ahead = Object.entries(models).flatMap(([control, prompts]) =>
    Object.entries(isControl(control) ? prompts : {}).flatMap(([prompt, structures]) =>
      Object.entries(structures).flatMap(([structure, { dice }]) => {
        const below = Object.entries(models).flatMap(([model, own]) => {
          const other = isControl(model) ? undefined : own[prompt]?.[structure]?.dice;
          return other !== undefined && dice > other ? [`${model} ${three(other)}`] : [];
        });
        const { text } = STRUCTURES[structure as Structure];
        return below.length === 0
          ? []
          : [`${text}, ${prompt}: ${control.replace('control: ', '')} ${three(dice)} against ${below.join(', ')}`];
      }),
    ),
  );
  if (!Object.keys(models).some(isControl)) return '';
  return ahead.length === 0
    ? 'No control scores higher than a model with the same prompt. '
    : `A control scores higher than a model with the same prompt here: ${ahead.join('; ')}. `;
}

/** Which of the paper's observations this run shows and which not. */
export function segmentationTakeaway(record: LoadedRecord): string {
  const weighted = metricsGroup(record.metrics, 'weighted') as unknown as Record<string, { dice: number }>;
  const value = (model: string): number => weighted[model]?.dice ?? Number.NaN;
  const general = metricsGroup(record.metrics, 'generalisation') as unknown as Record<
    string,
    { sets: Record<string, DiceSummary>; outside?: DiceSummary }
  >;
  const [ours, theirs] = [general['EchoApex-SAM-S'], general.DeepLabV3];
  const lines = [
    observation('with an exact box EchoApex-SAM-B is ahead of the specialists', primaryHolds(record)),
    observation(
      `full training is ahead of adapters (${three(value('EchoApex-SAM-B'))} against ${three(value('EchoApex-SAM-AdaB'))})`,
      value('EchoApex-SAM-B') > value('EchoApex-SAM-AdaB'),
    ),
    ...fewShotObservations(record),
    ...(ours?.outside && theirs?.outside
      ? [
          observation(
            `away from its training set EchoApex-SAM-S is ahead of DeepLabV3 (${three(ours.outside.dice)} against ${three(theirs.outside.dice)})`,
            ours.outside.dice > theirs.outside.dice,
          ),
        ]
      : []),
  ];
  const where =
    record.run.data === 'phantom'
      ? 'On **phantom** data, one seed, small encoders and short runs: this shows that the method runs as written, and says nothing about patients.'
      : `On real data, ${record.run.seeds.length} seed(s).`;
  return `${where}\n\n${lines.map((line) => `- ${line}`).join('\n')}`;
}

function primaryHolds(record: LoadedRecord): boolean {
  const test = metricsGroup(record.metrics, 'primaryTest') as unknown as DiceTest;
  return test.p < PRIMARY_TEST.alpha && test.difference > 0;
}

function fewShotObservations(record: LoadedRecord): string[] {
  type Size = { test?: DiceTest & { pHolm: number } };
  const fewShot = metricsGroup(record.metrics, 'fewShot') as unknown as Record<string, Record<string, Size>>;
  return Object.entries(fewShot).flatMap(([prompt, sizes]) => {
    const last = Object.entries(sizes).at(-1);
    const test = last?.[1].test;
    if (!test) return [];
    const how = prompt === 'box' ? 'exact box' : 'text alone';
    return [
      observation(
        `with ${last![0]} the echo start is ahead of the generic one, ${how} (${signed(test.difference, 3)} Dice, p = ${pText(test.pHolm)})`,
        test.difference > 0 && test.pHolm < PRIMARY_TEST.alpha,
      ),
    ];
  });
}
