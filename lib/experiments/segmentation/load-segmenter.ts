import { ArgumentError, FormatError, messageOf } from '../../core/errors.js';
import type { HostTensor } from '../../engine/compile.js';
import { expectParams } from '../../models/parameters.js';
import { openWeights } from '../../models/weights/open-weights.js';
import { encodeSafetensors } from '../../models/weights/safetensors.js';
import { type SegmenterConfig, segmenterShapes } from '../../training/segmentation/segmenter.js';

/** Key of the table of text embeddings, one row a text. */
const TEXTS = 'prompt_texts.weight';

/** A trained segmenter. */
export interface LoadedSegmenter {
  readonly config: SegmenterConfig;
  /** Keys of `segmenterShapes(config)`. */
  readonly params: Record<string, HostTensor>;
  /** Texts that it was trained with, e.g. `left ventricle`. */
  readonly texts: readonly string[];
  /** Embedding of each text, `[textWidth]`, by the frozen text tower; empty for a segmenter without text prompts. */
  readonly embeddings: ReadonlyMap<string, Float32Array>;
}

/** The bytes of a safetensors file with everything that {@link loadSegmenter} needs; config and texts stand in the metadata as JSON. */
export function encodeSegmenter({ config, params, embeddings }: Omit<LoadedSegmenter, 'texts'>): Uint8Array {
  expectParams('encodeSegmenter', segmenterShapes(config), params);
  const texts = [...embeddings.keys()];
  const width = config.prompts.textWidth ?? 0;
  const table = new Float32Array(texts.length * width);
  for (const [row, text] of texts.entries()) table.set(embeddings.get(text)!, row * width);
  const tensors = {
    ...params,
    ...(texts.length > 0 && { [TEXTS]: { shape: [texts.length, width], data: table } }),
  };
  return encodeSafetensors(tensors, { config: JSON.stringify(config), texts: JSON.stringify(texts) });
}

/**
 * Reads a segmenter that notebook 03 trained, e.g. `results/e03-segmentation/phantom-mini/assets/echoapex-sam.safetensors`.
 *
 * @throws {FormatError} if the file is no segmenter
 * @throws {ShapeError} if its tensors do not fit its config
 * @example
 * const { config, params } = loadSegmenter(path);
 * // embedImages(params, images, config), maskLogits(params, embedding, prompts, config)
 */
export function loadSegmenter(path: string): LoadedSegmenter {
  const file = openWeights(path);
  try {
    const config = fromMetadata<SegmenterConfig>(path, 'config', file.metadata.config);
    const texts = fromMetadata<string[]>(path, 'texts', file.metadata.texts);
    const params: Record<string, HostTensor> = {};
    for (const { key, shape, read } of file.entries) params[key] = { shape, data: read() };
    const table = params[TEXTS];
    delete params[TEXTS];
    expectParams(`loadSegmenter: ${path}`, segmenterShapes(config), params);
    const width = config.prompts.textWidth ?? 0;
    if (texts.length > 0 && table?.data.length !== texts.length * width) {
      throw new FormatError(`loadSegmenter: ${path} must hold ${texts.length} text embeddings of width ${width}`);
    }
    const embeddings = new Map(texts.map((text, row) => [text, table!.data.slice(row * width, (row + 1) * width)]));
    return { config, params, texts, embeddings };
  } finally {
    file.close();
  }
}

/**
 * The embedding of a text.
 *
 * @throws {ArgumentError} naming the texts that the segmenter knows
 */
export function textEmbedding({ embeddings, texts }: LoadedSegmenter, text: string): Float32Array {
  const found = embeddings.get(text);
  if (found) return found;
  throw new ArgumentError(
    `textEmbedding: ${JSON.stringify(text)} is not a text of this segmenter; it knows ${texts.join(', ')}`,
  );
}

function fromMetadata<T>(path: string, name: string, text: string | undefined): T {
  if (text === undefined) {
    throw new FormatError(`loadSegmenter: ${path} has no ${name} in its metadata; give a file that notebook 03 wrote`);
  }
  try {
    return JSON.parse(text) as T;
  } catch (error) {
    throw new FormatError(`loadSegmenter: ${path}: ${name} is no JSON: ${messageOf(error)}`);
  }
}
