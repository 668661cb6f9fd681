import { unary } from '../algebra.js';
import { emitMany } from '../graph.js';
import { defineKernel } from './registry.js';

/** Kernels that exist only while tracing; lib/engine/ops falls back to plain tfjs elsewhere. */

/** x `[..., D]`, gain and bias `[D]` -> normalised x, and per row the mean and 1 / standard deviation. */
defineKernel('EchoLayerNorm', ({ x, gain, bias }, { epsilon }) => {
  const rows = [...x!.shape.slice(0, -1), 1];
  return emitMany(
    'LayerNormalization',
    [x!, gain!, bias!],
    [
      { shape: x!.shape, dtype: 'float32' },
      { shape: rows, dtype: 'float32' },
      { shape: rows, dtype: 'float32' },
    ],
    { axis: { int: -1 }, epsilon: { float: epsilon } },
  ).map((value) => value!);
});

defineKernel('EchoGelu', ({ x }) => unary('Gelu', x!));
