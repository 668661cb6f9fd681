import { DataError } from '../../core/errors.js';
import type { Beat, RangeRule } from '../../evaluation/beats.js';
import { clipEjectionFraction } from '../../evaluation/ejection-fraction.js';
import { type VolumeMethod, volumeCurve } from '../../evaluation/volume-curve.js';
import type { PixelSpacing } from '../../imaging/image.js';
import type { VentricleMask } from './segmenter.js';

/** What stage 1 makes of a clip. */
export interface ClipBeats {
  /** `[N]` by the method that was asked for; `null` where no ventricle was found. */
  readonly curve: readonly (number | null)[];
  /** The cycles that stage 2 looks at: at least one. */
  readonly beats: readonly Beat[];
  /**
   * `beats`: systoles inside the clip; `extremes`: none, so that its largest and smallest ventricle stand in; `whole-clip`: nothing contracts
   * or no ventricle was found, so that its first and last frame do.
   */
  readonly found: 'beats' | 'extremes' | 'whole-clip';
  /** Mean over the beats by geometry alone; `null` where `found` is `whole-clip`. */
  readonly ejectionFractionPercent: number | null;
  /** Of each beat, in their order; `null` as above. */
  readonly perBeatPercent: readonly number[] | null;
  readonly missingFrames: number;
}

/** How a clip is read. */
export interface ReadBeatsOptions {
  /** Of the masks. */
  readonly spacing: PixelSpacing;
  /** `null` where the file does not say: then the released distance of 20 frames holds. */
  readonly framesPerSecond: number | null;
  /** Default `simpson`. */
  readonly method?: VolumeMethod;
  /** Default `as-corrected`. */
  readonly rule?: RangeRule;
}

/** Beats and geometric ejection fraction from the masks of a clip. */
export function readBeats(masks: readonly VentricleMask[], options: ReadBeatsOptions): ClipBeats {
  const { spacing, framesPerSecond, method = 'simpson', rule = 'as-corrected' } = options;
  const curve = volumeCurve(
    masks.map(({ mask }) => mask),
    spacing,
    method,
  );
  return beatsOfCurve(curve, { rule, ...(framesPerSecond !== null && { framesPerSecond }) });
}

/** As {@link readBeats}, from a curve that was measured before. */
export function beatsOfCurve(
  curve: readonly (number | null)[],
  options: { readonly rule?: RangeRule; readonly framesPerSecond?: number },
): ClipBeats {
  const missingFrames = curve.filter((value) => value === null).length;
  try {
    const { ejectionFractionPercent, beats, fromExtremes } = clipEjectionFraction(curve, options);
    return {
      curve,
      beats,
      found: fromExtremes ? 'extremes' : 'beats',
      ejectionFractionPercent,
      perBeatPercent: beats.map((beat) => beat.ejectionFractionPercent),
      missingFrames,
    };
  } catch (error) {
    if (!(error instanceof DataError)) throw error;
    return {
      curve,
      beats: [{ endDiastole: 0, endSystole: curve.length - 1, whole: false }],
      found: 'whole-clip',
      ejectionFractionPercent: null,
      perBeatPercent: null,
      missingFrames,
    };
  }
}
