import * as tf from '@tensorflow/tfjs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { definedKernels } from '../../lib/engine/kernels/index.js';
import { booleans, expectParity, integers, normal, type ParityCase, positive } from './parity.js';

/** Every kernel the engine can trace, against tfjs's cpu backend: values, and gradients where tfjs has them. */

const x4 = (x: tf.Tensor): tf.Tensor4D => x as tf.Tensor4D;

const unary: Record<string, (x: tf.Tensor) => tf.Tensor> = {
  neg: tf.neg,
  exp: tf.exp,
  erf: tf.erf,
  tanh: tf.tanh,
  sigmoid: tf.sigmoid,
  relu: tf.relu,
  relu6: tf.relu6,
  elu: tf.elu,
  leakyRelu: (x) => tf.leakyRelu(x, 0.1),
  abs: tf.abs,
  sign: tf.sign,
  sin: tf.sin,
  cos: tf.cos,
  atan: tf.atan,
  sinh: tf.sinh,
  cosh: tf.cosh,
  floor: tf.floor,
  ceil: tf.ceil,
  round: tf.round,
  softplus: tf.softplus,
  square: tf.square,
  expm1: tf.expm1,
  step: (x) => tf.step(x, 0.25),
  clip: (x) => tf.clipByValue(x, -0.5, 0.7),
  onesLike: tf.onesLike,
  zerosLike: (x) => tf.add(tf.zerosLike(x), x),
  cast: (x) => tf.cast(tf.cast(x, 'int32'), 'float32'),
  'cast to bool': (x) => tf.cast(tf.cast(tf.relu(x), 'bool'), 'float32'),
  clone: (x) => tf.clone(x),
  isNaN: (x) => tf.isNaN(tf.sqrt(x)),
  isInf: (x) => tf.isInf(tf.div(1, tf.relu(x))),
  isFinite: (x) => tf.isFinite(tf.div(1, tf.relu(x))),
};
const unaryPositive: Record<string, (x: tf.Tensor) => tf.Tensor> = {
  log: tf.log,
  log1p: tf.log1p,
  sqrt: tf.sqrt,
  rsqrt: tf.rsqrt,
  reciprocal: tf.reciprocal,
  tan: (x) => tf.tan(tf.mul(x, 0.5)),
  asin: (x) => tf.asin(tf.mul(x, 0.45)),
  acos: (x) => tf.acos(tf.mul(x, 0.45)),
};
const binary: Record<string, (a: tf.Tensor, b: tf.Tensor) => tf.Tensor> = {
  add: tf.add,
  sub: tf.sub,
  mul: tf.mul,
  div: tf.div,
  maximum: tf.maximum,
  minimum: tf.minimum,
  pow: (a, b) => tf.pow(tf.add(tf.abs(a), 0.1), b),
  mod: tf.mod,
  floorDiv: tf.floorDiv,
  squaredDifference: tf.squaredDifference,
  prelu: (a, b) => tf.prelu(a, b),
};
const noGradient = new Set(['isNaN', 'isInf', 'isFinite', 'cast', 'cast to bool', 'onesLike', 'mod', 'floorDiv']);
const comparisons: Record<string, (a: tf.Tensor, b: tf.Tensor) => tf.Tensor> = {
  greater: tf.greater,
  greaterEqual: tf.greaterEqual,
  less: tf.less,
  lessEqual: tf.lessEqual,
  equal: tf.equal,
  notEqual: tf.notEqual,
};

const cases: ParityCase[] = [];
const add = (
  name: string,
  inputs: ParityCase['inputs'],
  fn: ParityCase['fn'],
  options: Partial<ParityCase> = {},
): void => {
  cases.push({ name, inputs, fn, ...options });
};

for (const [name, f] of Object.entries(unary)) {
  const options = { gradient: !noGradient.has(name) };
  add(name, { x: normal(3, 5) }, ({ x }) => f(x!), options);
  add(`${name} of one number`, { x: normal(1) }, ({ x }) => f(x!), options);
}
for (const [name, f] of Object.entries(unaryPositive)) add(name, { x: positive(3, 5) }, ({ x }) => f(x!));
for (const [name, f] of Object.entries(binary)) {
  const options = { gradient: !noGradient.has(name) };
  const pairs: [number[], number[]][] = [
    [
      [3, 4],
      [3, 4],
    ],
    [[3, 4], [4]],
    [
      [3, 1],
      [1, 4],
    ],
    [[], [2, 3]],
    [
      [2, 1, 3],
      [4, 1],
    ],
    [[1], [1]],
  ];
  for (const [a, b] of pairs) {
    if (name === 'prelu' && (a.length < b.length || a.includes(1))) continue; // tfjs broadcasts alpha only
    add(`${name} [${a}] [${b}]`, { a: normal(...a), b: positive(...b) }, (t) => f(t.a!, t.b!), options);
  }
}
add('floorDiv and mod of integers', { a: integers(50, 6), b: integers(5, 6) }, ({ a, b }) => {
  const divisor = tf.add(b!, tf.scalar(1, 'int32'));
  return [tf.floorDiv(a!, divisor), tf.mod(a!, divisor)];
});
for (const [name, f] of Object.entries(comparisons)) {
  add(name, { a: integers(3, 4, 3), b: integers(3, 3) }, ({ a, b }) => f(a!, b!));
}
add('logic', { a: booleans(0.5, 8), b: booleans(0.5, 8) }, ({ a, b }) => [
  tf.logicalAnd(a!, b!),
  tf.logicalOr(a!, b!),
  tf.logicalNot(a!),
]);
add(
  'a scalar beside a tensor that ends in axes of length 1',
  { a: normal(4, 3, 1, 1), b: positive(), m: booleans(0.5, 4, 3, 1, 1) },
  ({ a, b, m }) => [
    tf.div(tf.mul(a!, 0.9), tf.add(tf.square(b!), 0.1)),
    tf.maximum(b!, a!),
    tf.where(m!, a!, tf.scalar(2)),
  ],
);
add('addN', { a: normal(2, 3), b: normal(2, 3), c: normal(2, 3) }, ({ a, b, c }) => tf.addN([a!, b!, c!]));
for (const probability of [0, 0.5, 1]) {
  add(`where, ${100 * probability} % true`, { m: booleans(probability, 3, 4), a: normal(3, 4), b: normal(3, 4) }, (t) =>
    tf.where(t.m!, t.a!, t.b!),
  );
}
add('mean over an empty mask', { m: booleans(0, 6), x: normal(6) }, ({ m, x }) => {
  const mask = tf.cast(m!, 'float32');
  return tf.div(tf.sum(tf.mul(mask, x!)), tf.maximum(tf.sum(mask), 1));
});

// Reductions
const reductions: Record<string, (x: tf.Tensor, axis?: number | number[], keep?: boolean) => tf.Tensor> = {
  sum: tf.sum,
  mean: tf.mean,
  max: tf.max,
  min: tf.min,
  prod: tf.prod,
};
for (const [name, f] of Object.entries(reductions)) {
  const axes: (number | number[] | undefined)[] = [undefined, 0, -1, [0, 1], [1, 2], [0, 2]];
  for (const axis of axes) {
    const gradient = name !== 'prod';
    add(`${name} over ${axis}`, { x: normal(2, 3, 4) }, ({ x }) => f(x!, axis), { gradient });
    add(`${name} over ${axis}, kept`, { x: normal(2, 3, 4) }, ({ x }) => f(x!, axis, true), { gradient });
  }
  add(`${name} of one`, { x: normal(1, 1) }, ({ x }) => f(x!, 0), { gradient: name !== 'prod' });
}
add('sum of broadcasts', { x: normal(3, 1) }, ({ x }) => tf.sum(tf.tile(x!, [1, 4]), 1));
add('all and any', { m: booleans(0.6, 3, 4) }, ({ m }) => [tf.all(m!, 1), tf.any(m!, 0), tf.all(m!), tf.any(m!)]);
add('sum of booleans', { m: booleans(0.6, 3, 4) }, ({ m }) => tf.sum(m!, 1));
add('argMax and argMin', { x: normal(3, 4, 2) }, ({ x }) => [tf.argMax(x!, 1), tf.argMin(x!, -1), tf.argMax(x!, 0)], {
  gradient: false,
});
add('norm', { x: normal(3, 4) }, ({ x }) => [tf.norm(x!, 2, -1), tf.norm(x!)]);
add('logSumExp', { x: normal(3, 4) }, ({ x }) => tf.logSumExp(x!, -1));
add('l2 normalise', { x: normal(3, 4) }, ({ x }) => tf.div(x!, tf.maximum(tf.norm(x!, 2, -1, true), 1e-12)));
for (const exclusive of [false, true]) {
  for (const reverse of [false, true]) {
    add(`cumsum ${exclusive} ${reverse}`, { x: normal(3, 4) }, ({ x }) => tf.cumsum(x!, 1, exclusive, reverse));
  }
}
add('topk', { x: normal(3, 7) }, ({ x }) => Object.values(tf.topk(x!, 3)) as tf.Tensor[], { gradient: false });
add('softmax', { x: normal(2, 3, 5) }, ({ x }) => tf.softmax(x!));
add('logSoftmax', { x: normal(3, 5) }, ({ x }) => tf.logSoftmax(x!));
add('softmax of one', { x: normal(2, 1) }, ({ x }) => [tf.softmax(x!), tf.logSoftmax(x!)]);
add('moments', { x: normal(3, 4) }, ({ x }) => {
  const { mean, variance } = tf.moments(x!, 0);
  return [mean, variance];
});
add('batchNorm', { x: normal(2, 3, 3, 4), m: normal(4), v: positive(4), o: normal(4), s: normal(4) }, (t) =>
  tf.batchNorm(t.x!, t.m as tf.Tensor1D, t.v as tf.Tensor1D, t.o as tf.Tensor1D, t.s as tf.Tensor1D, 1e-3),
);

// Products
for (const ta of [false, true]) {
  for (const tb of [false, true]) {
    const a = ta ? [4, 3] : [3, 4];
    const b = tb ? [2, 4] : [4, 2];
    add(`matMul ${ta} ${tb}`, { a: normal(...a), b: normal(...b) }, (t) => tf.matMul(t.a!, t.b!, ta, tb));
    add(`matMul in batches ${ta} ${tb}`, { a: normal(2, 3, ...a), b: normal(2, 3, ...b) }, (t) =>
      tf.matMul(t.a!, t.b!, ta, tb),
    );
    add(
      `matMul broadcasting ${ta} ${tb}`,
      { a: normal(2, 3, ...a), b: normal(1, 3, ...b) },
      (t) => tf.matMul(t.a!, t.b!, ta, tb),
      { gradient: false },
    );
  }
}
add('matMul of a transpose', { a: normal(2, 3, 4), b: normal(2, 3, 5) }, (t) =>
  tf.matMul(tf.transpose(t.a!, [0, 2, 1]), t.b!),
);
add('matMul, bias and factor', { a: normal(3, 4), b: normal(4, 2), c: normal(2) }, (t) =>
  tf.mul(tf.add(tf.matMul(t.a!, t.b!), t.c!), 0.5),
);
add('scaled matMul', { a: normal(3, 4), b: normal(4, 2) }, (t) => tf.mul(tf.matMul(t.a!, t.b!), 0.5));
add('fused.matMul', { a: normal(3, 4), b: normal(4, 2), bias: normal(2) }, (t) =>
  tf.fused.matMul({ a: t.a!, b: t.b!, bias: t.bias!, activation: 'relu' }),
);
add('dot of one', { a: normal(1, 1), b: normal(1, 1) }, (t) => tf.matMul(t.a!, t.b!));
for (const equation of ['ij,jk->ik', 'bij,bjk->bik', 'bi,bj->bij', 'ij,ij->i', 'ijk,j->ik', 'bhid,bhjd->bhij']) {
  const [left = ''] = equation.split('->');
  const lengths: Record<string, number> = { i: 2, j: 3, k: 4, b: 2, h: 2, d: 3 };
  const [a, b] = left.split(',').map((labels) => normal(...[...labels].map((label) => lengths[label]!)));
  add(`einsum ${equation}`, { a: a!, b: b! }, (t) => tf.einsum(equation, t.a!, t.b!));
}
add('einsum ij->ji', { a: normal(2, 3) }, ({ a }) => tf.einsum('ij->ji', a!));

// Shapes
add('reshape', { x: normal(2, 6) }, ({ x }) => tf.reshape(tf.reshape(x!, [3, 4]), [4, -1]));
add('expandDims and squeeze', { x: normal(2, 3) }, ({ x }) => [
  tf.expandDims(x!, 1),
  tf.squeeze(tf.expandDims(x!, -1)),
]);
add('transpose', { x: normal(2, 3, 4) }, ({ x }) => [
  tf.transpose(x!, [2, 0, 1]),
  tf.transpose(tf.transpose(x!, [1, 0, 2]), [1, 2, 0]),
  tf.transpose(x!),
]);
add('transpose of length 1', { x: normal(1, 3, 1, 2) }, ({ x }) => tf.transpose(x!, [1, 0, 3, 2]));
add('tile', { x: normal(2, 3) }, ({ x }) => [tf.tile(x!, [2, 3]), tf.tile(x!, [1, 1])]);
add('tile of length 1', { x: normal(1, 3) }, ({ x }) => tf.mul(tf.tile(x!, [4, 1]), 2));
add('broadcastTo', { x: normal(1, 3) }, ({ x }) => tf.broadcastTo(x!, [2, 4, 3]));
add('reverse', { x: normal(2, 3, 4) }, ({ x }) => [tf.reverse(x!, [0, 2]), tf.reverse(x!, 1)]);
add('concat', { a: normal(2, 3), b: normal(1, 3), c: normal(2, 1) }, (t) => [
  tf.concat([t.a!, t.b!], 0),
  tf.concat([t.a!, t.c!, t.a!], -1),
]);
add('concat with nothing', { a: normal(2, 3) }, ({ a }) => tf.concat([a!, tf.zeros([0, 3])], 0), { gradient: false });
add('stack and unstack', { a: normal(2, 3), b: normal(2, 3) }, (t) => [
  tf.stack([t.a!, t.b!], 1),
  tf.stack([t.a!, t.b!], -1),
  ...tf.unstack(t.a!, 1),
]);
add('unstack and split of one', { a: normal(1, 3) }, ({ a }) => [...tf.unstack(a!, 0), ...tf.split(a!, 1, 1)]);
add('split', { x: normal(2, 6) }, ({ x }) => [...tf.split(x!, 3, 1), ...tf.split(x!, [1, 2, 3], -1)]);
add('split, one part used', { x: normal(2, 6) }, ({ x }) => tf.split(x!, 3, 1)[1]!);
add('slice', { x: normal(3, 4, 5) }, ({ x }) => [
  tf.slice(x!, [1, 0, 2], [2, -1, 2]),
  tf.slice(x!, 1),
  tf.slice(x!, [0, 0, 0], [3, 4, 5]),
]);
add(
  'stridedSlice',
  { x: normal(5, 6) },
  ({ x }) => [
    tf.stridedSlice(x!, [0, 1], [5, 6], [2, 2]),
    tf.stridedSlice(x!, [4, 5], [0, 0], [-2, -1]),
    tf.stridedSlice(x!, [1, 0], [2, 6], [1, 1], 0, 0, 0, 0, 1),
  ],
  { gradient: false },
);
add('pad', { x: normal(2, 3) }, ({ x }) => [
  tf.pad(x!, [
    [1, 0],
    [2, 1],
  ]),
  tf.pad(x!, [
    [0, 0],
    [0, 0],
  ]),
  tf.pad(
    x!,
    [
      [0, 1],
      [1, 0],
    ],
    3,
  ),
]);
add(
  'mirrorPad',
  { x: normal(3, 4) },
  ({ x }) =>
    tf.mirrorPad(
      x!,
      [
        [1, 2],
        [2, 1],
      ],
      'reflect',
    ),
  { gradient: false },
);
add('constants', { x: normal(4) }, ({ x }) => [
  tf.add(x!, tf.fill([4], 2.5)),
  tf.add(x!, tf.range(0, 4)),
  tf.add(x!, tf.linspace(0, 1, 4)),
  tf.add(x!, tf.tensor1d([1, 2, 3, 4])),
  tf.add(x!, tf.eye(4)),
  tf.mul(x!, tf.ones([4])),
]);
add('oneHot', { i: integers(5, 2, 3) }, ({ i }) => [
  tf.oneHot(i as tf.Tensor2D, 5),
  tf.oneHot(i as tf.Tensor2D, 5, 2, -1),
]);

// Indices
add('gather', { x: normal(4, 3, 5), i: integers(3, 6) }, ({ x, i }) => [
  tf.gather(x!, i as tf.Tensor1D),
  tf.gather(x!, i as tf.Tensor1D, 1),
  tf.gather(x!, i as tf.Tensor1D, -1),
]);
add('gather with a matrix', { x: normal(4, 3), i: integers(4, 2, 5) }, ({ x, i }) => tf.gather(x!, i as tf.Tensor2D));
add('gather with repeats', { x: normal(4, 3), i: integers(1, 6) }, ({ x, i }) => tf.gather(x!, i as tf.Tensor1D));
add('gatherND and scatterND', { x: normal(4, 3), i: integers(3, 5, 2) }, ({ x, i }) => {
  const picked = tf.gatherND(x!, i!);
  return [picked, tf.scatterND(i!, picked, [4, 3])];
});
add('unsortedSegmentSum', { x: normal(6, 3), i: integers(4, 6) }, ({ x, i }) =>
  tf.unsortedSegmentSum(x!, i as tf.Tensor1D, 4),
);
add(
  'tensorScatterUpdate',
  { x: normal(4, 3), u: normal(2, 3) },
  ({ x, u }) => tf.tensorScatterUpdate(x!, tf.tensor2d([[3], [1]], [2, 1], 'int32'), u!),
  { gradient: false },
);

// Images, in tfjs's layout
for (const pad of ['valid', 'same', 2] as const) {
  for (const strides of [1, 2]) {
    add(
      `conv2d ${pad} stride ${strides}`,
      { x: normal(2, 7, 6, 3), w: normal(3, 3, 3, 4) },
      ({ x, w }) => tf.conv2d(x4(x!), x4(w!), strides, pad, 'NHWC', 1, pad === 2 ? 'floor' : undefined),
      { tolerance: 1e-4 },
    );
    add(
      `depthwiseConv2d ${pad} stride ${strides}`,
      { x: normal(2, 7, 6, 3), w: normal(3, 3, 3, 2) },
      ({ x, w }) => tf.depthwiseConv2d(x4(x!), x4(w!), strides, pad, 'NHWC', 1, pad === 2 ? 'floor' : undefined),
      { tolerance: 1e-4 },
    );
  }
}
add('conv2d 1 x 1', { x: normal(2, 4, 4, 3), w: normal(1, 1, 3, 5) }, ({ x, w }) =>
  tf.conv2d(x4(x!), x4(w!), 1, 'valid'),
);
add(
  'conv2d dilated',
  { x: normal(1, 9, 9, 2), w: normal(3, 3, 2, 3) },
  ({ x, w }) => tf.conv2d(x4(x!), x4(w!), 1, 'same', 'NHWC', 2),
  { gradient: false },
);
add(
  'conv2dTranspose',
  { x: normal(2, 4, 3, 3), w: normal(3, 3, 2, 3) },
  ({ x, w }) => tf.conv2dTranspose(x4(x!), x4(w!), [2, 8, 6, 2], 2, 'same'),
  { tolerance: 1e-4 },
);
for (const pad of ['valid', 'same'] as const) {
  for (const stride of [1, 2]) {
    add(`maxPool ${pad} ${stride}`, { x: normal(2, 6, 6, 3) }, ({ x }) => tf.maxPool(x4(x!), 2, stride, pad));
    add(`avgPool ${pad} ${stride}`, { x: normal(2, 6, 5, 3) }, ({ x }) => tf.avgPool(x4(x!), 3, stride, pad), {
      gradient: pad === 'valid',
    });
  }
}
add('avgPool in tiles', { x: normal(2, 6, 4, 3) }, ({ x }) => tf.avgPool(x4(x!), 2, 2, 'valid'));
for (const [align, half] of [
  [false, false],
  [true, false],
  [false, true],
] as const) {
  add(
    `resizeBilinear ${align} ${half}`,
    { x: normal(2, 5, 5, 3) },
    ({ x }) => [
      tf.image.resizeBilinear(x4(x!), [7, 7], align, half),
      tf.image.resizeBilinear(x4(x!), [1, 1], align, half),
    ],
    { gradient: !half },
  );
  // One image: tfjs's gradient mixes up the images of a batch.
  add(
    `resizeNearest ${align} ${half}`,
    { x: normal(1, 5, 5, 3) },
    ({ x }) => tf.image.resizeNearestNeighbor(x4(x!), [10, 10], align, half),
    { gradient: !half && !align },
  );
}

const called = new Set<string>();

describe('kernels equal tfjs eager, values and gradients', () => {
  const kernels = definedKernels() as unknown as Map<string, (...args: never[]) => unknown>;
  const originals = new Map(kernels);
  beforeAll(() => {
    for (const [name, kernel] of originals) {
      kernels.set(name, (...args: never[]) => {
        called.add(name);
        return kernel(...args);
      });
    }
  });
  afterAll(() => {
    for (const [name, kernel] of originals) kernels.set(name, kernel);
  });

  it.each(cases)('$name', async (test) => {
    await expectParity(test);
  });

  it('leaves no kernel of tfjs untested', () => {
    const own = [...originals.keys()].filter((name) => !name.startsWith('Echo'));
    expect(own.filter((name) => !called.has(name))).toEqual([]);
  });
});
