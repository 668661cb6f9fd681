import * as tf from '@tensorflow/tfjs';
import type { RandomStream } from '../core/random.js';
import { conv2d, resize2d } from '../engine/ops.js';
import { BatchNormScope, batchNormShapes, type NormMode } from './batch-norm-scope.js';
import {
  constant,
  drawParams,
  type HostParam,
  type ParamShapes,
  type Params,
  param,
  paramsUnder,
  prefixParams,
  torchDefault,
} from './parameters.js';
import { RESNET50, type ResnetConfig, resnet, resnetParams, resnetShapes, resnetWidth } from './resnet.js';

/** Shape of a DeepLabV3. */
export interface DeeplabConfig {
  readonly name: string;
  readonly backbone: ResnetConfig;
  /** Channels of the pyramid. */
  readonly channels: number;
  /** Dilations of the three wide branches. */
  readonly rates: readonly [number, number, number];
  readonly classes: number;
}

/** DeepLabV3-ResNet50 with one class, as EchoNet-Dynamic's segmentation checkpoint: 39.63 M parameters. */
export const DEEPLABV3_ECHONET: DeeplabConfig = Object.freeze({
  name: 'deeplabv3-echonet',
  backbone: Object.freeze({ ...RESNET50, classes: 0, dilated: true }),
  channels: 256,
  rates: [12, 24, 36] as const,
  classes: 1,
});

/** torchvision's `deeplabv3_resnet50` with its 21 classes, without the auxiliary classifier. */
export const DEEPLABV3_TORCHVISION: DeeplabConfig = Object.freeze({
  ...DEEPLABV3_ECHONET,
  name: 'deeplabv3-torchvision',
  classes: 21,
});

/** DeepLabV3-ResNet50 for landmark heatmaps (EchoNet-LVH): 4 channels, read after a sigmoid. */
export const DEEPLABV3_LANDMARKS: DeeplabConfig = Object.freeze({
  ...DEEPLABV3_ECHONET,
  name: 'deeplabv3-landmarks',
  classes: 4,
});

/** A small DeepLabV3 for the phantom; `classes` as the task needs. */
export function tinyDeeplab(classes: number): DeeplabConfig {
  return Object.freeze({
    name: 'deeplabv3-tiny',
    backbone: { name: 'resnet-tiny', blocks: [1, 1, 1, 1] as const, base: 16, classes: 0, dilated: true },
    channels: 32,
    rates: [2, 4, 6] as const,
    classes,
  });
}

/** Keys and shapes of a DeepLabV3, those of torchvision's checkpoints (without batch counters and `aux_classifier`). */
export function deeplabShapes(config: DeeplabConfig): ParamShapes {
  const inputs = resnetWidth(config.backbone);
  const { channels } = config;
  const layer = (prefix: string, conv: string, norm: string, shape: readonly number[]): ParamShapes => ({
    [`${prefix}${conv}.weight`]: shape,
    ...batchNormShapes(`${prefix}${norm}.`, channels),
  });
  return {
    ...prefixParams(resnetShapes(config.backbone), 'backbone.'),
    ...layer('classifier.0.convs.0.', '0', '1', [channels, inputs, 1, 1]),
    ...layer('classifier.0.convs.1.', '0', '1', [channels, inputs, 3, 3]),
    ...layer('classifier.0.convs.2.', '0', '1', [channels, inputs, 3, 3]),
    ...layer('classifier.0.convs.3.', '0', '1', [channels, inputs, 3, 3]),
    ...layer('classifier.0.convs.4.', '1', '2', [channels, inputs, 1, 1]),
    ...layer('classifier.0.project.', '0', '1', [channels, 5 * channels, 1, 1]),
    ...layer('classifier.', '1', '2', [channels, channels, 3, 3]),
    'classifier.4.weight': [config.classes, channels, 1, 1],
    'classifier.4.bias': [config.classes],
  };
}

/** Random initialisation as torchvision's: He's normal in the backbone, PyTorch's default in the head. */
export function deeplabParams(config: DeeplabConfig, random: RandomStream): Record<string, HostParam> {
  const backbone = prefixParams(resnetParams(config.backbone, random.child('backbone')), 'backbone.');
  const head = Object.fromEntries(
    Object.entries(deeplabShapes(config)).filter(([key]) => key.startsWith('classifier.')),
  );
  const drawn = drawParams(head, random, (key, shape) => {
    if (shape.length === 4) return torchDefault(shape[1]! * shape[2]! * shape[3]!);
    if (key === 'classifier.4.bias') return torchDefault(config.channels);
    return constant(key.endsWith('.weight') || key.endsWith('running_var') ? 1 : 0);
  });
  return { ...backbone, ...drawn };
}

/** What {@link deeplab} returns. */
export interface DeeplabOutput {
  /** `[B, classes, H, W]`, at the size of the images. */
  readonly logits: tf.Tensor;
  /** `[B, classes, H / 8, W / 8]`, before the last resize. */
  readonly coarse: tf.Tensor;
  /** `[B, 32 base, H / 8, W / 8]`. */
  readonly featureMap: tf.Tensor;
  /** `[B, channels, H / 8, W / 8]`, the joined pyramid. */
  readonly pyramid: tf.Tensor;
  readonly statistics: Readonly<Record<string, tf.Tensor>>;
}

/**
 * DeepLabV3 over a dilated ResNet.
 *
 * Source: torchvision 0.14 models/segmentation/deeplabv3.py. The pyramid's dropout (0.5 in training) takes its factors as an input.
 *
 * @param params keys and shapes of `deeplabShapes(config)`
 * @param images `[B, 3, H, W]`
 * @param options.dropout `[B, channels, H / 8, W / 8]` factors (0 or 2) of the dropout; none if left out
 */
export function deeplab(
  params: Params,
  images: tf.Tensor,
  config: DeeplabConfig,
  mode: NormMode = { training: false },
  options: { readonly dropout?: tf.Tensor } = {},
): DeeplabOutput {
  const backbone = resnet(paramsUnder(params, 'backbone.'), images, config.backbone, mode);
  const norm = new BatchNormScope(params, mode);
  const x = backbone.featureMap;
  const [batch = 0, , rows = 0, columns = 0] = x.shape;
  const layer = (input: tf.Tensor, key: string, normKey: string, dilation = 0): tf.Tensor => {
    const geometry = dilation > 0 ? { padding: dilation, dilation } : {};
    return tf.relu(norm.apply(conv2d(input, param(params, `${key}.weight`), undefined, geometry), `${normKey}.`));
  };
  const branch = 'classifier.0.convs.';
  const wide = config.rates.map((rate, i) => layer(x, `${branch}${i + 1}.0`, `${branch}${i + 1}.1`, rate));
  const mean = layer(tf.mean(x, [2, 3], true), `${branch}4.1`, `${branch}4.2`);
  const spread = tf.mul(mean, tf.ones([batch, config.channels, rows, columns]));
  const joined = tf.concat([layer(x, `${branch}0.0`, `${branch}0.1`), ...wide, spread], 1);
  const projected = layer(joined, 'classifier.0.project.0', 'classifier.0.project.1');
  const pyramid = options.dropout ? tf.mul(projected, options.dropout) : projected;
  const refined = layer(pyramid, 'classifier.1', 'classifier.2', 1);
  const coarse = conv2d(refined, param(params, 'classifier.4.weight'), param(params, 'classifier.4.bias'));
  return {
    logits: resize2d(coarse, [images.shape[2]!, images.shape[3]!], { mode: 'bilinear' }),
    coarse,
    featureMap: x,
    pyramid,
    statistics: { ...prefixParams(backbone.statistics, 'backbone.'), ...norm.statistics },
  };
}
