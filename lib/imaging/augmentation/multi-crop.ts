import type { RandomStream } from '../../core/random.js';
import type { GrayImage } from '../image.js';
import { type Plane, resample } from '../resample.js';
import { gaussianBlur } from './gaussian-blur.js';
import { adjustBrightness, adjustContrast, flip, solarize } from './photometric.js';
import { randomCropBox } from './random-resized-crop.js';

/** How the views of one image are cut and disturbed; the values of a pretraining config. */
export interface MultiCropConfig {
  /** Side of a global crop in pixels; paper Table 1: 112. */
  readonly globalSize: number;
  /** Share of the image's area; paper Table 1: (0.25, 1). */
  readonly globalScale: readonly [number, number];
  /** Number of local crops; DINO: 8. May be 0. */
  readonly localCount: number;
  /** Side of a local crop in pixels; paper Table 1: 42. */
  readonly localSize: number;
  /** Share of the image's area; paper Table 1: (0.05, 0.25). */
  readonly localScale: readonly [number, number];
  /** Chance of a blur on global crop 1, global crop 2 and each local crop; DINO: 1, 0.1, 0.5. */
  readonly blur: readonly [number, number, number];
  /** Colour planes written; a grey image fills each alike (the released weights want 3). */
  readonly channels: 1 | 3;
  /** Mean and deviation of the 0-to-1 pixel value, one a plane. */
  readonly mean: readonly number[];
  readonly deviation: readonly number[];
}

/** Length of what {@link multiCrop} writes for one image. */
export function multiCropLength(config: MultiCropConfig): { global: number; local: number } {
  return {
    global: config.channels * config.globalSize ** 2,
    local: config.channels * config.localSize ** 2,
  };
}

/**
 * Two global and several local views of one image, normalised.
 *
 * Source: `facebookresearch/dino` main_dino.py `DataAugmentationDINO`: bicubic random resized crop, flip (0.5), colour jitter (0.8),
 * blur with sigma in (0.1, 2), solarise (0.2, global crop 2 only). Deviates: images are grey, so saturation, hue and the random grey
 * conversion change nothing and are left out; brightness and contrast are applied in random order in floating point.
 *
 * @param random a stream of this image's own; every crop draws from a child of it, so crops do not depend on one another
 * @param globals receives `[2, channels, globalSize, globalSize]`
 * @param locals receives `[localCount, channels, localSize, localSize]`
 */
export function multiCrop(
  image: GrayImage,
  config: MultiCropConfig,
  random: RandomStream,
  globals: readonly [Float32Array, Float32Array],
  locals: readonly Float32Array[],
): void {
  for (const [index, target] of globals.entries()) {
    const draw = random.child(`global/${index}`);
    const plane = cut(image, config.globalSize, config.globalScale, config.blur[index] ?? 0, draw);
    if (index === 1 && draw.chance(0.2)) solarize(plane);
    normalise(plane, config, target);
  }
  for (const [index, target] of locals.entries()) {
    const plane = cut(image, config.localSize, config.localScale, config.blur[2], random.child(`local/${index}`));
    normalise(plane, config, target);
  }
}

function cut(
  image: GrayImage,
  size: number,
  scale: readonly [number, number],
  blur: number,
  random: RandomStream,
): Plane {
  const plane = resample(image, size, size, 'bicubic', randomCropBox(image.width, image.height, scale, random));
  for (let i = 0; i < plane.data.length; i++) plane.data[i] = Math.min(255, Math.max(0, plane.data[i]!));
  if (random.chance(0.5)) flip(plane);
  if (random.chance(0.8)) {
    const brightness = random.between(0.6, 1.4);
    const contrast = random.between(0.6, 1.4);
    if (random.chance(0.5)) {
      adjustBrightness(plane, brightness);
      adjustContrast(plane, contrast);
    } else {
      adjustContrast(plane, contrast);
      adjustBrightness(plane, brightness);
    }
  }
  if (random.chance(blur)) gaussianBlur(plane, random.between(0.1, 2));
  return plane;
}

function normalise(plane: Plane, config: MultiCropConfig, target: Float32Array): void {
  const size = plane.data.length;
  for (let channel = 0; channel < config.channels; channel++) {
    const scale = 1 / (255 * config.deviation[channel]!);
    const shift = config.mean[channel]! / config.deviation[channel]!;
    for (let i = 0; i < size; i++) target[channel * size + i] = plane.data[i]! * scale - shift;
  }
}
