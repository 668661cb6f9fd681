import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { useEagerBackend } from '../../lib/engine/backend.js';
import { centredSoftmax, dinoCrossEntropy, dinoLoss, updateCentre } from '../../lib/losses/dino-loss.js';
import { ibotLoss, ibotWeights } from '../../lib/losses/ibot-loss.js';
import { koleoLoss } from '../../lib/losses/koleo-loss.js';
import { sinkhornKnopp } from '../../lib/losses/sinkhorn-knopp.js';
import { fixtureArrays, fixtureTensor, largestDifference, relativeDifference } from '../fixtures/reference/fixture.js';

beforeAll(() => useEagerBackend('cpu'));

describe('dinoLoss', () => {
  // fixture dino_loss: facebookresearch/dino 7c446df, epochs 0, 2 and 7 on the same logits
  const arrays = fixtureArrays('dino_loss');
  const temperatures = [0, 2, 7].map((epoch) => arrays.teacher_temp_schedule!.data[epoch]!);

  it('equals the authors loss, moving centre and gradient', () => {
    const student = fixtureTensor(arrays.student);
    const teacher = fixtureTensor(arrays.teacher);
    let centre: tf.Tensor = tf.zeros([1, 16]);
    for (const [call, teacherTemperature] of temperatures.entries()) {
      const loss = dinoLoss(student, teacher, centre, { views: 4, teacherTemperature });
      expect(Math.abs(loss.dataSync()[0]! - arrays.losses!.data[call]!)).toBeLessThan(1e-5);
      centre = updateCentre(centre, teacher);
      const expected = { shape: [1, 16], data: arrays.centers!.data.slice(16 * call, 16 * (call + 1)) };
      expect(largestDifference(centre, expected)).toBeLessThan(1e-6);
    }
    const gradient = tf.grad((x) =>
      dinoLoss(x, teacher, tf.zeros([1, 16]), { views: 4, teacherTemperature: tf.scalar(temperatures[0]!) }),
    )(student);
    expect(relativeDifference(gradient, arrays.grad_student_epoch0)).toBeLessThan(1e-4);
  });

  it('is ln K when the student knows nothing, and skips the same view', () => {
    const teacher = tf.tensor2d([
      [5, 0, 0, 0],
      [0, 5, 0, 0],
    ]);
    const flat = dinoLoss(tf.zeros([2, 4]), teacher, tf.zeros([1, 4]), { views: 2, teacherTemperature: 0.04 });
    expect(flat.dataSync()[0]).toBeCloseTo(Math.log(4), 5);
    // Each student view agrees with the other view's teacher only: the loss is 0 if and only if its own view is skipped.
    const crossed = tf.tensor2d([
      [0, 5, 0, 0],
      [5, 0, 0, 0],
    ]);
    const loss = dinoLoss(crossed, teacher, tf.zeros([1, 4]), { views: 2, teacherTemperature: 0.04 });
    expect(loss.dataSync()[0]).toBeCloseTo(0, 5);
  });

  it('refuses rows that do not divide into views', () => {
    const options = { views: 2, teacherTemperature: 0.07 };
    expect(() => dinoLoss(tf.zeros([3, 4]), tf.zeros([2, 4]), tf.zeros([1, 4]), options)).toThrow(/views \* images/);
  });
});

describe('DINOv2 class-token loss', () => {
  // fixture dinov2_dino_loss: facebookresearch/dinov2 b8931f7
  const arrays = fixtureArrays('dinov2_dino_loss');

  it('equals the authors centring, Sinkhorn-Knopp, losses and gradient', () => {
    const students = [0, 1, 2].map((i) => fixtureTensor(arrays[`student${i}`]));
    const teachers = [0, 1].map((i) => fixtureTensor(arrays[`teacher${i}`]));
    const teacher = tf.concat(teachers);
    const soft0 = centredSoftmax(teacher, tf.zeros([1, 16]), 0.07);
    expect(largestDifference(soft0, arrays.soft0)).toBeLessThan(1e-6);
    const centre = updateCentre(tf.zeros([1, 16]), teacher);
    expect(largestDifference(centre, arrays.center1)).toBeLessThan(1e-6);
    expect(largestDifference(centredSoftmax(teacher, centre, 0.07), arrays.soft1)).toBeLessThan(1e-6);
    const sinkhorn = sinkhornKnopp(teacher, 0.07);
    expect(largestDifference(sinkhorn, arrays.sinkhorn)).toBeLessThan(1e-6);
    const centred = dinoCrossEntropy(students, tf.split(soft0, 2));
    const balanced = tf.split(sinkhorn, 2);
    // The losses are near 100: float32 resolves 8e-6 there, so 1e-6 relative is asked for.
    expect(Math.abs(centred.dataSync()[0]! / arrays.loss_center!.data[0]! - 1)).toBeLessThan(1e-6);
    const loss = dinoCrossEntropy(students, balanced).dataSync()[0]!;
    expect(Math.abs(loss / arrays.loss_sinkhorn!.data[0]! - 1)).toBeLessThan(1e-6);
    const gradient = tf.grad((x) => dinoCrossEntropy([x, students[1]!, students[2]!], balanced))(students[0]!);
    expect(relativeDifference(gradient, arrays.grad_student0_sinkhorn)).toBeLessThan(1e-4);
  });
});

describe('sinkhornKnopp', () => {
  it('gives rows that sum to 1 and, after many iterations, equal use of every prototype', () => {
    const logits = tf.tensor2d(Array.from({ length: 6 }, (_, i) => [0, 1, 2].map((j) => Math.sin(3 * i + 7 * j))));
    const shares = sinkhornKnopp(logits, 0.5, { iterations: 200 });
    for (const sum of tf.sum(shares, 1).dataSync()) expect(sum).toBeCloseTo(1, 5);
    for (const sum of tf.sum(shares, 0).dataSync()) expect(sum).toBeCloseTo(2, 5);
  });

  it('ignores padded rows', () => {
    const logits = tf.tensor2d([
      [1, 2, 0],
      [0, 1, 3],
    ]);
    const padded = tf.concat([logits, tf.tensor2d([[0.5, -1, 1]])]);
    const with3 = sinkhornKnopp(padded, 0.5, { valid: tf.tensor1d([1, 1, 0]) });
    const expected = sinkhornKnopp(logits, 0.5);
    expect(
      largestDifference(tf.slice(with3, 0, 2), { shape: [2, 3], data: expected.dataSync() as Float32Array }),
    ).toBeLessThan(1e-6);
    expect([...tf.slice(with3, 2, 1).dataSync()]).toEqual([0, 0, 0]);
  });

  it('stays finite at logits that overflow exp', () => {
    expect(
      sinkhornKnopp(
        tf.tensor2d([
          [100, 0],
          [0, 100],
        ]),
        0.04,
      )
        .dataSync()
        .every(Number.isFinite),
    ).toBe(true);
  });
});

describe('ibotLoss', () => {
  // fixture dinov2_ibot_loss: facebookresearch/dinov2 b8931f7
  const arrays = fixtureArrays('dinov2_ibot_loss');
  const rows = Array.from({ length: 3 }, (_, i) => (arrays.masks!.data as Uint8Array).slice(9 * i, 9 * (i + 1)));
  const { weights, index } = ibotWeights(rows, 8);
  const gather = (x: tf.Tensor): tf.Tensor => tf.gather(tf.reshape(x, [27, 16]), tf.tensor1d([...index], 'int32'));

  it('weighs and indexes masked patches as the authors do', () => {
    expect([...index]).toEqual([...arrays.masked_index!.data]);
    expect([...weights]).toEqual([...arrays.masks_weight!.data]);
    const padded = ibotWeights(rows, 10);
    expect([...padded.weights.slice(8)]).toEqual([0, 0]);
  });

  it('equals the authors loss, centring and gradient', () => {
    const student = gather(fixtureTensor(arrays.student));
    const teacher = fixtureTensor(arrays.teacher_soft);
    const weight = tf.tensor1d(weights);
    const loss = ibotLoss(student, teacher, weight, 3).dataSync()[0]!;
    expect(Math.abs(loss - arrays.loss_masked!.data[0]!)).toBeLessThan(1e-5);
    expect(Math.abs(loss - arrays.loss_full!.data[0]!)).toBeLessThan(1e-5);
    const gradient = tf.grad((x) => ibotLoss(x, teacher, weight, 3))(student);
    expect(relativeDifference(gradient, arrays.grad_student_masked)).toBeLessThan(1e-4);
    const masked = gather(fixtureTensor(arrays.teacher));
    const sinkhorn = sinkhornKnopp(masked, 0.07);
    expect(largestDifference(sinkhorn, arrays.sinkhorn_masked)).toBeLessThan(1e-6);
    const centre = updateCentre(tf.zeros([1, 16]), masked);
    expect(largestDifference(tf.reshape(centre, [1, 1, 16]), arrays.center1)).toBeLessThan(1e-6);
  });
});

describe('koleoLoss', () => {
  // fixture dinov2_koleo_loss: facebookresearch/dinov2 b8931f7
  const arrays = fixtureArrays('dinov2_koleo_loss');

  it('equals the authors loss and gradient', () => {
    const x = fixtureTensor(arrays.x);
    expect(Math.abs(koleoLoss(x).dataSync()[0]! - arrays.loss!.data[0]!)).toBeLessThan(1e-6);
    expect(relativeDifference(tf.grad(koleoLoss)(x), arrays.grad)).toBeLessThan(1e-4);
  });

  it('is -ln(sqrt 2) for two orthogonal embeddings, whatever their scale', () => {
    expect(
      koleoLoss(
        tf.tensor2d([
          [0, 1],
          [1, 0],
        ]),
      ).dataSync()[0],
    ).toBeCloseTo(-0.3466, 4);
    expect(
      koleoLoss(
        tf.tensor2d([
          [0, 9],
          [0.1, 0],
        ]),
      ).dataSync()[0],
    ).toBeCloseTo(-0.3466, 4);
  });

  it('needs two embeddings', () => {
    expect(() => koleoLoss(tf.zeros([1, 4]))).toThrow(/B >= 2/);
  });
});
