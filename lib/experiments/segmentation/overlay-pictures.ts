import type { CsvCell } from '../../core/csv.js';
import type { GrayImage } from '../../imaging/image.js';
import { resample } from '../../imaging/resample.js';
import { frameStrip } from '../scaling-study/frame-strip.js';
import { type SegmentationCase, scoreMask, trueMask } from './score-mask.js';
import { padded, squareAround } from './square-view.js';
import { SET_TITLES, STRUCTURES } from './structures.js';

/** Names of the strips among the record's assets: pictures, true masks, predicted masks. */
export const OVERLAY_ASSETS = ['test-frames.png', 'test-truth.png', 'test-masks.png'] as const;

/** Side of a picture, pixels. */
const SIDE = 112;

/** Structures of each set that are shown, and how they were prompted. */
const SHOWN: readonly (readonly [set: string, view: string, structure: string, prompt: string])[] = [
  ['camus', 'A4C', 'leftVentricle', 'text'],
  ['camus', 'A4C', 'leftAtrium', 'text'],
  ['echonet-dynamic', 'A4C', 'leftVentricle', 'text'],
  ['vol-biplane', 'A4C', 'rightVentricle', 'text'],
  ['camus', 'A2C', 'leftVentricle', 'exact box'],
  ['echonet-pediatric', 'A4C', 'leftVentricle', 'exact box'],
  ['echonet-pediatric', 'PSAX', 'leftVentricle', 'exact box'],
  ['vol-biplane', 'A4C', 'rightAtrium', '3 clicks'],
];

/**
 * Pictures for the overlay figure, one of each kind: the case whose Dice is the median of its kind, so that the figure neither flatters nor
 * shames. Real pictures stay out of the record.
 *
 * @param masks by prompt, in the order of the cases
 */
export async function drawTestFrames(
  cases: readonly SegmentationCase[],
  masks: ReadonlyMap<string, readonly Uint8Array[]>,
  mayBeKept: boolean,
): Promise<{ readonly assets: Record<string, Uint8Array>; readonly shown: Record<string, CsvCell>[] }> {
  const shown: Record<string, CsvCell>[] = [];
  const strips: [GrayImage[], GrayImage[], GrayImage[]] = [[], [], []];
  for (const [set, view, structure, prompt] of mayBeKept ? SHOWN : []) {
    const scored = cases
      .map((one, index) => ({ one, index }))
      .filter(({ one }) => one.frame.set === set && one.frame.view === view && one.structure === structure)
      .map(({ one, index }) => ({ one, index, dice: Number(scoreMask(one, masks.get(prompt)![index]!, 0).score) }))
      .sort((a, b) => a.dice - b.dice);
    const median = scored[Math.floor(scored.length / 2)];
    if (!median) continue;
    const { one, index, dice } = median;
    strips[0].push(square(one.picture.image.data, one, 1));
    strips[1].push(square(trueMask(one), one, 255));
    strips[2].push(square(masks.get(prompt)![index]!, one, 255));
    shown.push({
      sample: one.frame.id,
      title: `${SET_TITLES[one.frame.set]} ${view}, ${STRUCTURES[one.structure].short}`,
      prompt,
      dice,
    });
  }
  if (shown.length === 0) return { assets: {}, shown };
  const [pictures, truths, predictions] = await Promise.all(strips.map((strip) => frameStrip(strip)));
  return {
    assets: { [OVERLAY_ASSETS[0]]: pictures!, [OVERLAY_ASSETS[1]]: truths!, [OVERLAY_ASSETS[2]]: predictions! },
    shown,
  };
}

function square(data: Uint8Array, { picture }: SegmentationCase, gain: number): GrayImage {
  const { side } = squareAround(picture.image);
  const small = resample({ width: side, height: side, data: padded(data, picture.image) }, SIDE, SIDE, 'bilinear').data;
  const bytes = Uint8Array.from(small, (value) => Math.min(255, Math.max(0, Math.round(gain * value))));
  return { width: SIDE, height: SIDE, data: bytes };
}
