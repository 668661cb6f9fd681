import { existsSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { ArgumentError, DataError } from '../core/errors.js';
import type { HostTensor } from '../engine/compile.js';
import type { PixelNormalisation } from '../evaluation/vit-encoder.js';
import { PHANTOM_ENCODERS, PHANTOM_NORMALISATION } from '../experiments/encoders/phantom-encoder-config.js';
import { type EncoderStart, startingEncoder } from '../experiments/encoders/starting-encoder.js';
import { VIT_B14, VIT_B14_REG4, VIT_S8, type VitConfig } from '../models/vit-config.js';
import { vitShapes } from '../models/vit-params.js';
import { takeParams } from '../models/weights/import-weights.js';
import { openWeights } from '../models/weights/open-weights.js';
import { NAMED_ENCODERS } from './explore-choices.js';

/** An encoder to look through. */
export interface ChosenEncoder {
  /** What it is and where it comes from. */
  readonly name: string;
  readonly config: VitConfig;
  readonly params: Readonly<Record<string, HostTensor>>;
  readonly normalisation: PixelNormalisation;
  /** Side in pixels that frames are resized to. */
  readonly imageSize: number;
}

/** ImageNet's mean and deviation, which the released weights expect. */
const RGB: PixelNormalisation = { mean: [0.485, 0.456, 0.406], deviation: [0.229, 0.224, 0.225] };
/** The paper's frames, in pixels (A.1). */
const PAPER_SIZE = 112;

const KNOWN: readonly VitConfig[] = [PHANTOM_ENCODERS.small, PHANTOM_ENCODERS.base, VIT_S8, VIT_B14_REG4, VIT_B14];

/**
 * The encoder of a name, or of a file: official checkpoints of DINO (ViT-S/8) and DINOv2 (ViT-B/14), EchoApex's, and the phantom's own, told apart by
 * the shapes of their tensors.
 *
 * @param choice one of `NAMED_ENCODERS`, or a path
 * @throws {DataError} if there is no such file, or it holds no encoder that is known
 */
export function chosenEncoder(choice: string): ChosenEncoder {
  if (NAMED_ENCODERS.includes(choice)) {
    const [start, size] = choice.split('-') as [EncoderStart, 'small' | 'base'];
    const { config, params, normalisation, source } = startingEncoder(start, size, 'phantom');
    return { name: `${config.name} (${source})`, config, params, normalisation, imageSize: config.imageSize };
  }
  const path = resolve(choice);
  if (!existsSync(path)) {
    throw new DataError(`chosenEncoder: ${path} is not there; give a file or one of ${NAMED_ENCODERS.join(', ')}`);
  }
  const file = openWeights(path);
  try {
    const embedding = file.entries.find(({ key }) => key.endsWith('patch_embed.proj.weight'))?.shape;
    if (embedding === undefined) {
      throw new ArgumentError(`chosenEncoder: ${path} holds no Vision Transformer (no patch_embed.proj.weight)`);
    }
    const registers = file.entries.some(({ key }) => key.endsWith('register_tokens'));
    const config = KNOWN.find(
      ({ width, channels, patchSize, registers: own }) =>
        [width, channels, patchSize, patchSize].join() === embedding.join() && own > 0 === registers,
    );
    if (config === undefined) {
      throw new ArgumentError(
        `chosenEncoder: ${path} embeds patches by [${embedding.join(', ')}]; known are ${KNOWN.map(({ name }) => name).join(', ')}`,
      );
    }
    const { params } = takeParams(file, vitShapes(config), { model: config.name, resizePositions: true });
    const grey = config.channels === 1;
    return {
      name: `${config.name} (${basename(path)})`,
      config,
      params,
      normalisation: grey ? PHANTOM_NORMALISATION : RGB,
      imageSize: grey ? config.imageSize : PAPER_SIZE,
    };
  } finally {
    file.close();
  }
}
