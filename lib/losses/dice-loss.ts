import * as tf from '@tensorflow/tfjs';
import { expectShape } from '../core/shape.js';

/**
 * Soft Dice loss of binary masks, one overlap a mask, then the mean.
 *
 * Sources: EchoApex A.3 (CE + Dice, equal weights); MedSAM's `DiceLoss(sigmoid=True, squared_pred=True)` of MONAI with `squared`.
 *
 * Shapes: B = images, C = masks an image.
 * @param logits `[B, C, H, W]`
 * @param targets `[B, C, H, W]` in [0, 1]
 * @param options.squared squares predictions and targets in the denominator (MedSAM); false if left out
 * @param options.smooth added to numerator and denominator; 1e-5 if left out
 * @param options.mask `[B, C]` of 0 and 1; masks of 0 do not count
 */
export function diceLoss(
  logits: tf.Tensor,
  targets: tf.Tensor,
  options: { readonly squared?: boolean; readonly smooth?: number; readonly mask?: tf.Tensor } = {},
): tf.Scalar {
  expectShape('diceLoss', 'logits', logits.shape, [-1, -1, -1, -1]);
  expectShape('diceLoss', 'targets', targets.shape, logits.shape);
  const smooth = options.smooth ?? 1e-5;
  const probabilities = tf.sigmoid(logits);
  const size = (x: tf.Tensor): tf.Tensor => tf.sum(options.squared ? tf.square(x) : x, [2, 3]);
  const overlap = tf.sum(tf.mul(probabilities, targets), [2, 3]);
  const dice = tf.div(tf.add(tf.mul(overlap, 2), smooth), tf.add(tf.add(size(probabilities), size(targets)), smooth));
  return meanOver(tf.sub(1, dice), options.mask);
}

/**
 * Generalised Dice loss: each class weighs 1 over its squared size, so small structures count as much as large ones.
 *
 * Source: Sudre et al. 2017 (EchoApex A.4, landmark heatmaps). One value an image. Deviates: a class absent from an image, where the
 * weight is infinite, gets the largest finite weight of that image (as MONAI does).
 *
 * @param logits `[B, C, H, W]`
 * @param targets `[B, C, H, W]` in [0, 1]
 * @param mask `[B, C]` of 0 and 1; channels of 0 (landmarks without annotation) do not count
 */
export function generalisedDiceLoss(logits: tf.Tensor, targets: tf.Tensor, mask?: tf.Tensor): tf.Scalar {
  expectShape('generalisedDiceLoss', 'logits', logits.shape, [-1, -1, -1, -1]);
  expectShape('generalisedDiceLoss', 'targets', targets.shape, logits.shape);
  const probabilities = tf.sigmoid(logits);
  const sizes = tf.sum(targets, [2, 3]); // [B, C]
  const present = tf.cast(tf.greater(sizes, 0), 'float32');
  const finite = tf.mul(present, tf.div(1, tf.square(tf.add(sizes, tf.sub(1, present)))));
  const largest = tf.max(finite, 1, true);
  const weights = tf.add(finite, tf.mul(tf.sub(1, present), largest));
  const kept = mask === undefined ? weights : tf.mul(weights, mask);
  const overlap = tf.sum(tf.mul(kept, tf.sum(tf.mul(probabilities, targets), [2, 3])), 1);
  const union = tf.sum(tf.mul(kept, tf.add(tf.sum(probabilities, [2, 3]), sizes)), 1);
  const smooth = 1e-5;
  const loss = tf.sub(1, tf.div(tf.add(tf.mul(overlap, 2), smooth), tf.add(union, smooth)));
  return tf.mean(loss) as tf.Scalar;
}

function meanOver(losses: tf.Tensor, mask: tf.Tensor | undefined): tf.Scalar {
  if (mask === undefined) return tf.mean(losses) as tf.Scalar;
  expectShape('diceLoss', 'mask', mask.shape, losses.shape);
  return tf.div(tf.sum(tf.mul(losses, mask)), tf.maximum(tf.sum(mask), 1)) as tf.Scalar;
}
