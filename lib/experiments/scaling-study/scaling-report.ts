import { metricsGroup } from '../../records/metrics-group.js';
import type { LoadedRecord } from '../../records/record.js';
import { observation, percent, pText, signed } from '../number-text.js';
import { REAL_CLIP_VIEW } from './real-clip.js';
import { PRIMARY_TEST } from './scaling-metrics.js';

/** KNN accuracies in the text of 2.1, by arm: the values that notebook 01 puts its own beside. */
export const PAPER_KNN: Readonly<Record<string, number>> = {
  Echo3M: 0.702,
  Echo12M: 0.875,
  Echo20M: 0.915,
  'ViT-B, Echo12M': 0.905,
  'ViT-B, Echo20M': 0.919,
  'ResNet50, Echo12M': 0.766,
  'ResNet50, Echo20M': 0.884,
};

/** The paper's finding beside ours, an arm a row. */
export function besideThePaper(record: LoadedRecord): Record<string, string | number>[] {
  const final = metricsGroup(record.metrics, 'final');
  const linear = metricsGroup(record.metrics, 'linear') as Record<string, number>;
  return Object.entries(final).map(([arm, values]) => {
    const { accuracy, low, high, seeds, seedLow, seedHigh } = values as unknown as Record<string, number>;
    return {
      'pretrained on': arm,
      'paper, KNN (%)': percent(PAPER_KNN[arm] ?? Number.NaN),
      'here, KNN (%)': percent(accuracy!),
      '95 % interval over patients': `${percent(low!)} to ${percent(high!)}`,
      '95 % interval over seeds': seeds! > 1 ? `${percent(seedLow!)} to ${percent(seedHigh!)}` : 'one seed',
      'linear probe (%)': percent(linear[arm] ?? Number.NaN),
    };
  });
}

/** The primary test in one sentence, as fixed before the run. */
export function primaryTestSentence(record: LoadedRecord): string {
  const test = metricsGroup(record.metrics, 'primaryTest') as unknown as {
    difference: number;
    p: number;
    patients: number;
  };
  const holds = test.p < PRIMARY_TEST.alpha && test.difference > 0;
  return (
    `**Primary test.** ${PRIMARY_TEST.better} against ${PRIMARY_TEST.worse}: difference ${signed(100 * test.difference, 1)} points of ` +
    `accuracy, one-sided paired permutation test with the patient as the unit, p = ${pText(test.p)} ` +
    `(${test.patients} patients, threshold ${PRIMARY_TEST.alpha}). ` +
    (holds
      ? 'The wider set gives the better encoder, as in the paper.'
      : 'At this size the difference the paper found is not shown.')
  );
}

/** Which of the paper's observations this run shows and which it does not, in plain words from the numbers. */
export function takeaway(record: LoadedRecord): string {
  const final = metricsGroup(record.metrics, 'final') as unknown as Record<string, { accuracy: number }>;
  const untrained = metricsGroup(record.metrics, 'headline')['KNN accuracy, untrained'];
  const value = (arm: string): number => final[arm]?.accuracy ?? Number.NaN;
  const lines = [
    observation(
      'biplanes alone (Echo3M) transfer worst',
      value('Echo3M') < Math.min(value('Echo12M'), value('Echo20M')),
    ),
    observation('going on with the larger set (Echo20M) helps ViT-S', value('Echo20M') > value('Echo12M')),
    observation(
      'the larger ViT-B is better than ViT-S on the same set',
      value('ViT-B, Echo12M') > value('Echo12M') && value('ViT-B, Echo20M') > value('Echo20M'),
    ),
    observation(
      'ResNet50 stays below ViT-S of the same set',
      value('ResNet50, Echo12M') < value('Echo12M') && value('ResNet50, Echo20M') < value('Echo20M'),
    ),
    observation(
      'pretraining on echo is better than the same recipe on generic pictures',
      value('Echo20M, DINOv2') > value('Generic, DINOv2'),
    ),
  ];
  if (typeof untrained === 'number') {
    lines.push(observation('ViT-S pretrained on echo beats the untrained one', value('Echo20M') > untrained));
  }
  const seeds = record.run.seeds.length;
  const where =
    record.run.data === 'phantom'
      ? `On **phantom** data, ${seeds === 1 ? 'one seed' : `${seeds} seeds for ViT-S, one for the others`}, small encoders: this shows that the method runs as written, and says nothing about patients.`
      : `On real data, ${seeds} seed(s).`;
  return `${where}\n\n${lines.map((line) => `- ${line}`).join('\n')}`;
}

/** What the encoder makes of the real clip, honestly. */
export function realClipSentence(record: LoadedRecord): string {
  const rows = record.tables.realClip ?? [];
  const right = rows.filter(({ prediction }) => prediction === REAL_CLIP_VIEW).length;
  const views = [...new Set(rows.map(({ prediction }) => prediction))].join(', ');
  const verdict =
    right === rows.length
      ? `all ${rows.length} frames are called ${REAL_CLIP_VIEW}, which is right`
      : `${right} of ${rows.length} frames are called ${REAL_CLIP_VIEW}, which is what it is; the votes are ${views}`;
  return (
    `**Real clip.** An encoder that has seen only ${record.run.data === 'phantom' ? 'phantoms' : 'the training set'} looks at one real ` +
    `apical four-chamber cine: ${verdict}. One clip proves nothing either way.`
  );
}

/** What two updates at paper size took, or that this scale does not try them. */
export function paperTrialSentence(record: LoadedRecord): string {
  const trial = metricsGroup(record.metrics, 'paperTrial') as Record<string, number>;
  if (trial.updates === undefined) {
    return '**Paper size.** Not tried at this scale; `echolab pretraining --try` makes two real updates of it.';
  }
  return (
    `**Paper size.** ${trial.updates} real updates of the whole DINOv2 stage (ViT-B/14, 112 and 42 px crops, two heads of 65,536 prototypes, ` +
    `${(trial.parameters! / 1e6).toFixed(1)} M parameters) of ${trial.imagesPerUpdate} images each, in two runs with accumulation, on random weights and noise: ` +
    `${trial.secondsPerUpdate!.toFixed(1)} s an update (${trial.processorSecondsPerUpdate!.toFixed(1)} s of processor time), peak ` +
    `${(trial.peakMebibytes! / 1024).toFixed(1)} GiB (estimated ${(trial.estimatedMebibytes! / 1024).toFixed(1)}), ${trial.gigaflopsPerRun!.toFixed(0)} GFLOP of products a run, ` +
    `loss ${trial.firstLoss!.toFixed(2)} and ${trial.lastLoss!.toFixed(2)}.`
  );
}
