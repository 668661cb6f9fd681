import * as tf from '@tensorflow/tfjs';
import { stream } from '../../core/random.js';
import type { HostTensor, TensorMap } from '../../engine/compile.js';
import type { PixelNormalisation } from '../../evaluation/vit-encoder.js';
import { landmarkLoss } from '../../losses/task-losses.js';
import { weightedMseLoss } from '../../losses/weighted-mse-loss.js';
import { isAdapterKey, withAdapters } from '../../models/adapter.js';
import { deeplab, deeplabParams } from '../../models/deeplab.js';
import { landmarkDecoder, landmarkDecoderParams } from '../../models/landmark-decoder.js';
import { paramsUnder, prefixParams } from '../../models/parameters.js';
import { vit } from '../../models/vit.js';
import { vitParams } from '../../models/vit-params.js';
import type { DataKind } from '../../records/record.js';
import { type GroupRule, isExemptFromDecay } from '../../training/optimizers/parameter-groups.js';
import type { SupervisedLoss } from '../../training/supervised/supervised-step.js';
import { startingEncoder } from '../encoders/starting-encoder.js';
import type { DeeplabArm, EncoderArm, LandmarkArm } from './hypertrophy-config.js';

/** What a forward pass gives. B = images, S = side, T = tokens, H = heads. */
export interface LandmarkOutput {
  /** `[B, 4, S, S]`; a sigmoid makes them heatmaps. */
  readonly logits: tf.Tensor;
  readonly statistics: Readonly<Record<string, tf.Tensor>>;
  /** `[B, H, T, T]` of the encoder's last block; `null` without an encoder. */
  readonly attention: tf.Tensor | null;
  /** Patches down and across; `null` without an encoder. */
  readonly grid: readonly [number, number] | null;
}

/** A model of the study, ready to be trained or run. */
export interface LandmarkModel {
  readonly params: Readonly<Record<string, HostTensor>>;
  /** Where the weights come from, for the record. */
  readonly source: string;
  readonly channels: number;
  readonly normalisation: PixelNormalisation;
  rule(key: string, shape: readonly number[]): GroupRule | 'frozen';
  forward(params: TensorMap, images: tf.Tensor, training: boolean): LandmarkOutput;
  /** Loss of logits against heatmaps; masked channels do not count. */
  loss(logits: tf.Tensor, targets: tf.Tensor, mask: tf.Tensor): tf.Scalar;
}

/** Loss of a batch with the inputs of {@link landmarkBatch}. */
export function batchLoss(
  model: LandmarkModel,
  params: TensorMap,
  inputs: TensorMap,
  training: boolean,
): SupervisedLoss {
  const { logits, statistics } = model.forward(params, inputs.images!, training);
  return { loss: model.loss(logits, inputs.targets!, inputs.mask!), statistics };
}

/**
 * The model of an arm with its starting weights.
 *
 * @param encoders `phantom`: the small encoders pretrained on phantoms; `real`: ViT-S/8 and ViT-B/14
 */
export function landmarkModel(arm: LandmarkArm, encoders: DataKind, seed: number): LandmarkModel {
  return arm.kind === 'encoder' ? encoderModel(arm, encoders, seed) : deeplabModel(arm, seed);
}

function encoderModel(arm: EncoderArm, encoders: DataKind, seed: number): LandmarkModel {
  const start = startingEncoder(arm.start, arm.size, encoders, seed);
  const adapted = arm.tuning === 'adapters';
  const config = adapted ? withAdapters(start.config) : start.config;
  const drawn = adapted ? vitParams(config, stream(seed, 'landmarks/adapters')) : {};
  const adapters = Object.fromEntries(Object.entries(drawn).filter(([key]) => isAdapterKey(key)));
  return {
    params: {
      ...prefixParams({ ...start.params, ...adapters }, 'encoder.'),
      ...prefixParams(landmarkDecoderParams(arm.decoder, stream(seed, 'landmarks/decoder')), 'decoder.'),
    },
    source: start.source,
    channels: config.channels,
    normalisation: start.normalisation,
    rule: (key, shape) =>
      adapted && key.startsWith('encoder.') && !isAdapterKey(key) ? 'frozen' : decayRule(key, shape),
    forward(params, images) {
      const last = config.depth - 1;
      const encoded = vit(paramsUnder(params, 'encoder.'), images, config, {
        layers: arm.decoder.taps,
        attention: [last],
      });
      const { grid } = encoded;
      const lead = 1 + config.registers;
      const taps = arm.decoder.taps.map((block) => {
        const layer = encoded.layers[arm.decoder.taps.indexOf(block)]!;
        return tf.slice(layer, [0, lead, 0], [layer.shape[0]!, grid[0] * grid[1], config.width]);
      });
      const planes = config.channels === 1 ? tf.concat([images, images, images], 1) : images;
      const logits = landmarkDecoder(paramsUnder(params, 'decoder.'), taps, grid, planes, arm.decoder);
      return { logits, statistics: {}, attention: encoded.attention[0]!, grid };
    },
    loss: landmarkLoss,
  };
}

/** ImageNet's mean and deviation, as torchvision's model expects. */
const RGB: PixelNormalisation = { mean: [0.485, 0.456, 0.406], deviation: [0.229, 0.224, 0.225] };

function deeplabModel(arm: DeeplabArm, seed: number): LandmarkModel {
  return {
    params: deeplabParams(arm.model, stream(seed, 'landmarks/deeplab')),
    source: `random, seed ${seed}`,
    channels: 3,
    normalisation: RGB,
    rule: decayRule,
    forward(params, images, training) {
      const { logits, statistics } = deeplab(params, images, arm.model, { training });
      return { logits, statistics, attention: null, grid: null };
    },
    loss: (logits, targets, mask) => weightedMseLoss(tf.sigmoid(logits), targets, { alpha: arm.alpha, mask }),
  };
}

function decayRule(key: string, shape: readonly number[]): GroupRule {
  return isExemptFromDecay(key, shape) ? { decayScale: 0 } : {};
}
