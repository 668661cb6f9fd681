import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { arrayOf } from '../../lib/engine/compile.js';
import { shapedInference } from '../../lib/engine/shaped-inference.js';

describe('shapedInference', () => {
  it('compiles once for each set of shapes', async () => {
    const rows = shapedInference((params, { x }) => ({ y: tf.sum(tf.mul(x!, params.w!), 1) }), {
      params: { w: { shape: [3], data: Float32Array.of(1, 10, 100) } },
      device: 'cpu',
    });
    const whole = await rows.run({ x: { shape: [2, 3], data: Float32Array.of(1, 2, 3, 4, 5, 6) } });
    const last = await rows.run({ x: { shape: [1, 3], data: Float32Array.of(7, 8, 9) } });
    await rows.run({ x: { shape: [1, 3], data: Float32Array.of(0, 0, 0) } });
    expect([...arrayOf(whole, 'y'), ...arrayOf(last, 'y')]).toEqual([321, 654, 987]);
    expect(rows.sessions).toBe(2);
    await rows.dispose();
    expect(rows.sessions).toBe(0);
  });
});
