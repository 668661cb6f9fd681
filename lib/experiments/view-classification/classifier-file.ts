import { z } from 'zod';
import { FormatError, messageOf } from '../../core/errors.js';
import { linearHeadShapes } from '../../models/linear-head.js';
import { expectParams, type ParamShapes, prefixParams } from '../../models/parameters.js';
import { resnetShapes } from '../../models/resnet.js';
import { vitShapes } from '../../models/vit-params.js';
import { openWeights } from '../../models/weights/open-weights.js';
import { encodeSafetensors } from '../../models/weights/safetensors.js';
import { DATA_KINDS, type DataKind } from '../../records/record.js';
import type { Classifier } from './classify-frames.js';
import type { NoveltySummary } from './novelty-summary.js';
import { type ViewNetwork, widthOf } from './view-model.js';

/** A classifier that a person can use: with what it takes to doubt it. */
export interface UsableClassifier {
  readonly classifier: Classifier;
  readonly novelty: NoveltySummary;
  /** What it was trained on. */
  readonly origin: DataKind;
  /** Its name in the study. */
  readonly model: string;
}

/** Name of the classifier among the assets of notebook 02's record. */
export const CLASSIFIER_ASSET = 'view-classifier.safetensors';

const META = 'echolab_view_classifier';
const FEATURES = 'novelty.features';
const DISTANCES = 'novelty.distances';

const number = z.number();
const vitSchema = z.object({
  name: z.string(),
  imageSize: number,
  patchSize: number,
  channels: number,
  width: number,
  depth: number,
  heads: number,
  mlpRatio: number,
  layerScale: number.nullable(),
  registers: number,
  feedForward: z.enum(['mlp', 'swiglu']),
  maskToken: z.boolean(),
  interpolateOffset: number,
  interpolateAntialias: z.boolean(),
  adapters: z.object({ width: number, blocks: z.array(number) }).nullable(),
});
const resnetSchema = z.object({
  name: z.string(),
  blocks: z.tuple([number, number, number, number]),
  base: number,
  classes: number,
  dilated: z.boolean(),
});
const metaSchema = z.object({
  model: z.string(),
  origin: z.enum(DATA_KINDS),
  classes: z.array(z.string()).min(2),
  imageSize: number,
  neighbours: number,
  network: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('vit'), config: vitSchema }),
    z.object({ kind: z.literal('resnet'), config: resnetSchema }),
  ]),
});

/** A safetensors file: parameters, embeddings of training frames, distances of validation sequences, and the rest as metadata. */
export function encodeClassifier({ classifier, novelty, origin, model }: UsableClassifier): Uint8Array {
  const { network, params, classes, imageSize } = classifier;
  const { features, distances, k } = novelty;
  const meta = { model, origin, classes, imageSize, neighbours: k, network };
  return encodeSafetensors(
    {
      ...params,
      [FEATURES]: { shape: [features.count, features.width], data: features.data },
      [DISTANCES]: { shape: [distances.length], data: Float32Array.from(distances) },
    },
    { [META]: JSON.stringify(meta) },
  );
}

/**
 * Reads what {@link encodeClassifier} wrote.
 *
 * @throws {FormatError} if the file is something else
 */
export function openClassifier(path: string): UsableClassifier {
  const file = openWeights(path);
  try {
    const meta = parseMeta(path, file.metadata[META]);
    const network: ViewNetwork = meta.network;
    const all = Object.fromEntries(
      file.entries.map((entry) => [entry.key, { shape: entry.shape, data: entry.read() }]),
    );
    const { [FEATURES]: features, [DISTANCES]: distances, ...params } = all;
    const width = widthOf(network);
    if (features === undefined || distances === undefined || features.shape[1] !== width) {
      throw new FormatError(`openClassifier: ${path} has no embeddings ${width} wide; write it again with notebook 02`);
    }
    expectParams(`openClassifier: ${path}`, shapesOf(network, meta.classes.length), params);
    return {
      classifier: { network, params, classes: meta.classes, imageSize: meta.imageSize },
      novelty: {
        features: { count: features.shape[0]!, width, data: features.data },
        k: meta.neighbours,
        distances: Float64Array.from(distances.data),
      },
      origin: meta.origin,
      model: meta.model,
    };
  } finally {
    file.close();
  }
}

function parseMeta(path: string, text: string | undefined): z.infer<typeof metaSchema> {
  if (text === undefined) {
    throw new FormatError(
      `openClassifier: ${path} holds weights, but no view classifier; notebook 02 writes one into its record's assets`,
    );
  }
  try {
    return metaSchema.parse(JSON.parse(text));
  } catch (error) {
    throw new FormatError(
      `openClassifier: ${path} describes its classifier wrongly (${messageOf(error)}); write it again`,
    );
  }
}

function shapesOf(network: ViewNetwork, classes: number): ParamShapes {
  const encoder = network.kind === 'vit' ? vitShapes(network.config) : resnetShapes(network.config);
  return {
    ...prefixParams(encoder, 'encoder.'),
    ...prefixParams(linearHeadShapes(widthOf(network), classes), 'head.'),
  };
}
