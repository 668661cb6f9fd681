import type { RandomStream } from '../../core/random.js';
import type { GrayImage } from '../../imaging/image.js';
import type { Point } from '../../imaging/polygon-fill.js';

/** How training pictures are disturbed; each amount is drawn evenly from its range. */
export interface Disturbance {
  /** Largest shift each way, share of the side. */
  readonly shift: number;
  /** Largest turn each way, degrees. */
  readonly turn: number;
  /** Least and greatest magnification. */
  readonly scale: readonly [number, number];
  /** Least and greatest exponent of the grey value in [0, 1]. */
  readonly gamma: readonly [number, number];
  /** Least and greatest factor of the grey value. */
  readonly gain: readonly [number, number];
}

/** A disturbed picture and where its points went. */
export interface Disturbed {
  readonly image: GrayImage;
  move(point: Point): Point;
}

/**
 * Shifts, turns and magnifies a square picture about its middle (bilinear, black outside) and changes its grey values.
 *
 * Not in the paper, which trains on 20,254 frames: stands in for their variety where there are few.
 */
export function disturbPicture(picture: GrayImage, amounts: Disturbance, random: RandomStream): Disturbed {
  const size = picture.width;
  const middle = (size - 1) / 2;
  const angle = (random.between(-amounts.turn, amounts.turn) * Math.PI) / 180;
  const scale = random.between(...amounts.scale);
  const dx = random.between(-amounts.shift, amounts.shift) * size;
  const dy = random.between(-amounts.shift, amounts.shift) * size;
  const grey = greyTable(random.between(...amounts.gamma), random.between(...amounts.gain));
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  const data = new Uint8Array(size * size);
  for (let row = 0, i = 0; row < size; row++) {
    const v = (row - middle - dy) / scale;
    for (let column = 0; column < size; column++, i++) {
      const u = (column - middle - dx) / scale;
      data[i] = grey[Math.round(bilinear(picture, middle + cos * u + sin * v, middle - sin * u + cos * v))]!;
    }
  }
  return {
    image: { width: size, height: size, data },
    move: ({ x, y }) => {
      const [u, v] = [x - middle, y - middle];
      return { x: middle + dx + scale * (cos * u - sin * v), y: middle + dy + scale * (sin * u + cos * v) };
    },
  };
}

function greyTable(gamma: number, gain: number): Uint8Array {
  return Uint8Array.from({ length: 256 }, (_, value) => Math.min(255, Math.round(255 * gain * (value / 255) ** gamma)));
}

function bilinear({ width, height, data }: GrayImage, x: number, y: number): number {
  const left = Math.floor(x);
  const top = Math.floor(y);
  if (left < 0 || top < 0 || left + 1 >= width || top + 1 >= height) return 0;
  const [a, b] = [x - left, y - top];
  const at = top * width + left;
  const upper = data[at]! * (1 - a) + data[at + 1]! * a;
  const lower = data[at + width]! * (1 - a) + data[at + width + 1]! * a;
  return upper * (1 - b) + lower * b;
}
