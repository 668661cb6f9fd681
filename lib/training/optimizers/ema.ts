import * as tf from '@tensorflow/tfjs';
import { ArgumentError } from '../../core/errors.js';
import type { TensorMap } from '../../engine/compile.js';

/**
 * Exponential moving average of parameters, a teacher that follows a student: momentum * teacher + (1 - momentum) * student.
 *
 * Source: `facebookresearch/dino` main_dino.py, "EMA update for the teacher".
 * @param teacher by name
 * @param student has every name of the teacher
 * @param momentum scalar tensor in [0, 1], from a schedule
 * @throws {ArgumentError} if the student lacks a parameter
 */
export function emaUpdate(teacher: TensorMap, student: TensorMap, momentum: tf.Tensor): Record<string, tf.Tensor> {
  const rest = tf.sub(1, momentum);
  const next: Record<string, tf.Tensor> = {};
  for (const [name, average] of Object.entries(teacher)) {
    const value = student[name];
    if (!value) throw new ArgumentError(`emaUpdate: the student has no parameter '${name}' of the teacher`);
    next[name] = tf.add(tf.mul(average, momentum), tf.mul(value, rest));
  }
  return next;
}
