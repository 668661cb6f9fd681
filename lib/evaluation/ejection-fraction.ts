import { ArgumentError, DataError } from '../core/errors.js';
import { type Beat, type BeatOptions, fillGaps, findBeats, widestBeat } from './beats.js';

/** Ejection fraction of one beat. */
export interface BeatEjection extends Beat {
  /** In the unit of the curve. */
  readonly endDiastolicVolume: number;
  readonly endSystolicVolume: number;
  readonly ejectionFractionPercent: number;
}

/** Ejection fraction of a clip. */
export interface ClipEjection {
  /** Mean over the beats. */
  readonly ejectionFractionPercent: number;
  readonly beats: readonly BeatEjection[];
  /** True if no systole lies inside the clip and its extremes stand in for a beat. */
  readonly fromExtremes: boolean;
  /** Frames without a measurement, interpolated. */
  readonly missingFrames: number;
}

/**
 * Ejection fraction `100 (EDV - ESV) / EDV`, in percent. Negative if the ventricle grew.
 *
 * @throws {ArgumentError} if the end-diastolic volume is not > 0 or the other < 0
 */
export function ejectionFractionPercent(endDiastolicVolume: number, endSystolicVolume: number): number {
  if (!(endDiastolicVolume > 0) || !(endSystolicVolume >= 0)) {
    throw new ArgumentError(
      `ejectionFractionPercent: volumes must be > 0 and >= 0, got ${endDiastolicVolume} and ${endSystolicVolume}`,
    );
  }
  return (100 * (endDiastolicVolume - endSystolicVolume)) / endDiastolicVolume;
}

/**
 * Purely geometric ejection fraction of a clip from its volume curve: the mean over its beats.
 *
 * Source: EchoApex A.5 for the beats. Whole beats only, if there is one; the beat that the clip's start may have cut
 * counts where it is alone, and a clip without an inner systole is read from its extremes.
 *
 * @param volumes `[N]` volume in each frame, any unit, `null` where there was no measurement
 * @throws {DataError} if no frame was measured or the clip holds no contraction
 */
export function clipEjectionFraction(volumes: readonly (number | null)[], options: BeatOptions = {}): ClipEjection {
  const curve = fillGaps(volumes);
  if (curve.length < 2) throw new DataError('clipEjectionFraction: needs at least 2 frames, got 1');
  const found = findBeats(curve, options);
  const whole = found.filter((beat) => beat.whole);
  const used = whole.length > 0 ? whole : found.length > 0 ? found : [widestBeat(curve)];
  const beats = used.map((beat) => {
    const endDiastolicVolume = curve[beat.endDiastole]!;
    const endSystolicVolume = curve[beat.endSystole]!;
    const percent = ejectionFractionPercent(endDiastolicVolume, endSystolicVolume);
    return { ...beat, endDiastolicVolume, endSystolicVolume, ejectionFractionPercent: percent };
  });
  return {
    ejectionFractionPercent: beats.reduce((sum, beat) => sum + beat.ejectionFractionPercent, 0) / beats.length,
    beats,
    fromExtremes: found.length === 0,
    missingFrames: volumes.filter((value) => value === null).length,
  };
}
