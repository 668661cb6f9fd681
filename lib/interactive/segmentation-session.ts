import { ArgumentError } from '../core/errors.js';
import type { GrayImage, PixelSpacing } from '../imaging/image.js';
import { resample } from '../imaging/resample.js';
import { diceOf, overlapOf } from '../statistics/dice.js';
import type { FrameGroup, OpenFrames, TruthMask } from './frame-source.js';
import { type FlatOutline, levelOutlines } from './level-outlines.js';
import type { FrameEmbedding, PromptSegmenter } from './prompt-segmenter.js';
import { gatherPrompts, type PromptStep } from './prompt-steps.js';
import { RecentMap } from './recent-map.js';

/** Where a frame is. */
export interface FramePlace {
  readonly group: string;
  readonly clip: string;
  readonly frame: number;
}

/** A frame and what is known about it. */
export interface LoadedFrame {
  readonly image: GrayImage;
  readonly spacing: PixelSpacing | null;
  readonly truths: readonly TruthMask[];
}

/** The mask of one object. */
export interface SegmentedObject {
  /** `[height, width]` at the frame's size; above 0 is inside. */
  readonly logits: Float32Array;
  readonly outlines: readonly FlatOutline[];
  /** Pixels inside. */
  readonly area: number;
  /** Dice against every structure that is drawn on the frame, best first. */
  readonly dice: readonly { readonly structure: string; readonly value: number }[];
  /** Milliseconds of the encoder (0 where the frame was embedded before) and of everything else. */
  readonly encoderMs: number;
  readonly decoderMs: number;
}

const MOST_CLIPS = 4;
const MOST_FRAMES = 24;
const MOST_MASKS = 4096;

/**
 * Frames, embeddings and masks of one open page.
 *
 * A mask is a function of its frame and of the steps that led to it: each step sees all points so far, the last box, the last text, and the mask of the
 * step before. Every step's mask is kept, so going back and forth costs nothing and an undone step leaves no trace.
 */
export class SegmentationSession {
  readonly groups: readonly FrameGroup[];
  readonly segmenter: PromptSegmenter;
  readonly #clips = new RecentMap<string, Promise<OpenFrames>>(MOST_CLIPS, (clip) => {
    void clip.then((open) => open.close()).catch(() => {});
  });
  readonly #frames = new RecentMap<string, Promise<LoadedFrame>>(MOST_FRAMES);
  readonly #embeddings = new RecentMap<string, FrameEmbedding>(MOST_FRAMES);
  readonly #masks = new RecentMap<string, Float32Array>(MOST_MASKS);
  #queue: Promise<unknown> = Promise.resolve();

  constructor(groups: readonly FrameGroup[], segmenter: PromptSegmenter) {
    this.groups = groups;
    this.segmenter = segmenter;
  }

  /** @throws {ArgumentError} if there is no such group */
  group(id: string): FrameGroup {
    const group = this.groups.find((one) => one.id === id);
    if (group === undefined) throw new ArgumentError(`SegmentationSession: there is no group ${JSON.stringify(id)}`);
    return group;
  }

  /** An open clip; closed by itself when others are used. */
  async clip(group: string, clip: string): Promise<OpenFrames> {
    return remembered(this.#clips, JSON.stringify([group, clip]), () => this.group(group).open(clip));
  }

  /** @throws {ArgumentError} if the clip has no such frame */
  async frame(place: FramePlace): Promise<LoadedFrame> {
    return remembered(this.#frames, keyOf(place), async () => {
      const clip = await this.clip(place.group, place.clip);
      if (!Number.isInteger(place.frame) || place.frame < 0 || place.frame >= clip.frameCount) {
        throw new ArgumentError(
          `SegmentationSession: frame must be in [0, ${clip.frameCount - 1}], got ${place.frame}`,
        );
      }
      const image = await clip.readFrame(place.frame);
      return { image, spacing: clip.spacing, truths: await clip.readTruth(place.frame) };
    });
  }

  /** The mask after the given steps. Calls wait for one another. */
  async segment(place: FramePlace, steps: readonly PromptStep[]): Promise<SegmentedObject> {
    const { image, truths } = await this.frame(place);
    return this.#inTurn(async () => {
      const start = performance.now();
      const frame = await this.#embedding(place, image);
      const embedded = performance.now();
      const small = await this.#fold(place, frame, steps);
      const size = this.segmenter.maskSize;
      const logits = resample({ width: size, height: size, data: small }, image.width, image.height, 'bilinear').data;
      const mask = logits.map((logit) => (logit > 0 ? 1 : 0));
      return {
        logits,
        outlines: levelOutlines(logits, image.width, image.height, 0),
        area: mask.reduce((sum, one) => sum + one, 0),
        dice: truths
          .map((truth) => ({ structure: truth.structure, value: diceOf(overlapOf(mask, truth.mask)) }))
          .sort((a, b) => b.value - a.value),
        encoderMs: embedded - start,
        decoderMs: performance.now() - embedded,
      };
    });
  }

  /** Embeds a frame before it is clicked on. */
  async warm(place: FramePlace): Promise<void> {
    const { image } = await this.frame(place);
    await this.#inTurn(() => this.#embedding(place, image));
  }

  /** Compiles ahead what one more click will need. */
  async prepare(steps: readonly PromptStep[]): Promise<void> {
    const { points } = gatherPrompts(steps);
    await this.#inTurn(() => this.segmenter.prepare(points.length + 1));
  }

  async close(): Promise<void> {
    await this.#inTurn(async () => {});
    this.#clips.clear();
    await this.segmenter.dispose();
  }

  async #embedding(place: FramePlace, image: GrayImage): Promise<FrameEmbedding> {
    const key = keyOf(place);
    const known = this.#embeddings.get(key);
    if (known !== undefined) return known;
    const made = await this.segmenter.embed(image);
    this.#embeddings.set(key, made);
    return made;
  }

  async #fold(place: FramePlace, frame: FrameEmbedding, steps: readonly PromptStep[]): Promise<Float32Array> {
    const key = (count: number): string => JSON.stringify([keyOf(place), steps.slice(0, count)]);
    let known = steps.length;
    let mask: Float32Array | undefined;
    for (; known > 0; known--) {
      mask = this.#masks.get(key(known));
      if (mask !== undefined) break;
    }
    for (let count = known + 1; count <= steps.length; count++) {
      mask = await this.segmenter.predict(frame, gatherPrompts(steps.slice(0, count)), mask ?? null);
      this.#masks.set(key(count), mask);
    }
    if (mask === undefined) throw new ArgumentError('SegmentationSession.segment: needs a step, got none');
    return mask;
  }

  /** The engine runs one graph at a time. */
  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#queue.then(work);
    this.#queue = result.catch(() => {});
    return result;
  }
}

function keyOf({ group, clip, frame }: FramePlace): string {
  return JSON.stringify([group, clip, frame]);
}

/** A promise that is made once; one that failed is made again when asked for. */
function remembered<T>(map: RecentMap<string, Promise<T>>, key: string, make: () => Promise<T>): Promise<T> {
  const known = map.get(key);
  if (known !== undefined) return known;
  const made = make();
  map.set(key, made);
  made.catch(() => map.delete(key));
  return made;
}
