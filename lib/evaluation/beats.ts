import { ArgumentError, DataError } from '../core/errors.js';
import { quantileOfSorted } from '../statistics/quantile.js';
import { findPeaks } from './find-peaks.js';

/**
 * How the range of a curve is measured: see {@link findSystoles}.
 * `as-released` is the code of EchoNet-Dynamic, `as-corrected` what its comments and paper mean.
 */
export type RangeRule = 'as-released' | 'as-corrected';

/** Options of {@link findSystoles} and {@link findBeats}. */
export interface BeatOptions {
  /** Default as-corrected. */
  readonly rule?: RangeRule;
  /** Corrected rule: the least distance of two systoles is 0.4 s of these frames; default 50, where it is 20 frames. */
  readonly framesPerSecond?: number;
}

/** One contraction: from the largest to the smallest ventricle. Frame indices. */
export interface Beat {
  readonly endDiastole: number;
  readonly endSystole: number;
  /** False if the clip starts as large as at end-diastole: the true one may lie before it. */
  readonly whole: boolean;
}

/** Least frames between two systoles in the released code, made for 50 frames a second. */
const RELEASED_DISTANCE = 20;
const RELEASED_FRAMES_PER_SECOND = 50;

/** Least rise of a systole as a share of the curve's range. */
const PROMINENCE_SHARE = 0.5;

/**
 * Range of a curve without its extremes, between its 5 % and 95 % points.
 *
 * As released (echonet/utils/segmentation.py): between the sorted values number round(n^0.05) and round(n^0.95), a power
 * where a product is meant: for n = 200 values 1 and 153, not 10 and 189, so the range is too small.
 * As corrected: between the 5 % and 95 % quantiles with linear interpolation.
 *
 * @throws {ArgumentError} if the curve is too short for the rule (as released: round(n^0.95) must be < n)
 */
export function trimmedRange(curve: ArrayLike<number>, rule: RangeRule = 'as-corrected'): number {
  const sorted = Float64Array.from(curve).sort();
  const count = sorted.length;
  if (rule === 'as-corrected') return quantileOfSorted(sorted, 0.95) - quantileOfSorted(sorted, 0.05);
  const high = Math.round(count ** 0.95);
  if (count === 0 || high >= count) {
    throw new ArgumentError(
      `trimmedRange: a curve of ${count} frames is too short for the released rule; use rule 'as-corrected'`,
    );
  }
  return sorted[high]! - sorted[Math.round(count ** 0.05)]!;
}

/**
 * End-systolic frames: minima of the area or volume curve.
 *
 * Source: Ouyang et al. 2020, echonet/utils/segmentation.py: `find_peaks(-size, distance=20, prominence=0.5 * range)`.
 * As corrected: the range of {@link trimmedRange}, and a distance in seconds, so that 30 and 80 frames a second agree.
 *
 * @param curve `[N]` area or volume of the ventricle, any unit
 * @throws {ArgumentError} on a value that is not finite (see {@link fillGaps}) or an option out of range
 */
export function findSystoles(curve: ArrayLike<number>, options: BeatOptions = {}): number[] {
  const { rule = 'as-corrected', framesPerSecond = RELEASED_FRAMES_PER_SECOND } = options;
  if (!(framesPerSecond > 0))
    throw new ArgumentError(`findSystoles: framesPerSecond must be > 0, got ${framesPerSecond}`);
  const scale = rule === 'as-corrected' ? framesPerSecond / RELEASED_FRAMES_PER_SECOND : 1;
  const { positions } = findPeaks(
    Float64Array.from(curve, (value) => -value),
    {
      distance: Math.max(1, RELEASED_DISTANCE * scale),
      prominence: PROMINENCE_SHARE * trimmedRange(curve, rule),
    },
  );
  return [...positions];
}

/**
 * Beats of a clip: each systole with the largest ventricle between it and the systole before, or the start of the clip.
 *
 * The last frame of equally large ones is end-diastole. A clip cut from end-diastole to end-systole (CAMUS) has no inner
 * minimum: see {@link widestBeat}.
 * @throws {ArgumentError} as {@link findSystoles}
 */
export function findBeats(curve: ArrayLike<number>, options: BeatOptions = {}): Beat[] {
  let start = 0;
  return findSystoles(curve, options).map((endSystole) => {
    const before = start;
    const endDiastole = largestIn(curve, before, endSystole);
    start = endSystole;
    return { endDiastole, endSystole, whole: curve[endDiastole]! > curve[0]! || before > 0 };
  });
}

/**
 * The one beat of a clip that holds no more: from its largest ventricle to the smallest after that.
 *
 * @throws {DataError} if the largest ventricle is in the last frame, so that nothing follows it
 */
export function widestBeat(curve: ArrayLike<number>): Beat {
  const endDiastole = largestIn(curve, 0, curve.length);
  if (curve.length < 2 || endDiastole === curve.length - 1) {
    throw new DataError(
      `widestBeat: the ventricle is largest in the last of ${curve.length} frames, so the clip holds no contraction`,
    );
  }
  let endSystole = endDiastole + 1;
  for (let i = endSystole; i < curve.length; i++) if (curve[i]! < curve[endSystole]!) endSystole = i;
  return { endDiastole, endSystole, whole: curve[endDiastole]! > curve[0]! };
}

/**
 * Frames spread evenly over a beat, both ends included, rounded to the nearest frame.
 *
 * Source: EchoApex A.5 (8 frames between end-diastole and end-systole). A beat shorter than `count` repeats frames.
 * @throws {ArgumentError} if `count` is not an integer >= 2
 */
export function framesOfBeat(beat: Pick<Beat, 'endDiastole' | 'endSystole'>, count = 8): number[] {
  if (!Number.isInteger(count) || count < 2) throw new ArgumentError(`framesOfBeat: count must be >= 2, got ${count}`);
  const { endDiastole, endSystole } = beat;
  return Array.from({ length: count }, (_, i) =>
    Math.round(endDiastole + ((endSystole - endDiastole) * i) / (count - 1)),
  );
}

/**
 * A curve whose missing frames are interpolated linearly; before the first and after the last measured frame it is level.
 *
 * @param curve `null` where nothing was measured
 * @throws {DataError} if no frame was measured
 */
export function fillGaps(curve: readonly (number | null)[]): Float64Array {
  const known = curve.flatMap((value, frame) => (value === null ? [] : [{ frame, value }]));
  if (known.length === 0) throw new DataError(`fillGaps: none of ${curve.length} frames was measured`);
  let next = 0;
  return Float64Array.from(curve, (_, frame) => {
    while (next < known.length && known[next]!.frame < frame) next++;
    const after = known[next] ?? known.at(-1)!;
    const before = after.frame <= frame || next === 0 ? after : known[next - 1]!;
    const gap = after.frame - before.frame;
    return gap === 0 ? after.value : before.value + ((after.value - before.value) * (frame - before.frame)) / gap;
  });
}

function largestIn(curve: ArrayLike<number>, start: number, end: number): number {
  let largest = start;
  for (let i = start; i < end; i++) if (curve[i]! >= curve[largest]!) largest = i;
  return largest;
}
