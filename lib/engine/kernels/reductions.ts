import * as tf from '@tensorflow/tfjs';
import { binary, cast, matmul, reduce, unary } from '../algebra.js';
import { emit, emitMany, int64, splat } from '../graph.js';
import { defineKernel } from './registry.js';

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
defineKernel('LogSoftmax', ({ logits }, { axis }) =>
  emit('LogSoftmax', [logits!], logits!.shape, 'float32', { axis: { int: axis } }),
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

defineKernel('FusedBatchNorm', ({ x, mean, variance, offset, scale }, { varianceEpsilon }) => {
  const deviation = unary('Sqrt', binary('Add', variance!, splat(varianceEpsilon)));
  const normal = binary('Div', binary('Sub', x!, mean!), deviation);
  const scaled = scale ? binary('Mul', normal, scale) : normal;
  return offset ? binary('Add', scaled, offset) : scaled;
});
