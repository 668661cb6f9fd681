import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { useEagerBackend } from '../../lib/engine/backend.js';
import {
  binaryCrossEntropyLoss,
  crossEntropyLoss,
  inverseFrequencyWeights,
} from '../../lib/losses/cross-entropy-loss.js';
import { diceLoss, generalisedDiceLoss } from '../../lib/losses/dice-loss.js';
import { focalLoss } from '../../lib/losses/focal-loss.js';
import { landmarkLoss, multiForwardLoss, segmentationLoss } from '../../lib/losses/task-losses.js';
import { meanSquaredErrorLoss, weightedMseLoss } from '../../lib/losses/weighted-mse-loss.js';

beforeAll(() => useEagerBackend('cpu'));

const value = (loss: tf.Tensor): number => loss.dataSync()[0]!;
const close = (actual: tf.Tensor, expected: readonly number[], digits = 5): void => {
  for (const [i, x] of [...actual.dataSync()].entries()) expect(x).toBeCloseTo(expected[i]!, digits);
};

describe('crossEntropyLoss', () => {
  const logits = tf.tensor2d([
    [1, -0.5, 2],
    [0.2, 0.1, -1],
  ]);
  const labels = tf.tensor1d([2, 0], 'int32');

  it('equals torch, weighted and not, with gradient', () => {
    const weights = tf.tensor1d([1, 2, 0.5]);
    expect(value(crossEntropyLoss(logits, labels))).toBeCloseTo(0.5813671350479126, 6); // torch 1.13 cross_entropy
    expect(value(crossEntropyLoss(logits, labels, weights))).toBeCloseTo(0.6513098478317261, 6); // torch 1.13, weight
    const gradient = tf.grad((x) => crossEntropyLoss(x, labels, weights))(logits);
    close(gradient, [0.08457206, 0.01887058, -0.10344265, -0.36446488, 0.27344349, 0.09102143]); // torch 1.13 autograd
  });

  it('weighs classes so that each counts the same', () => {
    expect([...inverseFrequencyWeights([30, 10, 0])]).toEqual([Math.fround(40 / 90), Math.fround(40 / 30), 0]);
  });
});

describe('binaryCrossEntropyLoss', () => {
  it('equals torch', () => {
    const loss = binaryCrossEntropyLoss(tf.tensor1d([-3, -0.5, 0, 2]), tf.tensor1d([0, 1, 0.3, 0.9]));
    expect(value(loss)).toBeCloseTo(0.5106849074363708, 6); // torch 1.13 binary_cross_entropy_with_logits
  });

  it('leaves masked elements out and stays finite at large logits', () => {
    const masked = binaryCrossEntropyLoss(tf.tensor1d([0, 500]), tf.tensor1d([1, 0]), tf.tensor1d([1, 0]));
    expect(value(masked)).toBeCloseTo(Math.log(2), 6);
    expect(value(binaryCrossEntropyLoss(tf.tensor1d([500, -500]), tf.tensor1d([0, 1])))).toBeCloseTo(500, 3);
  });
});

const logit = (p: number): number => Math.log(p / (1 - p));

describe('diceLoss', () => {
  it('matches the hand-solved overlap', () => {
    // p = (0.5, 0.5), t = (1, 0): dice = 2 * 0.5 / (1 + 1) = 0.5; squared: 1 / (0.5 + 1) = 2 / 3
    const logits = tf.tensor4d([0, 0], [1, 1, 1, 2]);
    const targets = tf.tensor4d([1, 0], [1, 1, 1, 2]);
    expect(value(diceLoss(logits, targets))).toBeCloseTo(0.5, 4);
    expect(value(diceLoss(logits, targets, { squared: true }))).toBeCloseTo(1 / 3, 4);
  });

  it('is 0 for a perfect mask, also for an empty one, and skips masked channels', () => {
    const targets = tf.tensor4d([1, 0, 0, 0], [1, 2, 1, 2]);
    const sure = tf.tensor4d([40, -40, -40, -40], [1, 2, 1, 2]);
    expect(value(diceLoss(sure, targets))).toBeCloseTo(0, 5);
    const wrong = tf.tensor4d([40, -40, 40, 40], [1, 2, 1, 2]);
    expect(value(diceLoss(wrong, targets))).toBeCloseTo(0.5, 4);
    expect(value(diceLoss(wrong, targets, { mask: tf.tensor2d([[1, 0]]) }))).toBeCloseTo(0, 5);
  });
});

describe('generalisedDiceLoss', () => {
  // Sizes 1 and 2 give weights 1 and 1/4; p = 1/2 everywhere on 4 pixels, so overlaps 1/2 and 1, unions 3 and 4:
  // 1 - 2 (1/2 + 1/4) / (3 + 1) = 5/8.
  const targets = tf.tensor4d([1, 0, 0, 0, 1, 1, 0, 0], [1, 2, 2, 2]);

  it('matches the hand-solved case', () => {
    expect(value(generalisedDiceLoss(tf.zeros([1, 2, 2, 2]), targets))).toBeCloseTo(5 / 8, 4);
  });

  it('skips masked channels and gives absent classes the largest finite weight', () => {
    // Only channel 0: 1 - 2 * 1/2 / 3 = 2/3. The second channel empty: weights 1, 1; 1 - 2 * 1/2 / (3 + 2) = 4/5.
    const mask = tf.tensor2d([[1, 0]]);
    expect(value(generalisedDiceLoss(tf.zeros([1, 2, 2, 2]), targets, mask))).toBeCloseTo(2 / 3, 4);
    const absent = tf.tensor4d([1, 0, 0, 0, 0, 0, 0, 0], [1, 2, 2, 2]);
    expect(value(generalisedDiceLoss(tf.zeros([1, 2, 2, 2]), absent))).toBeCloseTo(4 / 5, 4);
  });

  it('has a finite gradient that pulls the mask up and the background down', () => {
    const gradient = tf
      .grad((x) => generalisedDiceLoss(x, targets))(tf.zeros([1, 2, 2, 2]))
      .dataSync();
    expect(gradient.every(Number.isFinite)).toBe(true);
    expect(gradient[0]).toBeLessThan(0);
    expect(gradient[1]).toBeGreaterThan(0);
  });
});

describe('focalLoss', () => {
  it('equals Lin et al. eq. 4 computed by torch, with gradient', () => {
    const targets = tf.tensor4d([0, 1, 0, 1], [1, 1, 2, 2]);
    const logits = tf.tensor4d([-3, -0.5, 0.7, 2], [1, 1, 2, 2]);
    expect(value(focalLoss(logits, targets))).toBeCloseTo(0.21796730160713196, 6); // torch 1.13
    const gradient = tf.grad((x) => focalLoss(x, targets))(logits);
    close(gradient, [7.8718e-5, -0.13153794, 0.15629844, -0.00121774]); // torch 1.13 autograd
  });

  it('is cross-entropy at gamma 0, and leaves masked channels out', () => {
    const logits = tf.tensor4d([0.3, -1, 2, 5], [1, 2, 1, 2]);
    const targets = tf.tensor4d([1, 0, 0.4, 1], [1, 2, 1, 2]);
    expect(value(focalLoss(logits, targets, { gamma: 0 }))).toBeCloseTo(
      value(binaryCrossEntropyLoss(logits, targets)),
      6,
    );
    const first = focalLoss(tf.slice(logits, 0, [1, 1, 1, 2]), tf.slice(targets, 0, [1, 1, 1, 2]));
    expect(value(focalLoss(logits, targets, { mask: tf.tensor2d([[1, 0]]) }))).toBeCloseTo(value(first), 6);
  });
});

describe('weightedMseLoss', () => {
  it('weighs background by alpha', () => {
    // One foreground error of 0.5, three background errors of 0.1: (0.25 + 3e-3 * 0.01) / (1 + 3e-3)
    const targets = tf.tensor4d([1, 0, 0, 0], [1, 1, 2, 2]);
    const predictions = tf.tensor4d([0.5, 0.1, 0.1, 0.1], [1, 1, 2, 2]);
    expect(value(weightedMseLoss(predictions, targets))).toBeCloseTo((0.25 + 3e-5) / 1.003, 6);
    expect(value(weightedMseLoss(predictions, targets, { alpha: 1 }))).toBeCloseTo(
      value(meanSquaredErrorLoss(predictions, targets)),
      6,
    );
  });

  it('leaves masked channels out', () => {
    const targets = tf.zeros([1, 2, 1, 1]);
    const predictions = tf.tensor4d([0.2, 0.9], [1, 2, 1, 1]);
    expect(value(weightedMseLoss(predictions, targets, { mask: tf.tensor2d([[1, 0]]) }))).toBeCloseTo(0.04, 6);
  });
});

describe('task losses', () => {
  it('add their parts with equal weights', () => {
    const logits = tf.tensor4d([logit(0.8), logit(0.1), logit(0.3), logit(0.9)], [1, 1, 2, 2]);
    const targets = tf.tensor4d([1, 0, 0, 1], [1, 1, 2, 2]);
    const both = value(binaryCrossEntropyLoss(logits, targets)) + value(diceLoss(logits, targets));
    expect(value(segmentationLoss(logits, targets))).toBeCloseTo(both, 6);
    const landmarks = value(generalisedDiceLoss(logits, targets)) + value(focalLoss(logits, targets));
    expect(value(landmarkLoss(logits, targets))).toBeCloseTo(landmarks, 6);
    // 1 + 0.9 + 0.81 + 0.729
    expect(value(multiForwardLoss([1, 1, 1, 1].map((x) => tf.scalar(x))))).toBeCloseTo(3.439, 5);
  });
});
