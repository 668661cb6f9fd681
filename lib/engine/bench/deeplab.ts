import * as tf from '@tensorflow/tfjs';
import { stream } from '../../core/random.js';
import type { HostTensor, TensorMap } from '../compile.js';
import { conv2d, resize2d } from '../ops.js';
import { layerWriter, normedConv, resnetMap, resnetParams } from './resnet.js';

const RATES = [12, 24, 36];

/** Random parameters of DeepLabV3-ResNet50 with one class. */
export function deeplabParams(): Record<string, HostTensor> {
  const params = resnetParams(1);
  for (const name of ['fc.weight', 'fc.bias']) delete params[name];
  const draw = stream(1, 'bench/deeplab');
  const layer = layerWriter(params, draw);
  layer('point', 'point.bn', 256, 2048, 1);
  for (const rate of RATES) layer(`wide${rate}`, `wide${rate}.bn`, 256, 2048, 3);
  layer('pool', 'pool.bn', 256, 2048, 1);
  layer('project', 'project.bn', 256, 5 * 256, 1);
  layer('refine', 'refine.bn', 256, 256, 3);
  const weight = Float32Array.from({ length: 256 }, () => 0.06 * draw.normal());
  params['score.weight'] = { shape: [1, 256, 1, 1], data: weight };
  params['score.bias'] = { shape: [1], data: new Float32Array(1) };
  return params;
}

/** Scores `[B, 1, S, S]` of images `[B, 3, S, S]`, without the pyramid's dropout. */
export function deeplabScores(params: TensorMap, images: tf.Tensor): tf.Tensor {
  const layer = (x: tf.Tensor, name: string, dilation = 0): tf.Tensor =>
    tf.relu(normedConv(params, x, name, `${name}.bn`, dilation > 0 ? { dilation, padding: dilation } : {}));
  const x = resnetMap(params, images, true);
  const [batch, , rows, columns] = x.shape as [number, number, number, number];
  const mean = layer(tf.mean(x, [2, 3], true), 'pool');
  const spread = tf.mul(mean, tf.ones([batch, 256, rows, columns]));
  const wide = RATES.map((rate) => layer(x, `wide${rate}`, rate));
  const joined = tf.concat([layer(x, 'point'), ...wide, spread], 1);
  const refined = layer(layer(joined, 'project'), 'refine', 1);
  const coarse = conv2d(refined, params['score.weight']!, params['score.bias']!);
  return resize2d(coarse, [images.shape[2]!, images.shape[3]!], { mode: 'bilinear' });
}
