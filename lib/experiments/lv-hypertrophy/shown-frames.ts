import { sixDigits } from '../../core/six-digits.js';
import type { GrayImage } from '../../imaging/image.js';
import type { Point } from '../../imaging/polygon-fill.js';
import { frameStrip } from '../scaling-study/frame-strip.js';
import type { Look, Row } from '../scaling-study/probe-encoder.js';
import { type LandmarkFrame, type LvhSet, landmarksOfFrame } from './landmark-frames.js';
import { type LandmarkPrediction, measurementRows } from './predict-landmarks.js';
import { squarePicture } from './square-picture.js';

/** Side of a shown frame, pixels. */
const SIDE = 192;

/**
 * Frames of a test set with attention, true and predicted landmarks (paper Figs 5g and 9): not the prettiest but evenly from the smallest
 * to the largest mean landmark error; a frame without all measurements counts as worst.
 *
 * @returns rows of the table `shown` and one strip of pictures named after the set
 */
export async function shownFrames(
  predictions: readonly LandmarkPrediction[],
  set: LvhSet,
  count: number,
): Promise<Look> {
  const ranked = predictions
    .map((prediction) => ({ prediction, error: meanError(prediction) }))
    .sort((a, b) => a.error - b.error);
  const wanted = Math.min(count, ranked.length);
  const chosen = Array.from(
    { length: wanted },
    (_, n) => ranked[wanted === 1 ? 0 : Math.round((n * (ranked.length - 1)) / (wanted - 1))]!,
  );
  const pictures: GrayImage[] = [];
  const rows: Row[] = [];
  for (const { prediction, error } of chosen) {
    const { frame, points, attention } = prediction;
    const picture = squarePicture(await frame.read(), SIDE);
    pictures.push(picture.image);
    rows.push({
      set,
      sample: frame.sample,
      rank: ranked.findIndex((one) => one.prediction === prediction) + 1,
      of: ranked.length,
      error: Number.isFinite(error) ? sixDigits(error) : null,
      unit: unitOf(frame),
      truth: places(landmarksOfFrame(frame), picture.toSquare),
      predicted: places(points, picture.toSquare),
      rows: attention?.rows ?? 0,
      columns: attention?.columns ?? 0,
      attention: Array.from(attention?.values ?? [], (value) => value.toPrecision(4)).join(' '),
    });
  }
  return { tables: { shown: rows }, assets: { [stripName(set)]: await frameStrip(pictures) } };
}

/** File of a set's strip in assets/. */
export function stripName(set: LvhSet): string {
  return `shown-${set.toLowerCase()}.png`;
}

/** `x y x y …` in pixels of the shown frame; landmarks that are missing are left out. */
function places(points: readonly (Point | null)[], toSquare: (point: Point) => Point): string {
  return points
    .flatMap((point) => (point === null ? [] : [toSquare(point)]))
    .map(({ x, y }) => `${x.toFixed(1)} ${y.toFixed(1)}`)
    .join(' ');
}

function unitOf({ millimetresPerPixel }: LandmarkFrame): string {
  return millimetresPerPixel === null ? 'px' : 'mm';
}

/** Mean landmark error over the annotated measurements; infinite if one has no prediction. */
function meanError(prediction: LandmarkPrediction): number {
  const errors = measurementRows(prediction, '', 0).map(({ landmarkError }) => landmarkError);
  if (errors.some((error) => error === null)) return Number.POSITIVE_INFINITY;
  return errors.reduce<number>((sum, error) => sum + Number(error), 0) / errors.length;
}
