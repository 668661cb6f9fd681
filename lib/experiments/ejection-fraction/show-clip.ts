import type { CsvCell } from '../../core/csv.js';
import { DataError } from '../../core/errors.js';
import { frameStrip } from '../scaling-study/frame-strip.js';
import { squareFrames } from './ef-data.js';
import type { SeenClip } from './look-at-clips.js';
import { makeSegmenter } from './segmenter.js';
import type { TrainedSegmenter } from './train-segmenter.js';

/** Tables and pictures of the clip that the beat-to-beat figure shows. */
export interface ShownClip {
  readonly tables: Record<'shownCurve' | 'shownBeats' | 'shownClip', Record<string, CsvCell>[]>;
  readonly assets: Record<string, Uint8Array>;
}

/** Most frames of the beat-to-beat figure: a page holds each as a picture. */
const MOST_FRAMES = 64;

/** The test clip of EchoNet-Dynamic whose learned error is the median one: neither the best nor the worst. */
export async function showClip(
  seen: readonly SeenClip[],
  percent: ReadonlyMap<string, number>,
  segmenter: TrainedSegmenter,
): Promise<ShownClip> {
  const test = seen
    .filter(({ clip }) => clip.set === 'EchoNet-Dynamic' && clip.split === 'test')
    .sort((a, b) => errorOf(a, percent) - errorOf(b, percent) || (a.clip.id < b.clip.id ? -1 : 1));
  const shown = test[Math.floor(test.length / 2)];
  if (!shown) throw new DataError('showClip: EchoNet-Dynamic has no test clip; check its Split column');
  const { clip, stage1 } = shown;
  const frames = squareFrames(await clip.readClip(), segmenter.config.imageSize).frames.slice(0, MOST_FRAMES);
  const outline = await makeSegmenter(segmenter.params, segmenter.config);
  const masks = await outline.segment(frames).finally(() => outline.dispose());
  const { corrected } = stage1;
  return {
    tables: {
      shownClip: [
        {
          sample: clip.id,
          label: clip.ejectionFraction,
          learned: percent.get(clip.id)!,
          geometric: corrected.ejectionFractionPercent,
          framesPerSecond: clip.framesPerSecond,
        },
      ],
      shownCurve: corrected.curve.slice(0, MOST_FRAMES).map((volume, frame) => ({
        frame,
        seconds: clip.framesPerSecond === null ? null : frame / clip.framesPerSecond,
        volume,
        traced: clip.outlined.find((each) => each.frame === frame)?.phase ?? '',
      })),
      shownBeats: corrected.beats.map(({ endDiastole, endSystole, whole }) => ({ endDiastole, endSystole, whole })),
    },
    assets: {
      'shown-frames.png': await frameStrip(frames),
      'shown-masks.png': await frameStrip(
        masks.map(({ mask }) => ({ ...mask, data: mask.data.map((value) => 255 * value) })),
      ),
    },
  };
}

function errorOf({ clip }: SeenClip, percent: ReadonlyMap<string, number>): number {
  return Math.abs(percent.get(clip.id)! - clip.ejectionFraction);
}
