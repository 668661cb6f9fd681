import { stream } from '../../core/random.js';
import type { HostTensor } from '../../engine/compile.js';
import { initialAdapter, isAdapterKey, withAdapters } from '../../models/adapter.js';
import { drawParams, prefixParams } from '../../models/parameters.js';
import { echoapexSamPrompts, tinySamPrompts } from '../../models/sam/sam-config.js';
import { vitShapes } from '../../models/vit-params.js';
import type { DataKind } from '../../records/record.js';
import {
  gridOfSegmenter,
  type PromptSlots,
  type SegmenterConfig,
  segmenterParams,
} from '../../training/segmentation/segmenter.js';
import type { EncoderSize } from '../encoders/phantom-encoder-config.js';
import { type EncoderStart, startingEncoder } from '../encoders/starting-encoder.js';

/** A segmenter before training. */
export interface NewSegmenter {
  readonly config: SegmenterConfig;
  readonly params: Record<string, HostTensor>;
  /** Where the encoder's weights come from. */
  readonly source: string;
}

/**
 * An EchoApex-SAM over a pretrained encoder, decoder random.
 *
 * @param options.data `phantom`: the small encoders and a small decoder; `real`: ViT-S/8 or ViT-B/14 and the paper's decoder
 * @param options.textWidth of the text tower
 */
export function newSegmenter(options: {
  readonly name: string;
  readonly start: EncoderStart;
  readonly size: EncoderSize;
  readonly adapters?: boolean;
  readonly slots: PromptSlots;
  readonly imageSize: number;
  readonly textWidth: number;
  readonly data: DataKind;
  readonly seed: number;
}): NewSegmenter {
  const { name, slots, imageSize, data, seed } = options;
  const start = startingEncoder(options.start, options.size, data, seed);
  const encoder = options.adapters ? withAdapters(start.config) : start.config;
  const place = { imageSize, grid: gridOfSegmenter({ encoder, imageSize }), width: encoder.width };
  const shape = data === 'phantom' ? tinySamPrompts(place) : echoapexSamPrompts(place);
  const prompts = { ...shape, textWidth: slots.text ? options.textWidth : null };
  const config: SegmenterConfig = { name, encoder, prompts, slots, imageSize, normalisation: start.normalisation };
  const random = stream(seed, `segmentation/${name}`);
  const adapterShapes = Object.fromEntries(Object.entries(vitShapes(encoder)).filter(([key]) => isAdapterKey(key)));
  const adapters = drawParams(adapterShapes, random.child('adapters'), initialAdapter);
  const params = segmenterParams(config, { ...start.params, ...adapters }, random);
  return { config, params: inOrder(params, encoder), source: start.source };
}

/** Parameters in the order of the model's shapes, whatever order the file had. */
function inOrder(params: Record<string, HostTensor>, encoder: SegmenterConfig['encoder']): Record<string, HostTensor> {
  const first = Object.keys(prefixParams(vitShapes(encoder), 'encoder.'));
  return { ...Object.fromEntries(first.map((key) => [key, params[key]!])), ...params };
}
