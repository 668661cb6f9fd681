import * as tf from '@tensorflow/tfjs';
import { ShapeError } from '../core/errors.js';

/**
 * KoLeo regulariser: penalises small nearest-neighbour distances so that embeddings spread over the sphere.
 *
 * Source: EchoApex A.1; Sablayrolles et al. 2019, eq. 2; facebookresearch/dinov2 dinov2/loss/koleo_loss.py, where epsilon is added to
 * each coordinate of the difference and again to the distance. Neighbours are sought within the batch.
 *
 * Shapes: B = images in the batch, D = embedding width.
 * @param embeddings `[B, D]` float32, any scale; normalised here. B >= 2.
 * @param epsilon 1e-8 if left out
 * @returns scalar, mean of -ln(distance); lower is more spread.
 * @throws {ShapeError} if `embeddings` is not rank 2 or B < 2.
 * @example koleoLoss(tensor([[0, 1], [1, 0]])) // -0.3466 = -ln(sqrt 2)
 */
export function koleoLoss(embeddings: tf.Tensor, epsilon = 1e-8): tf.Scalar {
  const [images] = embeddings.shape;
  if (embeddings.rank !== 2 || images === undefined || images < 2) {
    throw new ShapeError(`koleoLoss: embeddings must be [B >= 2, D], got [${embeddings.shape.join(', ')}]`);
  }
  const norms = tf.sqrt(tf.sum(tf.square(embeddings), 1, true));
  const unit = tf.div(embeddings, tf.maximum(norms, epsilon)) as tf.Tensor2D;
  const neighbour = tf.matMul(nearestOthers(unit, images), unit);
  const distance = tf.sqrt(tf.sum(tf.square(tf.add(tf.sub(unit, neighbour), epsilon)), 1));
  return tf.neg(tf.mean(tf.log(tf.add(distance, epsilon)))) as tf.Scalar;
}

/** `[B, B]` with a one at each row's nearest other row: a product with it picks neighbours, and its gradient is a product too. */
function nearestOthers(unit: tf.Tensor2D, images: number): tf.Tensor2D {
  const similarity = tf.matMul(unit, unit, false, true);
  const others = tf.sub(similarity, tf.mul(tf.eye(images), 4)); // cosine <= 1, so the diagonal never wins
  return tf.oneHot(tf.argMax(others, 1), images) as tf.Tensor2D;
}
