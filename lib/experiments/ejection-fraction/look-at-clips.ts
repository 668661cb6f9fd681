import type { FeatureMatrix } from '../../embedding/feature-matrix.js';
import { extractFeatures } from '../../evaluation/feature-extraction.js';
import { type FrameEncoder, makeVitEncoder } from '../../evaluation/vit-encoder.js';
import type { GrayImage, PixelSpacing } from '../../imaging/image.js';
import type { StartingEncoder } from '../encoders/starting-encoder.js';
import type { RunContext } from '../experiment.js';
import type { EfClip } from './ef-data.js';
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
      const frames = group.flatMap((each) => each.frames);
      const masks = await outline.segment(frames);
      const features: FeatureMatrix[] = [];
      for (const encoder of compiled) features.push(await encodeAll(encoder, frames));
      let first = 0;
      for (const { clip, frames: own, spacing } of group) {
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
      const opened = { clip, ...(await clip.readFrames(imageSize)) };
      if (waiting > 0 && waiting + opened.frames.length > FRAMES_AT_ONCE) {
        await flush();
        waiting = 0;
      }
      group.push(opened);
      waiting += opened.frames.length;
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
  readonly frames: readonly GrayImage[];
  readonly spacing: PixelSpacing;
}

function encodeAll(encoder: FrameEncoder, frames: readonly GrayImage[]): Promise<FeatureMatrix> {
  return extractFeatures(frames, frames.length, {
    batchSize: encoder.batchSize,
    encode: (batch) => encoder.encode(batch),
    fillLastBatch: true,
  });
}
