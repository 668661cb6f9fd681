import * as tf from '@tensorflow/tfjs';
import type { ConvGeometry } from './convolution.js';

/**
 * Convolutions out of tfjs's own, for backends that are not being traced. Slow where tfjs lacks the case: groups are
 * convolved one by one, dilated kernels are spread with zeros (tfjs has no gradient for dilation).
 */

/** `[B, I, H, W]` and `[O, I / groups, h, w]` -> `[B, O, H', W']`. */
export function eagerConv2d(x: tf.Tensor, weight: tf.Tensor, geometry: ConvGeometry): tf.Tensor {
  const [top, left, bottom, right] = geometry.pads;
  const image = tf.pad(tf.transpose(x, [0, 2, 3, 1]), [
    [0, 0],
    [top, bottom],
    [left, right],
    [0, 0],
  ]) as tf.Tensor4D;
  const kernel = tf.transpose(spread(weight, geometry.dilations), [2, 3, 1, 0]) as tf.Tensor4D; // [h, w, I / groups, O]
  const strides = [...geometry.strides] as [number, number];
  const parts = byGroup(image, kernel, geometry.groups, (part, filter) => tf.conv2d(part, filter, strides, 'valid'));
  return tf.transpose(parts, [0, 3, 1, 2]);
}

/** `[B, I, H, W]` and `[I, O / groups, h, w]` -> `[B, O, H', W']`. */
export function eagerConvTranspose2d(x: tf.Tensor, weight: tf.Tensor, geometry: ConvGeometry): tf.Tensor {
  const [top, left] = geometry.pads;
  const [height, width] = geometry.size;
  const image = tf.transpose(x, [0, 2, 3, 1]) as tf.Tensor4D;
  const filters = tf.transpose(spread(weight, geometry.dilations), [2, 3, 1, 0]) as tf.Tensor4D; // [h, w, O / groups, I]
  const strides = [...geometry.strides] as [number, number];
  const whole = [0, 1].map((i) => {
    const reach = (image.shape[1 + i]! - 1) * strides[i]! + filters.shape[i]!;
    return Math.max(reach, geometry.pads[i]! + geometry.size[i]!);
  }) as [number, number];
  const parts = (tf.split(image, geometry.groups, 3) as tf.Tensor4D[]).map((part, group) => {
    const inputs = part.shape[3];
    const filter = tf.slice(filters, [0, 0, 0, group * inputs], [-1, -1, -1, inputs]);
    const shape: [number, number, number, number] = [part.shape[0], ...whole, filter.shape[2]];
    return tf.conv2dTranspose(part, filter as tf.Tensor4D, shape, strides, 'valid');
  });
  const full = parts.length === 1 ? parts[0]! : tf.concat(parts, 3);
  const cropped = tf.slice(full, [0, top, left, 0], [-1, height, width, -1]);
  return tf.transpose(cropped, [0, 3, 1, 2]);
}

function byGroup(
  image: tf.Tensor4D,
  kernel: tf.Tensor4D,
  groups: number,
  convolve: (image: tf.Tensor4D, kernel: tf.Tensor4D) => tf.Tensor4D,
): tf.Tensor4D {
  if (groups === 1) return convolve(image, kernel);
  const kernels = tf.split(kernel, groups, 3) as tf.Tensor4D[];
  return tf.concat(
    (tf.split(image, groups, 3) as tf.Tensor4D[]).map((part, group) => convolve(part, kernels[group]!)),
    3,
  );
}

/** A kernel with zeros between its taps: `[.., .., h, w]` -> `[.., .., d (h - 1) + 1, d (w - 1) + 1]`. */
function spread(weight: tf.Tensor, [vertical, horizontal]: readonly [number, number]): tf.Tensor {
  if (vertical === 1 && horizontal === 1) return weight;
  const [a, b, h, w] = weight.shape as [number, number, number, number];
  const gaps: [number, number][] = [
    [0, 0],
    [0, 0],
    [0, 0],
    [0, vertical - 1],
    [0, 0],
    [0, horizontal - 1],
  ];
  const spaced = tf.reshape(tf.pad(tf.reshape(weight, [a, b, h, 1, w, 1]), gaps), [a, b, h * vertical, w * horizontal]);
  return tf.slice(spaced, [0, 0, 0, 0], [a, b, vertical * (h - 1) + 1, horizontal * (w - 1) + 1]);
}
