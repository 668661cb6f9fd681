import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { linear } from '../../../lib/engine/ops.js';
import type { SupervisedModel } from '../../../lib/training/supervised/supervised-step.js';
import { validationGraph } from '../../../lib/training/supervised/validation-graph.js';

/** y = weight . x + bias, mean squared error; the bias is frozen. */
const MODEL: SupervisedModel = {
  name: 'line',
  params: {
    weight: { shape: [1, 2], data: Float32Array.of(0, 0) },
    bias: { shape: [1], data: Float32Array.of(1) },
  },
  rule: (key) => (key === 'bias' ? 'frozen' : {}),
  inputs: { x: { shape: [4, 2] }, y: { shape: [4] } },
  loss(params, { x, y }) {
    const output = tf.reshape(linear(x!, params.weight!, params.bias!), y!.shape);
    return { loss: tf.losses.meanSquaredError(y!, output) as tf.Scalar };
  },
};

describe('validationGraph', () => {
  it('takes the trained parameters anew with every call, and batches of its own size', async () => {
    const graph = await validationGraph(MODEL, { x: { shape: [2, 2] }, y: { shape: [2] } });
    try {
      const batch = { x: Float32Array.of(1, 2, 3, 4), y: Float32Array.of(1, 1) };
      const at = (weight: number[]): Promise<number> =>
        graph.lossOf({ ...MODEL.params, weight: { shape: [1, 2], data: Float32Array.from(weight) } }, batch);
      expect(await at([0, 0])).toBe(0); // predicts the bias, 1
      expect(await at([1, 0])).toBe(5); // errors 1 and 3: (1 + 9) / 2, hand-solved
      expect(await at([0, 1])).toBe(10); // errors 2 and 4
    } finally {
      await graph.dispose();
    }
  });
});
