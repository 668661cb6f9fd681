import * as tf from '@tensorflow/tfjs';
import { isTracing } from '../graph.js';

/** True if kernels that exist only in graphs can be used. */
export const canFuse = isTracing;

/** Runs one of the engine's own kernels and returns its outputs. */
export function runFusedMany(kernel: string, inputs: Record<string, tf.Tensor>, attributes: object = {}): tf.Tensor[] {
  const result = tf.engine().runKernel(kernel, inputs, attributes as never) as tf.Tensor | tf.Tensor[];
  return Array.isArray(result) ? result : [result];
}

/** Runs one of the engine's own kernels and returns its first output. */
export function runFused(kernel: string, inputs: Record<string, tf.Tensor>, attributes: object = {}): tf.Tensor {
  return runFusedMany(kernel, inputs, attributes)[0]!;
}
