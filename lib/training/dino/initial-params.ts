import { type RandomStream, stream } from '../../core/random.js';
import { sizeOf } from '../../core/shape.js';
import type { HostTensor } from '../../engine/compile.js';
import { dinoHeadParams } from '../../models/dino-head.js';
import { prefixParams } from '../../models/parameters.js';
import { gridSize, type VitConfig } from '../../models/vit-config.js';
import { vitParams } from '../../models/vit-params.js';
import { type EncoderConfig, encoderParams, encoderWidth, isVit } from '../self-distillation/encoder.js';
import type { DinoConfig } from './dino-config.js';

/** Random student: backbone and head under their prefixes, initialised as the config says. */
export function initialParams(
  config: Pick<DinoConfig<EncoderConfig>, 'encoder' | 'initialisation' | 'head'>,
  seed: number,
): Record<string, HostTensor> {
  const { encoder } = config;
  const head = { ...config.head, inputWidth: encoderWidth(encoder) };
  return {
    ...prefixParams(initialBackbone(encoder, config.initialisation, seed), 'backbone.'),
    ...prefixParams(dinoHeadParams(head, stream(seed, 'initial/head')), 'head.'),
  };
}

/** Random encoder, keys of the official checkpoints. */
export function initialBackbone(
  encoder: EncoderConfig,
  initialisation: DinoConfig['initialisation'],
  seed: number,
): Record<string, HostTensor> {
  const random = stream(seed, 'initial/backbone');
  return initialisation === 'fan-in' && isVit(encoder)
    ? fanInVitParams(encoder, random)
    : encoderParams(encoder, random);
}

/** Deviation that `vitParams` draws linear weights with. */
const RELEASED_DEVIATION = 0.02;

/**
 * A random ViT whose linear weights have deviation 1 / sqrt(inputs), those that end a residual branch 1 / sqrt(2 depth) of that, and whose positions
 * are sines and cosines: the `fan-in` start.
 *
 * Source of the residual scale: Radford et al. 2019 (GPT-2). Without it, the branches of an untrained encoder drown its input.
 */
export function fanInVitParams(encoder: VitConfig, random: RandomStream): Record<string, HostTensor> {
  const params = vitParams(encoder, random);
  const scaled = Object.entries(params).map(([key, { shape, data }]): [string, HostTensor] => {
    if (!/^blocks\..*\.(qkv|proj|fc1|fc2)\.weight$/.test(key)) return [key, { shape, data }];
    const residual = /\.(proj|fc2)\.weight$/.test(key) ? 1 / Math.sqrt(2 * encoder.depth) : 1;
    const scale = residual / (RELEASED_DEVIATION * Math.sqrt(sizeOf(shape.slice(1))));
    return [key, { shape, data: data.map((value) => value * scale) }];
  });
  const { pos_embed: positions } = params;
  return {
    ...Object.fromEntries(scaled),
    pos_embed: { shape: positions!.shape, data: sineCosinePositions(encoder.width, gridSize(encoder)) },
  };
}

/**
 * Two-dimensional sine-cosine positions, zero for CLS.
 *
 * Source: Vaswani et al. 2017; in two dimensions Chen et al. 2021 (MoCo v3) and He et al. 2022 (MAE): a quarter of the width each for sine and
 * cosine of column and row, wavelengths geometric up to 10,000.
 *
 * @returns `[1 + grid * grid, width]`, row-major
 */
export function sineCosinePositions(width: number, grid: number): Float32Array {
  const quarter = Math.floor(width / 4);
  const positions = new Float32Array((1 + grid * grid) * width);
  for (let cell = 0; cell < grid * grid; cell++) {
    const row = (1 + cell) * width;
    for (let i = 0; i < quarter; i++) {
      const frequency = 10_000 ** (-i / quarter);
      const [x, y] = [(cell % grid) * frequency, Math.floor(cell / grid) * frequency];
      positions[row + i] = Math.sin(x);
      positions[row + quarter + i] = Math.cos(x);
      positions[row + 2 * quarter + i] = Math.sin(y);
      positions[row + 3 * quarter + i] = Math.cos(y);
    }
  }
  return positions;
}
