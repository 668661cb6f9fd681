import * as tf from '@tensorflow/tfjs';
import { ShapeError } from '../../core/errors.js';
import { expectShape } from '../../core/shape.js';
import { resize2d } from '../../engine/ops.js';

const PIXEL_MEAN = [123.675, 116.28, 103.53];
const PIXEL_DEVIATION = [58.395, 57.12, 57.375];

/**
 * SAM's input: pixel mean and deviation, then zeros at the bottom and right.
 *
 * Source: facebookresearch/segment-anything modeling/sam.py, preprocess.
 *
 * @param images `[B, 3, h, w]`, 0 to 255, already resized so that the longer side is `side`
 * @param side of the model's square input
 * @returns `[B, 3, side, side]`
 * @throws {ShapeError} if the image is larger than `side`
 */
export function samInput(images: tf.Tensor, side = 1024): tf.Tensor {
  expectShape('samInput', 'images', images.shape, [-1, 3, -1, -1]);
  const [, , height = 0, width = 0] = images.shape;
  if (height > side || width > side) {
    throw new ShapeError(
      `samInput: images must be at most ${side} px, got ${height} x ${width}; resize the longer side to ${side}`,
    );
  }
  const mean = tf.tensor(PIXEL_MEAN, [1, 3, 1, 1]);
  const normal = tf.div(tf.sub(images, mean), tf.tensor(PIXEL_DEVIATION, [1, 3, 1, 1]));
  return tf.pad(normal, [
    [0, 0],
    [0, 0],
    [0, side - height],
    [0, side - width],
  ]);
}

/**
 * MedSAM's input: the whole image stretched to the square, each image min-max scaled to [0, 1].
 *
 * Source: bowang-lab/MedSAM MedSAM_Inference.py. Deviates: torch's bicubic kernel; the script's scikit-image resize fits cubic splines.
 *
 * @param images `[B, 3, H, W]`, any range
 * @returns `[B, 3, side, side]`; scale boxes by side / W and side / H
 */
export function medsamInput(images: tf.Tensor, side = 1024): tf.Tensor {
  expectShape('medsamInput', 'images', images.shape, [-1, 3, -1, -1]);
  const resized = resize2d(images, [side, side], { mode: 'bicubic' });
  const lowest = tf.min(resized, [1, 2, 3], true);
  const range = tf.maximum(tf.sub(tf.max(resized, [1, 2, 3], true), lowest), 1e-8);
  return tf.div(tf.sub(resized, lowest), range);
}

/**
 * Mask logits at the size of the original image: up to the model's input, the padding cut off, then to the original.
 *
 * Source: facebookresearch/segment-anything modeling/sam.py, postprocess_masks. A mask is where the logit is above 0.
 *
 * @param masks `[B, M, h, w]` low-resolution logits
 * @param sizes.model side of the model's input
 * @param sizes.input height and width of the image within it; `[model, model]` for MedSAM
 * @param sizes.original height and width of the result
 */
export function samOutput(
  masks: tf.Tensor,
  sizes: {
    readonly model: number;
    readonly input: readonly [number, number];
    readonly original: readonly [number, number];
  },
): tf.Tensor {
  const [batch = 0, count = 0] = masks.shape;
  const whole = resize2d(masks, [sizes.model, sizes.model], { mode: 'bilinear' });
  const cut = tf.slice(whole, [0, 0, 0, 0], [batch, count, sizes.input[0], sizes.input[1]]);
  return resize2d(cut, sizes.original, { mode: 'bilinear' });
}
