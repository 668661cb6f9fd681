import type { RandomStream } from '../core/random.js';
import { adapterShapes, initialAdapter, isAdapterKey } from './adapter.js';
import {
  constant,
  drawParams,
  type HostParam,
  type Initialiser,
  normal,
  type ParamShapes,
  parameterCount,
  torchDefault,
} from './parameters.js';
import { feedForwardWidth, gridSize, type VitConfig } from './vit-config.js';

/** Keys and shapes of a ViT, those of the official DINO and DINOv2 checkpoints. */
export function vitShapes(config: VitConfig): ParamShapes {
  const { width: D, patchSize: P } = config;
  const shapes: Record<string, readonly number[]> = {
    cls_token: [1, 1, D],
    pos_embed: [1, gridSize(config) ** 2 + 1, D],
  };
  if (config.registers > 0) shapes.register_tokens = [1, config.registers, D];
  if (config.maskToken) shapes.mask_token = [1, D];
  shapes['patch_embed.proj.weight'] = [D, config.channels, P, P];
  shapes['patch_embed.proj.bias'] = [D];
  for (let block = 0; block < config.depth; block++) Object.assign(shapes, blockShapes(config, `blocks.${block}.`));
  for (const block of config.adapters?.blocks ?? []) {
    Object.assign(shapes, adapterShapes(D, config.adapters!.width, `blocks.${block}.`));
  }
  return { ...shapes, 'norm.weight': [D], 'norm.bias': [D] };
}

/** Keys and shapes of one transformer block under a prefix. */
export function blockShapes(
  config: Pick<VitConfig, 'width' | 'mlpRatio' | 'layerScale' | 'feedForward'> & Partial<VitConfig>,
  prefix: string,
): ParamShapes {
  const D = config.width;
  const F = feedForwardWidth(config as VitConfig);
  const scaled = config.layerScale !== null;
  const named: ParamShapes = {
    'norm1.weight': [D],
    'norm1.bias': [D],
    'attn.qkv.weight': [3 * D, D],
    'attn.qkv.bias': [3 * D],
    'attn.proj.weight': [D, D],
    'attn.proj.bias': [D],
    ...(scaled && { 'ls1.gamma': [D] }),
    'norm2.weight': [D],
    'norm2.bias': [D],
    ...(config.feedForward === 'mlp'
      ? { 'mlp.fc1.weight': [F, D], 'mlp.fc1.bias': [F], 'mlp.fc2.weight': [D, F], 'mlp.fc2.bias': [D] }
      : { 'mlp.w12.weight': [2 * F, D], 'mlp.w12.bias': [2 * F], 'mlp.w3.weight': [D, F], 'mlp.w3.bias': [D] }),
    ...(scaled && { 'ls2.gamma': [D] }),
  };
  return Object.fromEntries(Object.entries(named).map(([key, shape]) => [prefix + key, shape]));
}

/**
 * Random initialisation as the authors': linear weights and positions normal 0.02, biases 0, LayerNorm 1 and 0, the patch embedding as
 * PyTorch's convolution, CLS and registers 0.02 (DINOv1) or 1e-6 (DINOv2), the mask token 0, adapters near zero.
 *
 * @param random streams per key are taken from it; it is not advanced
 */
export function vitParams(config: VitConfig, random: RandomStream): Record<string, HostParam> {
  return drawParams(vitShapes(config), random, (key) => vitInitialiser(config, key));
}

/** How one parameter of a ViT, or of a block of the same make, starts. */
export function vitInitialiser(
  config: Pick<VitConfig, 'layerScale' | 'maskToken' | 'patchSize' | 'channels'>,
  key: string,
): Initialiser {
  if (key.includes('adapter')) return initialAdapter(key);
  if (key === 'cls_token' || key === 'register_tokens') return normal(config.maskToken ? 1e-6 : 0.02);
  if (key === 'mask_token') return constant(0);
  if (key.startsWith('patch_embed.proj')) return torchDefault(config.channels * config.patchSize ** 2);
  if (key.endsWith('gamma')) return constant(config.layerScale ?? 1);
  if (/(^|\.)norm\d*\.weight$/.test(key)) return constant(1);
  if (key.endsWith('.bias')) return constant(0);
  return normal(0.02);
}

/** Share of a ViT's parameters that belong to its adapters, in [0, 1]. */
export function adapterShare(config: VitConfig): number {
  const shapes = vitShapes(config);
  const own = Object.fromEntries(Object.entries(shapes).filter(([key]) => isAdapterKey(key)));
  return parameterCount(own) / parameterCount(shapes);
}
