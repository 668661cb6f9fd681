import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DataError } from '../../core/errors.js';
import { sha256 } from '../../core/hash.js';
import { dataFolder, resultsFolder, workbenchRoot } from '../../core/paths.js';
import { stream } from '../../core/random.js';
import type { HostTensor } from '../../engine/compile.js';
import type { PixelNormalisation } from '../../evaluation/vit-encoder.js';
import { VIT_B14, VIT_S8, type VitConfig } from '../../models/vit-config.js';
import { vitShapes } from '../../models/vit-params.js';
import { importParams } from '../../models/weights/import-weights.js';
import type { DataKind } from '../../records/record.js';
import { fanInVitParams } from '../../training/dino/initial-params.js';
import { type EncoderSize, PHANTOM_ENCODERS, PHANTOM_NORMALISATION } from './phantom-encoder-config.js';

/**
 * Where an encoder's weights come from: `echo`, pretrained on echocardiograms; `generic`, the same recipe on natural images (the paper's
 * ImageNet counterpart) or on procedural pictures with their statistics; `random`.
 */
export type EncoderStart = 'echo' | 'generic' | 'random';

/** A ViT to start a task from. */
export interface StartingEncoder {
  readonly start: EncoderStart;
  readonly size: EncoderSize;
  readonly config: VitConfig;
  readonly normalisation: PixelNormalisation;
  /** Keys of the official checkpoint, without a prefix. */
  readonly params: Record<string, HostTensor>;
  /** For the record: the file's name and the first digits of its SHA-256, or how it was drawn. */
  readonly source: string;
}

/** ImageNet's mean and deviation of the three colour planes, which the released weights expect. */
const RGB: PixelNormalisation = { mean: [0.485, 0.456, 0.406], deviation: [0.229, 0.224, 0.225] };

/**
 * File of a pretrained encoder: the phantom's in the record of notebook 01 at full scale (the workbench's own where the results folder in use has
 * none), the user's own in data/weights.
 *
 * @param size `resnet50` for the user's ResNet50
 */
export function encoderFile(
  start: Exclude<EncoderStart, 'random'>,
  size: EncoderSize | 'resnet50',
  data: DataKind,
): string {
  const names = { small: 'vit-s8', base: 'vit-b14', resnet50: 'resnet50' };
  if (data === 'real') return join(dataFolder(), 'weights', `${start}-${names[size]}.safetensors`);
  const path = join('e01-scaling-study', 'phantom-full', 'assets', `encoder-${start}-${size}.safetensors`);
  const here = join(resultsFolder(), path);
  return existsSync(here) ? here : join(workbenchRoot(), 'results', path);
}

/**
 * The encoder that a downstream experiment starts from.
 *
 * @param data `phantom`: the small encoders of {@link PHANTOM_ENCODERS}; `real`: ViT-S/8 and ViT-B/14
 * @param seed of the random start
 * @throws {DataError} naming the file that is missing and how to make it
 */
export function startingEncoder(start: EncoderStart, size: EncoderSize, data: DataKind, seed = 0): StartingEncoder {
  const config = data === 'phantom' ? PHANTOM_ENCODERS[size] : { small: VIT_S8, base: VIT_B14 }[size];
  const common = { start, size, config, normalisation: data === 'phantom' ? PHANTOM_NORMALISATION : RGB };
  if (start === 'random') {
    const params = fanInVitParams(config, stream(seed, `encoder/${size}`));
    return { ...common, params, source: `random, seed ${seed}` };
  }
  const path = encoderFile(start, size, data);
  if (!existsSync(path)) {
    const remedy =
      data === 'phantom'
        ? 'git checkout results/e01-scaling-study/phantom-full, or npm run reproduce -- --notebook 01 --scale full'
        : 'echolab weights import FILE --as MODEL --out that file (data-manifests/weights says where to get FILE), or pretrain with notebook 01';
    throw new DataError(`startingEncoder: ${path} is missing; ${remedy}`);
  }
  const { params } = importParams(path, vitShapes(config));
  const digits = sha256(readFileSync(path)).slice(0, 12);
  return { ...common, params, source: `${path.split(/[\\/]/).at(-1)} ${digits}` };
}
