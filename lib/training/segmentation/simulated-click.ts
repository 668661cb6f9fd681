import * as tf from '@tensorflow/tfjs';
import { largestPiece } from '../../imaging/curation/regions.js';
import type { GrayImage } from '../../imaging/image.js';

/** A click: where, in pixels of the mask it was made on, and whether it says inside or outside. */
export interface Click {
  readonly x: number;
  readonly y: number;
  /** 1 inside, 0 outside. */
  readonly label: 0 | 1;
}

/**
 * The click that a careful user makes next: in the middle of the largest piece of the error, positive where the structure was missed,
 * negative where something else was taken. Against an empty prediction that is the middle of the structure.
 *
 * Source: the interactive evaluation of Kirillov et al. 2023, appendix D.1 ("center" of the error). Deviates: the largest connected piece
 * only, and the middle is the pixel farthest from the piece's border by chessboard distance.
 *
 * @param predicted `[height, width]`, nonzero is foreground
 * @returns null where prediction and truth are equal
 */
export function nextClick(
  predicted: ArrayLike<number>,
  truth: ArrayLike<number>,
  width: number,
  height: number,
): Click | null {
  const error = new Uint8Array(width * height);
  for (let i = 0; i < error.length; i++) error[i] = (predicted[i] !== 0) === (truth[i] !== 0) ? 0 : 1;
  if (!error.includes(1)) return null;
  const { piece } = largestPiece({ width, height, data: error });
  const centre = deepestPixel(piece);
  return { x: centre % width, y: Math.floor(centre / width), label: truth[centre] !== 0 ? 1 : 0 };
}

/** The foreground pixel that the most erosions by 3 x 3 leave; the image's edge counts as background. First in row order on a tie. */
function deepestPixel({ width, height, data }: GrayImage): number {
  const depth = Int32Array.from(data, (value) => (value === 0 ? 0 : width + height));
  const at = (x: number, y: number): number =>
    x < 0 || y < 0 || x >= width || y >= height ? 0 : depth[y * width + x]!;
  const relax = (x: number, y: number, side: -1 | 1): void => {
    const i = y * width + x;
    if (depth[i] === 0) return;
    const nearest = Math.min(at(x - side, y), at(x - side, y - side), at(x, y - side), at(x + side, y - side));
    depth[i] = Math.min(depth[i]!, nearest + 1);
  };
  for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) relax(x, y, 1);
  for (let y = height - 1; y >= 0; y--) for (let x = width - 1; x >= 0; x--) relax(x, y, -1);
  let best = 0;
  for (let i = 1; i < depth.length; i++) if (depth[i]! > depth[best]!) best = i;
  return best;
}

/** One click an image, as tensors inside a training step. */
export interface SampledClicks {
  /** `[B, 1, 2]` x, y in pixels of the model's input. */
  readonly points: tf.Tensor;
  /** `[B, 1]`: 1 inside, 0 outside, -1 where prediction and truth are equal. */
  readonly labels: tf.Tensor;
}

/**
 * A random click on the error of a pass, inside the compiled step: each wrong cell is equally likely.
 *
 * Source: Kirillov et al. 2023, appendix A ("uniformly from the error region").
 *
 * @param logits `[B, 1, m, m]` of the pass
 * @param truth `[B, 1, m, m]` of 0 and 1
 * @param noise `[B, m * m]` uniform in (0, 1): the wrong cell with the highest value is clicked
 * @param imageSize of the model's input in pixels
 */
export function clicksOnError(logits: tf.Tensor, truth: tf.Tensor, noise: tf.Tensor, imageSize: number): SampledClicks {
  const [batch = 0, , side = 0] = logits.shape;
  const cells = side * side;
  const flat = (x: tf.Tensor): tf.Tensor => tf.reshape(x, [batch, cells]);
  const inside = flat(tf.cast(tf.greater(truth, 0.5), 'float32'));
  const predicted = flat(tf.cast(tf.greater(logits, 0), 'float32'));
  const scores = tf.mul(tf.abs(tf.sub(inside, predicted)), noise);
  const highest = tf.max(scores, 1, true);
  const chosen = tf.mul(
    tf.cast(tf.greaterEqual(scores, highest), 'float32'),
    tf.cast(tf.greater(scores, 0), 'float32'),
  ); // one-hot, or all 0 without an error
  const pixels = imageSize / side;
  const places = Float32Array.from({ length: 2 * cells }, (_, i) => {
    const cell = i >> 1;
    return ((i % 2 === 0 ? cell % side : Math.floor(cell / side)) + 0.5) * pixels - 0.5;
  });
  const points = tf.matMul(chosen as tf.Tensor2D, tf.tensor2d(places, [cells, 2]));
  const any = tf.sum(chosen, 1, true);
  const positive = tf.sum(tf.mul(chosen, inside), 1, true);
  return { points: tf.expandDims(points, 1), labels: tf.sub(tf.add(positive, any), 1) };
}
