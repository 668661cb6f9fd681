import * as tf from '@tensorflow/tfjs';

/** Gradients that tfjs lacks, for every backend. */

tf.registerGradient({
  kernelName: 'GatherNd',
  inputsToSave: ['params', 'indices'],
  gradFunc: (dy, saved) => ({
    params: () => tf.scatterND(saved[1]!, dy as tf.Tensor, saved[0]!.shape),
    indices: () => tf.zerosLike(saved[1]!),
  }),
});

tf.registerGradient({
  kernelName: 'ScatterNd',
  inputsToSave: ['indices'],
  gradFunc: (dy, saved) => ({
    updates: () => tf.gatherND(dy as tf.Tensor, saved[0]!),
    indices: () => tf.zerosLike(saved[0]!),
  }),
});

tf.registerGradient({
  kernelName: 'Einsum',
  saveAllInputs: true,
  gradFunc: (dy, saved, attributes) => {
    const [left = '', right = ''] = String(attributes.equation).replace(/\s/g, '').split('->');
    const operands = left.split(',');
    return Object.fromEntries(
      operands.map((_, i) => [String(i), () => einsumGradient(dy as tf.Tensor, saved, operands, right, i)]),
    );
  },
});

/** The gradient of operand `i`: the output's gradient times the other operand, summed over what operand `i` lacks. */
function einsumGradient(
  dy: tf.Tensor,
  saved: tf.Tensor[],
  operands: readonly string[],
  right: string,
  i: number,
): tf.Tensor {
  const labels = operands[i]!;
  const others = operands.filter((_, other) => other !== i);
  const reachable = [...labels].filter(
    (label) => right.includes(label) || others.some((other) => other.includes(label)),
  );
  const equation = `${[right, ...others].join(',')}->${reachable.join('')}`;
  const reduced = tf.einsum(equation, dy, ...saved.filter((_, other) => other !== i));
  // A label that only this operand has was summed alone: its gradient is the same for every index.
  const { shape } = saved[i]!;
  const kept = [...labels].map((label, axis) => (reachable.includes(label) ? shape[axis]! : 1));
  return tf.mul(tf.reshape(reduced, kept), tf.ones(shape));
}

// tfjs's gradients of these three forget to sum over broadcast axes.
for (const [kernelName, slopes] of [
  [
    'Maximum',
    (a: tf.Tensor, b: tf.Tensor, dy: tf.Tensor) => [
      tf.mul(dy, tf.cast(tf.greaterEqual(a, b), 'float32')),
      tf.mul(dy, tf.cast(tf.less(a, b), 'float32')),
    ],
  ],
  [
    'Minimum',
    (a: tf.Tensor, b: tf.Tensor, dy: tf.Tensor) => [
      tf.mul(dy, tf.cast(tf.lessEqual(a, b), 'float32')),
      tf.mul(dy, tf.cast(tf.greater(a, b), 'float32')),
    ],
  ],
  [
    'SquaredDifference',
    (a: tf.Tensor, b: tf.Tensor, dy: tf.Tensor) => {
      const slope = tf.mul(dy, tf.mul(tf.sub(a, b), 2));
      return [slope, tf.neg(slope)];
    },
  ],
] as const) {
  tf.unregisterGradient(kernelName);
  tf.registerGradient({
    kernelName,
    inputsToSave: ['a', 'b'],
    gradFunc: (dy, saved) => {
      const [a, b] = saved as [tf.Tensor, tf.Tensor];
      return {
        a: () => sumTo(slopes(a, b, dy as tf.Tensor)[0]!, a.shape),
        b: () => sumTo(slopes(a, b, dy as tf.Tensor)[1]!, b.shape),
      };
    },
  });
}

/** Sums over the axes along which `shape` was broadcast. */
function sumTo(x: tf.Tensor, shape: number[]): tf.Tensor {
  const axes = tf.broadcast_util.getReductionAxes(shape, x.shape);
  return tf.reshape(axes.length > 0 ? tf.sum(x, axes) : x, shape);
}

// tfjs passes the gradient of a kernel's only output bare, which these two do not expect.
const listed = (dys: tf.Tensor | tf.Tensor[]): tf.Tensor[] => (Array.isArray(dys) ? dys : [dys]);
tf.unregisterGradient('SplitV');
tf.registerGradient({
  kernelName: 'SplitV',
  gradFunc: (dys, _saved, attributes) => ({ x: () => tf.concat(listed(dys), attributes.axis as number) }),
});
tf.unregisterGradient('Unpack');
tf.registerGradient({
  kernelName: 'Unpack',
  gradFunc: (dys, _saved, attributes) => ({ value: () => tf.stack(listed(dys), attributes.axis as number) }),
});
