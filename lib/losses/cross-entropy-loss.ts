import * as tf from '@tensorflow/tfjs';
import { expectShape } from '../core/shape.js';

/**
 * Cross-entropy over classes, optionally weighted by class to fight imbalance (view classification, paper A.2).
 *
 * Source: torch.nn.CrossEntropyLoss with `weight`: the weighted sum is divided by the sum of the weights of the labels.
 *
 * @param logits `[B, C]`
 * @param labels `[B]` int32 in [0, C)
 * @param classWeights `[C]`, see {@link inverseFrequencyWeights}; equal weights if left out
 */
export function crossEntropyLoss(logits: tf.Tensor, labels: tf.Tensor, classWeights?: tf.Tensor): tf.Scalar {
  const [images = 0, classes = 0] = logits.shape;
  expectShape('crossEntropyLoss', 'logits', logits.shape, [-1, -1]);
  expectShape('crossEntropyLoss', 'labels', labels.shape, [images]);
  const targets = tf.oneHot(tf.cast(labels, 'int32'), classes);
  const scores = tf.logSoftmax(logits);
  if (classWeights === undefined) return tf.mul(tf.sum(tf.mul(targets, scores)), -1 / images) as tf.Scalar;
  expectShape('crossEntropyLoss', 'classWeights', classWeights.shape, [classes]);
  const weighted = tf.mul(targets, classWeights);
  return tf.neg(tf.div(tf.sum(tf.mul(weighted, scores)), tf.sum(weighted))) as tf.Scalar;
}

/**
 * Class weights from class probabilities: `total / (classes * count)`, so that the mean weight of a sample is 1.
 *
 * The paper says only "based on class probabilities"; this is the usual reading (scikit-learn's `class_weight="balanced"`).
 * A class without samples gets weight 0.
 */
export function inverseFrequencyWeights(counts: readonly number[]): Float32Array {
  const total = counts.reduce((sum, count) => sum + count, 0);
  return Float32Array.from(counts, (count) => (count > 0 ? total / (counts.length * count) : 0));
}

/**
 * Binary cross-entropy on logits, mean over all elements, or over those with `mask` 1.
 *
 * @param logits any shape
 * @param targets the same shape, in [0, 1]
 * @param mask broadcastable 0 / 1; elements of 0 do not count
 */
export function binaryCrossEntropyLoss(logits: tf.Tensor, targets: tf.Tensor, mask?: tf.Tensor): tf.Scalar {
  expectShape('binaryCrossEntropyLoss', 'targets', targets.shape, logits.shape);
  const losses = logisticLosses(logits, targets);
  if (mask === undefined) return tf.mean(losses) as tf.Scalar;
  const kept = tf.mul(tf.onesLike(logits), mask);
  return tf.div(tf.sum(tf.mul(losses, kept)), tf.maximum(tf.sum(kept), 1)) as tf.Scalar;
}

/** `-(t log p + (1 - t) log(1 - p))` for p = sigmoid(logit), without overflow: `max(x, 0) - x t + log(1 + exp(-|x|))`. */
export function logisticLosses(logits: tf.Tensor, targets: tf.Tensor): tf.Tensor {
  const soft = tf.log(tf.add(tf.exp(tf.neg(tf.abs(logits))), 1));
  return tf.add(tf.sub(tf.relu(logits), tf.mul(logits, targets)), soft);
}
