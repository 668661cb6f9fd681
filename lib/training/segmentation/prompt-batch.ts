import { ArgumentError } from '../../core/errors.js';
import type { RandomStream } from '../../core/random.js';
import type { RunInputs } from '../../engine/compile.js';
import { augmentEcho } from '../augmentation/echo-augmentation.js';
import { type LabelledSquare, plainWarp, randomWarp, renderWarp, type WarpRange } from '../augmentation/warp.js';
import { boxOfMask, jitterBox } from './box-prompt.js';
import { gridOfSegmenter, type SegmenterConfig } from './segmenter.js';
import { writePlanes } from './write-planes.js';

/** How often each kind of prompt opens a training image. */
export interface PromptShares {
  readonly box: number;
  readonly points: number;
  readonly text: number;
  /** The box and the text together; not in the paper, which gives one of them. */
  readonly boxAndText: number;
}

/** How training images and prompts are drawn. */
export interface PromptSampling {
  readonly shares: PromptShares;
  /** Share of the box's sides by which each corner moves; 0.15 in the paper. */
  readonly boxJitter: number;
  /** Null: the whole picture as it is. */
  readonly warp: WarpRange | null;
  /** See `augmentEcho`. */
  readonly augmentation: number;
}

const KINDS = ['box', 'points', 'text', 'boxAndText'] as const satisfies readonly (keyof PromptShares)[];

/** One structure on one picture. */
export interface TrainingItem {
  readonly square: LabelledSquare;
  /** Its value in the labels. */
  readonly structure: number;
  /** Embedding of the structure's name; needed where texts are drawn. */
  readonly text?: Float32Array;
}

/** Attempts to find a view in which enough of the structure is left. */
const ATTEMPTS = 4;
/** Least pixels of a structure in the model's input; a view that leaves less is drawn again, at last without a warp. */
const LEAST_PIXELS = 6;

/**
 * Inputs of one step of `multiForwardModel`: pictures warped and degraded, targets, and for each image one kind of prompt, or a box
 * and a text together.
 *
 * The first click lies anywhere in the structure. Images that open with a box or a text get clicks in later passes half of the time.
 *
 * @param items B of them
 * @param passes of the step
 * @throws {ArgumentError} if a kind is drawn that the segmenter has no room for
 */
export function promptBatch(
  items: readonly TrainingItem[],
  config: SegmenterConfig,
  sampling: PromptSampling,
  passes: number,
  random: RandomStream,
): RunInputs {
  const { imageSize: S, slots, encoder } = config;
  const B = items.length;
  const textWidth = config.prompts.textWidth ?? 0;
  const side = 4 * gridOfSegmenter(config);
  checkShares(config, sampling.shares);
  const drawn = KINDS.filter((kind) => sampling.shares[kind] > 0);
  const images = new Float32Array(B * encoder.channels * S * S);
  const targets = new Float32Array(B * S * S);
  const points = new Float32Array(B * slots.points * 2);
  const labels = new Float32Array(B * slots.points).fill(-1);
  const boxes = new Float32Array(B * 4);
  const boxGiven = new Float32Array(B);
  const text = new Float32Array(B * textWidth);
  const textGiven = new Float32Array(B);
  const clicking = new Float32Array(B);
  items.forEach((item, b) => {
    const view = drawView(item, S, sampling, random);
    augmentEcho(view.image, S, sampling.augmentation, random);
    writePlanes(images, b, view.image, { channels: encoder.channels, normalisation: config.normalisation });
    targets.set(view.cover, b * S * S);
    const kind = drawn[random.weighted(drawn.map((each) => sampling.shares[each]))]!;
    const exact = boxOfMask(view.cover, S, S, highEnough(view.cover));
    if (kind === 'box' || kind === 'boxAndText') {
      const { x0, y0, x1, y1 } = jitterBox(exact, sampling.boxJitter, random, S - 1);
      boxes.set([x0, y0, x1, y1], 4 * b);
      boxGiven[b] = 1;
    }
    if (kind === 'text' || kind === 'boxAndText') {
      text.set(item.text!, b * textWidth);
      textGiven[b] = 1;
    }
    if (kind === 'points') {
      const pixel = pixelInside(view.cover, random);
      points.set([pixel % S, Math.floor(pixel / S)], b * slots.points * 2);
      labels[b * slots.points] = 1;
    }
    clicking[b] = kind === 'points' || random.chance(0.5) ? 1 : 0;
  });
  const mixed = [slots.points > 0, slots.box, slots.text].filter(Boolean).length > 1;
  const clicks = slots.points > 0 && passes > 1;
  return {
    images,
    targets,
    ...(slots.points > 0 && { points, labels }),
    ...(slots.box && { boxes }),
    ...(slots.text && { text }),
    ...(mixed && slots.box && { boxGiven }),
    ...(mixed && slots.text && { textGiven }),
    ...(clicks && {
      clicking,
      clickNoise: Float32Array.from({ length: (passes - 1) * B * side * side }, () => 1e-6 + random.uniform()),
    }),
  };
}

function checkShares({ name, slots }: SegmenterConfig, shares: PromptShares): void {
  const room = { box: slots.box, points: slots.points > 0, text: slots.text, boxAndText: slots.box && slots.text };
  for (const kind of KINDS) {
    if (shares[kind] > 0 && !room[kind]) {
      throw new ArgumentError(`promptBatch: ${name} has no room for ${kind}; set its share to 0`);
    }
  }
}

function drawView(
  { square, structure }: TrainingItem,
  size: number,
  { warp }: PromptSampling,
  random: RandomStream,
): { image: Float32Array; cover: Float32Array } {
  for (let attempt = 0; warp !== null && attempt < ATTEMPTS; attempt++) {
    const view = renderWarp(square, structure, randomWarp(square.side, size, warp, random), size);
    if (view.cover.filter((share) => share > 0.5).length >= LEAST_PIXELS) return view;
  }
  return renderWarp(square, structure, plainWarp(square.side, size), size);
}

/** Half covered, or for a structure thinner than a pixel anything covered at all. */
function highEnough(cover: Float32Array): number {
  return cover.some((share) => share > 0.5) ? 0.5 : 0;
}

function pixelInside(cover: Float32Array, random: RandomStream): number {
  const threshold = highEnough(cover);
  const inside: number[] = [];
  for (let i = 0; i < cover.length; i++) if (cover[i]! > threshold) inside.push(i);
  return random.pick(inside);
}
