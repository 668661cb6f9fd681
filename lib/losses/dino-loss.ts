import * as tf from '@tensorflow/tfjs';
import { ArgumentError, ShapeError } from '../core/errors.js';
import { expectShape } from '../core/shape.js';

/** Temperatures may be tensors, so that a compiled step takes the schedule's value as an input. */
export type Temperature = number | tf.Tensor;

/**
 * Cross-entropy between every teacher view and every other student view, as DINO's loss has it: the same view is skipped, the sum is divided
 * by the number of pairs. How the teacher's logits became distributions is the caller's choice ({@link centredSoftmax}, `sinkhornKnopp`).
 *
 * Source: facebookresearch/dino main_dino.py, DINOLoss. The sum over student views is taken before the product with the teacher: equal up
 * to rounding, and one product a teacher view.
 *
 * Shapes: V = student views (global ones first), B = images, K = prototypes.
 * @param student `[V * B, K]` logits, view by view
 * @param targets `[2 * B, K]` distributions of the two global views; no gradient flows into them
 * @param options.views V, at least 2
 * @param options.studentTemperature 0.1 if left out
 * @returns scalar
 * @throws {ShapeError} if the rows do not divide into the views
 */
export function crossViewLoss(
  student: tf.Tensor,
  targets: tf.Tensor,
  options: { readonly views: number; readonly studentTemperature?: Temperature },
): tf.Scalar {
  const [rows = 0, prototypes = 0] = student.shape;
  const { views } = options;
  const images = rows / views;
  if (student.rank !== 2 || views < 2 || !Number.isInteger(images)) {
    throw new ShapeError(
      `crossViewLoss: student must be [views * images, prototypes] with views >= 2, got [${student.shape.join(', ')}] and views ${views}`,
    );
  }
  expectShape('crossViewLoss', 'targets', targets.shape, [2 * images, prototypes]);
  const scores = tf.logSoftmax(tf.div(student, options.studentTemperature ?? 0.1));
  const byView = tf.reshape(scores, [views, images * prototypes]); // [V * B, K] -> [V, B * K]
  const all = tf.sum(byView, 0, true);
  const others = tf.sub(all, tf.slice(byView, [0, 0], [2, images * prototypes]));
  const shares = tf.reshape(targets, [2, images * prototypes]);
  return tf.mul(tf.sum(tf.mul(shares, others)), -1 / (images * 2 * (views - 1))) as tf.Scalar;
}

/**
 * DINO's loss (stage 1 of the pretraining): {@link crossViewLoss} on the centred softmax of the teacher.
 *
 * Source: facebookresearch/dino main_dino.py, DINOLoss.
 *
 * Shapes: V = student views (global ones first), B = images, K = prototypes.
 * @param student `[V * B, K]` logits, view by view
 * @param teacher `[2 * B, K]` logits of the two global views; no gradient flows into them
 * @param centre `[1, K]` moving mean of the teacher's logits, see {@link updateCentre}
 * @param options.views V, at least 2
 * @param options.teacherTemperature 0.04 warming up to 0.07 in the paper (Table 1)
 * @param options.studentTemperature 0.1 if left out
 * @returns scalar
 * @throws {ShapeError} if the rows do not divide into the views
 */
export function dinoLoss(
  student: tf.Tensor,
  teacher: tf.Tensor,
  centre: tf.Tensor,
  options: {
    readonly views: number;
    readonly teacherTemperature: Temperature;
    readonly studentTemperature?: Temperature;
  },
): tf.Scalar {
  expectShape('dinoLoss', 'centre', centre.shape, [1, student.shape[1] ?? 0]);
  return crossViewLoss(student, centredSoftmax(teacher, centre, options.teacherTemperature), options);
}

/**
 * The teacher's distribution in softmax centring: `softmax((logits - centre) / temperature)`.
 *
 * @param logits `[R, K]`
 * @param centre `[1, K]`
 */
export function centredSoftmax(logits: tf.Tensor, centre: tf.Tensor, temperature: Temperature): tf.Tensor {
  return tf.softmax(tf.div(tf.sub(logits, centre), temperature));
}

/**
 * Moves the centre towards the mean of the teacher's logits of this batch; call after the loss.
 *
 * @param centre `[1, K]`
 * @param logits `[R, K]`, all global views, or all masked patches; or their mean `[1, K]`
 * @param momentum 0.9 if left out; a tensor where a step takes it as an input
 */
export function updateCentre(centre: tf.Tensor, logits: tf.Tensor, momentum: number | tf.Tensor = 0.9): tf.Tensor {
  const rest = typeof momentum === 'number' ? 1 - momentum : tf.sub(1, momentum);
  return tf.add(tf.mul(centre, momentum), tf.mul(tf.mean(logits, 0, true), rest));
}

/**
 * The DINO term of DINOv2: the sum over all pairs of a student's and a teacher's view of the mean cross-entropy over images.
 * Scaling by the number of pairs is the caller's (2 + 16 in the released recipe), as in the released code.
 *
 * Source: facebookresearch/dinov2 dinov2/loss/dino_clstoken_loss.py.
 *
 * @param students logits `[B, K]`, one a view
 * @param teachers distributions `[B, K]`, one a view, already centred ({@link centredSoftmax} or `sinkhornKnopp`)
 * @throws {ArgumentError} if either list is empty
 */
export function dinoCrossEntropy(
  students: readonly tf.Tensor[],
  teachers: readonly tf.Tensor[],
  studentTemperature: Temperature = 0.1,
): tf.Scalar {
  const images = teachers[0]?.shape[0];
  if (students.length === 0 || images === undefined) {
    throw new ArgumentError('dinoCrossEntropy: needs at least one student and one teacher view, got none');
  }
  for (const teacher of teachers) expectShape('dinoCrossEntropy', 'teacher', teacher.shape, teachers[0]!.shape);
  for (const student of students) expectShape('dinoCrossEntropy', 'student', student.shape, teachers[0]!.shape);
  const scores = students.map((student) => tf.logSoftmax(tf.div(student, studentTemperature)));
  const target = teachers.length === 1 ? teachers[0]! : tf.addN([...teachers]);
  const score = scores.length === 1 ? scores[0]! : tf.addN(scores);
  return tf.mul(tf.sum(tf.mul(target, score)), -1 / images) as tf.Scalar;
}
