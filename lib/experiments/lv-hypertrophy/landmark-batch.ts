import type { RandomStream } from '../../core/random.js';
import type { RunInputs } from '../../engine/compile.js';
import { landmarkHeatmaps } from '../../evaluation/landmark-heatmaps.js';
import { type PixelNormalisation, pixelBatch } from '../../evaluation/vit-encoder.js';
import type { GrayImage } from '../../imaging/image.js';
import type { Point } from '../../imaging/polygon-fill.js';
import { type Disturbance, disturbPicture } from './disturb-picture.js';
import type { SquarePicture } from './square-picture.js';

/** Landmarks of the model: heatmaps an image. */
export const LANDMARKS = 4;

/** A training or test picture with its landmarks in the frame's pixels. */
export interface LandmarkItem {
  readonly picture: SquarePicture;
  /** `null` where not annotated. */
  readonly points: readonly (Point | null)[];
}

/** What a batch is made for. */
export interface BatchShape {
  /** Pixels a side. */
  readonly size: number;
  readonly channels: number;
  readonly normalisation: PixelNormalisation;
  /** Standard deviation of the heatmaps' balls, pixels. */
  readonly sigma: number;
}

/**
 * Inputs of a training step: `images [B, channels, size, size]`, `targets [B, 4, size, size]`, `mask [B, 4]` with 0 where a landmark is
 * not annotated or was moved out of the picture.
 *
 * @param disturb `null` leaves the pictures as they are
 */
export function landmarkBatch(
  items: readonly LandmarkItem[],
  shape: BatchShape,
  disturb: { readonly amounts: Disturbance; readonly random: RandomStream } | null,
): RunInputs {
  const { size, channels, normalisation, sigma } = shape;
  const area = size * size;
  const targets = new Float32Array(items.length * LANDMARKS * area);
  const mask = new Float32Array(items.length * LANDMARKS);
  const images: GrayImage[] = [];
  items.forEach(({ picture, points }, index) => {
    const moved = disturb && disturbPicture(picture.image, disturb.amounts, disturb.random.child(index));
    images.push(moved?.image ?? picture.image);
    const placed = points.map((point) => {
      const square = point && picture.toSquare(point);
      const place = square && moved ? moved.move(square) : square;
      return place && inside(place, size) ? place : null;
    });
    const { data, annotated } = landmarkHeatmaps(placed, size, size, sigma);
    targets.set(data, index * LANDMARKS * area);
    mask.set(annotated, index * LANDMARKS);
  });
  return { images: pixelBatch(images, size, channels, normalisation), targets, mask };
}

/** Shapes of the inputs of {@link landmarkBatch}. */
export function batchInputs(
  { size, channels }: BatchShape,
  batch: number,
): Record<string, { shape: readonly number[] }> {
  return {
    images: { shape: [batch, channels, size, size] },
    targets: { shape: [batch, LANDMARKS, size, size] },
    mask: { shape: [batch, LANDMARKS] },
  };
}

function inside({ x, y }: Point, size: number): boolean {
  return x >= 0 && y >= 0 && x <= size - 1 && y <= size - 1;
}
