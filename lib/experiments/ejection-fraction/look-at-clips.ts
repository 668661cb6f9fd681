import type { FeatureMatrix } from '../../embedding/feature-matrix.js';
import { encodeAll } from '../../evaluation/feature-extraction.js';
import { type FrameEncoder, makeVitEncoder } from '../../evaluation/vit-encoder.js';
import type { GrayImage, PixelSpacing } from '../../imaging/image.js';
import type { StartingEncoder } from '../encoders/starting-encoder.js';
import type { RunContext } from '../experiment.js';
import { type EfClip, squareFrames } from './ef-data.js';
import { makeSegmenter } from './segmenter.js';
import { type StageOne, stageOneOf } from './stage-one.js';
import type { TrainedSegmenter } from './train-segmenter.js';

/** What the frozen networks make of one clip. */
export interface SeenClip {
  readonly clip: EfClip;
  readonly stage1: StageOne;
  /** Of each encoder, in their order: one row a frame. */
  readonly features: readonly FeatureMatrix[];
}

/** Frames that are in memory at once; clips are not cut. */
const FRAMES_AT_ONCE = 512;
const BATCH = 32;

/** Runs segmenter and frozen encoders over every frame of every clip, once; pictures are dropped as soon as they were seen. */
export async function lookAtClips(
  clips: readonly EfClip[],
  segmenter: TrainedSegmenter,
  encoders: readonly StartingEncoder[],
  imageSize: number,
  context: RunContext,
): Promise<SeenClip[]> {
  const outline = await makeSegmenter(segmenter.params, segmenter.config, BATCH);
  const compiled: FrameEncoder[] = [];
  const progress = context.progress('look at clips', clips.length, 'clips');
  try {
    for (const { params, config, normalisation } of encoders) {
      compiled.push(await makeVitEncoder(params, config, normalisation, { batchSize: BATCH, imageSize }));
    }
    const seen: SeenClip[] = [];
    let group: OpenClip[] = [];
    const flush = async (): Promise<void> => {
      const masks = await outline.segment(group.flatMap(({ forOutline }) => forOutline));
      const frames = group.flatMap(({ forEncoder }) => forEncoder);
      const features: FeatureMatrix[] = [];
      for (const encoder of compiled) features.push(await encodeAll(encoder, frames));
      let first = 0;
      for (const { clip, forOutline: own, spacing } of group) {
        const end = first + own.length;
        seen.push({
          clip,
          stage1: await stageOneOf(clip, masks.slice(first, end), spacing),
          features: features.map(({ width, data }) => ({
            count: own.length,
            width,
            data: data.slice(first * width, end * width),
          })),
        });
        first = end;
      }
      group = [];
      progress.update(seen.length);
    };
    let waiting = 0;
    for (const clip of clips) {
      const scaled = await clip.readClip();
      const { frames, spacing } = squareFrames(scaled, segmenter.config.imageSize);
      if (waiting > 0 && waiting + frames.length > FRAMES_AT_ONCE) {
        await flush();
        waiting = 0;
      }
      const forEncoder = compiled.length === 0 ? [] : squareFrames(scaled, imageSize).frames;
      group.push({ clip, forOutline: frames, forEncoder, spacing });
      waiting += frames.length;
    }
    if (group.length > 0) await flush();
    return seen;
  } finally {
    progress.finish();
    for (const part of [outline, ...compiled]) await part.dispose();
  }
}

interface OpenClip {
  readonly clip: EfClip;
  readonly forOutline: readonly GrayImage[];
  readonly forEncoder: readonly GrayImage[];
  readonly spacing: PixelSpacing;
}
