import * as tf from '@tensorflow/tfjs';
import { ShapeError } from '../core/errors.js';
import type { Temperature } from './dino-loss.js';

/**
 * Sinkhorn-Knopp centring of the teacher: a distribution a row such that, over the batch, every prototype is used equally.
 *
 * Source: facebookresearch/dinov2 dinov2/loss/dino_clstoken_loss.py and ibot_patch_loss.py. Deviates: the largest logit is
 * subtracted first, which changes nothing but keeps `exp` finite.
 *
 * Shapes: R = rows (images, or masked patches), K = prototypes.
 * @param logits `[R, K]`
 * @param options.iterations 3 if left out
 * @param options.valid `[R]` of 0 and 1; rows of 0 are padding, count for nothing and come out as zeros. All valid if left out.
 * @returns `[R, K]`, each valid row sums to 1
 */
export function sinkhornKnopp(
  logits: tf.Tensor,
  temperature: Temperature,
  options: { readonly iterations?: number; readonly valid?: tf.Tensor } = {},
): tf.Tensor {
  const [rows, prototypes] = logits.shape;
  if (logits.rank !== 2 || rows === undefined || prototypes === undefined) {
    throw new ShapeError(`sinkhornKnopp: logits must be [rows, prototypes], got [${logits.shape.join(', ')}]`);
  }
  const scaled = tf.div(logits, temperature);
  const valid = options.valid === undefined ? undefined : tf.reshape(options.valid, [rows, 1]);
  let shares = tf.exp(tf.sub(scaled, tf.max(scaled)));
  if (valid) shares = tf.mul(shares, valid);
  shares = tf.div(shares, tf.sum(shares));
  const count = valid ? tf.sum(valid) : tf.scalar(rows);
  for (let i = 0; i < (options.iterations ?? 3); i++) {
    shares = tf.div(shares, tf.mul(tf.sum(shares, 0, true), prototypes)); // every prototype holds 1 / K
    const rowSums = tf.sum(shares, 1, true);
    const safe = valid ? tf.add(rowSums, tf.sub(1, valid)) : rowSums;
    shares = tf.div(shares, tf.mul(safe, count)); // every row holds 1 / R
  }
  return tf.mul(shares, count);
}
