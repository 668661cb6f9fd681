import * as tf from '@tensorflow/tfjs';
import { binaryCrossEntropyLoss } from './cross-entropy-loss.js';
import { diceLoss, generalisedDiceLoss } from './dice-loss.js';
import { focalLoss } from './focal-loss.js';

/**
 * Interactive segmentation: cross-entropy plus Dice, equal weights (paper A.3).
 *
 * @param logits `[B, C, H, W]`
 * @param targets `[B, C, H, W]` of 0 and 1
 */
export function segmentationLoss(logits: tf.Tensor, targets: tf.Tensor): tf.Scalar {
  return tf.add(binaryCrossEntropyLoss(logits, targets), diceLoss(logits, targets)) as tf.Scalar;
}

/**
 * Landmark heatmaps: generalised Dice plus focal loss (gamma 2), equal weights (paper A.4).
 *
 * @param logits `[B, C, H, W]`
 * @param targets `[B, C, H, W]` Gaussian balls with peak 1
 * @param mask `[B, C]`: 0 where a landmark was not annotated
 */
export function landmarkLoss(logits: tf.Tensor, targets: tf.Tensor, mask?: tf.Tensor): tf.Scalar {
  const focal = focalLoss(logits, targets, mask === undefined ? {} : { mask });
  return tf.add(generalisedDiceLoss(logits, targets, mask), focal) as tf.Scalar;
}

/**
 * The multi-forward loss of the segmentation recipe: pass i weighs `decay ^ i` (paper A.3: four passes, 0.9).
 *
 * @param losses one scalar a pass, in order
 */
export function multiForwardLoss(losses: readonly tf.Scalar[], decay = 0.9): tf.Scalar {
  return tf.addN(losses.map((loss, pass) => tf.mul(loss, decay ** pass))) as tf.Scalar;
}
