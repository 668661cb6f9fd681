import * as tf from '@tensorflow/tfjs';
import { expectShape } from '../core/shape.js';
import type { Temperature } from './dino-loss.js';

/**
 * iBOT: cross-entropy between teacher and student at the masked patches. Each image weighs the same, whatever its number of masked patches.
 *
 * Source: facebookresearch/dinov2 dinov2/loss/ibot_patch_loss.py, forward_masked.
 *
 * Shapes: M = masked patches of all images, padded to a fixed number; K = prototypes.
 * @param student `[M, K]` logits
 * @param teacher `[M, K]` distributions, already centred
 * @param weights `[M]`, see {@link ibotWeights}; 0 at padding
 * @param images number of images the masks belong to, masked or not (2B: two global views)
 * @returns scalar
 */
export function ibotLoss(
  student: tf.Tensor,
  teacher: tf.Tensor,
  weights: tf.Tensor,
  images: number,
  studentTemperature: Temperature = 0.1,
): tf.Scalar {
  const [masked = 0, prototypes = 0] = student.shape;
  expectShape('ibotLoss', 'student', student.shape, [-1, -1]);
  expectShape('ibotLoss', 'teacher', teacher.shape, [masked, prototypes]);
  expectShape('ibotLoss', 'weights', weights.shape, [masked]);
  const scores = tf.logSoftmax(tf.div(student, studentTemperature));
  const weighted = tf.mul(teacher, tf.reshape(weights, [masked, 1]));
  return tf.mul(tf.sum(tf.mul(weighted, scores)), -1 / images) as tf.Scalar;
}

/**
 * The weight of each masked patch: 1 over the number of masked patches in its image.
 *
 * @param masks `[images, patches]` of 0 and 1
 * @param length of the result; padded with zeros beyond the masked patches
 * @returns weights `[length]`, and the flat index into `[images * patches]` of each masked patch (0 at padding)
 */
export function ibotWeights(
  masks: readonly Uint8Array[],
  length: number,
): { readonly weights: Float32Array; readonly index: Int32Array } {
  const weights = new Float32Array(length);
  const index = new Int32Array(length);
  let at = 0;
  for (const [image, mask] of masks.entries()) {
    const count = mask.reduce((sum, masked) => sum + (masked === 0 ? 0 : 1), 0);
    for (let patch = 0; patch < mask.length; patch++) {
      if (mask[patch] === 0 || at >= length) continue;
      weights[at] = 1 / count;
      index[at] = image * mask.length + patch;
      at++;
    }
  }
  return { weights, index };
}
