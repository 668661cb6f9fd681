import { describe, expect, it } from 'vitest';
import { NumericalError } from '../../../lib/core/errors.js';
import { stream } from '../../../lib/core/random.js';
import { boxOfMask, jitterBox } from '../../../lib/training/segmentation/box-prompt.js';
import { shuffledIndex } from '../../../lib/training/segmentation/shuffled-index.js';
import { nextClick } from '../../../lib/training/segmentation/simulated-click.js';

/** A `[height, width]` mask from lines of dots and hashes. */
function mask(...lines: string[]): { data: Uint8Array; width: number; height: number } {
  const data = Uint8Array.from([...lines.join('')].map((letter) => (letter === '#' ? 1 : 0)));
  return { data, width: lines[0]!.length, height: lines.length };
}

describe('boxOfMask', () => {
  it('is tight', () => {
    const { data, width, height } = mask('.....', '..##.', '.###.', '.....');
    expect(boxOfMask(data, width, height)).toEqual({ x0: 1, y0: 1, x1: 3, y1: 2 }); // by eye
  });

  it('refuses an empty mask', () => {
    expect(() => boxOfMask(new Uint8Array(4), 2, 2)).toThrow(NumericalError);
  });
});

describe('jitterBox', () => {
  const box = { x0: 20, y0: 30, x1: 59, y1: 49 }; // 40 x 20 pixels

  it('leaves the box exact at a share of 0', () => {
    expect(jitterBox(box, 0, stream(1, 'box'), 99)).toEqual(box);
  });

  it('moves each corner by at most 15 % of the sides, across and down apart, evenly about the corner', () => {
    const random = stream(1, 'box');
    const moved = Array.from({ length: 4000 }, () => jitterBox(box, 0.15, random, 99));
    for (const corner of ['x0', 'x1'] as const) {
      const off = moved.map((each) => each[corner] - box[corner]);
      expect(Math.max(...off.map(Math.abs))).toBeLessThanOrEqual(6); // 0.15 * 40
      expect(Math.max(...off.map(Math.abs))).toBeGreaterThan(5.9);
      expect(off.reduce((sum, value) => sum + value, 0) / off.length).toBeCloseTo(0, 0);
    }
    const down = moved.map(({ y0 }) => Math.abs(y0 - box.y0));
    expect(Math.max(...down)).toBeLessThanOrEqual(3); // 0.15 * 20
  });

  it('stays in the picture', () => {
    const random = stream(2, 'box');
    for (let draw = 0; draw < 200; draw++) {
      const moved = jitterBox({ x0: 0, y0: 0, x1: 63, y1: 63 }, 0.15, random, 63);
      expect(Math.min(...Object.values(moved))).toBeGreaterThanOrEqual(0);
      expect(Math.max(...Object.values(moved))).toBeLessThanOrEqual(63);
    }
  });
});

describe('nextClick', () => {
  const truth = mask('.......', '.#####.', '.#####.', '.#####.', '.......');

  it('opens in the middle of the structure', () => {
    const click = nextClick(new Uint8Array(35), truth.data, 7, 5);
    expect(click).toMatchObject({ y: 2, label: 1 }); // the middle row is the only one two pixels deep
    expect(click!.x).toBeGreaterThanOrEqual(2);
    expect(click!.x).toBeLessThanOrEqual(4);
  });

  it('is negative in the middle of what was taken too much', () => {
    const predicted = mask('####...', '######.', '######.', '.#####.', '.......');
    expect(nextClick(predicted.data, truth.data, 7, 5)?.label).toBe(0);
  });

  it('takes the larger of two errors', () => {
    const predicted = mask('.......', '.####..', '.####..', '.####..', '......#');
    // missed: a column of 3 pixels; too much: 1 pixel that touches it at a corner, one piece with it
    expect(nextClick(predicted.data, truth.data, 7, 5)).toMatchObject({ x: 5, label: 1 });
  });

  it('is none where prediction and truth agree', () => {
    expect(nextClick(truth.data, truth.data, 7, 5)).toBeNull();
  });

  it('corrects a mask click by click', () => {
    // each click flips its whole error: the clicks end
    const predicted = new Uint8Array(35);
    let clicks = 0;
    for (let click = nextClick(predicted, truth.data, 7, 5); click; click = nextClick(predicted, truth.data, 7, 5)) {
      predicted[click.y * 7 + click.x] = click.label;
      clicks++;
    }
    expect(clicks).toBe(15); // as many as the structure has pixels
  });
});

describe('shuffledIndex', () => {
  it('shows every item once a round, in another order each round, the same for the same seed', () => {
    const round = (n: number, seed: number): number[] =>
      Array.from({ length: 20 }, (_, i) => shuffledIndex(20, n * 20 + i, seed));
    const all = Array.from({ length: 20 }, (_, i) => i);
    for (const n of [0, 1, 7]) expect([...round(n, 3)].sort((a, b) => a - b)).toEqual(all);
    expect(round(0, 3)).toEqual(round(0, 3));
    expect(round(0, 3)).not.toEqual(round(1, 3));
    expect(round(0, 3)).not.toEqual(round(0, 4));
  });
});
