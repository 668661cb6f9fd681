import { binary, reduce, reshape, unary } from '../algebra.js';
import { emit, splat, type Value } from '../graph.js';
import { defineKernel } from './registry.js';

/** Batch normalisation over every axis but the second, for lib/engine/ops/batch-norm.ts; exists only while tracing. */

const otherAxes = (x: Value): number[] => x.shape.map((_, axis) => axis).filter((axis) => axis !== 1);
const wide = (x: Value, channels: Value): Value =>
  reshape(channels, [1, x.shape[1]!, ...x.shape.slice(2).map(() => 1)]);
const count = (x: Value): number => otherAxes(x).reduce((product, axis) => product * x.shape[axis]!, 1);

/** x * scale + shift for each channel in one pass: ONNX's BatchNormalization with mean 0 and variance 1. */
function channelAffine(x: Value, scale: Value, shift: Value): Value {
  const channels = x.shape[1]!;
  const inputs = [x, scale, shift, splat(0, [channels]), splat(1, [channels])];
  return emit('BatchNormalization', inputs, x.shape, 'float32', { epsilon: { float: 0 } });
}

/** x `[B, C, ...]`, weight and bias `[C]` -> y, the batch's mean and biased variance `[C]`, x - mean. */
defineKernel('EchoBatchNorm', ({ x, weight, bias }, { epsilon }) => {
  const mean = reduce('ReduceMean', x!, otherAxes(x!), false);
  const centred = binary('Sub', x!, wide(x!, mean));
  const total = reduce('ReduceSum', binary('Mul', centred, centred), otherAxes(x!), false);
  const variance = binary('Mul', total, splat(1 / count(x!)));
  const scale = binary('Div', weight!, unary('Sqrt', binary('Add', variance, splat(epsilon))));
  return [channelAffine(centred, scale, bias!), mean, variance, centred];
});

/**
 * dx = scale (dy - mean(dy) - centred mean(dy centred) / (variance + epsilon)), dweight = sum(dy centred) / deviation,
 * dbias = sum(dy).
 */
defineKernel('EchoBatchNormGrad', ({ dy, centred, variance, weight }, { epsilon }) => {
  const share = splat(1 / count(dy!));
  const spread = binary('Add', variance!, splat(epsilon));
  const inverse = unary('Reciprocal', unary('Sqrt', spread));
  const scale = binary('Mul', weight!, inverse);
  const sum = reduce('ReduceSum', dy!, otherAxes(dy!), false);
  const slope = reduce('ReduceSum', binary('Mul', dy!, centred!), otherAxes(dy!), false);
  const shift = unary('Neg', binary('Mul', scale, binary('Mul', sum, share)));
  const lean = binary('Div', binary('Mul', scale, binary('Mul', slope, share)), spread);
  const dx = binary('Sub', channelAffine(dy!, scale, shift), binary('Mul', centred!, wide(dy!, lean)));
  return [dx, binary('Mul', slope, inverse), sum];
});

defineKernel('EchoChannelAffine', ({ x, scale, shift }) => channelAffine(x!, scale!, shift!));
