import { describe, expect, it } from 'vitest';
import { ArgumentError, ShapeError } from '../../lib/core/errors.js';
import { cleanMask, fillHoles, maskAbove } from '../../lib/evaluation/mask-cleaning.js';
import { largestPiece } from '../../lib/imaging/curation/regions.js';
import { signals } from './signals.js';

const raw = { ...signals.mask, data: Uint8Array.from(signals.mask.data) };

describe('mask cleaning', () => {
  it('fills holes as scipy 1.17.1 binary_fill_holes', () => {
    expect([...fillHoles(raw).data]).toEqual(signals.mask.filled);
  });

  it('keeps the largest piece as scipy 1.17.1 label', () => {
    expect([...largestPiece(raw).piece.data]).toEqual(signals.mask.largest8);
  });

  it('leaves a solid structure as it is and an empty mask empty', () => {
    const clean = cleanMask(raw);
    expect([...cleanMask(clean).data]).toEqual([...clean.data]);
    const empty = { width: 3, height: 2, data: new Uint8Array(6) };
    expect([...cleanMask(empty).data]).toEqual([...empty.data]);
  });

  it('opens before it chooses', () => {
    // two blocks of 3 x 3 joined by a line: opening parts them
    const data = new Uint8Array(9 * 3);
    for (let y = 0; y < 3; y++) for (const x of [0, 1, 2, 6, 7, 8]) data[y * 9 + x] = 1;
    for (let x = 3; x < 6; x++) data[9 + x] = 1;
    const joined = { width: 9, height: 3, data };
    const pixels = (mask: { data: Uint8Array }): number => mask.data.reduce((sum, value) => sum + value, 0);
    expect(pixels(cleanMask(joined))).toBe(21);
    expect(pixels(cleanMask(joined, { openingRadius: 1 }))).toBe(9);
    expect(() => cleanMask(joined, { openingRadius: 0.5 })).toThrow(ArgumentError);
  });

  it('takes what is above the threshold, not on it', () => {
    expect([...maskAbove([0, 0.5, 0.6, 1], 2, 2, 0.5).data]).toEqual([0, 0, 1, 1]);
    expect(() => maskAbove([0], 2, 2, 0.5)).toThrow(ShapeError);
  });
});
