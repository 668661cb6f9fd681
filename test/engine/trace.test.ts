import * as tf from '@tensorflow/tfjs';
import { afterEach, describe, expect, it } from 'vitest';
import { useEagerBackend } from '../../lib/engine/backend.js';
import { liveNodes } from '../../lib/engine/fuse.js';
import { encodeGraph } from '../../lib/engine/serialise.js';
import { TraceError, trace, tracedKernels } from '../../lib/engine/trace.js';

const X = [{ name: 'x', shape: [4, 6], dtype: 'float32' }] as const;
const tracing = (fn: (x: tf.Tensor) => tf.Tensor) => () => trace('modelStep', X, ({ x }) => ({ y: fn(x!) }));
const nodesOf = (fn: (x: tf.Tensor) => tf.Tensor): string[] => {
  const traced = tracing(fn)();
  encodeGraph(traced); // fuses in place
  return liveNodes(traced.graph.nodes, traced.outputs.values()).map(({ op }) => op);
};

describe('tracing refuses', () => {
  afterEach(() => {
    expect(tf.getBackend()).toBe('cpu');
  });

  const message = (fn: (x: tf.Tensor) => tf.Tensor): string => {
    try {
      tracing(fn)();
    } catch (error) {
      expect(error).toBeInstanceOf(TraceError);
      return (error as Error).message;
    }
    return 'nothing was thrown';
  };

  it('tensors made outside', async () => {
    await useEagerBackend('cpu');
    const outside = tf.scalar(2);
    const text = message((x) => tf.mul(x, outside));
    expect(text).toMatch(/Multiply got a tensor \[\] made outside the traced function \(captured eager tensor\)/);
    expect(text).toMatch(/trace\.test\.ts/);
    expect(message(() => outside)).toMatch(/captured eager tensor/);
  });

  it('reading numbers that do not exist yet', () => {
    const text = message((x) => (tf.max(x).dataSync()[0]! > 0 ? x : tf.neg(x)));
    expect(text).toMatch(/numbers were read \(dataSync.*trace\.test\.ts/);
    expect(message((x) => tf.tensor(x.arraySync() as number[][]))).toMatch(/numbers were read/);
  });

  it('host randomness, seeded or not', () => {
    expect(message((x) => tf.mul(x, tf.randomNormal([6])))).toMatch(/random/);
    expect(message((x) => tf.mul(x, tf.randomNormal([6], 0, 1, 'float32', 7)))).toMatch(
      /tf.randomNormal would freeze host randomness/,
    );
    expect(message((x) => tf.mul(x, tf.randomUniform([1], 0, 1, 'float32', 7)))).toMatch(
      /tf.randomUniform would freeze/,
    );
    expect(message((x) => tf.dropout(x, 0.5))).toMatch(/random/);
    expect(message((x) => tf.dropout(x, 0.5, undefined, 3))).toMatch(/freeze host randomness/);
    const generator = 'random';
    expect(message((x) => tf.mul(x, Math[generator]()))).toMatch(/host's random generator was called.*trace\.test\.ts/);
    expect(Math[generator]()).toBeLessThan(1);
  });

  it('kernels it does not know', () => {
    const text = message((x) => tf.image.flipLeftRight(tf.reshape(x, [1, 4, 6, 1]) as tf.Tensor4D));
    expect(text).toMatch(
      /modelStep: the kernel FlipLeftRight cannot be traced, .*trace\.test\.ts.*lib\/engine\/kernels/,
    );
  });

  it('cases of a kernel that it does not know', () => {
    const text = message((x) =>
      tf.mirrorPad(
        x,
        [
          [1, 1],
          [1, 1],
        ],
        'symmetric',
      ),
    );
    expect(text).toMatch(/modelStep: MirrorPad: only the mode 'reflect'/);
  });

  it('an asynchronous function', () => {
    const later = (async (x: tf.Tensor) => x) as unknown as (x: tf.Tensor) => tf.Tensor;
    expect(message(later)).toMatch(/output y is no tensor/);
  });
});

describe('tracing', () => {
  it('lists what it covers', () => {
    expect(tracedKernels().length).toBeGreaterThan(100);
    expect(tracedKernels()).toEqual(expect.arrayContaining(['BatchMatMul', 'Conv2D', 'EchoLayerNorm', 'TopK']));
  });

  it('records equal operations once', () => {
    expect(nodesOf((x) => tf.add(tf.exp(x), tf.exp(x)))).toEqual(['Exp', 'Add']);
  });

  it('folds constants and cancels transposes', () => {
    expect(nodesOf((x) => tf.mul(x, tf.add(tf.ones([6]), 2)))).toEqual(['Mul']);
    expect(nodesOf((x) => tf.neg(tf.transpose(tf.transpose(x))))).toEqual(['Neg']);
    expect(nodesOf((x) => tf.mul(tf.add(x, 0), 1))).toEqual([]);
  });

  it('turns transposes, biases and factors of products into flags', () => {
    const product = (x: tf.Tensor): tf.Tensor => tf.add(tf.matMul(x, tf.transpose(x)), tf.tensor1d([1, 2, 3, 4]));
    const traced = tracing(product)();
    encodeGraph(traced);
    const { op, attributes, inputs } = traced.graph.nodes.at(-1)!;
    expect(op).toBe('Gemm');
    expect(attributes).toMatchObject({ transA: { int: 0 }, transB: { int: 1 } });
    expect(inputs).toHaveLength(3);
  });

  it('lets constants be read, for they are known', () => {
    expect(nodesOf((x) => tf.mul(x, tf.tensor1d([3, 3]).dataSync()[1]!))).toEqual(['Mul']);
  });

  it('leaves 0 times x to the run, where x may be infinite', () => {
    expect(nodesOf((x) => tf.mul(x, 0))).toEqual(['Mul']);
  });
});
