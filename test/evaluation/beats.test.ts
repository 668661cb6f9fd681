import { describe, expect, it } from 'vitest';
import { ArgumentError, DataError } from '../../lib/core/errors.js';
import {
  fillGaps,
  findBeats,
  findSystoles,
  framesOfBeat,
  trimmedRange,
  widestBeat,
} from '../../lib/evaluation/beats.js';
import { clipEjectionFraction, ejectionFractionPercent } from '../../lib/evaluation/ejection-fraction.js';
import { signals } from './signals.js';

const beats = signals.signals.beats!;

/** Volume 100 down to 40 and back, one beat every `period` frames, starting at end-diastole. */
const heart = (frames: number, period: number): number[] =>
  Array.from({ length: frames }, (_, i) => 70 + 30 * Math.cos((2 * Math.PI * i) / period));

describe('findSystoles', () => {
  it("equals EchoNet-Dynamic's released rule on scipy 1.17.1", () => {
    expect(trimmedRange(beats, 'as-released')).toBe(signals.released.range);
    expect(findSystoles(beats, { rule: 'as-released' })).toEqual(signals.released.systoles);
  });

  it('equals the corrected rule on scipy 1.17.1 and numpy.quantile', () => {
    expect(trimmedRange(beats)).toBeCloseTo(signals.corrected.range, 9);
    expect(findSystoles(beats)).toEqual(signals.corrected.systoles);
  });

  it('differs between the rules where the power cuts the range', () => {
    // 1 to 200 in steps of 1: the released rule reads sorted[1] and sorted[153], by hand
    const ramp = Array.from({ length: 200 }, (_, i) => i + 1);
    expect(trimmedRange(ramp, 'as-released')).toBe(152);
    expect(trimmedRange(ramp)).toBeCloseTo(0.9 * 199, 10);
  });

  it('finds the same beats at another frame rate when corrected', () => {
    expect(findSystoles(heart(150, 50), { framesPerSecond: 50 })).toEqual([25, 75, 125]);
    expect(findSystoles(heart(45, 15), { framesPerSecond: 15 })).toHaveLength(3);
    expect(findSystoles(heart(45, 15), { framesPerSecond: 15, rule: 'as-released' })).toHaveLength(2);
  });

  it('refuses a clip that is too short for the released rule, and a bad frame rate', () => {
    expect(() => trimmedRange([3, 2, 1], 'as-released')).toThrow(ArgumentError);
    expect(() => findSystoles(beats, { framesPerSecond: 0 })).toThrow(ArgumentError);
  });
});

describe('findBeats', () => {
  it('pairs each systole with the largest ventricle before it', () => {
    expect(findBeats(heart(130, 50))).toEqual([
      { endDiastole: 0, endSystole: 25, whole: false },
      { endDiastole: 50, endSystole: 75, whole: true },
    ]);
  });

  it('takes the extremes of a clip that holds one contraction', () => {
    expect(widestBeat([5, 9, 7, 4, 6])).toEqual({ endDiastole: 1, endSystole: 3, whole: true });
    expect(() => widestBeat([1, 2, 3])).toThrow(DataError);
  });
});

describe('framesOfBeat', () => {
  it('spreads 8 frames from end-diastole to end-systole', () => {
    expect(framesOfBeat({ endDiastole: 10, endSystole: 24 })).toEqual([10, 12, 14, 16, 18, 20, 22, 24]);
    expect(framesOfBeat({ endDiastole: 0, endSystole: 3 }, 8)).toEqual([0, 0, 1, 1, 2, 2, 3, 3]);
    expect(() => framesOfBeat({ endDiastole: 0, endSystole: 3 }, 1)).toThrow(ArgumentError);
  });
});

describe('fillGaps', () => {
  it('interpolates between measured frames and is level outside', () => {
    expect([...fillGaps([null, 4, null, null, 10, null])]).toEqual([4, 4, 6, 8, 10, 10]);
    expect([...fillGaps([1, 2, 3])]).toEqual([1, 2, 3]);
    expect(() => fillGaps([null, null])).toThrow(DataError);
  });
});

describe('clipEjectionFraction', () => {
  it('is the mean over whole beats', () => {
    const result = clipEjectionFraction(heart(130, 50));
    expect(result).toMatchObject({ fromExtremes: false, missingFrames: 0 });
    expect(result.beats).toHaveLength(1);
    expect(result.ejectionFractionPercent).toBeCloseTo(60, 10); // (100 - 40) / 100
  });

  it('does not depend on the unit, and bridges missing frames', () => {
    const curve: (number | null)[] = heart(130, 50).map((value) => value * 7);
    curve[60] = null;
    curve[61] = null;
    const result = clipEjectionFraction(curve);
    expect(result.ejectionFractionPercent).toBeCloseTo(60, 10);
    expect(result.missingFrames).toBe(2);
  });

  it('reads a clip from end-diastole to end-systole by its extremes', () => {
    const result = clipEjectionFraction([100, 90, 70, 55, 50]);
    expect(result).toMatchObject({ fromExtremes: true, ejectionFractionPercent: 50 });
  });

  it('refuses what is no contraction', () => {
    expect(() => clipEjectionFraction([1, 2, 3, 4])).toThrow(DataError);
    expect(() => ejectionFractionPercent(0, 0)).toThrow(ArgumentError);
  });
});
