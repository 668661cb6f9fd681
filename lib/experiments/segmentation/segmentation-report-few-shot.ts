import { metricsGroup } from '../../records/metrics-group.js';
import type { LoadedRecord } from '../../records/record.js';
import { averageOf } from './dice-summary.js';
import { three } from './report-text.js';
import type { FewShotConfig } from './segmentation-config.js';
import { groupBy } from './segmentation-metrics.js';
import { STRUCTURES } from './structures.js';
import { stepsOf } from './train-models.js';

/** How a few-shot model was tested. */
export type FewShotPrompt = 'box' | 'text';

/** Means that lie within this much Dice of each other make a curve flat. */
const FLAT_WITHIN = 0.01;

/** A structure under this Dice is not found. */
const FOUND = 0.2;

const STARTS = { echo: 'echo start', generic: 'generic start' } as const;
type Start = keyof typeof STARTS;

/** What a few-shot figure leaves to be said: from where on it is flat, how long each size trained, and which structures stay unfound. */
export function fewShotSentence(record: LoadedRecord, prompt: FewShotPrompt): string {
  return [flatSentence(record, prompt), stepsSentence(record), unfoundSentence(record, prompt)]
    .filter((sentence) => sentence !== '')
    .join(' ');
}

/**
 * From which size on each start's curve is flat: the smallest size from which the means lie within 0.01 Dice, if there are at least two. Empty where
 * there are no curves.
 */
export function flatSentence(record: LoadedRecord, prompt: FewShotPrompt): string {
  const sizes = Object.entries(metricsGroup(metricsGroup(record.metrics, 'fewShot'), prompt)) as unknown as [
    string,
    Partial<Record<Start, { dice: number }>>,
  ][];
  const said = (Object.keys(STARTS) as Start[]).flatMap((start) => {
    const points = sizes.flatMap(([size, starts]) => (starts[start] ? [{ size, dice: starts[start].dice }] : []));
    if (points.length < 2) return [];
    const first = points.findIndex((_, from) => range(points.slice(from).map(({ dice }) => dice)) < FLAT_WITHIN);
    if (first === points.length - 1) return [`the ${STARTS[start]} is not flat up to ${points.at(-1)!.size}`];
    const means = points.slice(first).map(({ dice }) => dice);
    return [
      `the ${STARTS[start]} is flat from ${points[first]!.size} on (means ${three(Math.min(...means))} to ${three(Math.max(...means))})`,
    ];
  });
  return said.length === 0 ? '' : `The curve of ${said.join('; that of ')}; flat: within ${FLAT_WITHIN} Dice.`;
}

/** How long every size was trained, from the record's config; empty where it has none. */
export function stepsSentence(record: LoadedRecord): string {
  const recipe = (record.run.config?.fewShot as FewShotConfig | undefined)?.recipe;
  if (recipe === undefined) return '';
  const { epochs, stepsPerEpoch, batchSize } = recipe;
  return stepsPerEpoch === null
    ? `Every size is trained for ${epochs} passes over its frames: the more frames, the more training steps.`
    : `Every size gets the same ${stepsOf(recipe, 0)} training steps of ${batchSize} prompted structures: the more frames, the less often each is seen.`;
}

/** Structures whose mean Dice stays under 0.2 with the most frames; empty if there is none. */
export function unfoundSentence(record: LoadedRecord, prompt: FewShotPrompt): string {
  const rows = (record.tables.fewShot ?? []).filter((row) => row.prompt === prompt);
  const largest = Math.max(...rows.map(({ frames }) => Number(frames)));
  const last = rows.filter(({ frames }) => Number(frames) === largest);
  const said = Object.values(STRUCTURES).flatMap(({ short, text }) => {
    const own = last.filter(({ target }) => structureOf(target!) === short);
    const low = [...groupBy(own, 'start')].flatMap(([start, some]) => {
      const mean = averageOf(some.map(({ dice }) => Number(dice)));
      return mean < FOUND ? [`${STARTS[start as Start]} ${three(mean)}`] : [];
    });
    return low.length === 0 ? [] : [`${text} (${low.join(', ')})`];
  });
  return said.length === 0
    ? ''
    : `With ${largest} frames these stay under ${FOUND} Dice: ${said.join('; ')}. The figure's means count them with the others.`;
}

/** `LV` of `CAMUS LV-ED` and of `ENPed-A4C LV`. */
function structureOf(target: string): string {
  return target.split(' ').at(-1)!.split('-')[0]!;
}

function range(values: readonly number[]): number {
  return Math.max(...values) - Math.min(...values);
}
