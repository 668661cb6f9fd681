import { existsSync } from 'node:fs';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { DataError } from '../../core/errors.js';
import { dataFolder } from '../../core/paths.js';
import { stream } from '../../core/random.js';
import type { HostTensor, TensorMap } from '../../engine/compile.js';
import { withAdapters } from '../../models/adapter.js';
import { linearHead, linearHeadParams } from '../../models/linear-head.js';
import { drawParams, paramsUnder, prefixParams } from '../../models/parameters.js';
import { type ResnetConfig, resnet, resnetParams, resnetShapes, resnetWidth } from '../../models/resnet.js';
import { vit } from '../../models/vit.js';
import type { VitConfig } from '../../models/vit-config.js';
import { vitInitialiser, vitShapes } from '../../models/vit-params.js';
import { importParams } from '../../models/weights/import-weights.js';
import type { DataKind } from '../../records/record.js';
import { startingEncoder } from '../encoders/starting-encoder.js';
import { absorbNormalisation } from './input-range.js';
import type { ModelPlan, ViewClassificationConfig } from './view-config.js';

/** Which network a classifier is; its parameters are keyed `encoder.…` and `head.…`. */
export type ViewNetwork =
  | { readonly kind: 'vit'; readonly config: VitConfig }
  | { readonly kind: 'resnet'; readonly config: ResnetConfig };

/** What a forward pass gives. Shapes: B = frames, C = classes, D = width of the embedding, T = tokens. */
export interface ViewOutput {
  /** `[B, C]` */
  readonly logits: tf.Tensor;
  /** `[B, D]` what the linear classifier reads: CLS of the last block, or the mean over pixels. */
  readonly embedding: tf.Tensor;
  /** `[B, T]` attention of CLS in the last block, heads averaged; only if asked of a ViT. */
  readonly attention?: tf.Tensor;
  /** Running statistics after this batch, by the keys of the parameters. */
  readonly statistics: Readonly<Record<string, tf.Tensor>>;
}

/** A classifier before training. */
export interface InitialClassifier {
  readonly network: ViewNetwork;
  readonly params: Record<string, HostTensor>;
  /** Where the encoder's weights come from, for the record. */
  readonly source: string;
}

/** Planes of a frame that the network takes; a grey frame fills all of them. */
export function channelsOf(network: ViewNetwork): number {
  return network.kind === 'vit' ? network.config.channels : 3;
}

/** Width of the embedding. */
export function widthOf(network: ViewNetwork): number {
  return network.kind === 'vit' ? network.config.width : resnetWidth(network.config);
}

/**
 * Encoder and linear classifier (paper A.2, Fig. 3a).
 *
 * @param images `[B, channels, H, W]` in [-1, 1]
 */
export function viewNetwork(
  params: TensorMap,
  images: tf.Tensor,
  network: ViewNetwork,
  options: { readonly training?: boolean; readonly attention?: boolean } = {},
): ViewOutput {
  const encoder = paramsUnder(params, 'encoder.');
  const head = paramsUnder(params, 'head.');
  if (network.kind === 'resnet') {
    const { pooled, statistics } = resnet(encoder, images, network.config, { training: options.training ?? false });
    return { logits: linearHead(head, pooled), embedding: pooled, statistics: prefixParams(statistics, 'encoder.') };
  }
  const last = network.config.depth - 1;
  const out = vit(encoder, images, network.config, options.attention ? { attention: [last] } : {});
  const rows = out.attention[0]; // [B, H, T, T]
  return {
    logits: linearHead(head, out.cls),
    embedding: out.cls,
    statistics: {},
    ...(rows && { attention: tf.mean(clsRow(rows), 1) }), // [B, H, T] -> [B, T]
  };
}

function clsRow(rows: tf.Tensor): tf.Tensor {
  const [batch = 0, heads = 0, tokens = 0] = rows.shape;
  return tf.reshape(tf.slice(rows, [0, 0, 0, 0], [batch, heads, 1, tokens]), [batch, heads, tokens]);
}

/**
 * The classifier that a plan starts from.
 *
 * @param seed of the linear classifier, of adapters and of a random start
 */
export function initialClassifier(
  plan: ModelPlan,
  config: ViewClassificationConfig,
  classes: number,
  data: DataKind,
  seed: number,
): InitialClassifier {
  const { network, params, source } =
    plan.encoder === 'resnet' ? resnetStart(plan, config.resnet, seed) : vitStart(plan, data, seed);
  const head = linearHeadParams(widthOf(network), classes, stream(seed, `view-classification/${plan.name}/head`));
  return { network, params: { ...prefixParams(params, 'encoder.'), ...prefixParams(head, 'head.') }, source };
}

function vitStart(plan: ModelPlan, data: DataKind, seed: number): InitialClassifier {
  const start = startingEncoder(plan.start, plan.encoder === 'base' ? 'base' : 'small', data, seed);
  const params = absorbNormalisation(start.params, start.normalisation);
  const { source } = start;
  if (plan.adapters === undefined) return { network: { kind: 'vit', config: start.config }, params, source };
  const { depth } = start.config;
  const { hiddenWidth, blocks } = plan.adapters;
  const config = withAdapters(start.config, {
    width: hiddenWidth,
    blocks: Array.from({ length: blocks }, (_, i) => depth - blocks + i),
  });
  const missing = Object.fromEntries(Object.entries(vitShapes(config)).filter(([key]) => params[key] === undefined));
  const drawn = drawParams(missing, stream(seed, `view-classification/${plan.name}/adapters`), (key) =>
    vitInitialiser(config, key),
  );
  return { network: { kind: 'vit', config }, params: { ...params, ...drawn }, source };
}

/** The user's ResNet50 of ImageNet, torchvision's keys. */
const RESNET_FILE = join('weights', 'generic-resnet50.safetensors');

function resnetStart(plan: ModelPlan, config: ResnetConfig, seed: number): InitialClassifier {
  const network = { kind: 'resnet', config } as const;
  if (plan.start === 'random') {
    return {
      network,
      params: resnetParams(config, stream(seed, 'view-classification/resnet')),
      source: `random, seed ${seed}`,
    };
  }
  const path = join(dataFolder(), RESNET_FILE);
  if (!existsSync(path)) {
    throw new DataError(
      `initialClassifier: ${path} is missing; echolab weights import FILE --as resnet50-trunk --out that file (data-manifests/weights says where to get FILE)`,
    );
  }
  return { network, params: importParams(path, resnetShapes(config)).params, source: RESNET_FILE };
}
