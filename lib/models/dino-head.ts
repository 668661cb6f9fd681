import * as tf from '@tensorflow/tfjs';
import type { RandomStream } from '../core/random.js';
import { gelu, linear } from '../engine/ops.js';
import {
  constant,
  drawParams,
  type HostParam,
  normal,
  type ParamShapes,
  type Params,
  param,
  torchDefault,
} from './parameters.js';

/** Shape of a projection head; iBOT's own head has the same make. */
export interface DinoHeadConfig {
  readonly inputWidth: number;
  readonly hiddenWidth: number;
  readonly bottleneckWidth: number;
  /** K */
  readonly prototypes: number;
}

/** The paper's head (Table 1): hidden 2048, bottleneck 64, 65,536 prototypes. The DINO releases use a bottleneck of 256. */
export function paperDinoHead(inputWidth: number): DinoHeadConfig {
  return { inputWidth, hiddenWidth: 2048, bottleneckWidth: 64, prototypes: 65_536 };
}

/** Keys and shapes of the head, those of the official checkpoints. */
export function dinoHeadShapes(config: DinoHeadConfig): ParamShapes {
  const { inputWidth, hiddenWidth, bottleneckWidth, prototypes } = config;
  return {
    'mlp.0.weight': [hiddenWidth, inputWidth],
    'mlp.0.bias': [hiddenWidth],
    'mlp.2.weight': [hiddenWidth, hiddenWidth],
    'mlp.2.bias': [hiddenWidth],
    'mlp.4.weight': [bottleneckWidth, hiddenWidth],
    'mlp.4.bias': [bottleneckWidth],
    'last_layer.weight_g': [prototypes, 1],
    'last_layer.weight_v': [prototypes, bottleneckWidth],
  };
}

/** Random initialisation as the authors': normal 0.02 in the MLP, PyTorch's default in the last layer, whose lengths are 1. */
export function dinoHeadParams(config: DinoHeadConfig, random: RandomStream): Record<string, HostParam> {
  return drawParams(dinoHeadShapes(config), random, (key) => {
    if (key === 'last_layer.weight_g') return constant(1);
    if (key === 'last_layer.weight_v') return torchDefault(config.bottleneckWidth);
    return key.endsWith('.bias') ? constant(0) : normal(0.02);
  });
}

/**
 * Projection head of DINO and iBOT: three-layer GELU MLP, L2 normalisation, weight-normed linear layer without bias.
 *
 * Source: facebookresearch/dino vision_transformer.py, DINOHead; facebookresearch/dinov2 dinov2/layers/dino_head.py.
 * `last_layer.weight_g` stays 1 in the authors' recipe (`norm_last_layer`): leave it out of the optimiser.
 *
 * @param x `[N, inputWidth]`
 * @returns logits `[N, K]`
 */
export function dinoHead(params: Params, x: tf.Tensor): tf.Tensor {
  const layer = (input: tf.Tensor, index: number): tf.Tensor =>
    linear(input, param(params, `mlp.${index}.weight`), param(params, `mlp.${index}.bias`));
  const bottleneck = layer(gelu(layer(gelu(layer(x, 0)), 2)), 4);
  const length = tf.sqrt(tf.sum(tf.square(bottleneck), 1, true));
  const unit = tf.div(bottleneck, tf.maximum(length, 1e-12)); // torch F.normalize
  return linear(unit, weightNormed(params));
}

/** `g v / |v|`, row by row. */
function weightNormed(params: Params): tf.Tensor {
  const direction = param(params, 'last_layer.weight_v');
  const inverse = tf.rsqrt(tf.sum(tf.square(direction), 1, true));
  return tf.mul(direction, tf.mul(param(params, 'last_layer.weight_g'), inverse));
}
