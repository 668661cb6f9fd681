import { describe, expect, it } from 'vitest';
import { ArgumentError } from '../../lib/core/errors.js';
import { findPeaks } from '../../lib/evaluation/find-peaks.js';
import { signals } from './signals.js';

describe('findPeaks', () => {
  it.each(signals.peaks)('equals scipy 1.17.1 find_peaks on $sign x $signal with $options', (expected) => {
    const signal = signals.signals[expected.signal]!.map((value) => value * expected.sign);
    const { positions, prominences } = findPeaks(signal, expected.options);
    expect(positions).toEqual(expected.peaks);
    if (expected.options.prominence === undefined) return;
    expect(prominences).toHaveLength(expected.prominences.length);
    for (const [i, prominence] of expected.prominences.entries()) expect(prominences[i]).toBeCloseTo(prominence, 12);
  });

  it('goes by distance before prominence, as scipy does', () => {
    // 9 is higher but hardly prominent; it removes 8, then falls to its prominence of 1
    const signal = [8.5, 8, 9, 8, 0, 8, 0, 20];
    expect(findPeaks(signal, { distance: 4, prominence: 2 }).positions).toEqual([]);
    expect(findPeaks(signal, { prominence: 2 }).positions).toEqual([5]);
  });

  it('names what is wrong', () => {
    expect(() => findPeaks([0, 1, 0], { distance: 0.5 })).toThrow(ArgumentError);
    expect(() => findPeaks([0, Number.NaN, 0])).toThrow(/sample 1; fill gaps/);
  });
});
