import type * as tf from '@tensorflow/tfjs';
import { add } from '@tensorflow/tfjs';
import { gelu, linear } from '../engine/ops.js';
import { constant, type Initialiser, normal, type ParamShapes, type Params, param } from './parameters.js';
import type { AdapterConfig, VitConfig } from './vit-config.js';

/**
 * Adapters of the paper: hidden width 192 (ViT-S) and 384 (ViT-B), Tables 2 and 10.
 *
 * The paper also states "less than 4 % of trainable parameters". Two adapters of that width in each of the twelve blocks are 14 %; in the
 * last three blocks they are 3.9 %. Three blocks is therefore the default here and every block is {@link everyBlock}.
 */
export function paperAdapters(config: VitConfig): AdapterConfig {
  const blocks = Array.from({ length: Math.min(3, config.depth) }, (_, i) => config.depth - 1 - i).reverse();
  return { width: config.width / 2, blocks };
}

/** Adapters in every block, as Houlsby et al. 2019 place them. */
export function everyBlock(config: VitConfig): AdapterConfig {
  return { width: config.width / 2, blocks: Array.from({ length: config.depth }, (_, i) => i) };
}

/** The same ViT with adapters. */
export function withAdapters(config: VitConfig, adapters: AdapterConfig = paperAdapters(config)): VitConfig {
  return Object.freeze({ ...config, adapters });
}

/** Keys and shapes of the two adapters of a block. */
export function adapterShapes(width: number, hidden: number, prefix: string): ParamShapes {
  return Object.fromEntries(
    ['adapter1', 'adapter2'].flatMap((name) => [
      [`${prefix}${name}.down.weight`, [hidden, width]],
      [`${prefix}${name}.down.bias`, [hidden]],
      [`${prefix}${name}.up.weight`, [width, hidden]],
      [`${prefix}${name}.up.bias`, [width]],
    ]),
  );
}

/** Near zero (1e-3), so that an untrained adapter hardly changes the model (google-research/adapter-bert modeling.py). */
export function initialAdapter(key: string): Initialiser {
  return key.endsWith('.bias') ? constant(0) : normal(1e-3);
}

/**
 * Bottleneck adapter with an inner skip: `x + up(gelu(down(x)))`. The first stands after the attention branch, the second after the
 * feed-forward branch (after LayerScale where there is one), both before the outer residual.
 *
 * Source: Houlsby et al. 2019; google-research/adapter-bert modeling.py, feedforward_adapter.
 *
 * @param x `[N, D]`
 * @param prefix key prefix, `blocks.11.adapter1.`
 */
export function adapter(params: Params, prefix: string, x: tf.Tensor): tf.Tensor {
  const hidden = gelu(linear(x, param(params, `${prefix}down.weight`), param(params, `${prefix}down.bias`)));
  return add(x, linear(hidden, param(params, `${prefix}up.weight`), param(params, `${prefix}up.bias`)));
}

/** True for parameters of adapters: what is trained when the encoder is frozen. */
export function isAdapterKey(key: string): boolean {
  return /(^|\.)adapter[12]\./.test(key);
}
