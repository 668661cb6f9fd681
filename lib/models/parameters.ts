import * as tf from '@tensorflow/tfjs';
import { ArgumentError, ShapeError } from '../core/errors.js';
import type { RandomStream } from '../core/random.js';
import { sameShape, sizeOf } from '../core/shape.js';

/** Parameters of a model while it runs: one tensor a key of the official PyTorch checkpoint, in its layout. */
export type Params = Readonly<Record<string, tf.Tensor>>;

/** A parameter outside tfjs. */
export interface HostParam {
  readonly shape: readonly number[];
  /** Row-major. */
  readonly data: Float32Array;
}

/** Parameters outside tfjs: what files hold, what random initialisation returns, what the engine bakes into a graph. */
export type HostParams = Readonly<Record<string, HostParam>>;

/** Shape of every parameter of a model, in checkpoint order. */
export type ParamShapes = Readonly<Record<string, readonly number[]>>;

/**
 * One parameter.
 *
 * @throws {ArgumentError} naming the key if it is missing
 */
export function param(params: Params, key: string): tf.Tensor {
  const tensor = params[key];
  if (tensor === undefined) {
    throw new ArgumentError(
      `param: the parameter ${key} is missing, got ${Object.keys(params).length} others; initialise or import weights of this model`,
    );
  }
  return tensor;
}

/** The parameters under a prefix, without it: `paramsUnder(p, 'backbone.')`. */
export function paramsUnder<T>(params: Readonly<Record<string, T>>, prefix: string): Record<string, T> {
  return Object.fromEntries(
    Object.entries(params)
      .filter(([key]) => key.startsWith(prefix))
      .map(([key, value]) => [key.slice(prefix.length), value]),
  );
}

/** The same parameters with a prefix before every key. */
export function prefixParams<T>(params: Readonly<Record<string, T>>, prefix: string): Record<string, T> {
  return Object.fromEntries(Object.entries(params).map(([key, value]) => [prefix + key, value]));
}

/** Copies parameters into tfjs. Dispose of them with `tf.dispose`. */
export function toTensors(params: HostParams): Record<string, tf.Tensor> {
  return Object.fromEntries(
    Object.entries(params).map(([key, { shape, data }]) => [key, tf.tensor(data, [...shape], 'float32')]),
  );
}

/** Running means and variances of BatchNorm are state, not parameters: no optimiser touches them and no count includes them. */
export function isRunningStatistic(key: string): boolean {
  return key.endsWith('.running_mean') || key.endsWith('.running_var');
}

/** Numbers that training can change: all but BatchNorm's running statistics and SAM's fixed Gaussian matrix. */
export function parameterCount(shapes: ParamShapes): number {
  let count = 0;
  for (const [key, shape] of Object.entries(shapes))
    if (!isRunningStatistic(key) && !isFixed(key)) count += sizeOf(shape);
  return count;
}

/** Buffers of the official models that are neither trained nor running statistics. */
export function isFixed(key: string): boolean {
  return key.endsWith('positional_encoding_gaussian_matrix');
}

/**
 * Throws unless the parameters have exactly the keys and shapes of a model.
 *
 * @throws {ShapeError} naming the first difference
 */
export function expectParams(who: string, shapes: ParamShapes, params: HostParams): void {
  for (const [key, shape] of Object.entries(shapes)) {
    const got = params[key]?.shape;
    if (got === undefined) throw new ShapeError(`${who}: the parameter ${key} [${shape.join(', ')}] is missing`);
    if (!sameShape(got, shape)) {
      throw new ShapeError(`${who}: ${key} must have shape [${shape.join(', ')}], got [${got.join(', ')}]`);
    }
  }
  const extra = Object.keys(params).find((key) => shapes[key] === undefined);
  if (extra !== undefined) throw new ShapeError(`${who}: ${extra} is not a parameter of this model`);
}

/** How a parameter starts. */
export type Initialiser = (shape: readonly number[], random: RandomStream) => Float32Array;

/** All the same value. */
export function constant(value: number): Initialiser {
  return (shape) => new Float32Array(sizeOf(shape)).fill(value);
}

/**
 * Normal with mean 0. This is what the authors' `trunc_normal_(std=0.02)` gives: its bounds are -2 and 2, a hundred standard deviations off.
 */
export function normal(deviation: number): Initialiser {
  return (shape, random) => Float32Array.from({ length: sizeOf(shape) }, () => deviation * random.normal());
}

/** Uniform in [-bound, bound]. */
export function uniform(bound: number): Initialiser {
  return (shape, random) => Float32Array.from({ length: sizeOf(shape) }, () => random.between(-bound, bound));
}

/** PyTorch's default of nn.Linear and nn.Conv weights and biases: uniform within 1 / sqrt(inputs of one output). */
export function torchDefault(fanIn: number): Initialiser {
  return uniform(1 / Math.sqrt(fanIn));
}

/** He's normal for ReLU networks, over the outputs of a convolution weight `[O, I, ...]` (torchvision's ResNet). */
export function kaimingFanOut(shape: readonly number[], random: RandomStream): Float32Array {
  return normal(Math.sqrt(2 / (shape[0]! * sizeOf(shape.slice(2)))))(shape, random);
}

/**
 * Draws every parameter. Each key has its own stream, so a model that gains a layer keeps the draws of the others.
 *
 * @param initialiserOf chooses by key and shape
 */
export function drawParams(
  shapes: ParamShapes,
  random: RandomStream,
  initialiserOf: (key: string, shape: readonly number[]) => Initialiser,
): Record<string, HostParam> {
  return Object.fromEntries(
    Object.entries(shapes).map(([key, shape]) => [
      key,
      { shape, data: initialiserOf(key, shape)(shape, random.child(key)) },
    ]),
  );
}
