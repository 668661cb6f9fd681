import { describe, expect, it } from 'vitest';
import { exportOnnx } from '../../lib/engine/compile.js';
import { type ConvOptions, conv2d, convTranspose2d } from '../../lib/engine/ops.js';
import { expectParity, normal } from './parity.js';

/** A convolution and its gradients are computed in ways that depend on the shapes; each way against tfjs's cpu backend. */

type Shape = readonly [number, number, number, number];

const WAYS: readonly [string, Shape, Shape, ConvOptions][] = [
  ['a product for each image', [2, 5, 6, 7], [3, 5, 1, 1], {}],
  ['one product for all images', [3, 40, 2, 3], [36, 40, 1, 1], {}],
  ['one product, strided', [2, 40, 3, 5], [36, 40, 1, 1], { stride: 2 }],
  ['one product, strided windows', [2, 40, 5, 4], [36, 40, 3, 3], { stride: 2, padding: 1 }],
  ['one product, rows dropped by the stride', [2, 40, 6, 4], [36, 40, 3, 2], { stride: [2, 3] }],
  ['a mirrored kernel, uneven padding', [2, 3, 7, 6], [4, 3, 3, 2], { padding: [1, 0, 2, 1] }],
  ['a mirrored kernel, dilated', [2, 3, 7, 6], [4, 3, 3, 3], { padding: [2, 1], dilation: 2 }],
  ['mirrored images, uneven padding', [1, 12, 4, 3], [13, 12, 3, 2], { padding: [1, 0, 2, 1] }],
  ['mirrored images of one column', [1, 12, 4, 1], [13, 12, 3, 1], { padding: [1, 0] }],
  ['more padding than the kernel reaches', [2, 3, 4, 4], [2, 3, 1, 1], { padding: 1 }],
  ['a product for each tap', [2, 33, 8, 9], [3, 33, 3, 3], { padding: 1 }],
  ['a product for each tap, strided', [2, 33, 9, 8], [3, 33, 3, 2], { padding: 1, stride: 2, dilation: [1, 2] }],
  ['only the centre of the kernel', [2, 3, 4, 5], [4, 3, 3, 3], { padding: 6, dilation: 6 }],
  ['two rows of the kernel', [1, 3, 3, 9], [4, 3, 3, 3], { padding: [3, 1, 1, 1], dilation: [3, 1] }],
];

describe('conv2d', () => {
  it.each(WAYS)('%s', async (name, image, kernel, options) => {
    await expectParity({
      name,
      inputs: { x: normal(...image), w: normal(...kernel) },
      fn: ({ x, w }) => conv2d(x!, w!, undefined, options),
      tolerance: 1e-4,
    });
  });

  it('leaves out the taps that only meet padding', () => {
    const bytes = (dilation: number): number =>
      exportOnnx((_params, { x, w }) => ({ y: conv2d(x!, w!, undefined, { padding: dilation, dilation }) }), {
        params: {},
        inputs: { x: { shape: [1, 2, 5, 5] }, w: { shape: [2, 2, 3, 3] } },
      }).length;
    expect(bytes(5)).toBeGreaterThan(bytes(4)); // a slice more
  });
});

describe('convTranspose2d', () => {
  it.each([
    ['stride 1', [2, 3, 5, 4], [3, 4, 3, 2], { padding: [1, 0] }],
    ['one product for all images', [2, 40, 2, 3], [40, 36, 3, 3], { stride: 2, padding: 1, outputPadding: 1 }],
  ] as const)('%s', async (name, image, kernel, options) => {
    await expectParity({
      name,
      inputs: { x: normal(...image), w: normal(...kernel) },
      fn: ({ x, w }) => convTranspose2d(x!, w!, undefined, options),
      tolerance: 1e-4,
    });
  });
});
