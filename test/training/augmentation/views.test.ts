import { describe, expect, it } from 'vitest';
import { stream } from '../../../lib/core/random.js';
import { augmentFrame } from '../../../lib/training/augmentation/augment-frame.js';
import { augmentEcho } from '../../../lib/training/augmentation/echo-augmentation.js';
import { plainWarp, randomWarp, renderWarp, type WarpRange } from '../../../lib/training/augmentation/warp.js';

/** A square of `side` with a disc of label 2 at its centre, on a grey that rises to the right. */
function disc(side: number, radius: number): { side: number; image: Uint8Array; labels: Uint8Array } {
  const image = new Uint8Array(side * side);
  const labels = new Uint8Array(side * side);
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) {
      image[y * side + x] = 40 + x;
      if (Math.hypot(x + 0.5 - side / 2, y + 0.5 - side / 2) < radius) labels[y * side + x] = 2;
    }
  }
  return { side, image, labels };
}

const area = (cover: Float32Array): number => cover.reduce((sum, share) => sum + share, 0);
const still: WarpRange = { rotation: 0, zoom: 1, stretch: 1, shift: 0 };

describe('renderWarp', () => {
  it('copies a picture of the same size', () => {
    const source = disc(16, 5);
    const { image, cover } = renderWarp(source, 2, plainWarp(16, 16), 16);
    expect(Array.from(image)).toEqual(Array.from(source.image));
    expect(Array.from(cover)).toEqual(Array.from(source.labels, (value) => (value === 2 ? 1 : 0)));
  });

  it('averages areas when it halves: covers keep the area, greys the mean of four', () => {
    const source = disc(32, 9);
    const { image, cover } = renderWarp(source, 2, plainWarp(32, 16), 16);
    const inside = source.labels.filter((value) => value === 2).length;
    expect(4 * area(cover)).toBeCloseTo(inside, 4);
    expect(image[5 * 16 + 3]).toBeCloseTo((46 + 47) / 2, 4); // columns 6 and 7 of 40 + x
  });

  it('leaves black outside the source', () => {
    const source = disc(16, 5);
    const away = { ...plainWarp(16, 16), cx: 12 };
    const { image } = renderWarp(source, 2, away, 16);
    expect(image[8 * 16 + 15]).toBe(0);
    expect(image[8 * 16]).toBeGreaterThan(0);
  });
});

describe('randomWarp', () => {
  it('without range is the plain view', () => {
    const warp = randomWarp(32, 16, still, stream(1, 'warp'));
    expect(warp).toMatchObject({ xx: 2, yy: 2, cx: 16, cy: 16 });
  });

  it('zooms areas by the square of the zoom and keeps them under rotation and stretch', () => {
    const source = disc(64, 12);
    const plain = area(renderWarp(source, 2, plainWarp(64, 64), 64).cover);
    for (let draw = 0; draw < 20; draw++) {
      const random = stream(draw, 'warp');
      const turned = randomWarp(64, 64, { ...still, rotation: 45, stretch: 1.3 }, random);
      // whole pixels are counted: within a tenth
      expect(Math.abs(area(renderWarp(source, 2, turned, 64).cover) / plain - 1)).toBeLessThan(0.1);
      const zoomed = randomWarp(64, 64, { ...still, zoom: 1.25 }, random);
      const factor = 1 / zoomed.xx ** 2;
      expect(factor).toBeGreaterThan(1 / 1.5626);
      expect(factor).toBeLessThan(1.5626); // 1.25 squared
      expect(Math.abs(area(renderWarp(source, 2, zoomed, 64).cover) / plain / factor - 1)).toBeLessThan(0.1);
    }
  });
});

describe('augmentEcho', () => {
  const picture = (): Float32Array =>
    Float32Array.from({ length: 32 * 32 }, (_, i) => (i % 32 < 4 ? 0 : 60 + (i % 32)));

  it('at strength 0 changes nothing', () => {
    const image = picture();
    augmentEcho(image, 32, 0, stream(1, 'echo'));
    expect(Array.from(image)).toEqual(Array.from(picture()));
  });

  it('stays in range, keeps the outside of the sector black, and is the same for the same seed', () => {
    for (let seed = 0; seed < 30; seed++) {
      const [image, again] = [picture(), picture()];
      augmentEcho(image, 32, 1, stream(seed, 'echo'));
      augmentEcho(again, 32, 1, stream(seed, 'echo'));
      expect(Array.from(image)).toEqual(Array.from(again));
      expect(Math.min(...image)).toBeGreaterThanOrEqual(0);
      expect(Math.max(...image)).toBeLessThanOrEqual(255);
      for (let y = 2; y < 30; y++) expect(image[y * 32]).toBe(0);
    }
  });

  it('makes different pictures of one', () => {
    const means = Array.from({ length: 20 }, (_, seed) => {
      const image = picture();
      augmentEcho(image, 32, 1, stream(seed, 'echo'));
      return image.reduce((sum, value) => sum + value, 0) / image.length;
    });
    expect(Math.max(...means) - Math.min(...means)).toBeGreaterThan(15);
  });
});

describe('renderWarp of a small structure', () => {
  it('passes over no pixel, whatever the ratio of the sizes', () => {
    for (const [side, target] of [
      [144, 64],
      [100, 64],
      [144, 96],
    ] as const) {
      const labels = new Uint8Array(side * side);
      for (let x = 0; x < 9; x++) labels[(side - 1) * side + 17 + 2 * x] = 3; // the last row, every other pixel
      labels[57 * side + 41] = 3;
      const one = { side, image: new Uint8Array(side * side), labels };
      const { cover } = renderWarp(one, 3, plainWarp(side, target), target);
      const covered = cover.reduce((sum, share) => sum + share, 0) * (side / target) ** 2;
      expect(covered).toBeGreaterThan(0.5 * 10); // ten pixels, each sampled at least once
      const scale = target / side;
      expect(cover[Math.floor(57.5 * scale) * target + Math.floor(41.5 * scale)]).toBeGreaterThan(0);
    }
  });
});

describe('augmentFrame', () => {
  const { side, image } = disc(24, 7);
  const frame = { width: side, height: side, data: image };

  it('leaves a frame as it is where nothing may stray', () => {
    expect(augmentFrame(frame, { warp: still, echo: 0 }, stream(1, 'still'))).toEqual(frame);
  });

  it('is the same for the same stream, another for another, and does not touch what it is given', () => {
    const before = image.slice();
    const view = (name: string) =>
      augmentFrame(frame, { warp: { ...still, rotation: 10, shift: 0.1 }, echo: 0.6 }, stream(1, name)).data;
    expect(view('a')).toEqual(view('a'));
    expect(view('b')).not.toEqual(view('a'));
    expect(image).toEqual(before);
  });
});
