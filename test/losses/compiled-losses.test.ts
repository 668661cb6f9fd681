import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { useEagerBackend } from '../../lib/engine/backend.js';
import { crossEntropyLoss } from '../../lib/losses/cross-entropy-loss.js';
import { diceLoss } from '../../lib/losses/dice-loss.js';
import { centredSoftmax, dinoCrossEntropy, dinoLoss, updateCentre } from '../../lib/losses/dino-loss.js';
import { focalLoss } from '../../lib/losses/focal-loss.js';
import { ibotLoss } from '../../lib/losses/ibot-loss.js';
import { koleoLoss } from '../../lib/losses/koleo-loss.js';
import { sinkhornKnopp } from '../../lib/losses/sinkhorn-knopp.js';
import { landmarkLoss, segmentationLoss } from '../../lib/losses/task-losses.js';
import { weightedMseLoss } from '../../lib/losses/weighted-mse-loss.js';
import { runCompiled } from '../fixtures/reference/compiled.js';

beforeAll(() => useEagerBackend('cpu'));

type Inputs = Readonly<Record<string, tf.Tensor>>;
type Case = readonly [
  string,
  (x: tf.Tensor, inputs: Inputs) => tf.Scalar,
  readonly number[],
  Readonly<Record<string, readonly number[]>>,
];

const maps = { targets: [2, 3, 4, 5], mask: [2, 3] };

/** Loss of x, shape of x, shapes of the other inputs. */
const CASES: readonly Case[] = [
  [
    'dinoLoss',
    (x, { teacher, t }) =>
      dinoLoss(x, teacher!, tf.mul(updateCentre(tf.zeros([1, 6]), teacher!), 1), { views: 4, teacherTemperature: t! }),
    [8, 6],
    { teacher: [4, 6], t: [] },
  ],
  [
    'dinoCrossEntropy',
    (x, { teacher }) => dinoCrossEntropy([x, tf.mul(x, 2)], [centredSoftmax(teacher!, tf.zeros([1, 6]), 0.07)]),
    [4, 6],
    { teacher: [4, 6] },
  ],
  [
    'ibotLoss with padded Sinkhorn-Knopp',
    (x, { teacher, valid }) =>
      ibotLoss(x, sinkhornKnopp(teacher!, 0.07, { valid: tf.round(valid!) }), tf.round(valid!), 4),
    [5, 6],
    { teacher: [5, 6], valid: [5] },
  ],
  ['koleoLoss', (x) => koleoLoss(x), [6, 5], {}],
  [
    'crossEntropyLoss',
    (x, { weights }) => crossEntropyLoss(x, tf.tensor1d([0, 2, 1], 'int32'), weights!),
    [3, 4],
    { weights: [4] },
  ],
  ['segmentationLoss', (x, { targets }) => segmentationLoss(x, targets!), [2, 3, 4, 5], maps],
  [
    'squared diceLoss',
    (x, { targets, mask }) => diceLoss(x, targets!, { squared: true, mask: mask! }),
    [2, 3, 4, 5],
    maps,
  ],
  ['focalLoss', (x, { targets, mask }) => focalLoss(x, targets!, { mask: mask! }), [2, 3, 4, 5], maps],
  ['landmarkLoss', (x, { targets, mask }) => landmarkLoss(x, targets!, mask!), [2, 3, 4, 5], maps],
  [
    'weightedMseLoss',
    (x, { targets, mask }) => weightedMseLoss(tf.sigmoid(x), targets!, { mask: mask! }),
    [2, 3, 4, 5],
    maps,
  ],
];

const size = (shape: readonly number[]): number => shape.reduce((product, length) => product * length, 1);

/** Numbers in (0.1, 0.9), different for each name. */
const numbers = (name: string, shape: readonly number[]): Float32Array =>
  Float32Array.from({ length: size(shape) }, (_, i) => 0.5 + 0.4 * Math.sin(1.7 * i + name.length));

describe('compiled losses', () => {
  it.each(CASES)('%s has the value and gradient of the eager one', async (_, loss, shape, others) => {
    const both = (x: tf.Tensor, inputs: Inputs): Record<string, tf.Tensor> => {
      const { value, grads } = tf.valueAndGrads((moved: tf.Tensor) => loss(moved, inputs))([x]);
      return { value, gradient: grads[0]! };
    };
    const host = Object.fromEntries(
      Object.entries({ x: shape, ...others }).map(([name, length]) => [
        name,
        { shape: [...length], data: numbers(name, length) },
      ]),
    );
    const tensors = Object.fromEntries(
      Object.entries(host).map(([name, { shape: length, data }]) => [name, tf.tensor(data, length)]),
    );
    const eager = both(tensors.x!, tensors);
    const compiled = await runCompiled((_params, inputs) => both(inputs.x!, inputs), {}, host);
    expect(Math.abs(compiled.value![0]! / eager.value!.dataSync()[0]! - 1)).toBeLessThan(1e-5);
    const expected = eager.gradient!.dataSync();
    const largest = Math.max(...Array.from(expected, Math.abs));
    expect(largest).toBeGreaterThan(0);
    for (const [i, g] of expected.entries()) expect(Math.abs(compiled.gradient![i]! - g)).toBeLessThan(1e-4 * largest);
  });
});
