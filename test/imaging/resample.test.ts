import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type ResampleFilter, resample } from '../../lib/imaging/resample.js';

interface Case {
  width: number;
  height: number;
  targetWidth: number;
  targetHeight: number;
  filter: ResampleFilter;
  box: [number, number, number, number] | null;
  values: number[];
}

// Pillow 9.4.0, made by test/fixtures/resample/make.py
const { cases } = JSON.parse(readFileSync(new URL('../fixtures/resample/pillow.json', import.meta.url), 'utf8')) as {
  cases: Case[];
};

function image(width: number, height: number): { width: number; height: number; data: Uint8Array } {
  const data = Uint8Array.from({ length: width * height }, (_, i) => {
    const x = i % width;
    const y = Math.floor(i / width);
    return (x * 7 + y * 13 + ((x * y) % 11) * 9) % 256;
  });
  return { width, height, data };
}

describe('resample', () => {
  for (const each of cases) {
    it(`equals Pillow: ${each.filter} to ${each.targetWidth}x${each.targetHeight}${each.box ? ' of a box' : ''}`, () => {
      const box = each.box && {
        left: each.box[0],
        top: each.box[1],
        width: each.box[2] - each.box[0],
        height: each.box[3] - each.box[1],
      };
      const source = image(each.width, each.height);
      const result = box
        ? resample(source, each.targetWidth, each.targetHeight, each.filter, box)
        : resample(source, each.targetWidth, each.targetHeight, each.filter);
      expect(result.data.length).toBe(each.values.length);
      each.values.forEach((value, i) => {
        expect(Math.abs(result.data[i]! - value)).toBeLessThan(2e-3);
      });
    });
  }

  it('keeps a constant image constant', () => {
    const flat = { width: 11, height: 7, data: new Uint8Array(77).fill(93) };
    for (const value of resample(flat, 5, 19, 'bicubic').data) expect(value).toBeCloseTo(93, 3);
  });

  it('is the identity at the same size', () => {
    const source = image(9, 6);
    expect([...resample(source, 9, 6, 'bicubic').data]).toEqual([...source.data]);
  });

  it('refuses a box outside the image', () => {
    const box = { left: 2, top: 0, width: 9, height: 6 };
    expect(() => resample(image(9, 6), 4, 4, 'bilinear', box)).toThrow(/resample: box .* must lie in the 9x6 image/);
  });
});
