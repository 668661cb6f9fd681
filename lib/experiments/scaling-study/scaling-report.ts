import type { LoadedRecord, Metrics } from '../../records/record.js';
import { REAL_CLIP_VIEW } from './real-clip.js';
import { PRIMARY_TEST } from './scaling-metrics.js';

/** KNN accuracy of the paper's ViT-S (text of 2.1): the values that notebook 01 puts its own beside. */
export const PAPER_VIT_S: Readonly<Record<string, number>> = { Echo3M: 0.702, Echo12M: 0.875, Echo20M: 0.915 };

/** The paper's finding beside ours, an arm a row. */
export function besideThePaper(record: LoadedRecord): Record<string, string | number>[] {
  const final = group(record.metrics, 'final');
  return Object.entries(final).map(([arm, values]) => {
    const { accuracy, low, high, frames, patients } = values as unknown as Record<string, number>;
    return {
      'pretrained on': arm,
      'paper, ViT-S (%)': percent(PAPER_VIT_S[arm] ?? Number.NaN),
      'here (%)': percent(accuracy!),
      '95 % interval': `${percent(low!)} to ${percent(high!)}`,
      'test frames': frames!,
      'test patients': patients!,
    };
  });
}

/** The primary test in one sentence, as fixed before the run. */
export function primaryTestSentence(record: LoadedRecord): string {
  const test = group(record.metrics, 'primaryTest') as unknown as { difference: number; p: number; patients: number };
  const holds = test.p < PRIMARY_TEST.alpha && test.difference > 0;
  return (
    `**Primary test.** ${PRIMARY_TEST.better} against ${PRIMARY_TEST.worse}: difference ${signed(100 * test.difference)} points of ` +
    `accuracy, one-sided paired permutation test with the patient as the unit, p = ${test.p.toPrecision(2)} ` +
    `(${test.patients} patients, threshold ${PRIMARY_TEST.alpha}). ` +
    (holds
      ? 'The wider set gives the better encoder, as in the paper.'
      : 'At this size the difference the paper found is not shown.')
  );
}

/** Which of the paper's observations this run shows and which it does not, in plain words from the numbers. */
export function takeaway(record: LoadedRecord): string {
  const final = group(record.metrics, 'final') as unknown as Record<string, { accuracy: number }>;
  const untrained = group(record.metrics, 'headline')['KNN accuracy, untrained'];
  const value = (arm: string): number => final[arm]?.accuracy ?? Number.NaN;
  const lines = [
    observation(
      'biplanes alone (Echo3M) transfer worst',
      value('Echo3M') < Math.min(value('Echo12M'), value('Echo20M')),
    ),
    observation('going on with the larger set (Echo20M) helps', value('Echo20M') > value('Echo12M')),
  ];
  if (typeof untrained === 'number') {
    lines.push(
      observation(
        'every pretrained encoder beats the untrained one',
        Object.keys(final).every((arm) => value(arm) > untrained),
      ),
    );
  }
  const where =
    record.run.data === 'phantom'
      ? 'On **phantom** data, one seed, a small encoder: this shows that the method runs as written, and says nothing about patients.'
      : `On real data, ${record.run.seeds.length} seed(s).`;
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

function observation(text: string, seen: boolean): string {
  return `${seen ? 'Seen' : 'Not seen'} here: ${text}.`;
}

function group(metrics: Metrics, name: string): Metrics {
  const value = metrics[name];
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Metrics) : {};
}

function percent(share: number): string {
  return Number.isFinite(share) ? (100 * share).toFixed(1) : '';
}

function signed(value: number): string {
  return `${value >= 0 ? '+' : ''}${value.toFixed(1)}`;
}
