import { describe, expect, it } from 'vitest';
import type { CsvRow } from '../../../lib/core/csv.js';
import { fewShotMetrics } from '../../../lib/experiments/segmentation/segmentation-metrics.js';
import {
  fewShotSentence,
  flatSentence,
  stepsSentence,
  unfoundSentence,
} from '../../../lib/experiments/segmentation/segmentation-report-few-shot.js';
import type { LoadedRecord } from '../../../lib/records/record.js';

/** A test case of a target, in two draws a size. */
function rows(target: string, start: string, bySize: Readonly<Record<number, number>>, prompt = 'text'): CsvRow[] {
  return Object.entries(bySize).flatMap(([frames, dice]) =>
    [1, 2].flatMap((repeat) =>
      [0, 1].map((i) => ({
        sample: `${target}/${i}`,
        patient: `p${i}`,
        target,
        start,
        frames,
        repeat: String(repeat),
        prompt,
        dice: String(dice),
      })),
    ),
  );
}

function recordOf(fewShot: readonly CsvRow[], recipe?: object): LoadedRecord {
  const config = recipe === undefined ? {} : { fewShot: { recipe } };
  const run = { config } as unknown as LoadedRecord['run'];
  return { folder: '', run, tables: { fewShot }, metrics: { fewShot: fewShotMetrics(fewShot) } };
}

const RISING = { 50: 0.5, 100: 0.6, 500: 0.7, 1000: 0.8 };
const LEVEL = { 50: 0.5, 100: 0.601, 500: 0.609, 1000: 0.605 };

describe('flatSentence', () => {
  it('names the size from which the means lie within 0.01', () => {
    const record = recordOf([
      ...rows('CAMUS LV-ED', 'echo', LEVEL),
      ...rows('CAMUS LV-ED', 'generic', { ...LEVEL, 500: 0.62 }),
    ]);
    expect(flatSentence(record, 'text')).toBe(
      'The curve of the echo start is flat from 100 frames on (means 0.601 to 0.609); that of the generic start is not flat up to 1000 frames; flat: within 0.01 Dice.',
    );
  });

  it('calls no rising curve flat, and says nothing of a single size or a prompt that was not tested', () => {
    expect(flatSentence(recordOf(rows('CAMUS LV-ED', 'echo', RISING)), 'text')).toContain('not flat up to 1000 frames');
    expect(flatSentence(recordOf(rows('CAMUS LV-ED', 'echo', { 50: 0.5 })), 'text')).toBe('');
    expect(flatSentence(recordOf(rows('CAMUS LV-ED', 'echo', RISING)), 'box')).toBe('');
  });
});

describe('stepsSentence', () => {
  it('takes the steps of every size from the config', () => {
    const said = stepsSentence(recordOf([], { epochs: 4, stepsPerEpoch: 50, batchSize: 16 }));
    expect(said).toContain('the same 200 training steps of 16 prompted structures'); // 4 * 50
    expect(said).toContain('the less often each is seen');
  });

  it('does not say so where steps grow with the frames, nor without a config', () => {
    const said = stepsSentence(recordOf([], { epochs: 60, stepsPerEpoch: null, batchSize: 64 }));
    expect(said).toContain('60 passes over its frames');
    expect(said).not.toContain('the same');
    expect(stepsSentence(recordOf([]))).toBe('');
  });
});

describe('unfoundSentence', () => {
  it('names structures under 0.2 at the largest size, over all sets, and no other', () => {
    const record = recordOf([
      ...rows('Vol-biplane RV', 'echo', { 50: 0.6, 1000: 0.06 }),
      ...rows('Vol-biplane RV', 'generic', { 50: 0.6, 1000: 0.3 }),
      ...rows('Vol-biplane RA', 'echo', { 50: 0.1, 1000: 0.5 }), // found at last
      ...rows('ENPed-A4C LV', 'echo', { 50: 0.7, 1000: 0.1 }), // with the other set 0.45
      ...rows('CAMUS LV-ES', 'echo', { 50: 0.7, 1000: 0.8 }),
    ]);
    expect(unfoundSentence(record, 'text')).toBe(
      "With 1000 frames these stay under 0.2 Dice: right ventricle (echo start 0.060). The figure's means count them with the others.",
    );
    expect(unfoundSentence(recordOf(rows('CAMUS LV-ES', 'echo', RISING)), 'text')).toBe('');
    expect(unfoundSentence(record, 'box')).toBe('');
  });
});

describe('fewShotSentence', () => {
  it('joins what there is to say', () => {
    const recipe = { epochs: 1, stepsPerEpoch: 3, batchSize: 2 };
    const record = recordOf(rows('Vol-biplane RA', 'echo', { 8: 0.1, 16: 0.1 }), recipe);
    expect(fewShotSentence(record, 'text')).toBe(
      [flatSentence(record, 'text'), stepsSentence(record), unfoundSentence(record, 'text')].join(' '),
    );
    expect(fewShotSentence(recordOf([]), 'text')).toBe('');
  });
});
