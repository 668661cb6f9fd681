import * as tf from '@tensorflow/tfjs';
import { binary, cast, matmul, reduce, unary } from '../algebra.js';
import { emit, emitMany, int64, splat } from '../graph.js';
import { defineKernel, defineListKernel } from './registry.js';

/** Kernels that reduce, accumulate, normalise or sort along an axis. */

defineKernel('Sum', ({ x }, { axis, keepDims }) =>
  reduce('ReduceSum', x!.dtype === 'bool' ? cast(x!, 'int32') : x!, axis, Boolean(keepDims)),
);
defineKernel('Mean', ({ x }, { axis, keepDims }) => reduce('ReduceMean', cast(x!, 'float32'), axis, Boolean(keepDims)));
defineKernel('Prod', ({ x }, { axis, keepDims }) => reduce('ReduceProd', x!, axis, Boolean(keepDims)));
defineKernel('Max', ({ x }, { reductionIndices, axis, keepDims }) =>
  reduce('ReduceMax', x!, reductionIndices ?? axis, Boolean(keepDims)),
);
defineKernel('Min', ({ x }, { axis, keepDims }) => reduce('ReduceMin', x!, axis, Boolean(keepDims)));
defineKernel('All', ({ x }, { axis, keepDims }) =>
  cast(reduce('ReduceMin', cast(x!, 'int32'), axis, Boolean(keepDims)), 'bool'),
);
defineKernel('Any', ({ x }, { axis, keepDims }) =>
  cast(reduce('ReduceMax', cast(x!, 'int32'), axis, Boolean(keepDims)), 'bool'),
);

for (const name of ['ArgMax', 'ArgMin']) {
  defineKernel(name, ({ x }, { axis }) => {
    const [along] = tf.util.parseAxisParam(axis, [...x!.shape]) as [number];
    const shape = x!.shape.filter((_, i) => i !== along);
    const attributes = { axis: { int: along }, keepdims: { int: 0 } };
    return cast(emit(name, [x!], shape, 'int64', attributes), 'int32');
  });
}

defineKernel('Softmax', ({ logits }, { dim }) =>
  emit('Softmax', [logits!], logits!.shape, 'float32', { axis: { int: dim } }),
);

defineKernel('Cumsum', ({ x }, { axis, exclusive, reverse }) =>
  emit('CumSum', [x!, splat(axis, [], 'int32')], x!.shape, x!.dtype, {
    exclusive: { int: Number(Boolean(exclusive)) },
    reverse: { int: Number(Boolean(reverse)) },
  }),
);

defineKernel('TopK', ({ x }, { k, sorted }) => {
  const shape = [...x!.shape.slice(0, -1), k];
  const attributes = { axis: { int: -1 }, largest: { int: 1 }, sorted: { int: Number(sorted !== false) } };
  const [values, indices] = emitMany(
    'TopK',
    [x!, int64([k])],
    [
      { shape, dtype: x!.dtype },
      { shape, dtype: 'int64' },
    ],
    attributes,
  );
  return [values!, cast(indices!, 'int32')];
});

defineKernel('BatchMatMul', ({ a, b }, { transposeA, transposeB }) =>
  matmul(a!, b!, Boolean(transposeA), Boolean(transposeB)),
);

defineListKernel('Einsum', (operands, { equation }) => {
  const text = (equation as string).replace(/\s/g, '');
  const [left = '', right = ''] = text.split('->');
  const lengths = new Map<string, number>();
  left.split(',').forEach((labels, i) => {
    [...labels].forEach((label, axis) => {
      lengths.set(label, operands[i]!.shape[axis]!);
    });
  });
  const shape = [...right].map((label) => lengths.get(label)!);
  return emit('Einsum', operands, shape, 'float32', { equation: { text } });
});

defineKernel('_FusedMatMul', ({ a, b, bias }, { transposeA, transposeB, activation }) => {
  if (activation && activation !== 'linear' && activation !== 'relu') {
    throw new Error(`fused.matMul with the activation '${activation}' cannot be traced; apply it after the product`);
  }
  const product = matmul(a!, b!, Boolean(transposeA), Boolean(transposeB));
  const shifted = bias ? binary('Add', product, bias) : product;
  return activation === 'relu' ? unary('Relu', shifted) : shifted;
});

defineKernel('FusedBatchNorm', ({ x, mean, variance, offset, scale }, { varianceEpsilon }) => {
  const deviation = unary('Sqrt', binary('Add', variance!, splat(varianceEpsilon)));
  const normal = binary('Div', binary('Sub', x!, mean!), deviation);
  const scaled = scale ? binary('Mul', normal, scale) : normal;
  return offset ? binary('Add', scaled, offset) : scaled;
});
