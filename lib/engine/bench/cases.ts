import * as tf from '@tensorflow/tfjs';
import { stream } from '../../core/random.js';
import {
  compileInference,
  compileStep,
  type HostTensor,
  type RunInputs,
  type TensorMap,
  type TensorSpec,
} from '../compile.js';
import type { Device } from '../devices.js';
import { gelu, linear } from '../ops.js';
import { resnetParams, resnetScores } from './resnet.js';
import { type VitSize, vitFeatures, vitParams, vitScores } from './vit.js';

/** How a case runs. */
export interface BenchPlace {
  readonly device: Device;
  readonly threads: number;
  readonly zeroCopy: boolean;
}

/** A case ready to run again and again. */
export interface Prepared {
  /** Products' floating-point operations of one run, from the graph. */
  readonly flops: number;
  readonly compileMs: number;
  run(): Promise<unknown>;
}

/** Something to time. `pytorch.py` has each under the same name. */
export interface BenchCase {
  readonly name: string;
  readonly title: string;
  prepare(place: BenchPlace): Promise<Prepared>;
}

const VIT_SMALL: VitSize = { image: 64, channels: 1, patch: 8, width: 192, depth: 6, heads: 3, classes: 10 };
const VIT_S8: VitSize = { image: 112, channels: 3, patch: 8, width: 384, depth: 12, heads: 6, classes: 100 };
const PROTOTYPES = 4096;

const batchOf = (specs: Readonly<Record<string, TensorSpec>>, classes: number): RunInputs => {
  const draw = stream(1, 'bench/batch');
  const numbers = ({ shape, dtype }: TensorSpec): Float32Array | Int32Array => {
    const length = shape.reduce((a, b) => a * b, 1);
    return dtype === 'int32'
      ? Int32Array.from({ length }, () => draw.integer(classes))
      : Float32Array.from({ length }, () => draw.normal());
  };
  return Object.fromEntries(Object.entries(specs).map(([name, spec]) => [name, numbers(spec)]));
};

function crossEntropy(scores: tf.Tensor, labels: tf.Tensor): tf.Scalar {
  const hot = tf.oneHot(labels as tf.Tensor1D, scores.shape[1]!);
  return tf.neg(tf.mean(tf.sum(tf.mul(hot, tf.logSoftmax(scores)), -1)));
}

/** AdamW at a fixed step: the cost of an update does not depend on its numbers. */
async function prepareTraining(
  place: BenchPlace,
  params: Readonly<Record<string, HostTensor>>,
  inputs: Readonly<Record<string, TensorSpec>>,
  classes: number,
  loss: (params: TensorMap, inputs: TensorMap, teacher: TensorMap) => tf.Scalar,
  withTeacher = false,
): Promise<Prepared> {
  const names = Object.keys(params);
  const state: Record<string, HostTensor> = {};
  for (const [name, { shape, data }] of Object.entries(params)) {
    state[name] = { shape, data };
    for (const slot of ['first', 'second']) state[`${slot}/${name}`] = { shape, data: new Float32Array(data.length) };
    if (withTeacher) state[`teacher/${name}`] = { shape, data };
  }
  const step = await compileStep(
    (now, given) => {
      const teacher = Object.fromEntries(names.map((name) => [name, now[`teacher/${name}`] ?? now[name]!]));
      const objective = (...values: tf.Tensor[]): tf.Scalar =>
        loss(Object.fromEntries(names.map((name, i) => [name, values[i]!])), given, teacher);
      const { value, grads } = tf.valueAndGrads(objective)(names.map((name) => now[name]!));
      const next: Record<string, tf.Tensor> = {};
      names.forEach((name, i) => {
        const first = tf.add(tf.mul(now[`first/${name}`]!, 0.9), grads[i]!);
        const second = tf.add(tf.mul(now[`second/${name}`]!, 0.999), tf.square(grads[i]!));
        const direction = tf.div(first, tf.add(tf.sqrt(second), given.epsilon!));
        next[name] = tf.sub(tf.mul(now[name]!, given.keep!), tf.mul(direction, given.size!));
        next[`first/${name}`] = first;
        next[`second/${name}`] = second;
        if (withTeacher) {
          next[`teacher/${name}`] = tf.add(
            tf.mul(teacher[name]!, given.momentum!),
            tf.mul(next[name]!, tf.sub(1, given.momentum!)),
          );
        }
      });
      return { outputs: { loss: value }, state: next };
    },
    {
      state,
      inputs: {
        ...inputs,
        keep: { shape: [] },
        size: { shape: [] },
        epsilon: { shape: [] },
        ...(withTeacher && { momentum: { shape: [] } }),
      },
      ...place,
    },
  );
  const batch = {
    ...batchOf(inputs, classes),
    keep: 0.9999,
    size: 1e-6,
    epsilon: 1e-7,
    ...(withTeacher && { momentum: 0.996 }),
  };
  const { report } = step;
  return { flops: report.flops, compileMs: report.traceMs + report.sessionMs, run: () => step.run(batch) };
}

async function prepareForward(
  place: BenchPlace,
  params: Readonly<Record<string, HostTensor>>,
  inputs: Readonly<Record<string, TensorSpec>>,
  forward: (params: TensorMap, inputs: TensorMap) => TensorMap,
): Promise<Prepared> {
  const inference = await compileInference(forward, { params, inputs, device: place.device, threads: place.threads });
  const batch = batchOf(inputs, 1);
  const { report } = inference;
  return { flops: report.flops, compileMs: report.traceMs + report.sessionMs, run: () => inference.run(batch) };
}

const labelled = (batch: number, channels: number, size: number): Record<string, TensorSpec> => ({
  images: { shape: [batch, channels, size, size] },
  labels: { shape: [batch], dtype: 'int32' },
});

/** The projection head of DINO: 3-layer perceptron, L2 normalisation, prototypes. */
function dinoHead(params: TensorMap, features: tf.Tensor): tf.Tensor {
  const affine = (x: tf.Tensor, name: string): tf.Tensor =>
    linear(x, params[`${name}.weight`]!, params[`${name}.bias`]!);
  const bottleneck = affine(gelu(affine(gelu(affine(features, 'mlp1')), 'mlp2')), 'mlp3');
  const unit = tf.div(bottleneck, tf.maximum(tf.norm(bottleneck, 2, -1, true), 1e-12));
  return linear(unit, params['last.weight']!);
}

function dinoParams(): Record<string, HostTensor> {
  const draw = stream(2, 'bench/dino');
  const params = { ...vitParams(VIT_S8) };
  for (const name of ['head.weight', 'head.bias']) delete params[name];
  const affine = (name: string, outputs: number, inputs: number): void => {
    const data = Float32Array.from({ length: outputs * inputs }, () => 0.02 * draw.normal());
    params[`${name}.weight`] = { shape: [outputs, inputs], data };
    if (name !== 'last') params[`${name}.bias`] = { shape: [outputs], data: new Float32Array(outputs) };
  };
  affine('mlp1', 2048, 384);
  affine('mlp2', 2048, 2048);
  affine('mlp3', 256, 2048);
  affine('last', PROTOTYPES, 256);
  return params;
}

/** Cross-entropy of every student view against both teacher views; equal views are not skipped, which costs nothing. */
function dinoLoss(params: TensorMap, inputs: TensorMap, teacher: TensorMap): tf.Scalar {
  const views = [inputs.globals!, inputs.locals!];
  const student = dinoHead(
    params,
    tf.concat(
      views.map((view) => vitFeatures(VIT_S8, params, view)),
      0,
    ),
  );
  const target = tf.softmax(tf.div(dinoHead(teacher, vitFeatures(VIT_S8, teacher, inputs.globals!)), 0.04));
  const pairs = tf.split(tf.logSoftmax(tf.div(student, 0.1)), 10, 0); // two images in each of ten views
  const targets = tf.split(target, 2, 0);
  const terms = targets.flatMap((wanted) => pairs.map((got) => tf.mean(tf.sum(tf.mul(wanted, got), -1))));
  return tf.neg(tf.div(tf.addN(terms), terms.length)) as tf.Scalar;
}

/** All cases, in the order they are run. */
export const BENCH_CASES: readonly BenchCase[] = [
  {
    name: 'sgemm',
    title: 'product of two 1024 x 1024 matrices',
    prepare: (place) =>
      prepareForward(place, {}, { a: { shape: [1024, 1024] }, b: { shape: [1024, 1024] } }, (_params, { a, b }) => ({
        c: tf.matMul(a!, b!),
      })),
  },
  {
    name: 'vit-small',
    title: 'ViT step, 64 px, patch 8, width 192, 6 blocks, batch 64',
    prepare: (place) =>
      prepareTraining(place, vitParams(VIT_SMALL), labelled(64, 1, 64), 10, (params, { images, labels }) =>
        crossEntropy(vitScores(VIT_SMALL, params, images!), labels!),
      ),
  },
  {
    name: 'vit-s8',
    title: 'ViT-S/8 step, 112 px, batch 8',
    prepare: (place) =>
      prepareTraining(place, vitParams(VIT_S8), labelled(8, 3, 112), 100, (params, { images, labels }) =>
        crossEntropy(vitScores(VIT_S8, params, images!), labels!),
      ),
  },
  {
    name: 'dino',
    title: 'DINO step, ViT-S/8, 2 x 112 + 8 x 42 px, 2 images',
    prepare: (place) =>
      prepareTraining(
        place,
        dinoParams(),
        { globals: { shape: [4, 3, 112, 112] }, locals: { shape: [16, 3, 42, 42] } },
        1,
        dinoLoss,
        true,
      ),
  },
  {
    name: 'resnet50',
    title: 'ResNet50 step, 112 px, batch 16',
    prepare: (place) =>
      prepareTraining(place, resnetParams(100), labelled(16, 3, 112), 100, (params, { images, labels }) =>
        crossEntropy(resnetScores(params, images!), labels!),
      ),
  },
  {
    name: 'features',
    title: 'ViT-S/8 features, 112 px, batch 16',
    prepare: (place) =>
      prepareForward(place, vitParams(VIT_S8), { images: { shape: [16, 3, 112, 112] } }, (params, { images }) => ({
        features: vitFeatures(VIT_S8, params, images!),
      })),
  },
  {
    name: 'knn',
    title: 'k nearest of 20,000 for 2,000 queries, 384 wide, k 20',
    prepare: (place) =>
      prepareForward(
        place,
        {},
        { queries: { shape: [2000, 384] }, bank: { shape: [20000, 384] } },
        (_params, { queries, bank }) => {
          const { values, indices } = tf.topk(tf.matMul(queries!, bank!, false, true), 20);
          return { values, indices };
        },
      ),
  },
];
