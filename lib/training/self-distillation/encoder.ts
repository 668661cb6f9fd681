import * as tf from '@tensorflow/tfjs';
import type { RandomStream } from '../../core/random.js';
import type { HostParam, ParamShapes, Params } from '../../models/parameters.js';
import { type ResnetConfig, resnet, resnetParams, resnetShapes, resnetWidth } from '../../models/resnet.js';
import { vit } from '../../models/vit.js';
import type { VitConfig } from '../../models/vit-config.js';
import { vitParams, vitShapes } from '../../models/vit-params.js';

/** An encoder that self-distillation can train. */
export type EncoderConfig = VitConfig | ResnetConfig;

/** Which of the two an encoder is. */
export function encoderKind(config: EncoderConfig): 'vit' | 'resnet' {
  return isVit(config) ? 'vit' : 'resnet';
}

/** True for a Vision Transformer. */
export function isVit(config: EncoderConfig): config is VitConfig {
  return 'patchSize' in config;
}

/** Width of an embedding. */
export function encoderWidth(config: EncoderConfig): number {
  return isVit(config) ? config.width : resnetWidth(config);
}

/** Keys and shapes, those of the official checkpoints. */
export function encoderShapes(config: EncoderConfig): ParamShapes {
  return isVit(config) ? vitShapes(config) : resnetShapes(config);
}

/** Random initialisation as the authors'. */
export function encoderParams(config: EncoderConfig, random: RandomStream): Record<string, HostParam> {
  return isVit(config) ? vitParams(config, random) : resnetParams(config, random);
}

/** What an encoder makes of views of several sizes. */
export interface EncodedViews {
  /** `[rows, D]` for each size: the CLS token, or the mean over pixels. */
  readonly embeddings: readonly tf.Tensor[];
  /** Running statistics after all sizes, by key; empty for a Vision Transformer. */
  readonly statistics: Readonly<Record<string, tf.Tensor>>;
}

/**
 * Embeddings of views of several sizes, one pass a size, in training mode.
 *
 * BatchNorm uses the statistics of each pass, and its running ones move once a pass, in order, as in DINO's MultiCropWrapper.
 *
 * @param dropPath factors for each size of a Vision Transformer, see `dropPathFactors`; none are dropped where it is undefined
 */
export function encodeViews(
  params: Params,
  views: readonly tf.Tensor[],
  config: EncoderConfig,
  dropPath: readonly (tf.Tensor | undefined)[] = [],
): EncodedViews {
  if (isVit(config)) {
    const embeddings = views.map((view, size) => {
      const factors = dropPath[size];
      return vit(params, view, config, factors ? { dropPath: factors } : {}).cls;
    });
    return { embeddings, statistics: {} };
  }
  let statistics: Readonly<Record<string, tf.Tensor>> = {};
  const embeddings = views.map((view) => {
    const pass = resnet({ ...params, ...statistics }, view, config, { training: true });
    statistics = pass.statistics;
    return pass.pooled;
  });
  return { embeddings, statistics };
}

/** Rows of all sizes in one tensor, in order. */
export function joinRows(rows: readonly tf.Tensor[]): tf.Tensor {
  return rows.length === 1 ? rows[0]! : tf.concat([...rows], 0);
}
