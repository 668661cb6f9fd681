import { describe, expect, it } from 'vitest';
import { stream } from '../../../lib/core/random.js';
import { type Disturbance, disturbPicture } from '../../../lib/experiments/lv-hypertrophy/disturb-picture.js';
import { landmarkBatch } from '../../../lib/experiments/lv-hypertrophy/landmark-batch.js';
import { squarePicture } from '../../../lib/experiments/lv-hypertrophy/square-picture.js';
import type { GrayImage } from '../../../lib/imaging/image.js';
import type { Point } from '../../../lib/imaging/polygon-fill.js';

/** A frame with one bright blob. */
function blob(width: number, height: number, at: Point, radius = 2): GrayImage {
  const data = new Uint8Array(width * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      data[y * width + x] = Math.round(255 * Math.exp(-((x - at.x) ** 2 + (y - at.y) ** 2) / (2 * radius ** 2)));
    }
  }
  return { width, height, data };
}

function centroid({ width, data }: GrayImage): Point {
  let [mass, x, y] = [0, 0, 0];
  data.forEach((value, i) => {
    mass += value;
    x += value * (i % width);
    y += value * Math.floor(i / width);
  });
  return { x: x / mass, y: y / mass };
}

const STILL: Disturbance = { shift: 0, turn: 0, scale: [1, 1], gamma: [1, 1], gain: [1, 1] };

describe('squarePicture', () => {
  it('carries a point to where its blob lies, and back', () => {
    const at = { x: 70, y: 22 };
    const picture = squarePicture(blob(120, 60, at, 3), 40);
    expect(picture.image).toMatchObject({ width: 40, height: 40 });
    const square = picture.toSquare(at);
    expect(square.y).toBeCloseTo((22 + 30 + 0.5) / 3 - 0.5, 12); // 30 rows of padding above, a third of the size
    const found = centroid(picture.image);
    expect(Math.hypot(found.x - square.x, found.y - square.y)).toBeLessThan(0.1);
    const back = picture.toFrame(square);
    expect(back.x).toBeCloseTo(at.x, 10);
    expect(back.y).toBeCloseTo(at.y, 10);
  });

  it('leaves a square of the right size as it is', () => {
    const frame = blob(32, 32, { x: 5, y: 9 });
    expect(squarePicture(frame, 32).image).toBe(frame);
  });
});

describe('disturbPicture', () => {
  it('changes nothing without amounts', () => {
    const frame = blob(32, 32, { x: 12, y: 15 });
    const { image, move } = disturbPicture(frame, STILL, stream(1, 'still'));
    // the last row and column have no neighbour to interpolate with
    expect(image.data[15 * 32 + 12]).toBe(frame.data[15 * 32 + 12]);
    expect(move({ x: 3, y: 4 })).toEqual({ x: 3, y: 4 });
  });

  it('moves points with the picture', () => {
    const at = { x: 40, y: 22 };
    for (let seed = 0; seed < 5; seed++) {
      const amounts = { ...STILL, shift: 0.1, turn: 20, scale: [0.8, 1.2] as const };
      const { image, move } = disturbPicture(blob(64, 64, at), amounts, stream(seed, 'moved'));
      const [found, moved] = [centroid(image), move(at)];
      expect(Math.hypot(found.x - moved.x, found.y - moved.y)).toBeLessThan(0.15);
      expect(Math.hypot(moved.x - at.x, moved.y - at.y)).toBeGreaterThan(0.2);
    }
  });

  it('applies gamma, then gain', () => {
    const frame = { width: 4, height: 4, data: new Uint8Array(16).fill(64) };
    const { image } = disturbPicture(frame, { ...STILL, gamma: [0.5, 0.5], gain: [0.5, 0.5] }, stream(1, 'grey'));
    expect(image.data[0]).toBe(64); // 255 x 0.5 x sqrt(64 / 255) = 63.9
  });
});

describe('landmarkBatch', () => {
  const shape = { size: 24, channels: 1, normalisation: { mean: [0], deviation: [1] }, sigma: 2 };

  it('puts the peak of a heatmap at the landmark and masks what is not annotated', () => {
    const picture = squarePicture(blob(48, 48, { x: 20, y: 30 }), 24);
    const points = [{ x: 20.5, y: 30.5 }, null, { x: 200, y: 3 }, { x: 0.5, y: 0.5 }];
    const { images, targets, mask } = landmarkBatch([{ picture, points }], shape, null);
    expect(mask).toEqual(Float32Array.of(1, 0, 0, 1)); // the third lies outside
    const own = (targets as Float32Array).subarray(0, 24 * 24);
    expect(own.indexOf(Math.max(...own))).toBe(15 * 24 + 10); // (20.5 + 0.5) / 2 - 0.5 = 10, (30.5 + 0.5) / 2 - 0.5 = 15
    expect((targets as Float32Array).subarray(24 * 24, 3 * 24 * 24).every((value) => value === 0)).toBe(true);
    expect((images as Float32Array)[0]).toBeCloseTo(picture.image.data[0]! / 255, 6);
  });

  it('moves landmarks with the picture and is the same for the same stream', () => {
    const picture = squarePicture(blob(24, 24, { x: 10, y: 12 }), 24);
    const item = { picture, points: [{ x: 10, y: 12 }, null, null, null] };
    const amounts = { ...STILL, shift: 0.2 };
    const make = (seed: number) => landmarkBatch([item], shape, { amounts, random: stream(seed, 'batch') });
    expect(make(1)).toEqual(make(1));
    expect(make(1)).not.toEqual(make(2));
    const { images, targets } = make(1);
    const heatmap = {
      width: 24,
      height: 24,
      data: Uint8Array.from(targets as Float32Array, (v) => 255 * v).subarray(0, 576),
    };
    const image = { width: 24, height: 24, data: Uint8Array.from(images as Float32Array, (v) => 255 * v) };
    const [a, b] = [centroid(heatmap), centroid(image)];
    expect(Math.hypot(a.x - b.x, a.y - b.y)).toBeLessThan(0.3);
  });
});
