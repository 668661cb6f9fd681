import type { RandomStream } from '../../core/random.js';
import type { GrayImage } from '../../imaging/image.js';
import type { FrameAugmentation } from './ef-config.js';

/** A training picture and its outline. */
export interface FrameAndMask {
  readonly image: GrayImage;
  /** `[height, width]`, 1 inside. */
  readonly mask: Uint8Array;
}

/**
 * Turns, shifts and zooms picture and outline together, about the middle, and changes the brightness: what differs between two operators.
 * Bilinear for the picture, nearest pixel for the outline; outside is black.
 *
 * @param random draws five numbers
 */
export function augmentFrame(
  { image, mask }: FrameAndMask,
  limits: FrameAugmentation,
  random: RandomStream,
): FrameAndMask {
  const { width, height, data } = image;
  const turn = (random.between(-1, 1) * limits.turnDegrees * Math.PI) / 180;
  const scale = 1 + random.between(-1, 1) * limits.zoom;
  const shiftX = random.between(-1, 1) * limits.shift * width;
  const shiftY = random.between(-1, 1) * limits.shift * height;
  const brightness = 1 + random.between(-1, 1) * limits.brightness;
  const cosine = Math.cos(turn) / scale;
  const sine = Math.sin(turn) / scale;
  const middleX = (width - 1) / 2;
  const middleY = (height - 1) / 2;
  const turned = new Uint8Array(width * height);
  const outline = new Uint8Array(width * height);
  const at = (x: number, y: number): number => (x < 0 || y < 0 || x >= width || y >= height ? 0 : data[y * width + x]!);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const u = x - middleX - shiftX;
      const v = y - middleY - shiftY;
      const fromX = middleX + cosine * u + sine * v;
      const fromY = middleY - sine * u + cosine * v;
      const left = Math.floor(fromX);
      const top = Math.floor(fromY);
      const right = fromX - left;
      const below = fromY - top;
      const upper = at(left, top) * (1 - right) + at(left + 1, top) * right;
      const lower = at(left, top + 1) * (1 - right) + at(left + 1, top + 1) * right;
      const value = (upper * (1 - below) + lower * below) * brightness;
      turned[y * width + x] = Math.min(255, Math.round(value));
      const nearestX = Math.round(fromX);
      const nearestY = Math.round(fromY);
      const inside = nearestX >= 0 && nearestY >= 0 && nearestX < width && nearestY < height;
      outline[y * width + x] = inside ? mask[nearestY * width + nearestX]! : 0;
    }
  }
  return { image: { width, height, data: turned }, mask: outline };
}
