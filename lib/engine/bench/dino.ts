import * as tf from '@tensorflow/tfjs';
import { stream } from '../../core/random.js';
import type { HostTensor, TensorMap } from '../compile.js';
import { gelu, linear } from '../ops.js';
import type { BenchInput } from './prepare.js';
import { type VitSize, vitFeatures, vitNorm, vitParams, vitTokens } from './vit.js';

/** Self-supervised steps on two images: two views at 112 px, eight at 42 px, a teacher that follows the student. */

const PROTOTYPES = 4096;
const GLOBALS = 4;
const MASKED = 200;

/** The projection head of DINO: 3-layer perceptron, L2 normalisation, prototypes. */
function head(params: TensorMap, features: tf.Tensor, prefix: string): tf.Tensor {
  const affine = (x: tf.Tensor, name: string): tf.Tensor =>
    linear(x, params[`${prefix}${name}.weight`]!, params[`${prefix}${name}.bias`]!);
  const bottleneck = affine(gelu(affine(gelu(affine(features, 'mlp1')), 'mlp2')), 'mlp3');
  const unit = tf.div(bottleneck, tf.maximum(tf.norm(bottleneck, 2, -1, true), 1e-12));
  return linear(unit, params[`${prefix}last.weight`]!);
}

function headParams(prefix: string, width: number): Record<string, HostTensor> {
  const draw = stream(2, `bench/dino/${prefix}`);
  const params: Record<string, HostTensor> = {};
  const affine = (name: string, outputs: number, inputs: number): void => {
    const data = Float32Array.from({ length: outputs * inputs }, () => 0.02 * draw.normal());
    params[`${prefix}${name}.weight`] = { shape: [outputs, inputs], data };
    if (name !== 'last') params[`${prefix}${name}.bias`] = { shape: [outputs], data: new Float32Array(outputs) };
  };
  affine('mlp1', 2048, width);
  affine('mlp2', 2048, 2048);
  affine('mlp3', 256, 2048);
  affine('last', PROTOTYPES, 256);
  return params;
}

/** Parameters of the step; `size.second` adds iBOT's head. */
export function dinoParams(size: VitSize): Record<string, HostTensor> {
  const params = {
    ...vitParams(size),
    ...headParams('', size.width),
    ...(size.second && headParams('ibot.', size.width)),
  };
  for (const name of ['head.weight', 'head.bias']) delete params[name];
  return params;
}

/** Inputs of {@link dinoLoss}, and of {@link dinov2Loss} if `masked`. */
export function dinoInputs(masked: boolean): Record<string, BenchInput> {
  const patches = 14 * 14;
  return {
    globals: { shape: [GLOBALS, 3, 112, 112] },
    locals: { shape: [16, 3, 42, 42] },
    ...(masked && {
      masks: { shape: [GLOBALS, patches], dtype: 'int32', below: 2 },
      masked: { shape: [MASKED], dtype: 'int32', below: GLOBALS * patches },
    }),
  };
}

/** Cross-entropy of every student view against both teacher views; equal views are not skipped, which costs nothing. */
function viewLoss(student: tf.Tensor, teacher: tf.Tensor): tf.Tensor {
  const pairs = tf.split(tf.logSoftmax(tf.div(student, 0.1)), 10, 0); // two images in each of ten views
  const targets = tf.split(tf.softmax(tf.div(teacher, 0.04)), 2, 0);
  const terms = targets.flatMap((wanted) => pairs.map((got) => tf.mean(tf.sum(tf.mul(wanted, got), -1))));
  return tf.neg(tf.div(tf.addN(terms), terms.length));
}

/** DINO: the class tokens of all views. */
export function dinoLoss(size: VitSize, params: TensorMap, inputs: TensorMap, teacher: TensorMap): tf.Scalar {
  const features = [inputs.globals!, inputs.locals!].map((view) => vitFeatures(size, params, view));
  const target = head(teacher, vitFeatures(size, teacher, inputs.globals!), '');
  return viewLoss(head(params, tf.concat(features, 0), ''), target) as tf.Scalar;
}

/** DINOv2: DINO, iBOT at 200 masked patches with a head of its own, and KoLeo. Centring is left out: it costs nothing. */
export function dinov2Loss(size: VitSize, params: TensorMap, inputs: TensorMap, teacher: TensorMap): tf.Scalar {
  const encode = (from: TensorMap, images: tf.Tensor, masks?: tf.Tensor): [tf.Tensor, tf.Tensor] => {
    const tokens = vitNorm(from, vitTokens(size, from, images, masks));
    const [batch, count, width] = tokens.shape as [number, number, number];
    const [cls, patches] = tf.split(tokens, [1, count - 1], 1) as [tf.Tensor, tf.Tensor];
    return [tf.reshape(cls, [batch, width]), tf.reshape(patches, [batch * (count - 1), width])];
  };
  const [cls, patches] = encode(params, inputs.globals!, inputs.masks!);
  const [targetCls, targetPatches] = encode(teacher, inputs.globals!);
  const locals = vitFeatures(size, params, inputs.locals!);
  const views = viewLoss(head(params, tf.concat([cls, locals], 0), ''), head(teacher, targetCls, ''));
  const at = (features: tf.Tensor): tf.Tensor => tf.gather(features, inputs.masked!);
  const wanted = tf.softmax(tf.div(head(teacher, at(targetPatches), 'ibot.'), 0.04));
  const got = tf.logSoftmax(tf.div(head(params, at(patches), 'ibot.'), 0.1));
  const ibot = tf.neg(tf.mean(tf.sum(tf.mul(wanted, got), -1)));
  return tf.add(tf.add(views, ibot), tf.mul(koleo(cls), 0.1)) as tf.Scalar;
}

/** Mean of -ln(distance to the nearest other row), rows normalised. */
function koleo(features: tf.Tensor): tf.Tensor {
  const unit = tf.div(features, tf.norm(features, 2, -1, true));
  const likeness = tf.sub(tf.matMul(unit, unit, false, true), tf.mul(tf.eye(features.shape[0]!), 3));
  const distance = tf.sqrt(tf.relu(tf.sub(2, tf.mul(tf.max(likeness, -1), 2))));
  return tf.neg(tf.mean(tf.log(tf.add(distance, 1e-8))));
}
