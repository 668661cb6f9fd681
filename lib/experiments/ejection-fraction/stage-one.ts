import { simpsonMillilitres } from '../../evaluation/left-ventricle-volume.js';
import type { PixelSpacing } from '../../imaging/image.js';
import { dice } from '../../statistics/dice.js';
import { type ClipBeats, readBeats } from './clip-beats.js';
import type { EfClip } from './ef-data.js';
import type { VentricleMask } from './segmenter.js';
import { meanOfBeats } from './sequence-decoder.js';
import { slendernessOf } from './ventricle-shape.js';

/** What stage 1 says about one clip, its masks apart. */
export interface StageOne {
  /** Single-plane Simpson, beats as corrected: what everything else uses. */
  readonly corrected: ClipBeats;
  readonly areaLength: ClipBeats;
  /** Pixels of the mask and beats as EchoNet-Dynamic's released code finds them; `null` where the clip is too short for its rule. */
  readonly released: ClipBeats | null;
  /** Geometry in the frames that the labels name; `null` where there are none or a mask is empty. */
  readonly atTrueFramesPercent: number | null;
  /** Geometry of the labels' own outlines: what a perfect stage 1 would leave to the formula and the plane. */
  readonly trueOutlinesPercent: number | null;
  /** Overlap with the outlines of the labels at end-diastole and end-systole. */
  readonly dice: readonly (number | null)[];
  /** Mean over the frames. */
  readonly certainty: number;
  /** At end-diastole of the first beat. */
  readonly slenderness: number | null;
  /** Masks at end-diastole and end-systole of the first beat, for the biplane volume. */
  readonly extremes: readonly VentricleMask[];
  /** Of a pixel of those masks. */
  readonly maskSpacing: PixelSpacing;
}

/** Reads one clip's masks in every way that the record compares. */
export async function stageOneOf(
  clip: EfClip,
  masks: readonly VentricleMask[],
  spacing: PixelSpacing,
): Promise<StageOne> {
  const { framesPerSecond } = clip;
  const corrected = readBeats(masks, { spacing, framesPerSecond });
  const [first] = corrected.beats;
  const extremes = [masks[first!.endDiastole]!, masks[first!.endSystole]!];
  const size = masks[0]!.mask.width;
  const overlaps: (number | null)[] = [];
  const outlines: (number | null)[] = [];
  for (const { frame, readMask } of clip.outlined) {
    const data = await readMask(size);
    const found = masks[frame]?.mask;
    overlaps.push(found === undefined ? null : dice(found.data, data));
    outlines.push(simpsonMillilitres({ width: size, height: size, data }, spacing));
  }
  const [largest, smallest] = clip.outlined.map(({ frame }) => corrected.curve[frame] ?? null);
  return {
    corrected,
    areaLength: readBeats(masks, { spacing, framesPerSecond, method: 'area-length' }),
    released: isLongEnough(masks.length)
      ? readBeats(masks, { spacing, framesPerSecond, method: 'pixels', rule: 'as-released' })
      : null,
    atTrueFramesPercent: percentOf(largest, smallest),
    trueOutlinesPercent: percentOf(outlines[0], outlines[1]),
    dice: overlaps,
    certainty: meanOfBeats(masks.map(({ certainty }) => certainty)),
    slenderness: slendernessOf(extremes[0]!.mask),
    extremes,
    maskSpacing: spacing,
  };
}

function percentOf(largest: number | null | undefined, smallest: number | null | undefined): number | null {
  return largest && smallest != null ? 100 * (1 - smallest / largest) : null;
}

/** The released rule takes sorted value number round(n^0.95), which a clip of up to five frames does not have. */
function isLongEnough(frames: number): boolean {
  return Math.round(frames ** 0.95) < frames;
}
