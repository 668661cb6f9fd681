import { ArgumentError } from '../core/errors.js';
import { arrayOf, type CompiledInference, compileInference } from '../engine/compile.js';
import type { TensorSpec } from '../engine/typed-array.js';
import { pixelBatch } from '../evaluation/vit-encoder.js';
import { type LoadedSegmenter, textEmbedding } from '../experiments/segmentation/load-segmenter.js';
import type { GrayImage } from '../imaging/image.js';
import {
  embedImages,
  gridOfSegmenter,
  maskLogits,
  type PromptSlots,
  type SegmenterConfig,
} from '../training/segmentation/segmenter.js';
import type { GatheredPrompts } from './prompt-steps.js';
import { RecentMap } from './recent-map.js';

/** What an encoder makes of one frame. */
export interface FrameEmbedding {
  /** Of the frame in pixels. */
  readonly width: number;
  readonly height: number;
  /** `[1, D, grid, grid]` */
  readonly data: Float32Array;
}

/** A promptable model on the engine. One call at a time. */
export interface PromptSegmenter {
  /** What it is, for the page and for saved masks. */
  readonly name: string;
  /** Texts that it was taught; none: it takes no text. */
  readonly texts: readonly string[];
  readonly takesPoints: boolean;
  readonly takesBoxes: boolean;
  /** Side of the square mask logits. */
  readonly maskSize: number;
  /** Embeds a frame, stretched to the model's square. */
  embed(image: GrayImage): Promise<FrameEmbedding>;
  /**
   * Mask logits of prompts, `[maskSize, maskSize]` over the whole frame; above 0 is inside.
   *
   * @param previous logits of the step before, fed back as SAM does; null at the first
   * @throws {ArgumentError} if the model takes no prompt of that kind, or was not taught the text
   */
  predict(frame: FrameEmbedding, prompts: GatheredPrompts, previous: Float32Array | null): Promise<Float32Array>;
  /** Compiles ahead what so many clicks need. */
  prepare(points: number): Promise<void>;
  dispose(): Promise<void>;
}

/** Decoders that are kept; one of paper size is 100 MB. */
const MOST_DECODERS = 4;
/** Further clicks than the model was trained with come so many slots at a time, each time a graph of its own. */
const MORE_SLOTS = 4;

/**
 * Puts an EchoApex-SAM on the engine: the encoder, to run once a frame, and the decoder, to run once a click. Both are compiled here, so that the first
 * click waits for nothing.
 *
 * Source: paper 2.3 and A.3; the iteration over clicks is that of facebookresearch/segment-anything, SamPredictor.
 *
 * @param source where the model comes from, for saved masks
 */
export async function compileSegmenter(loaded: LoadedSegmenter, source: string): Promise<PromptSegmenter> {
  const { config, params, texts } = loaded;
  const { encoder, imageSize, slots, prompts } = config;
  const encode = await compileInference(
    (weights, { images }) => ({ embedding: embedImages(weights, images!, config) }),
    {
      params: Object.fromEntries(Object.entries(params).filter(([key]) => key.startsWith('encoder.'))),
      inputs: { images: { shape: [1, encoder.channels, imageSize, imageSize] } },
      name: 'segmenterEncoder',
    },
  );
  const decoders = new RecentMap<number, Promise<CompiledInference>>(MOST_DECODERS, (graph) => {
    void graph.then((one) => one.dispose()).catch(() => {});
  });
  const roomFor = (points: number): number =>
    slots.points + MORE_SLOTS * Math.ceil(Math.max(0, points - slots.points) / MORE_SLOTS);
  const decoderFor = (points: number): Promise<CompiledInference> => {
    const room = roomFor(points);
    const known = decoders.get(room);
    if (known !== undefined) return known;
    const compiled = compileDecoder(loaded, { ...slots, points: room });
    decoders.set(room, compiled);
    return compiled;
  };
  await decoderFor(0);
  const maskSize = 4 * gridOfSegmenter(config);

  return {
    name: `${config.name}, ${source}`,
    texts: slots.text ? texts : [],
    takesPoints: slots.points > 0,
    takesBoxes: slots.box,
    maskSize,
    async embed(image) {
      const images = pixelBatch([image], imageSize, encoder.channels, config.normalisation);
      const { width, height } = image;
      return { width, height, data: arrayOf(await encode.run({ images }), 'embedding').slice() };
    },
    async predict(frame, given, previous) {
      refuseUnknownKinds(config, given);
      const text = given.text === null ? null : textEmbedding(loaded, knownText(texts, given.text));
      const room = roomFor(given.points.length);
      const decoder = await decoderFor(given.points.length);
      // The model counts pixel centres from 0 and adds the half itself.
      const across = (x: number): number => (x * imageSize) / frame.width - 0.5;
      const down = (y: number): number => (y * imageSize) / frame.height - 0.5;
      const points = new Float32Array(2 * room);
      const labels = new Float32Array(room).fill(-1);
      for (const [slot, { x, y, inside }] of given.points.entries()) {
        points.set([across(x), down(y)], 2 * slot);
        labels[slot] = inside ? 1 : 0;
      }
      const [x0, y0, x1, y1] = given.box ?? [0, 0, frame.width, frame.height];
      const outputs = await decoder.run({
        embedding: frame.data,
        masks: previous ?? new Float32Array(maskSize * maskSize),
        maskGiven: Float32Array.of(previous === null ? 0 : 1),
        ...(room > 0 && { points, labels }),
        ...(slots.box && {
          boxes: Float32Array.of(across(x0), down(y0), across(x1), down(y1)),
          boxGiven: Float32Array.of(given.box === null ? 0 : 1),
        }),
        ...(slots.text && {
          text: text ?? new Float32Array(prompts.textWidth ?? 0),
          textGiven: Float32Array.of(text === null ? 0 : 1),
        }),
      });
      return arrayOf(outputs, 'masks').slice();
    },
    prepare: async (points) => {
      if (slots.points > 0) await decoderFor(points);
    },
    async dispose() {
      const graphs = await Promise.all(decoders.values());
      await Promise.all([encode, ...graphs].map((graph) => graph.dispose()));
    },
  };
}

function compileDecoder(
  { config, params }: Pick<LoadedSegmenter, 'config' | 'params'>,
  slots: PromptSlots,
): Promise<CompiledInference> {
  const grid = gridOfSegmenter(config);
  const inputs: Record<string, TensorSpec> = {
    embedding: { shape: [1, config.encoder.width, grid, grid] },
    masks: { shape: [1, 1, 4 * grid, 4 * grid] },
    maskGiven: { shape: [1, 1] },
    ...(slots.points > 0 && { points: { shape: [1, slots.points, 2] }, labels: { shape: [1, slots.points] } }),
    ...(slots.box && { boxes: { shape: [1, 4] }, boxGiven: { shape: [1, 1] } }),
    ...(slots.text && { text: { shape: [1, config.prompts.textWidth ?? 0] }, textGiven: { shape: [1, 1] } }),
  };
  return compileInference(
    (weights, { embedding, ...prompts }) => ({ masks: maskLogits(weights, embedding!, prompts, { ...config, slots }) }),
    {
      params: Object.fromEntries(Object.entries(params).filter(([key]) => !key.startsWith('encoder.'))),
      inputs,
      name: 'segmenterDecoder',
    },
  );
}

function refuseUnknownKinds({ name, slots }: SegmenterConfig, given: GatheredPrompts): void {
  const refuse = (kind: string): never => {
    const kinds = [slots.points > 0 && 'clicks', slots.box && 'boxes', slots.text && 'texts'].filter(Boolean);
    throw new ArgumentError(`PromptSegmenter.predict: ${name} takes no ${kind}, only ${kinds.join(' and ')}`);
  };
  if (given.points.length > 0 && slots.points === 0) refuse('clicks');
  if (given.box !== null && !slots.box) refuse('boxes');
  if (given.text !== null && !slots.text) refuse('texts');
  if (given.points.length === 0 && given.box === null && given.text === null) {
    throw new ArgumentError('PromptSegmenter.predict: needs a point, a box or a text, got none');
  }
}

/** The model's own spelling of a text. @throws {ArgumentError} listing the texts that it knows */
function knownText(texts: readonly string[], wanted: string): string {
  const plain = (text: string): string => text.trim().toLowerCase().replaceAll(/\s+/g, ' ');
  const found = texts.find((text) => plain(text) === plain(wanted));
  if (found !== undefined) return found;
  throw new ArgumentError(
    `PromptSegmenter.predict: this model was not taught ${JSON.stringify(wanted)}; it knows ${texts.join(', ')}`,
  );
}
